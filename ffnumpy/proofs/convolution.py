"""Convolution: as the weights of a Forward-Forward layer, and in the baseline by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ffnumpy.baselines.staged import StagedBackprop
from ffnumpy.baselines.stages import PooledConvolution, Rectified
from ffnumpy.goodness import Goodness, mean_of_squares, sum_of_squares
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.readout import log_softmax
from ffnumpy.proofs.differences import check_slope
from ffnumpy.proofs.rows import CLASSES, PAIRS, WIDTH, Row, added, away_from_kinks, signs
from ffnumpy.weights.convolution import Convolution
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.local_fields import Grid

__all__ = ["convolution"]

BELOW, ABOVE = Grid(8, 8, 2, field=3, stride=1), Grid(3, 3, 2, field=2, stride=1)
MATRICES = ((18, 2), (8, 3), (3, WIDTH), (WIDTH, CLASSES))  # two kernels, a ReLU layer, the softmax
NAMES = ("kernel 1", "kernel 2", "ReLU layer", "softmax")
DROPOUT = 0.25


def convolution(rng: np.random.Generator) -> Iterator[Row]:
    """Yield the checks of a layer's kernel, then of every matrix of the baseline."""
    for good in (sum_of_squares, mean_of_squares):
        yield _layer(good, rng)
    drawn = _Baseline(rng)
    for n, values in enumerate(drawn.values):
        check = check_slope(partial(drawn.log_p, n), partial(drawn.update, n), values)
        yield Row(f"Δw, convolutional baseline with dropout: {NAMES[n]}", *check)


def _layer(good: Goodness, rng: np.random.Generator) -> Row:
    """Check what `Layer.learn` adds to a kernel against ``Σ log p`` through `Layer.forward`."""
    grid, sign = Grid(5, 7, 2, field=3, stride=2), signs()
    x = rng.standard_normal((len(sign), grid.inputs))
    values = away_from_kinks(
        lambda: normal(18, 4, rng, float), lambda v: Convolution(grid, Dense(v)).forward(x)
    )

    def layer(v: NDArray) -> Layer:
        return Layer(Convolution(grid, Dense(v, 1.0)), goodness=good)

    def log_p(v: NDArray) -> NDArray:
        return layer(v).loss.value(layer(v).forward(x)[1], sign)

    def update(v: NDArray) -> NDArray:
        """Return what a step of the learner adds to the kernel v."""
        learner = layer(v.copy())
        learner.learn(x, sign)
        return added(v, learner.arrays()["values"], len(sign))

    return Row(f"Δw, convolution: {good.name}", *check_slope(log_p, update, values))


class _Baseline:
    """Two pooled convolutions, a ReLU layer and a softmax; a batch; and what is dropped of it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.x = rng.standard_normal((PAIRS, BELOW.inputs))
        self.labels, self.seed = rng.integers(0, CLASSES, PAIRS), rng.integers(1000)
        self.values = away_from_kinks(
            lambda: [normal(*shape, rng, float) for shape in MATRICES], self._margins
        )

    def _margins(self, values: list[NDArray]) -> NDArray:
        """Return how far every unit is from its kink, and every maximum from a tie."""
        net, margins = self._net(values), []
        for stage, seen in zip(net.stages, net.look(self.x), strict=True):
            margins.append(seen.top.ravel())
            if isinstance(stage, PooledConvolution):
                corners = np.sort(np.stack(stage.pool.corners(seen.z)), axis=0)
                margins.append((corners[3] - corners[2]).ravel())
        return np.concatenate(margins)

    def _net(self, values: list[NDArray]) -> StagedBackprop:
        first, second, units, readout = (Dense(v, 1.0) for v in values)
        kernels = zip((BELOW, ABOVE), (first, second), strict=True)
        pooled = [PooledConvolution(Convolution(grid, kernel)) for grid, kernel in kernels]
        rng = np.random.default_rng(self.seed)  # whoever asks first gets the same units dropped
        return StagedBackprop([*pooled, Rectified(units)], readout, rng, DROPOUT)

    def _with(self, n: int, v: NDArray) -> list[NDArray]:
        return [v if i == n else w.copy() for i, w in enumerate(self.values)]

    def log_p(self, n: int, v: NDArray) -> NDArray:
        """Return the log probability of every label, with v as matrix n."""
        net = self._net(self._with(n, v))
        seen = net.look(self.x)
        logits = net.logits(seen, net.kept(seen[-1].top.shape, np.dtype(float)))
        return log_softmax(logits)[np.arange(PAIRS), self.labels]

    def update(self, n: int, v: NDArray) -> NDArray:
        """Return what a step of the net adds to the weights v."""
        net = self._net(self._with(n, v.copy()))
        net.learn(self.x, self.labels)
        return added(v, net.weights[n].arrays()["values"], PAIRS)
