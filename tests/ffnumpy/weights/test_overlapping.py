"""Overlapping fields: what each place sees, whatever the blocks, and that nothing else grows."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import correlate

from ffnumpy.layers import Layer
from ffnumpy.optimisers import Smoothed
from ffnumpy.weights import Cores, Dense, Outer
from ffnumpy.weights.overlapping import Mosaic, OverlappingFields, overlapping_fields

SIDE, BELOW, CHANNELS = 12, 2, 3


def fields(block: int = 4, seed: int = 0, **choices: Any) -> OverlappingFields:
    mosaic = Mosaic(SIDE, BELOW, CHANNELS, field=5, block=block)
    make = partial(Dense, schedule=0.1, **choices)
    return overlapping_fields(mosaic, make, np.random.default_rng(seed), float)


def whole(weights: OverlappingFields) -> NDArray:
    """Return all weights and biases as one matrix from picture to picture."""
    n = weights.shape[0]
    z = weights.forward(np.vstack([np.eye(n), np.zeros((1, n))]))
    return np.vstack([z[:-1] - z[-1], z[-1:]])


def pictures(n: int, channels: int = BELOW, seed: int = 1) -> NDArray:
    return np.random.default_rng(seed).standard_normal((n, SIDE * SIDE * channels))


def test_a_place_sees_its_own_field_and_nothing_else() -> None:
    seen = whole(fields())[:-1].reshape(SIDE, SIDE, BELOW, SIDE, SIDE, CHANNELS) != 0
    for i, j in ((0, 0), (5, 6), (11, 3)):
        expected = np.zeros((SIDE, SIDE), bool)
        expected[max(0, i - 2) : i + 3, max(0, j - 2) : j + 3] = True
        for channel in range(CHANNELS):
            assert np.array_equal(seen[:, :, 0, i, j, channel], expected)
            assert np.array_equal(seen[:, :, 1, i, j, channel], expected)


def test_shared_by_hand_the_fields_are_a_convolution() -> None:
    rng, weights = np.random.default_rng(3), fields()
    kernel = rng.standard_normal((5, 5, BELOW, CHANNELS))
    for block, dense, mask in zip(weights.blocks, weights.matrices, weights.masks, strict=True):
        rows = np.arange(SIDE)[block.seen_rows][:, None] - np.arange(SIDE)[block.rows] + 2
        columns = np.arange(SIDE)[block.seen_columns][:, None] - np.arange(SIDE)[block.columns] + 2
        at = kernel[rows.clip(0, 4)[:, None, :, None], columns.clip(0, 4)[None, :, None, :]]
        dense.matrix[...] = at.transpose(0, 1, 4, 2, 3, 5).reshape(mask.shape) * mask
    x = pictures(2)
    z = weights.forward(x).reshape(2, SIDE, SIDE, CHANNELS)
    for channel in range(CHANNELS):
        expected = correlate(
            x.reshape(2, SIDE, SIDE, BELOW), kernel[np.newaxis, ..., channel], mode="same"
        )
        # "same" also slides over the channels; their middle is where all of them meet
        assert np.allclose(z[..., channel], expected[..., BELOW // 2])


@pytest.mark.parametrize("block", [1, 2, 6, 12])
def test_blocks_change_the_speed_and_not_the_result(block: int) -> None:
    one, other, x = fields(4), fields(block), pictures(3)
    matrix = whole(one)
    picture = matrix[:-1].reshape(SIDE, SIDE, BELOW, SIDE, SIDE, CHANNELS)
    for at, dense in zip(other.blocks, other.matrices, strict=True):
        own = picture[at.seen_rows, at.seen_columns, :, at.rows, at.columns]
        dense.matrix[...] = own.reshape(dense.shape)
    assert np.allclose(other.forward(x), one.forward(x))
    post = pictures(3, CHANNELS, seed=5)
    for weights in (one, other):
        weights.update(Outer(x, post))
    assert np.allclose(whole(one), whole(other))


def test_an_update_is_the_outer_product_inside_the_fields() -> None:
    weights, x, post = fields(), pictures(3), pictures(3, CHANNELS, seed=5)
    before = whole(weights)
    weights.add(Outer(x, post))
    inside = np.vstack([before[:-1] != 0, np.ones((1, weights.shape[1]), bool)])
    expected = np.vstack([x.T @ post, post.sum(axis=0, keepdims=True)]) * inside
    assert np.allclose(whole(weights) - before, expected)
    assert weights.version == 1


def test_an_optimiser_with_memory_and_decay_moves_nothing_outside_the_fields() -> None:
    weights, x = fields(optimiser=Smoothed(), decay=0.1), pictures(4)
    outside = whole(weights)[:-1] == 0
    layer = Layer(weights)
    for _ in range(5):
        layer.learn(x, np.array([1.0, 1.0, -1.0, -1.0]))
    assert not np.any(whole(weights)[:-1][outside])


def test_two_cores_do_what_one_does() -> None:
    from concurrent.futures import ThreadPoolExecutor

    one, two, x, post = fields(), fields(), pictures(3), pictures(3, CHANNELS)
    with ThreadPoolExecutor(1) as others:
        two.cores = Cores(2, others)
        assert np.array_equal(one.forward(x), two.forward(x))
        for weights in (one, two):
            weights.update(Outer(x, post))
        assert np.array_equal(one.forward(x), two.forward(x))


def test_first_weights_give_inputs_of_mean_square_1_at_the_edge_as_in_the_middle() -> None:
    matrix = whole(overlapping_fields(Mosaic(12, 2, 200, 5), Dense, np.random.default_rng(0)))
    n = 200
    for place in (0, 6 * SIDE + 6):
        squares = np.sum(matrix[:-1, place * n : (place + 1) * n] ** 2, axis=0)
        inputs = np.count_nonzero(matrix[:-1, place * n])
        assert abs(squares.mean() - 1) < 5 * np.sqrt(2 / (inputs * n))


def test_a_restored_one_answers_the_same() -> None:
    one, other, x = fields(), fields(seed=1), pictures(2)
    other.restore(one.arrays())
    assert np.array_equal(one.forward(x), other.forward(x))


@pytest.mark.parametrize(
    "wrong", [{"side": 10}, {"field": 4}, {"below": 0}, {"block": 5}, {"channels": -1}]
)
def test_impossible_mosaics_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="an odd field, and a side that is a multiple"):
        Mosaic(**{"side": 12, "below": 2, "channels": 3, "field": 5, **wrong})


def test_matrices_of_another_mosaic_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a matrix for each of 9 blocks"):
        OverlappingFields(Mosaic(12, 2, 3, 5), fields(6).matrices)
