"""Max pooling: what goes on, and what it is between two Forward-Forward layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ffnumpy.layers import Layer, MaxPooling, Through
from ffnumpy.normalisation import normalise
from ffnumpy.weights import Dense, normal
from ffnumpy.weights.convolution import Convolution
from ffnumpy.weights.local_fields import Grid

POOL = MaxPooling(4, 6, 3)


def test_it_is_the_largest_of_every_four_places() -> None:
    z = np.random.default_rng(0).standard_normal((5, 72))
    expected = z.reshape(5, 2, 2, 3, 2, 3).max(axis=(2, 4))
    assert np.array_equal(POOL(z), expected.reshape(5, -1))
    assert POOL.shape == (2, 3)


def test_a_complex_step_follows_the_largest() -> None:
    z = np.random.default_rng(1).standard_normal((2, 72))
    step = 1e-20 * np.random.default_rng(2).standard_normal(z.shape)
    moved = POOL(z + 1j * step)
    assert np.array_equal(moved.real, POOL(z))
    assert set(moved.imag.ravel()) <= set(step.ravel())


@pytest.mark.parametrize("size", [(3, 4, 1), (4, 5, 1), (0, 4, 1), (4, 4, 0), (4, 4, 1.5)])
def test_a_picture_that_cannot_be_pooled_is_refused(size: Any) -> None:
    with pytest.raises(ValueError, match="expected even sides"):
        MaxPooling(*size)


def test_a_forward_forward_network_of_convolutions_and_pooling_learns_by_its_own_goodness() -> None:
    rng = np.random.default_rng(3)
    below, above = Grid(8, 8, 1, 3, 1), Grid(3, 3, 4, 2, 1)
    first = Layer(Convolution(below, Dense(normal(9, 4, rng, float), 0.01)))
    second = Layer(Convolution(above, Dense(normal(16, 5, rng, float), 0.01)))
    layers = [first, Through(MaxPooling(6, 6, 4), second)]
    x = normalise(rng.standard_normal((20, 64)))
    x[:10, :32] *= 0.3  # positives have more in their lower half
    sign = np.repeat([1.0, -1.0], 10)

    def gaps() -> list[float]:
        activity, found = normalise(x), []
        for layer in layers:
            activity, goodness = layer.forward(activity)
            found.append(goodness[:10].mean() - goodness[10:].mean())
        return found

    before = gaps()
    for _ in range(30):
        activity = normalise(x)
        for layer in layers:
            activity = layer.learn(activity, sign)
    assert all(now > then for now, then in zip(gaps(), before, strict=True))
