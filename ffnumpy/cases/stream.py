"""A stream of cases, seen one at a time: layers that split a batch or keep score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import single_rows
from ffnumpy.cases.labelled import Features
from ffnumpy.layers.layer import LayerLike

__all__ = ["OneByOne", "Prequential", "running_error"]


class Prequential:
    """A layer that learns nothing, but tests the network on each case before the others learn it.

    It comes first in the list of layers and passes every case on unchanged.

    Parameters
    ----------
    answer : callable, Features of one image -> its class

    Attributes
    ----------
    wrong : list of bool
        For each case so far, whether the answer was wrong.
    """

    def __init__(self, answer: Callable[[Features], int]) -> None:
        self.answer = answer
        self.wrong: list[bool] = []

    def forward(self, x: Any) -> tuple[Any, None]:
        """Return the case unchanged, and no goodness."""
        return x, None

    def learn(self, x: Any, sign: Any) -> Any:
        """Ask, and pass the case on; reads its `features` and the first of its `labels`."""
        self.wrong.append(bool(self.answer(x.features) != x.labels[0]))
        return x

    def arrays(self) -> dict[str, NDArray]:
        """Return what was recorded."""
        return {"wrong": np.array(self.wrong, bool)}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned."""
        self.wrong = arrays["wrong"].tolist()


class OneByOne:
    """Layers that are shown the rows of a batch one after another: a layer that contains layers.

    A chip keeps no batch, and the one-step rule is for one case. The layers see an image's
    positive case, then its negative one.
    """

    def __init__(self, layers: Sequence[LayerLike]) -> None:
        self.layers = layers

    def forward(self, x: Any) -> tuple[Any, None]:
        """Return the case unchanged, and no goodness."""
        return x, None

    def learn(self, x: Any, sign: Any) -> Any:
        """Show every row to every layer, from the first up; return the batch unchanged."""
        for row, its_sign in single_rows([(x, sign)]):
            for layer in self.layers:
                row = layer.learn(row, its_sign)
        return x


def running_error(wrong: NDArray, window: int) -> NDArray:
    """Return, after each case, the error over the last `window` cases, or all if there are fewer.

    Examples
    --------
    >>> running_error(np.array([True, True, False, False]), 2).tolist()
    [1.0, 1.0, 0.5, 0.0]
    """
    total = np.concatenate([[0], np.cumsum(wrong)])
    end = np.arange(1, len(wrong) + 1)
    start = np.maximum(end - window, 0)
    return (total[end] - total[start]) / (end - start)
