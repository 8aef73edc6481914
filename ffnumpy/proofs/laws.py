"""What must hold besides the slopes: locality, invariance, the one-step rule, the optimisers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy import optimisers, reference
from ffnumpy.activations import relu
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.one_step import one_step
from ffnumpy.layers.peers import PeerNormalisation
from ffnumpy.proofs.rows import (
    BROAD,
    CLASSES,
    FEATURES,
    PAIRS,
    WIDTH,
    Row,
    added,
    signs,
    stacked_input,
)
from ffnumpy.weights.blocks import MULTIPLIED
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.outer import Outer
from ffnumpy.weights.threads import Cores

__all__ = ["laws"]

RATES = (0.1, 0.1, 0.1, 0.1, 0.075, 0.075, 0.025, 0.025)  # 0.1 · (1 + 2 (E − e))/E beyond E/2 = 2


def laws(rng: np.random.Generator) -> Iterator[Row]:
    """Yield what must hold besides the slopes; each error is relative to the largest value."""
    yield Row("locality: layer 1's Δw whatever layer 2 is", _locality(rng), None)
    yield Row("invariance: normalised output before and after a step", _invariance(rng), None)
    for kind in ("array", "labelled image"):
        for number, error in enumerate(_one_step(_case(kind, rng), rng), 1):
            yield Row(f"one step, {kind}: layer {number} of 3 reaches S*", error, None)
    for name in optimisers.BY_NAME:
        yield Row(
            f"{name} optimiser, decay and schedule: their definitions", _moves(name, rng), None
        )
    for name in optimisers.BY_NAME:
        yield Row(
            f"{name} optimiser: its textbook line is what weights do", _textbook(name, rng), None
        )
    yield Row("peer normalisation: its definition (no case's gradient)", _peer(rng), None)
    yield Row(
        "the whole update of a layer: that of `ffnumpy.reference`", _in_plain_lines(rng), None
    )
    for what, error in _in_blocks(rng):
        yield Row(f"blocks of a large matrix, on two cores: {what}", error, None)


def _network(rng: np.random.Generator, inputs: int = FEATURES) -> list[Layer]:
    widths = (inputs, 50, 40, 30)
    return [Layer(Dense(normal(a, b, rng, float), 1.0)) for a, b in pairwise(widths)]


def _largest(difference: NDArray, scale: NDArray) -> float:
    return float(np.abs(difference).max() / np.abs(scale).max())


def _locality(rng: np.random.Generator) -> float:
    x, values, above = (
        stacked_input("array", rng),
        *(normal(a, b, rng, float) for a, b in ((FEATURES, WIDTH), (WIDTH, WIDTH))),
    )
    results = []
    for second in (above, -3 * above):
        layers = [Layer(Dense(v.copy(), 1.0)) for v in (values, second)]
        activity = x
        for layer in layers:
            activity = layer.learn(activity, signs())
        results.append(layers[0].arrays()["values"])
    return _largest(results[0] - results[1], results[0])


def _invariance(rng: np.random.Generator) -> float:
    x, layer = rng.standard_normal((1, FEATURES)), _network(rng)[0]
    before = layer.learn(x, np.array([1.0]))
    return _largest(layer.forward(x)[0] - before, before)


def _case(kind: str, rng: np.random.Generator) -> Any:
    """Return one case."""
    features = rng.standard_normal((1, FEATURES))
    return features if kind == "array" else Labelled(Features(features), np.eye(CLASSES)[:1])


def _one_step(x: Any, rng: np.random.Generator) -> Iterator[float]:
    layers, targets = _network(rng, x.shape[1]), (7.0, 90.0, 0.5)
    one_step(layers, x, targets)
    for layer, target in zip(layers, targets, strict=True):
        x, S = layer.forward(x)
        yield abs(float(S[0]) / target - 1)


def _directions(name: str, gradients: Sequence[NDArray]) -> Iterator[NDArray]:
    """Yield each gradient as the optimiser's textbook definition transforms it."""
    smoothed = velocity = m = v = np.zeros_like(gradients[0])
    for t, g in enumerate(gradients, 1):
        smoothed, velocity = 0.9 * smoothed + 0.1 * g, 0.9 * velocity + g
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        adam = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        yield {"plain": g, "smoothed": smoothed, "momentum": velocity, "adam": adam}[name]


