"""The proof: every hand-derived slope and update against two difference quotients, in float64.

They run through the same functions that training calls. Errors are relative to the array's largest
slope.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy import activations, goodness
from ffnumpy.activations import Activation
from ffnumpy.baselines.backprop import Backprop
from ffnumpy.goodness import Goodness
from ffnumpy.layers.dropout import Dropout
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.readout import Readout, log_softmax
from ffnumpy.losses import Logistic, Loss, SoftplusMargin
from ffnumpy.proofs.differences import Check, check_slope
from ffnumpy.proofs.rows import (
    CLASSES,
    FEATURES,
    PAIRS,
    WIDTH,
    Row,
    added,
    away_from_kinks,
    signs,
    stacked_input,
)
from ffnumpy.weights.dense import Dense, normal

__all__ = ["slopes"]


def slopes(rng: np.random.Generator) -> Iterator[Row]:
    """Yield the checks of the elementary pairs, then of every update that training makes."""
    yield from _elementary(rng)
    for kind in ("array", "labelled images"):
        for good in goodness.BY_NAME.values():
            for activation in activations.BY_NAME.values():
                for loss in _losses(good):
                    name = f"{good.name} × {activation.name} × {type(loss).__name__}"
                    check = _layer_update(stacked_input(kind, rng), activation, good, loss, rng)
                    yield Row(f"Δw, {kind}: {name}", *check)
    yield Row("Δw, a third of the units dropped", *_dropout_update(rng))
    yield Row("Δw, softmax readout", *_readout_update(rng))
    for number, check in enumerate(_backprop_updates(rng), 1):
        yield Row(f"Δw, backprop baseline, layer {number} of 3", *check)


def _elementary(rng: np.random.Generator) -> Iterator[Row]:
    z = away_from_kinks(lambda: rng.standard_normal((2 * PAIRS, WIDTH)), lambda z: z)
    for activation in (*activations.BY_NAME.values(), activations.student_t(5.0)):
        yield Row(f"f'(z): {activation.name}", *check_slope(activation.value, activation.slope, z))
    y = np.abs(z)
    for good in goodness.BY_NAME.values():
        yield Row(f"∂G/∂y: {good.name}", *check_slope(good.value, good.slope, y))
    sign, G = signs(), 5 * rng.standard_normal(2 * PAIRS)
    for loss in (Logistic(1.0), Logistic(-2.0, 0.5), SoftplusMargin(4.0), SoftplusMargin(0.1)):
        value, slope = partial(loss.value, sign=sign), partial(loss.slope, sign=sign)
        yield Row(f"∂log p/∂G: {loss}", *check_slope(value, slope, G))


def _losses(good: Goodness) -> tuple[Loss, ...]:
    temperature = good.temperature(WIDTH)
    return Logistic(good.threshold(WIDTH), temperature), SoftplusMargin(0.1 / temperature)


def _layer_update(
    x: Any, activation: Activation, good: Goodness, loss: Loss, rng: np.random.Generator
) -> Check:
    """Check what `Layer.learn` adds to its weights against ``Σ log p`` through `Layer.forward`."""
    values = away_from_kinks(
        lambda: normal(x.shape[1], WIDTH, rng, float), lambda v: Dense(v).forward(x)
    )
    sign = signs()

    def layer(v: NDArray) -> Layer:
        return Layer(Dense(v, 1.0), activation, good, loss)

    def log_p(v: NDArray) -> NDArray:
        return loss.value(layer(v).forward(x)[1], sign)

    def update(v: NDArray) -> NDArray:
        """Return what a step of the learner adds to the weights v."""
        learner = layer(v.copy())
        learner.learn(x, sign)
        return added(v, learner.arrays()["values"], len(sign))

    return check_slope(log_p, update, values)


def _dropout_update(rng: np.random.Generator) -> Check:
    """Check the update of a layer that drops units against ``Σ log p`` with the same units off."""
    x, sign, loss = stacked_input("array", rng), signs(), Logistic(1.0)
    values = away_from_kinks(
        lambda: normal(FEATURES, WIDTH, rng, float), lambda v: Dense(v).forward(x)
    )
    seed = int(rng.integers(1000))

    def dropout() -> Dropout:
        """Return one that draws the same mask every time."""
        return Dropout(1 / 3, np.random.default_rng(seed))

    mask = dropout().mask(np.ones((len(x), WIDTH)))

    def log_p(v: NDArray) -> NDArray:
        y = mask * activations.relu.value(Dense(v).forward(x))
        return loss.value(goodness.sum_of_squares.value(y), sign)

    def update(v: NDArray) -> NDArray:
        """Return what a step of the learner adds to the weights v."""
        learner = Layer(Dense(v.copy(), 1.0), loss=loss, dropout=dropout())
        learner.learn(x, sign)
        return added(v, learner.arrays()["values"], len(sign))

    return check_slope(log_p, update, values)


def _readout_update(rng: np.random.Generator) -> Check:
    x, labels = rng.standard_normal((PAIRS, WIDTH)), rng.integers(0, CLASSES, PAIRS)

    def log_p(v: NDArray) -> NDArray:
        return log_softmax(Readout(Dense(v)).forward([x]))[np.arange(PAIRS), labels]

    def update(v: NDArray) -> NDArray:
        """Return what a step of the learner adds to the weights v."""
        dense = Dense(v.copy(), 1.0)
        Readout(dense).learn([x], labels)
        return added(v, dense.values, PAIRS)

    return check_slope(log_p, update, rng.standard_normal((WIDTH + 1, CLASSES)))


def _backprop_updates(rng: np.random.Generator) -> Iterator[Check]:
    x, labels = rng.standard_normal((PAIRS, FEATURES)), rng.integers(0, CLASSES, PAIRS)
    widths = (FEATURES, WIDTH, WIDTH, CLASSES)
    values = away_from_kinks(
        lambda: [normal(a, b, rng, float) for a, b in pairwise(widths)],
        lambda v: np.hstack(Backprop([Dense(w) for w in v]).layer_inputs(x)[1]),
    )
    for number in range(len(values)):

        def network(v: NDArray, at: int = number) -> Backprop:
            return Backprop([Dense(v if i == at else w.copy(), 1.0) for i, w in enumerate(values)])

        def log_p(v: NDArray, network: Any = network) -> NDArray:
            return log_softmax(network(v).forward(x)[0])[np.arange(PAIRS), labels]

        def update(v: NDArray, network: Any = network, at: int = number) -> NDArray:
            """Return what a step of the network adds to the weights v of this layer."""
            learner = network(v.copy())
            learner.learn(x, labels)
            return added(v, learner.weights[at].values, PAIRS)

        yield check_slope(log_p, update, values[number])
