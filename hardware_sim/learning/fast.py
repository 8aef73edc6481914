"""Learning fast: one case takes every layer to a desired goodness, at once or a part of the way.

`FastLayer` and `FastTwin` give the one-step rule the two verbs of a layer, so that the very loop
that trains by Eq. 3 learns by it; `as_it_comes` shows what they learn from a stream of which they
see every image once.

Source: [Hinton2022] Section 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy import rule
from ffnumpy.cases import LabelledCases, single_rows
from ffnumpy.layers.layer import Layer, LayerLike
from ffnumpy.normalisation import normalise, squared_length
from ffnumpy.runs.run import Run
from ffnumpy.training import train
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.learning.learners import Learner
from hardware_sim.learning.plan import Plan
from hardware_sim.signals import Voltage

__all__ = ["ContinualPlan", "FastLayer", "FastLearner", "FastTwin", "Goals", "as_it_comes"]


@dataclass(frozen=True)
class Goals:
    """Where a case is to take a layer of N units, and how much of the way at once.

    Attributes
    ----------
    above, below : float
        S*/N of positive and of negative cases.
    share : float
        η: the part of the way from √S to √S*. 1 goes all the way and forgets most for it.

    Raises
    ------
    ValueError
        If they are not in order.
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
            raise ValueError(f"share: expected a part of the way above 0, 1 at most; {self.share}")

    def target(self, sign: Any, width: int) -> float:
        """Return S* of a case of this sign, (1,) or a number, in a layer of so many units."""
        return width * (self.above if np.ravel(sign)[0] > 0 else self.below)


@dataclass(frozen=True)
class FastLayer:
    """A layer of a chip whose `learn` is the one-step rule."""

    layer: AnalogLayer
    goals: Goals

    def forward(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        """Return the layer's own forward."""
        return self.layer.forward(voltage)

    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Move the goodness of one case towards its goal; return the activity from before."""
        target = self.goals.target(sign, self.layer.array.shape[1])
        return self.layer.reach(voltage, target, self.goals.share)


@dataclass(frozen=True)
class FastTwin:
    """The same in floating point: a ReLU layer on `Dense` weights."""

    layer: Layer
    goals: Goals

    def forward(self, x: Any) -> tuple[NDArray, NDArray]:
        """Return the layer's own forward."""
        return self.layer.forward(x)

    def learn(self, x: Any, sign: Any) -> NDArray:
        """Move the goodness of one case, (1, n_in), towards its goal.

        A silent layer stays as it is, as a chip's does: no y, no pulse.
        """
        weights = self.layer.weights
        assert isinstance(weights, Dense)
        y = self.layer.activation.value(weights.forward(x))
        S = float(squared_length(y)[0])
        if S > 0:
            target = self.goals.target(sign, y.shape[1])
            rate = rule.one_step_rate(S, target, float(squared_length(x)[0]) + 1.0)
            weights.add(Outer(x, self.goals.share * rate * y))
        return normalise(y)


def _fast(layer: LayerLike, goals: Goals) -> LayerLike:
    if isinstance(layer, AnalogLayer):
        return FastLayer(layer, goals)
    return FastTwin(layer, goals) if isinstance(layer, Layer) else layer


class FastLearner(Learner):
    """Another learner, taught by the one-step rule.

    Parameters
    ----------
    learner : Learner
        A chip or its floating-point twin.
    goals : Goals
    """

    def __init__(self, learner: Learner, goals: Goals) -> None:
        self.learner, self.ledger, self.encoding = learner, learner.ledger, learner.encoding
        self.layers = [_fast(layer, goals) for layer in learner.layers]

    def strongest(self, x: Any) -> int:
        """Return what the other learner answers."""
        return self.learner.strongest(x)


class ContinualPlan(Plan):
    """A plan for a stream of which nobody knows the end: ε stays as it is."""

    def schedule(self, images: int) -> Callable[[int], float]:
        """Return ε by the number of updates."""
        return lambda updates: self.rate


def as_it_comes(run: Run) -> Iterator[tuple[int, bool]]:
    """Show every image of a pass once; yield where it stands and whether it was answered wrongly.

    The learner is asked before it is shown the label: the errors are those on images never seen.

    Parameters
    ----------
    run : Run
        As `single_run` returns it.
    """
    learner: Learner = run.network
    cases, encoding = run.cases, learner.encoding
    assert isinstance(cases, LabelledCases)
    for index in cases.indices():
        every = encoding.every_label(encoding.features(cases.view.rows(index, cases.epoch)))
        wrong = learner.strongest(every) != cases.labels[index[0]]
        for _ in train(learner.layers, single_rows([cases.stacked(index)])):
            pass
        yield int(index[0]), bool(wrong)
