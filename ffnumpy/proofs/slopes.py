"""The proof: every hand-derived slope and update against two difference quotients, in float64.

They run through the very functions that training calls. Errors are relative to the array's largest
slope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy import activations, goodness, optimisers
from ffnumpy.activations import Activation, relu
from ffnumpy.baselines.backprop import Backprop
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.goodness import Goodness
from ffnumpy.layers.layer import Layer, PeerNormalisation, one_step
from ffnumpy.layers.readout import Readout, log_softmax
from ffnumpy.losses import Logistic, Loss, SoftplusMargin
from ffnumpy.proofs.differences import Check, check_slope
from ffnumpy.weights.dense import MULTIPLIED, Dense, Outer, normal
from ffnumpy.weights.threads import Cores

__all__ = [
    "CENTRAL_LIMIT",
    "COMPLEX_STEP_LIMIT",
    "Row",
    "laws",
    "slopes",
    "table",
]

COMPLEX_STEP_LIMIT, CENTRAL_LIMIT = 1e-12, 1e-7
KINK_MARGIN = 1e-3  # no difference quotient is taken nearer to a kink than this
CLASSES, PAIRS, FEATURES, WIDTH, BROAD = 3, 4, 5, 6, 400
RATES = (0.1, 0.1, 0.1, 0.1, 0.075, 0.075, 0.025, 0.025)  # 0.1 · (1 + 2 (E − e))/E beyond E/2 = 2


class Row(NamedTuple):
    """One line of the table: what was checked, its errors, and whether they are small enough.

    A law has one error, held to the tighter limit, and `central` is None.
    """

    what: str
    complex_step: float
    central: float | None

    @property
    def passed(self) -> bool:
        """Whether no error exceeds its limit; a NaN does."""
        exact = self.complex_step <= COMPLEX_STEP_LIMIT
        return bool(exact and (self.central is None or self.central <= CENTRAL_LIMIT))


def slopes(rng: np.random.Generator) -> Iterator[Row]:
    """Yield the checks of the elementary pairs, then of every update that training makes."""
    yield from _elementary(rng)
    for kind in ("array", "labelled images"):
        for good in goodness.BY_NAME.values():
            for activation in activations.BY_NAME.values():
                for loss in _losses(good):
                    name = f"{good.name} × {activation.name} × {type(loss).__name__}"
                    check = _layer_update(_input(kind, rng), activation, good, loss, rng)
                    yield Row(f"Δw, {kind}: {name}", *check)
    yield Row("Δw, softmax readout", *_readout_update(rng))
    for number, check in enumerate(_backprop_updates(rng), 1):
        yield Row(f"Δw, backprop baseline, layer {number} of 3", *check)


def _elementary(rng: np.random.Generator) -> Iterator[Row]:
    z = _away_from_kinks(lambda: rng.standard_normal((2 * PAIRS, WIDTH)), lambda z: z)
    for activation in (*activations.BY_NAME.values(), activations.student_t(5.0)):
        yield Row(f"f'(z): {activation.name}", *check_slope(activation.value, activation.slope, z))
    y = np.abs(z)
    for good in goodness.BY_NAME.values():
        yield Row(f"∂G/∂y: {good.name}", *check_slope(good.value, good.slope, y))
    sign, G = _signs(), 5 * rng.standard_normal(2 * PAIRS)
    for loss in (Logistic(1.0), Logistic(-2.0, 0.5), SoftplusMargin(4.0), SoftplusMargin(0.1)):
        value, slope = partial(loss.value, sign=sign), partial(loss.slope, sign=sign)
        yield Row(f"∂log p/∂G: {loss}", *check_slope(value, slope, G))


def _losses(good: Goodness) -> tuple[Loss, ...]:
    temperature = good.temperature(WIDTH)
    return Logistic(good.threshold(WIDTH), temperature), SoftplusMargin(0.1 / temperature)


def _signs() -> NDArray:
    return np.repeat([1.0, -1.0], PAIRS)


def _away_from_kinks(draw: Callable[[], Any], total: Callable[[Any], NDArray]) -> Any:
    """Draw until every total input is at least KINK_MARGIN away from zero."""
    while True:
        drawn = draw()
        if np.abs(total(drawn)).min() >= KINK_MARGIN:
            return drawn


def _input(kind: str, rng: np.random.Generator, columns: int = FEATURES) -> Any:
    """Return a stacked batch of PAIRS positives and their negatives."""
    features = rng.standard_normal((PAIRS, columns))
    if kind == "array":
        return np.vstack([features, rng.standard_normal((PAIRS, columns))])
    labels = rng.integers(0, CLASSES, PAIRS)
    wrong = (labels + 1) % CLASSES
    return Labelled(Features(features), np.eye(CLASSES)[np.concatenate([labels, wrong])])


def _step(before: NDArray, dense: Dense, rows: int) -> NDArray:
    """Return the sum over the batch that a step of rate 1 on the batch's mean has added."""
    return (dense.values - before) * rows


def _layer_update(
    x: Any, activation: Activation, good: Goodness, loss: Loss, rng: np.random.Generator
) -> Check:
    """Check what `Layer.learn` adds to its weights against ``Σ log p`` through `Layer.forward`."""
    values = _away_from_kinks(
        lambda: normal(x.shape[1], WIDTH, rng, float), lambda v: Dense(v).forward(x)
    )
    sign = _signs()

    def layer(v: NDArray) -> Layer:
        return Layer(Dense(v, 1.0), activation, good, loss)

    def log_p(v: NDArray) -> NDArray:
        return loss.value(layer(v).forward(x)[1], sign)

    def update(v: NDArray) -> NDArray:
        """Return what a step of the learner adds to the weights v."""
        learner = layer(v.copy())
        learner.learn(x, sign)
        return _step(v, learner.weights, len(sign))  # type: ignore[arg-type]

    return check_slope(log_p, update, values)


