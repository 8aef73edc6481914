"""The cosine contrastive loss and a group of layers: their slopes, inside and out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.labelled import Features
from ffnumpy.cases.patterns import Patterned
from ffnumpy.contrastive import ClassMeans, CosineContrast
from ffnumpy.layers.group import Group, passed
from ffnumpy.proofs.differences import check_slope
from ffnumpy.proofs.rows import CLASSES, FEATURES, PAIRS, WIDTH, Row, added, away_from_kinks
from ffnumpy.weights.dense import Dense, normal

__all__ = ["contrastive"]

LAYERS = 3  # of the group


def contrastive(rng: np.random.Generator) -> Iterator[Row]:
    """Yield the loss's slope in the activity, then the update of every layer of a group."""
    y, means = rng.standard_normal((2, 2 * PAIRS, WIDTH))
    for contrast in (CosineContrast(), CosineContrast(0.5)):
        check = check_slope(
            partial(contrast.value, means=means), partial(contrast.slope, means=means), y
        )
        yield Row(f"∂log p/∂y: {contrast}", *check)
    drawn = _Judged(rng)
    for n, values in enumerate(drawn.values):
        check = check_slope(partial(drawn.log_p, n), partial(drawn.update, n), values)
        yield Row(f"Δw, group of layers, noise patterns, layer {n + 1} of {LAYERS}", *check)


class _Judged:
    """A group, a batch of images with noise patterns, and class means of earlier cases."""

    def __init__(self, rng: np.random.Generator) -> None:
        true = rng.integers(0, CLASSES, PAIRS)
        self.claims = np.concatenate([true, (true + 1) % CLASSES])
        features, patterns = (
            rng.standard_normal((PAIRS, FEATURES)),
            rng.standard_normal((CLASSES, FEATURES)),
        )
        self.x = Patterned(Features(features), np.eye(CLASSES)[self.claims], patterns)
        self.sums = rng.standard_normal((CLASSES, WIDTH))
        self.values = away_from_kinks(lambda: _drawn(rng), self._totals)

    def _totals(self, values: Sequence[NDArray]) -> NDArray:
        return np.hstack(passed([Dense(v) for v in values], self.x)[1])

    def _group(self, n: int, v: NDArray) -> Group:
        """Return the group with v as layer n's weights."""
        values = [*self.values[:n], v, *self.values[n + 1 :]]
        means = ClassMeans(CLASSES, WIDTH)
        means.sums = self.sums.copy()
        return Group([Dense(each.copy(), 1.0) for each in values], means)

    def log_p(self, n: int, v: NDArray) -> NDArray:
        """Return the log probability of every pair."""
        y = passed(self._group(n, v).weights, self.x)[0][-1]
        return CosineContrast().value(y, self.sums[self.claims])

    def update(self, n: int, v: NDArray) -> NDArray:
        """Return what a step of the group adds to the weights v."""
        group = self._group(n, v)
        group.learn(self.x, self.claims)
        return added(v, group.weights[n].values, len(self.claims))


def _drawn(rng: np.random.Generator) -> list[NDArray]:
    widths = (FEATURES, *[WIDTH] * LAYERS)
    return [normal(a, b, rng, float) for a, b in pairwise(widths)]
