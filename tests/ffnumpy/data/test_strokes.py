"""Drawn digits: the same seed gives the same bytes, and the ink lies where MNIST's does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.data import DataError, Dataset, load, strokes
from ffnumpy.data.glyphs import FORMS, Form, pen_way
from ffnumpy.data.ink import ink

N = 1000


@pytest.fixture(scope="module")
def images() -> NDArray[np.uint8]:
    labels = (np.arange(N) % 10).astype(np.uint8)
    return strokes.draw(labels, np.random.default_rng(1)).reshape(N, 28, 28)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return strokes.dataset(2000, 1000, seed=3)


def test_the_same_seed_draws_the_same_bytes() -> None:
    first, again, other = (strokes.dataset(50, 20, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.train_images, again.train_images)
    np.testing.assert_array_equal(first.test_images, again.test_images)
    np.testing.assert_array_equal(first.train_labels, again.train_labels)
    assert (first.train_images != other.train_images).any()


def test_test_images_do_not_depend_on_the_number_of_training_images() -> None:
    few, many = strokes.dataset(10, 20), strokes.dataset(300, 20)
    np.testing.assert_array_equal(few.test_images, many.test_images)


def test_no_image_is_drawn_twice(data: Dataset) -> None:
    both = np.concatenate([data.train_images, data.test_images])
    assert len(np.unique(both, axis=0)) == len(both)


def test_the_default_set_is_balanced_and_of_the_promised_size() -> None:
    data = load("strokes")
    assert data.train_images.shape == (10_000, 784)
    assert data.test_images.shape == (2_000, 784)
    assert data.train_images.dtype == np.uint8
    assert np.bincount(data.train_labels).tolist() == [1000] * 10
    assert np.bincount(data.test_labels).tolist() == [200] * 10


def test_the_ink_s_larger_side_is_twenty_pixels(images: NDArray[np.uint8]) -> None:
    height = (images > 0).any(axis=2).sum(axis=1)
    width = (images > 0).any(axis=1).sum(axis=1)
    np.testing.assert_array_equal(np.maximum(width, height), 20)


def test_the_centre_of_mass_lies_within_half_a_pixel_of_the_middle(
    images: NDArray[np.uint8],
) -> None:
    for axis in (1, 2):
        profile = images.sum(axis=axis)
        distance = np.abs(profile @ np.arange(28) / profile.sum(axis=1) - 14)
        at_edge = (profile[:, 0] > 0) | (profile[:, -1] > 0)
        assert distance[~at_edge].max() <= 0.5 + 1e-9
        assert (distance > 0.5).mean() < 0.02


def test_paper_is_white_ink_is_black_and_edges_are_grey(images: NDArray[np.uint8]) -> None:
    assert (images.min(axis=(1, 2)) == 0).all()
    assert (images.max(axis=(1, 2)) >= 250).all()
    grey = (images > 0) & (images < 255)
    assert 0.3 < grey.sum() / (images > 0).sum() < 0.8


def test_no_digits_give_no_images() -> None:
    assert strokes.draw(np.empty(0, np.uint8), np.random.default_rng(0)).shape == (0, 784)


def test_what_is_no_digit_is_refused() -> None:
    with pytest.raises(DataError, match=r"expected digits from 0 to 9, got .*10"):
        strokes.draw(np.array([1, 10], np.uint8), np.random.default_rng(0))


def test_linear_regression_on_the_pixels_tells_most_digits_but_not_all(data: Dataset) -> None:
    def augmented(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        return np.hstack([pixels / 255, np.ones((len(pixels), 1))])

    x = augmented(data.train_images)
    targets = np.eye(10)[data.train_labels]
    weights = np.linalg.solve(x.T @ x + 10 * np.eye(785), x.T @ targets)
    guesses = np.argmax(augmented(data.test_images) @ weights, axis=1)
    error = (guesses != data.test_labels).mean()
    assert 0.06 < error < 0.30


def test_every_digit_has_forms_whose_frequencies_add_up() -> None:
    for digit in range(10):
        frequencies = [form.frequency for form in FORMS if form.digit == digit]
        assert sum(frequencies) == pytest.approx(1)
    for digit in (1, 2, 4, 7, 9):
        assert sum(form.digit == digit for form in FORMS) >= 3


def test_the_pen_passes_through_every_point_of_a_form() -> None:
    for form in FORMS:
        way = pen_way(form, 4000)
        samples = way.spline @ way.control
        distances = np.linalg.norm(samples[:, None] - way.control, axis=2).min(axis=0)
        assert distances.max() < 0.005


def test_the_pen_is_lifted_between_strokes_and_turns_at_corners() -> None:
    way = pen_way(Form(1, 1.0, ("0,0 50,0 100,0 100,0 100,100", "0,50 50,50")), 100)
    samples = way.spline @ way.control
    steps = np.linalg.norm(np.diff(samples, axis=0), axis=1)
    assert np.count_nonzero(~way.down) == 2
    assert steps[~way.down] == pytest.approx([0, np.hypot(1, 0.5)])
    assert steps[way.down].max() < 0.05
    assert samples.min() >= -1e-9
    assert samples.max() <= 1 + 1e-9


def test_a_straight_trace_has_the_pen_s_width() -> None:
    height = np.linspace(0, 100, 101, dtype=np.float32)
    points = np.stack([np.zeros_like(height), height], axis=1)[None]
    for radius in (0.8, 1.5, 2.5):
        pen = np.array([radius], np.float32)
        image = ink(points[:, :-1], points[:, 1:], pen)[0] / 255
        assert image[10:18].sum(axis=1) == pytest.approx(2 * radius, abs=0.02)
