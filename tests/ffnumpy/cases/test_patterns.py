"""Noise patterns: a batch multiplies as the array it stands for, and no pixel is set aside."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.cases import Encoding, Features, NoisePatterns, Patterned, UniformWrong, noise_patterns
from ffnumpy.cases.patterns import Claims
from ffnumpy.normalisation import squared_length
from ffnumpy.weights import Dense, Outer, normal

CLASSES, PIXELS, ROWS, WIDTH = 4, 30, 7, 9
STRENGTH = 0.5
PATTERNS = noise_patterns(CLASSES, PIXELS, STRENGTH, np.random.default_rng(0))
ENCODING: Encoding = NoisePatterns(PATTERNS)
IMAGES = np.random.default_rng(1).integers(1, 256, (ROWS, PIXELS), np.uint8)


def batch(copies: int, rng: np.random.Generator) -> Patterned:
    features = Features(rng.standard_normal((ROWS, PIXELS)))
    codes = rng.standard_normal((copies * ROWS, CLASSES))
    return Patterned(features, codes, rng.standard_normal((CLASSES, PIXELS)))


def same(found: NDArray, expected: NDArray) -> bool:
    """Return whether two products differ by rounding only (at most 60 terms of order 1)."""
    assert found.shape == expected.shape
    return bool(np.abs(found - expected).max() <= 1e-13 * (1 + np.abs(expected).max()))


@pytest.mark.parametrize("copies", [1, 2, CLASSES])
def test_a_batch_multiplies_as_its_array(copies: int) -> None:
    rng = np.random.default_rng(copies)
    x, d = batch(copies, rng), rng.standard_normal((copies * ROWS, WIDTH))
    array, dense = x.toarray(), Dense(normal(PIXELS, WIDTH, rng, float), 0.5)
    assert array.shape == x.shape
    for _ in range(2):  # the image product is remembered, but never after the weights moved
        assert same(x @ dense.matrix, array @ dense.matrix)
        assert same(dense.forward(x), dense.forward(array))
        dense.update(Outer(x, d))
    assert same(x.T @ d, array.T @ d)
    assert same(np.vstack([pre.T @ post for pre, post in x.factors(d)]), array.T @ d)
    assert same(squared_length(x), squared_length(array))


def test_a_step_on_a_batch_is_the_step_on_its_array() -> None:
    rng = np.random.default_rng(5)
    x, d = batch(2, rng), rng.standard_normal((2 * ROWS, WIDTH))
    values = normal(PIXELS, WIDTH, rng, float)
    one, other = Dense(values.copy(), 0.5), Dense(values.copy(), 0.5)
    one.update(Outer(x, d))
    other.update(Outer(x.toarray(), d))
    assert same(one.values, other.values)


def test_every_pattern_is_as_strong_as_said_and_unlike_the_others() -> None:
    patterns = noise_patterns(10, 784, STRENGTH, np.random.default_rng(0))
    assert np.allclose(np.mean(patterns**2, axis=1), STRENGTH**2, rtol=1e-5)
    likeness = np.corrcoef(patterns) - np.eye(10)
    assert np.abs(likeness).max() < 5 / np.sqrt(784)  # 45 pairs, each N(0, 1/784): p < 3e-5


def test_an_image_carries_the_pattern_of_its_label_on_every_pixel() -> None:
    features = ENCODING.features(IMAGES)
    assert np.allclose(np.mean(features.rows**2, axis=1), 1, rtol=1e-5)
    labels = np.arange(ROWS) % CLASSES
    mixed = ENCODING.labelled(features, labels, (labels + 1) % CLASSES)
    added = mixed.toarray() - np.tile(features.rows, (2, 1))
    assert np.allclose(added[:ROWS], PATTERNS[labels], atol=1e-6)
    assert np.allclose(added[ROWS:], PATTERNS[(labels + 1) % CLASSES], atol=1e-6)
    neutral = ENCODING.neutral(features).toarray() - features.rows
    assert np.allclose(neutral, PATTERNS.mean(axis=0), atol=1e-6)


def test_every_label_is_each_label_in_turn() -> None:
    features = ENCODING.features(IMAGES)
    whole = ENCODING.every_label(features).toarray().reshape(CLASSES, ROWS, -1)
    for label in range(CLASSES):
        alone = ENCODING.labelled(features, np.full(ROWS, label)).toarray()
        assert np.allclose(whole[label], alone, atol=1e-6)


def test_cases_say_what_they_claim_and_no_negative_claims_the_truth() -> None:
    labels = np.arange(ROWS) % CLASSES
    wrong = UniformWrong(CLASSES, np.random.default_rng(0))
    for x, claims in Claims(IMAGES, labels, ENCODING, wrong, batch=3):
        half = len(claims) // 2
        assert x.shape == (2 * half, PIXELS)
        assert np.array_equal(x.labels, claims)
        assert np.all(claims[:half] != claims[half:])


def test_saved_patterns_come_back() -> None:
    other = NoisePatterns(noise_patterns(CLASSES, PIXELS, 1.0, np.random.default_rng(9)))
    other.restore({"patterns": PATTERNS})
    assert np.array_equal(other.patterns, PATTERNS)


def test_what_makes_no_sense_is_refused() -> None:
    rng = np.random.default_rng(0)
    for classes, columns, strength in ((1, 5, 1.0), (2, 0, 1.0), (2, 5, 0.0)):
        with pytest.raises(ValueError, match="expected"):
            noise_patterns(classes, columns, strength, rng)
    with pytest.raises(ValueError, match="rows of 30 pixels, as the patterns have; got 31"):
        ENCODING.inputs(PIXELS + 1)
    with pytest.raises(ValueError, match="patterns: expected a table of floating-point numbers"):
        NoisePatterns(np.ones((3, 4), int))
    with pytest.raises(ValueError, match="gain: expected a number above 0"):
        NoisePatterns(PATTERNS, gain=0)
