"""Dropout: what it drops, what it keeps, and that answering knows nothing of it."""

from __future__ import annotations

import numpy as np
import pytest

from ffnumpy.layers import Dropout, Layer
from ffnumpy.weights.dense import Dense, normal


def layer(fraction: float, seed: int = 1) -> Layer:
    weights = Dense(normal(30, 4000, np.random.default_rng(0)), 0.1)
    return Layer(weights, dropout=Dropout(fraction, np.random.default_rng(seed)))


def test_the_fraction_is_dropped_and_the_expected_sum_of_squares_is_kept() -> None:
    n, fraction = 400_000, 0.3
    mask = Dropout(fraction, np.random.default_rng(0)).mask(np.ones((100, n // 100), np.float32))
    assert mask.dtype == np.float32
    sigma = np.sqrt(fraction * (1 - fraction) / n)
    assert abs(np.mean(mask == 0) - fraction) < 5 * sigma
    assert abs(np.mean(mask**2) - 1) < 5 * sigma / (1 - fraction)


def test_dropped_units_of_a_case_pass_nothing_on_and_learn_nothing_from_it() -> None:
    one, x = layer(0.5), np.random.default_rng(2).standard_normal((1, 30)).astype(np.float32)
    before = one.weights.forward(x)
    old = one.arrays()["values"].copy()
    passed = one.learn(x, np.array([1.0]))
    off = (passed == 0)[0]
    assert 0.7 < off.mean() < 0.8  # half by the ReLU, half of the others by dropout
    moved = np.any(one.arrays()["values"] != old, axis=0)
    assert not np.any(moved & off)
    assert np.array_equal(moved, (before > 0)[0] & ~off)


def test_a_layer_that_answers_drops_nothing() -> None:
    x = np.random.default_rng(2).standard_normal((5, 30)).astype(np.float32)
    dropping, whole = layer(0.5), layer(0.0)
    assert all(map(np.array_equal, dropping.forward(x), whole.forward(x)))


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_senseless_fractions_are_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match="dropout: expected at least 0 and less than 1"):
        Dropout(fraction, np.random.default_rng(0))
