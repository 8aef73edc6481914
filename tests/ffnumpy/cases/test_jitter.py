"""Jitter: every shift is a shift, all are equally likely, and none needs to be saved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from ffnumpy.cases.jitter import Jitter, shifted

LAW = settings(deadline=None, max_examples=30, derandomize=True)


@LAW
@given(
    n=st.integers(1, 5),
    shape=st.sampled_from([(6, 8), (5, 5, 3)]),
    most=st.integers(0, 4),
    seed=st.integers(0, 99),
)
def test_an_image_is_moved_whole_and_what_comes_in_is_blank(
    n: int, shape: tuple[int, ...], most: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    images = rng.random((n, *shape))
    down, right = rng.integers(-most, most, (2, n), endpoint=True)
    for moved, image, d, r in zip(shifted(images, down, right), images, down, right, strict=True):
        by = (d, r, 0)[: len(shape)]
        assert np.allclose(moved, ndimage.shift(image, by, order=0, cval=0))


def rows(most: int = 2, seed: int = 0, n: int = 400) -> Jitter:
    array = np.zeros((n, 49), np.uint8)
    array[:, 24] = 1  # one dot in the middle of 7 × 7
    return Jitter(array, (7, 7), most, seed)


def test_all_shifts_are_equally_likely() -> None:
    # n = 10,000: the expected count of each of 25 places is 400; five standard deviations
    found = sum(rows().rows(np.arange(400), epoch).sum(axis=0, dtype=int) for epoch in range(25))
    inside = np.asarray(found).reshape(7, 7)[1:6, 1:6]
    assert inside.sum() == 10_000
    assert np.abs(inside - 400).max() < 5 * np.sqrt(400 * 24 / 25)


def test_shifts_depend_on_seed_epoch_and_row_alone() -> None:
    view, index = rows(), np.array([3, 7, 11, 200])
    first = view.rows(index, 5)
    view.rows(index, 6)
    assert np.array_equal(view.rows(index, 5), first)
    assert np.array_equal(rows().rows(index[::-1], 5), first[::-1])
    everything = np.arange(400)
    assert not np.array_equal(view.rows(everything, 6), view.rows(everything, 5))
    assert not np.array_equal(rows(seed=1).rows(everything, 5), view.rows(everything, 5))


def test_no_jitter_leaves_the_rows_as_they_are() -> None:
    view = rows(most=0)
    assert np.array_equal(view.rows(np.arange(400), 3), view.array)
    with pytest.raises(ValueError, match="most: expected a whole number, 0 or more; got -1"):
        rows(most=-1)
