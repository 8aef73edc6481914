"""Wrong labels are wrong, always, and hard ones have the frequencies of their softmax."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from ffnumpy.cases.encoding import OneHot
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.cases.negatives import (
    FixedWrong,
    HardWrong,
    StrongestWrong,
    UniformWrong,
    hard_wrong,
    uniform_wrong,
)

LAW = settings(deadline=None, max_examples=60, derandomize=True)
NOTHING = Features(np.zeros((1, 1)))
EVERY = np.arange(60)


@LAW
@given(
    classes=st.integers(2, 12),
    seed=st.integers(0, 2**32 - 1),
    scale=st.sampled_from([0.0, 1.0, 30.0, 1e4]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_a_wrong_label_is_never_the_true_one(
    classes: int, seed: int, scale: float, dtype: type
) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, 60)
    logits = (scale * rng.choice([-1.0, 0.5, 1.0], (60, classes))).astype(dtype)
    logits[EVERY[:30], labels[:30]] = scale  # most confident in the truth …
    logits[EVERY[30:], labels[30:]] = -scale  # … and least
    for wrong in (
        hard_wrong(logits, labels, rng),
        uniform_wrong(labels, classes, rng),
        UniformWrong(classes, rng)(NOTHING, labels, EVERY),
        FixedWrong(labels, classes, rng)(NOTHING, labels, EVERY),
    ):
        assert wrong.shape == labels.shape
        assert np.all((wrong >= 0) & (wrong < classes))
        assert not np.any(wrong == labels)


@LAW
@given(
    classes=st.integers(2, 12),
    candidates=st.integers(1, 11),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_strongest_wrong_label_is_wrong_and_the_strongest_of_those_drawn(
    classes: int, candidates: int, seed: int
) -> None:
    rng, candidates = np.random.default_rng(seed), min(candidates, classes - 1)
    encoding, seen = OneHot(classes, overwrite=False), []

    def strongest(x: Labelled) -> int:
        seen.append(x.codes.argmax(axis=1))
        return int(goodness[seen[-1]].argmax())

    goodness, labels = rng.random(classes), rng.integers(0, classes, 20)
    negatives = StrongestWrong(encoding, strongest, candidates, rng)
    wrong = negatives(Features(rng.random((20, 3))), labels, EVERY[:20])
    assert not np.any(wrong == labels)
    assert np.all((wrong >= 0) & (wrong < classes))
    for drawn, chosen, label in zip(seen, wrong, labels, strict=False):
        assert len(set(drawn.tolist())) == candidates
        assert label not in drawn
        assert goodness[chosen] == goodness[drawn].max()
    assert len(seen) == (20 if candidates > 1 else 0)


def test_all_wrong_labels_as_candidates_leave_no_chance() -> None:
    goodness, labels = np.array([5.0, 1.0, 4.0, 3.0]), np.array([0, 1, 2, 3])
    encoding = OneHot(4, overwrite=False)
    strongest = lambda x: int(goodness[x.codes.argmax(axis=1)].argmax())  # noqa: E731
    negatives = StrongestWrong(encoding, strongest, 3, np.random.default_rng(0))
    assert negatives(Features(np.ones((4, 2))), labels, EVERY[:4]).tolist() == [2, 0, 0, 0]


def test_candidates_are_even_over_the_wrong_labels() -> None:
    # n = 3,000 draws of 1 candidate among 4 wrong labels, 5 sigma as in `frequencies_agree`.
    negatives = StrongestWrong(OneHot(5, overwrite=False), lambda x: 0, 1, np.random.default_rng(1))
    wrong = negatives(Features(np.ones((3000, 2))), np.full(3000, 2), np.arange(3000))
    assert frequencies_agree(wrong, np.array([0.25, 0.25, 0, 0.25, 0.25]))


@pytest.mark.parametrize(
    ("candidates", "message"),
    [(0, "a whole number, 1 or more; got 0"), (5, r"1 … 4 wrong labels .* got 5")],
)
def test_there_must_be_so_many_wrong_labels(candidates: int, message: str) -> None:
    with pytest.raises(ValueError, match=f"candidates: expected {message}"):
        StrongestWrong(OneHot(5), lambda x: 0, candidates, np.random.default_rng(0))


def frequencies_agree(wrong: NDArray, p: NDArray) -> bool:
    """Return whether n draws have frequencies within 5 sigma, √(p(1 − p)/n), of p."""
    found = np.bincount(wrong, minlength=len(p)) / len(wrong)
    return bool(np.all(np.abs(found - p) <= 5 * np.sqrt(p * (1 - p) / len(wrong))))


@pytest.mark.parametrize("offset", [0.0, -1e4, 1e4])
@pytest.mark.parametrize("true", [0, 2, 4])
def test_hard_labels_have_the_softmax_frequencies_without_the_true_label(
    true: int, offset: float
) -> None:
    n, logits = 20_000, np.array([2.0, 1.0, 0.0, -1.0, 3.0])
    p = special.softmax(np.where(np.arange(5) == true, -np.inf, logits))
    rows = np.tile(logits + offset, (n, 1))
    rows[:, true] += 1e4  # however sure the readout is of the truth
    wrong = hard_wrong(rows, np.full(n, true), np.random.default_rng(true))
    assert frequencies_agree(wrong, p)


@pytest.mark.parametrize("true", [0, 3])
def test_uniform_labels_are_even_over_the_others(true: int) -> None:
    n, p = 20_000, np.where(np.arange(4) == true, 0, 1 / 3)
    rng = np.random.default_rng(1)
    assert frequencies_agree(uniform_wrong(np.full(n, true), 4, rng), p)
    certain = np.zeros((n, 4))
    certain[:, true] = 1e4  # all the rest underflows, and is even all the same
    assert frequencies_agree(hard_wrong(certain, np.full(n, true), rng), p)


def test_the_hardest_wrong_label_is_named_where_it_is_certain() -> None:
    logits = np.array([[0.0, 1e4, -1e4]])
    wrong = hard_wrong(logits, np.array([0]), np.random.default_rng(0))
    assert wrong.tolist() == [1]


def test_a_hard_label_is_wrong_even_where_no_wrong_one_is_possible() -> None:
    logits = np.full((30, 3), -np.inf)
    labels = np.arange(30) % 3
    logits[np.arange(30), labels] = 0.0
    assert not np.any(hard_wrong(logits, labels, np.random.default_rng(0)) == labels)


def test_hard_labels_leave_the_logits_as_they_were() -> None:
    logits = np.ones((3, 4))
    hard_wrong(logits, np.array([0, 1, 2]), np.random.default_rng(0))
    assert np.array_equal(logits, np.ones((3, 4)))


def test_fixed_wrong_labels_belong_to_the_row_wherever_it_turns_up() -> None:
    labels = np.arange(60) % 5
    fixed = FixedWrong(labels, 5, np.random.default_rng(0))
    order = np.random.default_rng(1).permutation(60)
    whole = fixed(NOTHING, labels, EVERY)
    assert np.array_equal(fixed(NOTHING, labels[order], order), whole[order])
    assert np.array_equal(fixed(NOTHING, labels, EVERY), whole)


def test_hard_negatives_are_drawn_from_the_proposals_for_their_rows() -> None:
    n, asked = 5000, []

    def logits(features: Features) -> NDArray:
        asked.append(features)
        return np.tile([5.0, np.log(9.0), 0.0], (n, 1))

    rows = Features(np.zeros((n, 1)))
    wrong = HardWrong(logits, np.random.default_rng(0))(rows, np.zeros(n, int), np.arange(n))
    assert frequencies_agree(wrong, np.array([0, 0.9, 0.1]))
    assert len(asked) == 1
    assert asked[0] is rows
