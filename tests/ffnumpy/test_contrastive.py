"""The cosine contrastive loss: it knows directions only, and tells pairs apart."""

from __future__ import annotations

import numpy as np
import pytest

from ffnumpy.contrastive import ClassMeans, CosineContrast, claimed, cosines, unit
from ffnumpy.proofs import Row, check_slope

PAIRS, WIDTH, CLASSES = 5, 7, 3
RNG = np.random.default_rng(0)
Y, MEANS = RNG.standard_normal((2, 2 * PAIRS, WIDTH))
CONTRAST = CosineContrast(4.0)


@pytest.mark.parametrize("alpha", [0.1, 1.0, 10.0, 50.0])
def test_the_slope_is_the_derivative(alpha: float) -> None:
    contrast = CosineContrast(alpha)
    check = check_slope(lambda y: contrast.value(y, MEANS), lambda y: contrast.slope(y, MEANS), Y)
    assert Row("", *check).passed


def test_no_length_matters_neither_an_activitys_nor_a_means() -> None:
    lengths = RNG.uniform(0.1, 10, (2 * PAIRS, 1))
    assert np.allclose(CONTRAST.value(Y * lengths, MEANS), CONTRAST.value(Y, MEANS), rtol=1e-12)
    assert np.allclose(CONTRAST.value(Y, MEANS * lengths), CONTRAST.value(Y, MEANS), rtol=1e-12)
    along = np.sum(CONTRAST.slope(Y, MEANS) * Y, axis=1)
    assert np.allclose(along, 0, atol=1e-13)


def test_a_pair_that_cannot_be_told_apart_has_an_even_chance() -> None:
    same = np.vstack([Y[:PAIRS], 3 * Y[:PAIRS]])
    alike = np.vstack([MEANS[:PAIRS], MEANS[:PAIRS]])
    assert np.allclose(CONTRAST.value(same, alike), np.log(0.5), rtol=1e-12)


def test_a_step_along_the_slope_draws_positives_near_and_pushes_negatives_off() -> None:
    def likeness(y: np.ndarray) -> np.ndarray:
        return np.sum(unit(y) * unit(MEANS), axis=1)

    rise = likeness(Y + 1e-4 * CONTRAST.slope(Y, MEANS)) - likeness(Y)
    assert np.all(rise[:PAIRS] > 0)
    assert np.all(rise[PAIRS:] < 0)


def test_a_steeper_loss_leaves_alone_what_is_told_apart_already() -> None:
    told = np.vstack([MEANS[:PAIRS], -MEANS[PAIRS:]]) + 0.1 * Y
    slopes = [np.abs(CosineContrast(alpha).slope(told, MEANS)).max() for alpha in (2, 20)]
    assert slopes[1] < 1e-3 * slopes[0]


def test_pairs_are_expected() -> None:
    with pytest.raises(ValueError, match="expects a batch whose first half is positive"):
        CONTRAST.slope(Y[:3], MEANS[:3])
    with pytest.raises(ValueError, match="alpha: expected a number above 0; got 0"):
        CosineContrast(0)


def test_a_mean_forgets_at_the_rate_it_says() -> None:
    memory = ClassMeans(CLASSES, WIDTH, keep=0.5)
    memory.take(Y[:2], np.array([1, 1]))
    memory.take(Y[2:3], np.array([1]))
    expected = 0.5 * (unit(Y[:1]) + unit(Y[1:2])) + unit(Y[2:3])
    assert np.allclose(memory.sums[1], expected, rtol=1e-6)
    assert not memory.sums[[0, 2]].any()


def test_a_class_that_has_not_been_seen_is_like_nothing() -> None:
    memory = ClassMeans(CLASSES, WIDTH)
    memory.take(Y[:1], np.array([2]))
    assert np.array_equal(cosines(Y, memory.sums)[:, :2], np.zeros((2 * PAIRS, 2)))
    assert cosines(Y[:1], memory.sums)[0, 2] == pytest.approx(1)
    assert not CONTRAST.slope(Y, np.zeros_like(Y)).any()


def test_every_row_is_asked_for_its_own_claim() -> None:
    likeness = RNG.standard_normal((CLASSES * PAIRS, CLASSES))
    for image in range(PAIRS):
        for label in range(CLASSES):
            assert claimed(likeness)[image, label] == likeness[label * PAIRS + image, label]


@pytest.mark.parametrize("bad", [{"classes": 0}, {"width": 0}, {"keep": 1.0}])
def test_a_memory_that_makes_no_sense_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        ClassMeans(**{"classes": 2, "width": 3, **bad})  # type: ignore[arg-type]