def _moves(name: str, rng: np.random.Generator) -> float:
    """Compare updates with ``W ← W + ε (direction − decay · W)``, biases exempt from decay.

    There are four epochs of two updates; RATES are the author's, worked out by hand.
    """
    schedule, decay, n = optimisers.Schedule(0.1, 4, 2), 0.5, len(RATES)
    dense = Dense(normal(FEATURES, WIDTH, rng, float), schedule, optimisers.BY_NAME[name], decay)
    expected = dense.values.copy()
    pre, post = rng.standard_normal((n, PAIRS, FEATURES)), rng.standard_normal((n, PAIRS, WIDTH))
    held_at_1, spared = np.ones((n, PAIRS, 1)), np.append(np.ones(FEATURES), 0.0)[:, np.newaxis]
    gradients = np.concatenate([pre, held_at_1], axis=2).transpose(0, 2, 1) @ post / PAIRS
    for t, direction in enumerate(_directions(name, list(gradients))):
        dense.update(Outer(pre[t], post[t]))
        expected += RATES[t] * (direction - decay * spared * expected)
    return _largest(dense.values - expected, expected)


def _textbook(name: str, rng: np.random.Generator) -> float:
    """Compare what `Dense` does under a schedule with the sum of the optimiser's own steps."""
    optimiser = optimisers.BY_NAME[name]
    constant = optimisers.Schedule(0.1)
    dense = Dense(normal(FEATURES, WIDTH, rng, float), constant, optimiser)
    expected, state = dense.values.copy(), optimiser.init(dense.values.shape, float)
    for number in range(1, 6):
        pre, post = rng.standard_normal((PAIRS, FEATURES)), rng.standard_normal((PAIRS, WIDTH))
        gradient = np.vstack([pre.T @ post, post.sum(axis=0)]) / PAIRS
        dense.update(Outer(pre, post))
        expected += optimiser.step(state, gradient, 0.1, number)
    return _largest(dense.values - expected, expected)


def _in_plain_lines(rng: np.random.Generator) -> float:
    """Compare a layer's training on five batches with the plain reference."""
    values = normal(FEATURES, WIDTH, rng, float)
    dense = Dense(values.copy(), 0.01, optimisers.Smoothed(), 0.001)
    layer = Layer(dense, peer=PeerNormalisation(WIDTH))
    W, g, m = values.copy(), np.zeros_like(values), np.full(WIDTH, 0.5)
    errors = []
    for _ in range(5):
        x = stacked_input("array", rng)
        handed_on, expected = layer.learn(x, signs()), reference.learn(W, g, m, x, signs())
        errors += [_largest(handed_on - expected, expected), _largest(dense.values - W, W)]
    return max(errors)


def _peer(rng: np.random.Generator) -> float:
    x, values = stacked_input("array", rng), normal(FEATURES, WIDTH, rng, float)
    with_push = Layer(Dense(values.copy(), 1.0), peer=PeerNormalisation(WIDTH, 6.0, 0.9))
    without = Layer(Dense(values.copy(), 1.0))
    for layer in (with_push, without):
        layer.learn(x, signs())
    y = relu.value(Dense(values).forward(x))[:PAIRS]
    mean = 0.9 * 0.5 + 0.1 * y.mean(axis=0)
    push = 6.0 * (mean.mean() - mean)
    expected = np.vstack([np.outer(x[:PAIRS].sum(axis=0), push), PAIRS * push]) / len(x)
    pushed = with_push.arrays()["values"] - without.arrays()["values"]
    return _largest(pushed - expected, expected)


def _in_blocks(rng: np.random.Generator) -> Iterator[tuple[str, float]]:
    """Compare a large matrix's products and updates in blocks with those in one piece.

    Each of two cores has rows for a block and a half, as a large layer has in training.
    """
    x = stacked_input("labelled images", rng, columns=3 * MULTIPLIED // BROAD - CLASSES)
    whole, post = x.toarray(), rng.standard_normal((2 * PAIRS, BROAD))
    dense = Dense(normal(x.shape[1], BROAD, rng, float), 1.0)
    before = dense.values.copy()
    with ThreadPoolExecutor(1) as other:
        dense.cores = Cores(2, other)
        for kind, given in (("labelled images", x), ("array", whole)):
            expected = whole @ before[:-1] + before[-1]
            yield f"x W, {kind}", _largest(dense.forward(given) - expected, expected)
            dense.update(Outer(given, post))
            expected = np.vstack([whole.T @ post, post.sum(axis=0)])
            moved = added(before, dense.values, len(post))
            yield f"Δw, {kind}", _largest(moved - expected, expected)
            dense.restore({**dense.arrays(), "values": before})
