"""A recurrent net: what drives a layer, how far a label has come, and when weights move."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.cases import OneHot, TwoTowers
from ffnumpy.layers import Driven, PeerNormalisation, Recurrent
from ffnumpy.layers.driven import Clamped, Moment
from ffnumpy.normalisation import normalise
from ffnumpy.weights import Dense, Outer, normal

PIXELS, CLASSES = 9, 3
ENCODING = TwoTowers(CLASSES, strength=3.0)


def recurrent(
    hidden: Sequence[int], seed: int = 0, connected: bool = True, **more: Any
) -> Recurrent:
    rng, sizes = np.random.default_rng(seed), (PIXELS, *hidden, CLASSES)

    def driven(below: int, width: int, above: int) -> Driven:
        down = Dense(normal(above, width, rng), 0.1) if connected or above == CLASSES else None
        return Driven(Dense(normal(below, width, rng), 0.1), down)

    return Recurrent(list(map(driven, sizes, sizes[1:], sizes[2:])), **more)


def images(n: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(1, 256, (n, PIXELS), np.uint8)


def labelled(n: int, *labels: int) -> Any:
    return ENCODING.labelled(ENCODING.features(images(n)), *(np.full(n, k) for k in labels))


def states(net: Recurrent, x: Any, iterations: int) -> list[list[Moment]]:
    return list(islice(net.iterate(x), iterations))


def test_an_iteration_is_its_formula_on_the_neighbours_before_it() -> None:
    net, x = recurrent((5, 4)), labelled(3, 1)
    (u1, v1), (u2, v2) = (
        (one.bottom_up, one.top_down) for one in net.layers if one.top_down is not None
    )
    first = np.maximum(x.features.rows @ u1.matrix + u1.bias, 0)
    second = np.maximum(normalise(first) @ u2.matrix + u2.bias, 0)
    for moments in states(net, x, 4):
        z1 = x.features.rows @ u1.matrix + normalise(second) @ v1.matrix + u1.bias + v1.bias
        z2 = normalise(first) @ u2.matrix + x.codes @ v2.matrix + u2.bias + v2.bias
        first, second = 0.3 * first + 0.7 * z1.clip(0), 0.3 * second + 0.7 * z2.clip(0)
        for moment, expected in zip(moments, (first, second), strict=True):
            assert np.allclose(moment.state, expected, rtol=1e-5, atol=1e-6)


@given(st.integers(1, 5))
def test_a_label_comes_down_one_layer_an_iteration(depth: int) -> None:
    net = recurrent((6,) * depth, seed=depth)
    pairs = zip(*(states(net, labelled(4, k), depth) for k in (0, 1)), strict=True)
    for iteration, (one, other) in enumerate(pairs, 1):
        reached = [not np.array_equal(a.state, b.state) for a, b in zip(one, other, strict=True)]
        assert reached == [depth - n <= iteration for n in range(depth)]


def test_without_connections_from_above_a_label_stays_in_the_top_layer() -> None:
    net = recurrent((6, 6), connected=False)
    one, other = (states(net, labelled(4, k), 8)[-1] for k in (0, 1))
    assert np.array_equal(one[0].state, other[0].state)
    assert not np.array_equal(one[1].state, other[1].state)
    assert {"top_down_values"} & net.layers[0].arrays().keys() == set()


def test_a_state_keeps_its_part_and_the_counted_iterations_are_averaged() -> None:
    net, x = recurrent((5, 4), counted=(2, 4), keep=0.25), labelled(3, 0, 2)
    moments = states(net, x, 4)
    for before, after in pairwise(moments):
        for old, new in zip(before, after, strict=True):
            assert np.allclose(new.state, 0.25 * old.state + 0.75 * new.z.clip(0), atol=1e-6)
    found = net.forward(x)[1]
    for layer in range(2):
        expected = sum(np.mean(moments[k][layer].state ** 2, axis=1) for k in (1, 3)) / 2
        assert np.allclose(found[layer], expected)


@pytest.mark.parametrize(
    "encoding", [TwoTowers(CLASSES, 3.0), OneHot(CLASSES, 3.0, overwrite=False)]
)
def test_a_blank_image_or_another_encoding_leaves_the_label_its_length(encoding: Any) -> None:
    net, rows = recurrent((5, 4)), np.zeros((2, PIXELS), np.uint8)
    rows[1] = 7
    x = encoding.labelled(encoding.features(rows), np.array([1, 1]))
    moments = states(net, x, 1)[0]
    assert np.allclose(moments[-1].above, [[0, 3, 0]] * 2)
    assert np.allclose(np.mean(moments[0].below ** 2, axis=1), [0, 1])


def test_weights_move_once_a_case_or_at_every_iteration() -> None:
    x, sign = labelled(4, 0, 1), np.repeat([1, -1], 4)
    for each, moves in ((False, 1), (True, 3)):
        net = recurrent((5, 4), at_every_iteration=each)
        net.learn(x, sign)
        assert {int(one.bottom_up.updates) for one in net.layers} == {moves}
    once, each_time = (recurrent((5, 4), counted=(2,), at_every_iteration=e) for e in (False, True))
    for net in (once, each_time):
        net.learn(x, sign)
    for a, b in zip(once.layers, each_time.layers, strict=True):
        assert all(np.array_equal(v, b.arrays()[k]) for k, v in a.arrays().items())


def test_the_mean_update_over_iterations_is_that_of_all_their_cases_side_by_side() -> None:
    net, x, sign = recurrent((5, 4)), labelled(4, 0, 1), np.repeat([1.0, -1.0], 4)
    moments = [states(net, x, 5)[k][0] for k in (2, 3, 4)]
    deltas = [net.layers[0].delta(m, sign, net.keep) for m in moments]
    pre = np.concatenate([m.below for m in moments])
    expected = pre.T @ np.concatenate(deltas) / len(pre)
    before = net.layers[0].bottom_up.matrix.copy()
    net.learn(x, sign)
    moved = net.layers[0].bottom_up.matrix - before
    assert np.allclose(moved, 0.1 * expected, rtol=1e-4, atol=1e-6)


def test_what_is_clamped_is_multiplied_anew_once_the_weights_have_moved() -> None:
    clamped, weights = (
        Clamped(np.ones((2, 3)), copies=2),
        Dense(normal(3, 4, np.random.default_rng(0), float), 0.1),
    )
    other = Dense(normal(3, 4, np.random.default_rng(1), float))
    for _ in range(2):
        assert np.array_equal(clamped.times(weights), weights.forward(clamped.rows))
        weights.update(Outer(np.ones((2, 3)), np.ones((2, 4))))
    assert np.array_equal(clamped.times(other), other.forward(clamped.rows))


def test_before_the_label_arrives_a_layer_has_nothing_to_tell_cases_apart() -> None:
    net, x = recurrent((5, 4, 6)), labelled(4, 0, 1)
    for iteration, moments in enumerate(states(net, x, 3), 1):
        same = [np.array_equal(m.state[:4], m.state[4:]) for m in moments]
        assert same == [iteration < 3 - n for n in range(3)]


def test_peers_keep_units_of_a_recurrent_net_alive() -> None:
    def alive(peer: float) -> float:
        net, sign = recurrent((60, 60), seed=3), np.repeat([1.0, -1.0], 6)
        for layer in net.layers:
            layer.peer = PeerNormalisation(60, peer) if peer else None
        for _ in range(400):
            net.learn(labelled(6, 0, 1), sign)
        last = states(net, labelled(6, 0, 1), 5)[-1]
        return float(np.mean([np.any(m.state > 0, axis=0).mean() for m in last]))

    assert alive(0.06) > alive(0.0)


def test_learning_raises_the_goodness_of_true_labels_above_that_of_wrong_ones() -> None:
    net, x, sign = recurrent((40, 40)), labelled(4, 0, 1), np.repeat([1, -1], 4)
    for _ in range(300):
        net.learn(x, sign)
    goodness = net.forward(x)[1].sum(axis=0)
    assert goodness[:4].min() > goodness[4:].max()


def test_a_restored_layer_answers_the_same() -> None:
    net, other, x = recurrent((5, 4)), recurrent((5, 4), seed=1), labelled(3, 0, 1)
    for layer in (*net.layers, *other.layers):
        layer.peer = PeerNormalisation(layer.bottom_up.shape[1])
    net.learn(x, np.repeat([1, -1], 3))
    for own, mine in zip(other.layers, net.layers, strict=True):
        own.restore(mine.arrays())
    assert np.array_equal(net.forward(x)[1], other.forward(x)[1])
    for own, mine in zip(other.layers, net.layers, strict=True):
        assert np.array_equal(own.arrays()["peer_mean"], mine.arrays()["peer_mean"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"counted": ()}, r"expected numbers of iterations from 1; got \(\)"),
        ({"counted": (0, 3)}, r"got \(0, 3\)"),
        ({"keep": 1.0}, "keep: expected at least 0 and less than 1; got 1.0"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        recurrent((5,), **wrong)
