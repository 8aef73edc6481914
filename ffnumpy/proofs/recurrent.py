"""One iteration of a recurrent net: each layer's update against its own log probability.

The states before it are held fixed, as `ffnumpy.layers.Recurrent` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ffnumpy.goodness import sum_of_squares
from ffnumpy.layers.driven import Clamped, Driven, Moment
from ffnumpy.layers.recurrent import Recurrent
from ffnumpy.normalisation import normalise
from ffnumpy.proofs.differences import check_slope
from ffnumpy.proofs.rows import (
    CLASSES,
    FEATURES,
    WIDTH,
    Row,
    added,
    away_from_kinks,
    signs,
    stacked_input,
)
from ffnumpy.weights.dense import Dense, normal

__all__ = ["one_iteration"]

MATRICES = ((FEATURES, WIDTH), (WIDTH, WIDTH), (WIDTH, WIDTH), (CLASSES, WIDTH))
NAMES = ("bottom_up", "top_down")  # of each layer's two matrices, in this order


def one_iteration(rng: np.random.Generator) -> Iterator[Row]:
    """Yield a check for both matrices of both layers."""
    drawn = _Iteration(rng)
    for n, values in enumerate(drawn.values):
        check = check_slope(partial(drawn.log_p, n), partial(drawn.update, n), values)
        yield Row(f"Δw, recurrent net, layer {n // 2 + 1}, {NAMES[n % 2]}", *check)


class _Iteration:
    """A net of two hidden layers, a batch, and the states that the batch begins with."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.x = stacked_input("labelled images", rng)
        self.image = Clamped(normalise(self.x.features.rows), 2)
        self.label = Clamped(self.x.codes / self.x.scale)
        self.values = away_from_kinks(
            lambda: [normal(*shape, rng, float) for shape in MATRICES], self._totals
        )
        self.states = self._before(self.values)

    def _before(self, values: Sequence[NDArray]) -> list[NDArray]:
        return [np.tile(state, (2, 1)) for state in _net(values).initial(self.x.features)]

    def _totals(self, values: Sequence[NDArray]) -> NDArray:
        moments = _net(values).once(self.image, self.label, self._before(values))
        return np.hstack([moment.z for moment in moments])

    def _with(self, n: int, v: NDArray) -> list[NDArray]:
        return [*self.values[:n], v, *self.values[n + 1 :]]

    def _after(self, n: int, v: NDArray) -> Moment:
        """Return the layer of matrix n after the iteration, with v as that matrix."""
        return _net(self._with(n, v)).once(self.image, self.label, self.states)[n // 2]

    def log_p(self, n: int, v: NDArray) -> NDArray:
        """Return that layer's log probability of every case."""
        goodness = sum_of_squares.value(self._after(n, v).state)
        return _net(self.values).layers[n // 2].loss.value(goodness, signs())

    def update(self, n: int, v: NDArray) -> NDArray:
        """Return what a step of the net adds to the weights v."""
        learner = _net(self._with(n, v))
        learner.learn(self.x, signs())
        moved = learner.layers[n // 2].arrays()[f"{NAMES[n % 2]}_values"]
        return added(v, moved, len(signs()))


def _net(values: Sequence[NDArray]) -> Recurrent:
    up, down = ([Dense(v.copy(), 1.0) for v in values[first::2]] for first in (0, 1))
    return Recurrent(list(map(Driven, up, down)), counted=[1])