def _readout_update(rng: np.random.Generator) -> Check:
    x, labels = rng.standard_normal((PAIRS, WIDTH)), rng.integers(0, CLASSES, PAIRS)

    def log_p(v: NDArray) -> NDArray:
        return log_softmax(Readout(Dense(v)).forward([x]))[np.arange(PAIRS), labels]

    def update(v: NDArray) -> NDArray:
        """Return what a step of the learner adds to the weights v."""
        dense = Dense(v.copy(), 1.0)
        Readout(dense).learn([x], labels)
        return _step(v, dense, PAIRS)

    return check_slope(log_p, update, rng.standard_normal((WIDTH + 1, CLASSES)))


def _backprop_updates(rng: np.random.Generator) -> Iterator[Check]:
    x, labels = rng.standard_normal((PAIRS, FEATURES)), rng.integers(0, CLASSES, PAIRS)
    widths = (FEATURES, WIDTH, WIDTH, CLASSES)
    values = _away_from_kinks(
        lambda: [normal(a, b, rng, float) for a, b in pairwise(widths)],
        lambda v: np.hstack(Backprop([Dense(w) for w in v]).forward(x)[1]),
    )
    for number in range(len(values)):

        def network(v: NDArray, at: int = number) -> Backprop:
            return Backprop([Dense(v if i == at else w.copy(), 1.0) for i, w in enumerate(values)])

        def log_p(v: NDArray, network: Any = network) -> NDArray:
            return log_softmax(network(v).forward(x)[1][-1])[np.arange(PAIRS), labels]

        def update(v: NDArray, network: Any = network, at: int = number) -> NDArray:
            """Return what a step of the network adds to the weights v of this layer."""
            learner = network(v.copy())
            learner.learn(x, labels)
            return _step(v, learner.weights[at], PAIRS)

        yield check_slope(log_p, update, values[number])


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
    yield Row("peer normalisation: its definition (no case's gradient)", _peer(rng), None)
    for what, error in _in_blocks(rng):
        yield Row(f"blocks of a large matrix, on two cores: {what}", error, None)


def _network(rng: np.random.Generator, inputs: int = FEATURES) -> list[Layer]:
    widths = (inputs, 50, 40, 30)
    return [Layer(Dense(normal(a, b, rng, float), 1.0)) for a, b in pairwise(widths)]


def _largest(difference: NDArray, scale: NDArray) -> float:
    return float(np.abs(difference).max() / np.abs(scale).max())


def _locality(rng: np.random.Generator) -> float:
    x, first, other = _input("array", rng), _network(rng)[0].weights, _network(rng)[1]
    values, results = first.values.copy(), []  # type: ignore[attr-defined]
    for second in (other, Layer(Dense(-3 * other.weights.values))):  # type: ignore[attr-defined]
        layers = [Layer(Dense(values.copy(), 1.0)), second]
        activity = layers[0].learn(x, _signs())
        layers[1].learn(activity, _signs())
        results.append(layers[0].weights.values)  # type: ignore[attr-defined]
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
    """Yield each gradient as the optimiser's textbook definition turns it."""
    smoothed = velocity = m = v = np.zeros_like(gradients[0])
    for t, g in enumerate(gradients, 1):
        smoothed, velocity = 0.9 * smoothed + 0.1 * g, 0.9 * velocity + g
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        adam = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        yield {"plain": g, "smoothed": smoothed, "momentum": velocity, "adam": adam}[name]


def _moves(name: str, rng: np.random.Generator) -> float:
    """Compare updates with ``W ← W + ε (direction − decay · W)``, biases spared the decay.

    They are four epochs of two updates; RATES are the author's, worked out by hand.
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


def _peer(rng: np.random.Generator) -> float:
    x, values = _input("array", rng), normal(FEATURES, WIDTH, rng, float)
    with_push = Layer(Dense(values.copy(), 1.0), peer=PeerNormalisation(WIDTH, 6.0, 0.9))
    without = Layer(Dense(values.copy(), 1.0))
    for layer in (with_push, without):
        layer.learn(x, _signs())
    y = relu.value(Dense(values).forward(x))[:PAIRS]
    mean = 0.9 * 0.5 + 0.1 * y.mean(axis=0)
    push = 6.0 * (mean.mean() - mean)
    expected = np.vstack([np.outer(x[:PAIRS].sum(axis=0), push), PAIRS * push]) / len(x)
    found = with_push.weights.values - without.weights.values  # type: ignore[attr-defined]
    return _largest(found - expected, expected)


def _in_blocks(rng: np.random.Generator) -> Iterator[tuple[str, float]]:
    """Compare what a large matrix gives and takes in blocks with what it would in one piece.

    Each of two cores has rows for a block and a half, as a large layer has in training.
    """
    x = _input("labelled images", rng, columns=3 * MULTIPLIED // BROAD - CLASSES)
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
            found = _step(before, dense, len(post))
            yield f"Δw, {kind}", _largest(found - expected, expected)
            dense.restore({**dense.arrays(), "values": before})


def table(seed: int = 0) -> list[Row]:
    """Return all the checks, drawn from one seed."""
    rng = np.random.default_rng(seed)
    return [*slopes(rng), *laws(rng)]
