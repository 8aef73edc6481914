"""A layer behind a function is that layer on the function's output; a black box has no slope."""

from __future__ import annotations

import numpy as np
import pytest

from ffnumpy.layers import Layer
from ffnumpy.layers.through import BlackBox, Through
from ffnumpy.weights import Dense, normal


def layer() -> Layer:
    return Layer(Dense(normal(6, 5, np.random.default_rng(0), float), 0.1))


def test_both_verbs_are_the_inner_layers_own_on_what_the_function_makes() -> None:
    x, sign = np.random.default_rng(1).standard_normal((4, 6)), np.array([1, 1, -1, -1.0])
    behind, alone = Through(np.tanh, layer()), layer()
    for got, expected in zip(behind.forward(x), alone.forward(np.tanh(x)), strict=True):
        assert np.array_equal(got, expected)
    assert np.array_equal(behind.learn(x, sign), alone.learn(np.tanh(x), sign))
    for got, expected in zip(behind.forward(x), alone.forward(np.tanh(x)), strict=True):
        assert np.array_equal(got, expected)


def test_a_box_without_noise_answers_the_same_in_steps() -> None:
    box = BlackBox(20, np.random.default_rng(0), levels=2, noise=0.0)
    x = np.random.default_rng(1).standard_normal((7, 20)).astype(np.float32)
    out = box(x)
    assert np.array_equal(out, box(x))
    assert np.allclose(np.mean(out**2, axis=1), 1, rtol=1e-5)
    for row in out:
        assert len(set(np.abs(row).round(5).tolist())) <= 3  # 0, half and full
    nudged = x + np.float32(1e-7) * np.sign(x)
    assert np.array_equal(box(nudged), out)  # its slope is 0 almost everywhere


@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_a_box_draws_its_noise_anew_at_each_use(noise: float) -> None:
    box, same = (BlackBox(20, np.random.default_rng(0), noise=noise) for _ in range(2))
    x = np.random.default_rng(1).standard_normal((7, 20)).astype(np.float32)
    first = box(x)
    assert not np.array_equal(first, box(x))
    assert np.array_equal(first, same(x))
