"""The softmax head: a true softmax at every scale, and a true gradient of its log."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from ffnumpy.layers.readout import Readout, ReadoutLayer, log_softmax, softmax, untrained
from ffnumpy.proofs.differences import check_slope
from ffnumpy.proofs.rows import Row
from ffnumpy.weights.dense import Dense
from laws import LAW


@LAW
@given(exponent=st.floats(-3, 4), shift=st.floats(-1e4, 1e4), seed=st.integers(0, 10_000))
def test_softmax_is_scipys_and_knows_no_overflow(exponent: float, shift: float, seed: int) -> None:
    logits = np.random.default_rng(seed).standard_normal((5, 4)) * 10**exponent + shift
    expected = special.log_softmax(logits, axis=1)
    error = np.abs(log_softmax(logits) - expected).max()
    assert error <= 1e-14 * (1 + np.abs(logits).max())
    p = softmax(logits)
    assert np.all(p >= 0)
    assert np.allclose(p.sum(axis=1), 1, rtol=1e-12, atol=0)


def test_the_delta_is_the_slope_of_log_p() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 5)
    check = check_slope(
        lambda logits: log_softmax(logits)[np.arange(5), labels],
        lambda logits: Readout.delta(logits, labels),
        rng.standard_normal((5, 4)),
    )
    assert Row("", *check).passed


def test_learning_returns_the_logits_from_before_and_raises_log_p_of_the_labels() -> None:
    rng = np.random.default_rng(1)
    readout, labels = Readout(Dense(np.zeros((8, 3)), 0.1)), rng.integers(0, 3, 20)
    activities = [rng.random((20, 4)), rng.random((20, 3))]
    before = [a.copy() for a in activities]
    log_p = []
    for _ in range(5):
        logits = readout.forward(activities)
        log_p.append(log_softmax(logits)[np.arange(20), labels].sum())
        assert np.array_equal(readout.learn(activities, labels), logits)
    assert log_p[0] == pytest.approx(-20 * np.log(3), rel=1e-12)  # of zero weights
    assert np.all(np.diff(log_p) > 0)
    assert all(np.array_equal(a, b) for a, b in zip(activities, before, strict=True))


def test_the_head_reads_the_layers_side_by_side() -> None:
    W = np.arange(8.0).reshape(4, 2)
    logits = Readout(Dense(W)).forward([np.array([[1.0]]), np.array([[10.0, 100.0]])])
    assert np.array_equal(logits, W[:1] + 10 * W[1:2] + 100 * W[2:3] + W[3:])


def test_what_the_layers_say_apart_adds_up_to_what_they_say_together() -> None:
    rng = np.random.default_rng(2)
    readout = Readout(Dense(rng.standard_normal((10, 3))))
    activities = [rng.standard_normal((5, width)) for width in (4, 2, 3)]
    apart, bias = readout.by_layer(activities), readout.weights.bias
    assert apart.shape == (3, 5, 3)
    total = (apart - bias).sum(axis=0) + bias
    assert np.allclose(total, readout.forward(activities), rtol=0, atol=1e-13)
    silent = [np.zeros_like(activities[0]), activities[1], np.zeros_like(activities[2])]
    assert np.allclose(apart[1], readout.forward(silent), rtol=0, atol=1e-13)


class Case:
    """A batch as a readout reads it."""

    def __init__(self, rows: NDArray, labels: NDArray) -> None:
        self.features, self.labels = rows, labels


def test_as_a_layer_the_readout_learns_the_true_labels_and_hands_the_case_on() -> None:
    rng, passes = np.random.default_rng(0), []

    def activities(rows: NDArray) -> list[NDArray]:
        passes.append(rows)
        return [rows]

    rows, true = rng.standard_normal((20, 5)), rng.integers(0, 3, 20)
    case = Case(rows, np.concatenate([true, (true + 1) % 3]))
    layer = ReadoutLayer(Readout(Dense(np.zeros((6, 3)), 0.5)), activities)
    alone = Readout(Dense(np.zeros((6, 3)), 0.5))
    for _ in range(5):
        before = layer.readout.weights.values.copy()
        logits = layer.logits(rows)
        assert np.array_equal(layer.readout.weights.values, before)
        assert layer.learn(case, None) is case
        assert np.array_equal(alone.learn([rows], true), logits)
    assert np.array_equal(layer.readout.weights.values, alone.weights.values)
    assert len(passes) == 5  # one neutral pass for the proposals and for the lesson
    assert layer.forward(case) == (case, None)


def test_an_untrained_readout_favours_no_class_and_learns_as_the_authors() -> None:
    readout, x = untrained(6, 4, epochs=4, updates=2), np.ones((3, 6), np.float32)
    assert np.array_equal(softmax(readout.forward([x])), np.full((3, 4), 0.25))
    one = untrained(6, 4, 0)
    one.learn([x], np.array([2, 2, 2]))
    # One step of a smoothed gradient: ε (1 − delay) times the slope, ¾ for the class and −¼.
    step = 0.1 * 0.1 * np.array([-0.25, -0.25, 0.75, -0.25])
    assert np.allclose(one.weights.values, np.tile(step, (7, 1)), rtol=1e-6)
