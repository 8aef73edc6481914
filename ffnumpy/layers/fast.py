"""Learning fast: a layer that takes the goodness of one case to a goal, or part of the way.

It has a layer's two verbs, so the same loop trains it as trains by Eq. 3.

Source: [Hinton2022] Section 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.layers.layer import Layer
from ffnumpy.layers.one_step import active, check_kind, check_one, towards
from ffnumpy.normalisation import normalise

__all__ = ["Goals", "OneStepLayer"]


@dataclass(frozen=True)
class Goals:
    """The goodness to which a case takes a layer of N units, and how far one step goes.

    Attributes
    ----------
    above, below : float
        S*/N of positive and of negative cases.
    share : float
        η: the fraction of the way from √S to √S*. 1 goes all the way and forgets the most.

    Raises
    ------
    ValueError
        If the goals are out of order or the share is not in (0, 1].
    """

    above: float = 1.5
    below: float = 0.5
    share: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.below < self.above < inf:
            raise ValueError(
                f"expected goodness goals 0 ≤ below < above; got {self.below} and {self.above}"
            )
        if not 0 < self.share <= 1:
            raise ValueError(f"share: expected a fraction above 0, at most 1; got {self.share}")

    def target(self, sign: Any, width: int) -> float:
        """Return S* of a case of this sign, (1,) or a number, in a layer of this width."""
        return width * (self.above if np.ravel(sign)[0] > 0 else self.below)


@dataclass(frozen=True)
class OneStepLayer:
    """A layer whose `learn` is the one-step rule, as `ffnumpy.layers.one_step` applies it.

    Raises
    ------
    ValueError
        If the layer has other units than ReLUs or another goodness than Σ y².
    """

    layer: Layer
    goals: Goals

    def __post_init__(self) -> None:
        check_kind(self.layer)

    def forward(self, x: Any) -> tuple[NDArray, NDArray]:
        """Return what the layer's own `forward` returns."""
        return self.layer.forward(x)

    def learn(self, x: Any, sign: Any) -> NDArray:
        """Move the goodness of one case, (1, n_in), towards its goal.

        A silent layer does not change, nor does a chip's: no y, no pulse.

        Raises
        ------
        ValueError
            If there is more than one case.
        """
        check_one(x)
        y, S = active(self.layer, x)
        if S > 0:
            goal = self.goals.target(sign, y.shape[1])
            self.layer.weights.add(towards(goal, x, y, S, self.goals.share))
        return normalise(y, self.layer.target)
