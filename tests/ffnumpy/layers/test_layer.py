"""Normalisation, the layer's own law, the peers' push, and frozen layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.activations import student_t
from ffnumpy.goodness import mean_of_squares, sum_of_squares
from ffnumpy.layers.layer import Frozen, Layer, in_float64
from ffnumpy.layers.peers import PeerNormalisation
from ffnumpy.losses import Logistic
from ffnumpy.normalisation import normalise
from ffnumpy.optimisers import Adam
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.outer import Outer
from laws import LAW, seeds, sizes

SIGNS = np.repeat([1.0, -1.0], 3)


def make(rng: np.random.Generator, **choices: Any) -> Layer:
    return Layer(Dense(normal(5, 8, rng, float), 1.0), **choices)


@LAW
@given(batch=sizes, width=sizes, target=st.sampled_from([None, 1.0, 3.0]), seed=seeds)
def test_normalising_leaves_the_direction_and_sets_the_length(
    batch: int, width: int, target: float | None, seed: int
) -> None:
    y = np.random.default_rng(seed).standard_normal((batch, width))
    y += np.copysign(0.1, y)  # so that no row is so short that TINY counts, even times 1e-6
    n = normalise(y, target)
    assert np.allclose((n**2).sum(axis=1), width if target is None else target, rtol=1e-12, atol=0)
    ratio = n / y
    assert np.all(ratio > 0)
    assert np.allclose(ratio, ratio[:, :1], rtol=1e-12, atol=0)
    for scale in (1e-6, 1e6):
        assert np.allclose(normalise(scale * y, target), n, rtol=1e-12, atol=0)
    assert np.allclose(normalise(n, target), n, rtol=1e-12, atol=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_of_zeros_stays_zero(dtype: type) -> None:
    n = normalise(np.array([[0, 0], [3, 4]], dtype), 1.0)
    assert n.dtype == dtype
    assert np.allclose(n, [[0, 0], [0.6, 0.8]], rtol=1e-6, atol=0)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_whole_numbers_are_refused_before_they_overflow(dtype: type) -> None:
    with pytest.raises(ValueError, match=r"normalise: expected .* floating-point .*use astype"):
        normalise(np.ones((2, 3), dtype))


@pytest.mark.parametrize("good", [sum_of_squares, mean_of_squares])
def test_a_layers_loss_is_by_default_the_usual_one_of_its_goodness(good: Any) -> None:
    layer = make(np.random.default_rng(0), goodness=good)
    assert layer.loss == Logistic(good.threshold(8), good.temperature(8))


def test_forward_gives_the_goodness_of_the_activity_before_normalising() -> None:
    rng = np.random.default_rng(0)
    layer, x = make(rng, target=1.0), rng.standard_normal((4, 5))
    y = np.maximum(np.hstack([x, np.ones((4, 1))]) @ layer.weights.values, 0)  # type: ignore[attr-defined]
    n, G = layer.forward(x)
    assert np.allclose(G, (y**2).sum(axis=1), rtol=1e-12, atol=0)
    assert np.allclose(n, y / np.sqrt(G)[:, np.newaxis], rtol=1e-12, atol=1e-15)


class ByClass:
    """A loss whose second argument is a class, as competitive rules have it."""

    seen: Any = None

    def value(self, G: NDArray, sign: NDArray) -> NDArray:
        return np.zeros(len(G))

    def slope(self, G: NDArray, sign: NDArray) -> NDArray:
        self.seen = sign
        return np.zeros(len(G))


def test_only_the_loss_reads_the_second_argument() -> None:
    rng, loss = np.random.default_rng(0), ByClass()
    layer, classes = make(rng, loss=loss), np.array([3, 1, 2])
    before = layer.weights.values.copy()  # type: ignore[attr-defined]
    layer.learn(rng.standard_normal((3, 5)), classes)
    assert loss.seen is classes
    assert np.array_equal(layer.weights.values, before)  # type: ignore[attr-defined]


@LAW
@given(seed=seeds)
def test_learning_one_case_leaves_what_the_next_layer_sees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    layer, x = make(rng), rng.standard_normal((1, 5))
    before = layer.learn(x, np.array([1.0]))
    after = layer.forward(x)[0]
    assert np.abs(after - before).max() <= 1e-12 * max(1.0, np.abs(before).max())


def test_a_float32_layer_computes_in_float32() -> None:
    rng = np.random.default_rng(0)
    layer = Layer(Dense(normal(5, 8, rng), 0.1, Adam()), student_t(), peer=PeerNormalisation(8))
    x = rng.standard_normal((6, 5)).astype("f4")
    activity = layer.learn(x, SIGNS.astype("f4"))
    outputs = (activity, *layer.forward(x), *layer.weights.arrays().values())  # type: ignore[attr-defined]
    assert {a.dtype for a in outputs if a.ndim} == {np.dtype(np.float32)}


# Peers


@LAW
@given(strength=st.floats(0.01, 5), delay=st.floats(0, 0.99), t=st.integers(1, 20), seed=seeds)
def test_peers_remember_a_constant_activity_by_their_closed_form_and_push_to_the_mean(
    strength: float, delay: float, t: int, seed: int
) -> None:
    y = np.random.default_rng(seed).random((4, 6))
    peer = PeerNormalisation(6, strength, delay)
    for _ in range(t):
        push = peer.push(y)
    expected = delay**t * 0.5 + (1 - delay**t) * y.mean(axis=0)
    assert np.allclose(peer.mean, expected, rtol=1e-12, atol=0)
    assert np.allclose(push, strength * (expected.mean() - expected), rtol=0, atol=1e-12 * strength)
    assert abs(push.sum()) <= 1e-12 * strength
    assert push[expected.argmin()] == push.max()


def test_peers_push_positive_cases_alone_also_where_a_unit_is_off() -> None:
    rng = np.random.default_rng(0)
    values, x = normal(5, 8, rng, float), rng.standard_normal((6, 5))
    values[-1, 0] = -1e3  # unit 0 is off for every case: Eq. 3 would never move it
    pushed = Layer(Dense(values.copy(), 1.0), peer=PeerNormalisation(8, 2.0))
    alone = Layer(Dense(values.copy(), 1.0))
    for layer in (pushed, alone):
        layer.learn(x, SIGNS)
    difference = pushed.weights.values - alone.weights.values  # type: ignore[attr-defined]
    y = np.maximum(x[:3] @ values[:-1] + values[-1], 0)
    mean = 0.45 + 0.1 * y.mean(axis=0)
    push = 2.0 * (mean.mean() - mean)
    expected = np.outer(np.append(x[:3].sum(axis=0), 3.0), push) / 6
    assert np.abs(difference - expected)[:-1].max() <= 1e-12 * np.abs(expected).max()
    assert difference[-1, 0] > 0
    assert alone.weights.values[-1, 0] == -1e3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"width": 0}, "width: expected a whole number, 1 or more; got 0"),
        ({"strength": -0.1}, "strength: expected 0 or more; got -0.1"),
        ({"strength": np.nan}, "strength: expected 0 or more; got nan"),
        ({"delay": 1.0}, "delay: expected at least 0 and less than 1; got 1.0"),
        ({"delay": -0.5}, "delay: expected at least 0 and less than 1; got -0.5"),
    ],
)
def test_peers_that_make_no_sense_are_refused(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PeerNormalisation(**{"width": 8, **choices})


def test_a_lone_negative_case_leaves_the_peers_memory() -> None:
    rng = np.random.default_rng(0)
    layer = make(rng, peer=PeerNormalisation(8))
    layer.learn(rng.standard_normal((1, 5)), np.array([-1.0]))
    assert layer.peer is not None
    assert np.array_equal(layer.peer.mean, np.full(8, 0.5))


# Saving


def test_a_restored_layer_goes_on_as_if_never_stopped_peers_included() -> None:
    rng = np.random.default_rng(0)
    layer, other = (make(rng, peer=PeerNormalisation(8, 3.0)) for _ in range(2))
    xs = rng.standard_normal((6, 6, 5))
    for x in xs[:3]:
        layer.learn(x, SIGNS)
    other.restore({name: array.copy() for name, array in layer.arrays().items()})
    for x in xs[3:]:
        assert np.array_equal(layer.learn(x, SIGNS), other.learn(x, SIGNS))
    assert {"peer_mean", "values", "updates"} <= layer.arrays().keys()
    assert all(np.array_equal(a, other.arrays()[k]) for k, a in layer.arrays().items())


def test_a_layer_without_peers_saves_none() -> None:
    assert "peer_mean" not in make(np.random.default_rng(0)).arrays()


class Foreign:
    """Weights of another substrate."""

    shape = (5, 8)

    def forward(self, x: NDArray) -> NDArray:
        return np.ones((len(x), 8))

    def update(self, outer: Outer) -> None:
        self.outer = outer

    def add(self, outer: Outer) -> None:
        self.outer = outer

    def arrays(self) -> dict[str, NDArray]:
        return {"conductance": np.zeros(3)}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        self.kept = arrays


def test_a_layer_learns_on_any_weights_and_saves_what_they_say() -> None:
    weights, x = Foreign(), np.ones((1, 5))
    layer = Layer(weights, peer=PeerNormalisation(8, 0.0))
    layer.learn(x, np.array([1.0]))
    assert weights.outer.pre is x
    assert np.allclose(weights.outer.post, 2 * 0.5)  # S = θ = 8, so p = ½ and 2 · ½ · y = 1
    assert set(layer.arrays()) == {"conductance", "peer_mean"}
    layer.restore({"conductance": np.full(3, 7.0), "peer_mean": np.full(8, 0.25)})
    assert weights.kept["conductance"].tolist() == [7.0] * 3
    assert layer.peer is not None
    assert layer.peer.mean.tolist() == [0.25] * 8


def test_the_loss_says_which_cases_the_peers_watch() -> None:
    class EveryCase(Logistic):
        def positives(self, sign: NDArray) -> slice:
            return slice(None)

    def push(loss: Logistic) -> NDArray:
        values = normal(5, 8, np.random.default_rng(0), float)
        layer = Layer(Dense(values, 1.0), loss=loss, peer=PeerNormalisation(8))
        layer.learn(np.random.default_rng(1).standard_normal((4, 5)), np.array([1, 1, -1, -1.0]))
        assert layer.peer is not None
        return layer.peer.mean

    assert not np.array_equal(push(Logistic(8.0)), push(EveryCase(8.0)))


# Double precision


def test_a_layer_in_float64_answers_as_the_layer_does_and_learns_by_itself() -> None:
    rng = np.random.default_rng(0)
    layer = Layer(
        Dense(normal(5, 8, rng), 0.1, Adam()),
        student_t(),
        mean_of_squares,
        Logistic(0.3),
        PeerNormalisation(8),
        target=2.0,
    )
    x, before = rng.standard_normal((6, 5)), layer.weights.values.copy()  # type: ignore[attr-defined]
    twin = in_float64(layer)
    for exact, rounded in zip(twin.forward(x), layer.forward(x.astype("f4")), strict=True):
        assert exact.dtype == np.float64
        assert np.allclose(exact, rounded, rtol=1e-5, atol=1e-6)
    assert (twin.loss, twin.peer) == (layer.loss, None)
    twin.learn(x, SIGNS)
    assert np.array_equal(layer.weights.values, before)  # type: ignore[attr-defined]


# Frozen


class Counting:
    """A layer that counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def forward(self, x: NDArray) -> tuple[NDArray, NDArray]:
        self.asked += 1
        return 2 * x, x.sum(axis=1)

    def learn(self, x: NDArray, sign: NDArray) -> NDArray:
        raise AssertionError("a frozen layer must not learn")


def test_a_frozen_layer_remembers_the_very_same_batch_and_only_that() -> None:
    inner = Counting()
    frozen, x = Frozen(inner), np.ones((2, 3))
    outputs = [frozen.learn(x, SIGNS) for _ in range(3)]
    assert inner.asked == 1
    assert outputs[0] is outputs[1] is outputs[2]
    assert np.array_equal(frozen.learn(3 * x, SIGNS), 6 * x)
    assert np.array_equal(frozen.learn(x, SIGNS), 2 * x)
    assert inner.asked == 3
    assert np.array_equal(frozen.forward(x)[1], [3, 3])
