"""Local fields as the weights of a layer, and in the baseline: one field, or one block of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ffnumpy.baselines.staged import StagedBackprop
from ffnumpy.baselines.stages import RectifiedFields
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.readout import log_softmax
from ffnumpy.proofs.differences import Check, check_slope
from ffnumpy.proofs.rows import CLASSES, PAIRS, Row, added, away_from_kinks, signs
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.local_fields import Grid, LocalFields
from ffnumpy.weights.outer import Weights
from ffnumpy.weights.overlapping import Mosaic, OverlappingFields, overlapping_fields

__all__ = ["fields"]

GRID, CHANNELS = Grid(5, 5, 2, field=3, stride=2), 2
AT = 0  # the field, or the block of fields, that is checked
MOSAIC = Mosaic(6, 2, CHANNELS, field=3, block=3)


def fields(rng: np.random.Generator) -> Iterator[Row]:
    """Yield a check for separate fields, and for fields around every place."""
    n_in = len(GRID.columns()[0])
    drawn = [normal(n_in, CHANNELS, rng, float) for _ in GRID.columns()]
    yield _row(
        "separate local fields", lambda v: LocalFields(GRID, _with(drawn, v)), drawn[AT], rng
    )
    masks = [np.vstack([m, np.ones((1, m.shape[1]))]) for m in map(MOSAIC.mask, MOSAIC.blocks())]
    values = [mask * rng.standard_normal(mask.shape) for mask in masks]

    def overlapping(v: NDArray) -> OverlappingFields:
        return OverlappingFields(MOSAIC, _with(values, masks[AT] * v))

    yield _row("overlapping local fields", overlapping, values[AT], rng)
    check = _sent_down(overlapping, values[AT], rng)
    yield Row("Δw, backprop baseline, overlapping local fields below others", *check)


def _sent_down(
    fields: Callable[[NDArray], OverlappingFields], v: NDArray, rng: np.random.Generator
) -> Check:
    """Check backpropagation to a layer of fields through another, and through a softmax."""
    above = overlapping_fields(MOSAIC, partial(Dense, schedule=1.0), rng, float)
    values, labels = normal(MOSAIC.shape[1], CLASSES, rng, float), rng.integers(0, CLASSES, PAIRS)

    def network(v: NDArray) -> StagedBackprop:
        """Return the network with v in its first layer."""
        stages = [RectifiedFields(fields(v)), RectifiedFields(deepcopy(above))]
        return StagedBackprop(stages, Dense(values.copy(), 1.0), rng)

    x = away_from_kinks(
        lambda: rng.standard_normal((PAIRS, MOSAIC.shape[0])),
        lambda x: np.hstack([seen.z for seen in network(v).look(x)]),
    )

    def log_p(v: NDArray) -> NDArray:
        return log_softmax(network(v).forward(x)[0])[np.arange(PAIRS), labels]

    def update(v: NDArray) -> NDArray:
        """Return what a step of the network adds to the values v."""
        learner = network(v.copy())
        learner.learn(x, labels)
        return added(v, learner.weights[0].arrays()[f"block{AT}_values"], PAIRS)

    return check_slope(log_p, update, v)


def _with(values: list[NDArray], v: NDArray) -> list[Dense]:
    return [Dense(v if n == AT else other.copy(), 1.0) for n, other in enumerate(values)]


def _row(
    name: str, weights: Callable[[NDArray], Weights], v: NDArray, rng: np.random.Generator
) -> Row:
    """Check what `Layer.learn` adds to v against ``Σ log p`` through `Layer.forward`."""
    sign = signs()
    x = away_from_kinks(
        lambda: rng.standard_normal((len(sign), weights(v).shape[0])), weights(v).forward
    )

    def log_p(v: NDArray) -> NDArray:
        layer = Layer(weights(v))
        return layer.loss.value(layer.forward(x)[1], sign)

    def update(v: NDArray) -> NDArray:
        """Return what a step of the layer adds to the values v."""
        learner = Layer(weights(v.copy()))
        learner.learn(x, sign)
        moved = [a for n, a in learner.arrays().items() if n.endswith(f"{AT}_values")]
        return added(v, moved[0], len(sign))

    return Row(f"Δw, {name}", *check_slope(log_p, update, v))
