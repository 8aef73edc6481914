"""Hybrid images: what a mask is made of, and that it takes nothing but from its two images."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from ffnumpy.cases.hybrid import HybridCases, blurring, hybrids, pixels_as_inputs

LAW = settings(deadline=None, max_examples=30, derandomize=True)


@LAW
@given(side=st.integers(2, 30), times=st.integers(0, 8), seed=st.integers(0, 99))
def test_blurring_is_repeated_smoothing_and_keeps_the_mean(
    side: int, times: int, seed: int
) -> None:
    column = np.random.default_rng(seed).random(side)
    expected = column
    for _ in range(times):
        expected = ndimage.correlate1d(expected, [0.25, 0.5, 0.25], mode="reflect")
    blurred = blurring(side, times) @ column
    assert np.allclose(blurred, expected, rtol=1e-12, atol=1e-15)
    assert blurred.mean() == pytest.approx(column.mean(), rel=1e-12)


@pytest.mark.parametrize("shape", [(6, 8), (6, 8, 3)])
def test_every_pixel_of_a_hybrid_is_of_the_image_or_of_the_one_before_it(
    shape: tuple[int, ...],
) -> None:
    x = np.arange(5 * np.prod(shape), dtype=float).reshape(5, -1)
    before = np.roll(x, 1, axis=0)
    mixed = hybrids(x, before, shape, 2, np.random.default_rng(0)).reshape(5, *shape)
    own, other = x.reshape(5, *shape), np.roll(x, 1, axis=0).reshape(5, *shape)
    inside = mixed == own
    assert np.all(inside | (mixed == other))
    assert 0.2 < inside.mean() < 0.8
    if len(shape) == 3:
        assert np.all(inside == inside[..., :1])  # a mask for all colours


def test_the_image_itself_is_inside_the_mask_and_the_other_one_outside() -> None:
    ones, zeros = np.ones((5, 64)), np.zeros((5, 64))
    inside = np.random.default_rng(3).integers(0, 2, (5, 8, 8)).reshape(5, 64) == 1
    assert np.array_equal(hybrids(ones, zeros, (8, 8), 0, np.random.default_rng(3)) == 1, inside)


def test_more_blurs_make_larger_regions() -> None:
    x = np.vstack([np.zeros((1, 784)), np.ones((1, 784))] * 20)

    def borders(blurs: int) -> float:
        before = np.roll(x, 1, axis=0)
        mixed = hybrids(x, before, (28, 28), blurs, np.random.default_rng(0)).reshape(-1, 28, 28)
        return float(np.abs(np.diff(mixed, axis=2)).mean())

    found = [borders(blurs) for blurs in (0, 1, 3, 10)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.4 * found[0]


def cases(batch: int = 4) -> HybridCases:
    rng = np.random.default_rng(0)
    rows, labels = rng.integers(1, 256, (10, 12), np.uint8), np.arange(10) % 3
    return HybridCases(rows, labels, (3, 4), 2, 1, np.random.default_rng(1), batch, seed=3)


def test_hybrids_stand_below_their_images_and_both_have_a_mean_square_of_one() -> None:
    shown = cases()
    for index, (x, sign) in zip(cases().indices(), shown, strict=True):
        half = len(index)
        assert sign.tolist() == [1.0] * half + [-1.0] * half
        assert np.array_equal(x[:half], pixels_as_inputs(shown.rows[index]))
        assert np.allclose(np.mean(x**2, axis=1), 1, rtol=1e-5)


def test_a_bright_image_does_not_outshine_the_other_in_a_hybrid() -> None:
    rng = np.random.default_rng(0)
    rows = (rng.integers(1, 10, (6, 64)) * np.resize([25, 1], (6, 1))).astype(np.uint8)
    shown = HybridCases(rows, np.zeros(6, int), (8, 8), 1, 1, rng, batch=6)
    own = pixels_as_inputs(rows)
    ((x, _),) = shown
    for one, two, both in zip(own, np.roll(own, 1, axis=0), x[6:], strict=True):
        # One factor makes the hybrid of two images of mean square 1, whatever they were before.
        factors = np.concatenate([both / one, both / two])
        nearest = [np.isclose(both, f * one) | np.isclose(both, f * two) for f in factors]
        assert max(match.mean() for match in nearest) == 1


def test_labels_are_shown_only_after_the_unlabelled_epochs() -> None:
    shown = cases()
    seen = [[second for _, second in shown] for _ in range(4)]
    assert [s.dtype for s in seen[0]] == [np.float32] * 3
    assert [len(s) for s in seen[1]] == [8, 8, 4]
    for epoch in (2, 3):
        assert sorted(np.concatenate(seen[epoch])) == sorted(shown.labels)


def test_a_negative_number_of_blurs_is_refused() -> None:
    with pytest.raises(ValueError, match="blurs: expected a whole number, 0 or more; got -1"):
        HybridCases(np.ones((2, 4)), np.zeros(2, int), (2, 2), 1, -1, np.random.default_rng(0))


@pytest.mark.parametrize("batch", [1, 3])
def test_an_image_alone_in_a_batch_is_mixed_with_another_one(batch: int) -> None:
    for x, sign in cases(batch):  # of ten images, the last batch of three has one
        positives = x[sign > 0]
        assert all(np.any(a != b) for a, b in zip(positives, x[sign < 0], strict=True))


def test_a_single_image_or_labels_that_are_none_are_refused() -> None:
    rows, rng = np.ones((3, 12), np.uint8), np.random.default_rng(0)
    with pytest.raises(ValueError, match="at least two images"):
        HybridCases(rows[:1], np.zeros(1, int), (3, 4), 1, 1, rng)
    with pytest.raises(ValueError, match="one label per row; got 3 rows, 2 labels"):
        HybridCases(rows, np.zeros(2, int), (3, 4), 1, 1, rng)
    with pytest.raises(ValueError, match="got -1"):
        HybridCases(rows, np.array([0, -1, 2]), (3, 4), 1, 1, rng)
