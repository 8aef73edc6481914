"""Phases: the order of positive and negative batches, and that nothing of it needs to be saved."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.cases.phases import PhaseCases
from laws import LAW

CLASSES = 3


def make(n: int, batch: int, group: int = 1, awake: int = 1, seed: int = 0) -> PhaseCases:
    rng = np.random.default_rng(n)
    rows, labels = rng.integers(0, 256, (n, 8), np.uint8), rng.integers(0, CLASSES, n)
    rows[:, :CLASSES] = 0
    return PhaseCases(rows, labels, OneHot(CLASSES), group, awake, batch, seed)


@LAW
@given(
    n=st.integers(1, 30),
    batch=st.integers(1, 9),
    group=st.integers(1, 12),
    seed=st.integers(0, 99),
)
def test_every_phase_is_followed_by_the_same_rows_with_wrong_labels(
    n: int, batch: int, group: int, seed: int
) -> None:
    cases = make(n, batch, group, seed=seed)
    shown = list(cases)
    assert len(shown) == cases.batches
    assert cases.epoch == 1
    signs = [int(sign[0]) for _, sign in shown]
    assert all(np.all(sign == sign[0]) for _, sign in shown)
    runs = [len(list(g)) for _, g in itertools.groupby(signs)]
    assert runs[::2] == runs[1::2]
    assert all(length == group for length in runs[:-2])
    positive = [x for x, sign in shown if sign[0] > 0]
    negative = [x for x, sign in shown if sign[0] < 0]
    for one, other in zip(positive, negative, strict=True):
        assert np.array_equal(one.features.rows, other.features.rows)
        assert one.labels is not None
        assert other.labels is not None
        assert not np.any(one.labels == other.labels)
    assert sum(len(x.features.rows) for x in positive) == n


def test_negative_phases_may_be_left_out() -> None:
    cases = make(12, 2, group=1, awake=3)
    assert [int(sign[0]) for _, sign in cases] == [1, 1, 1, -1, 1, 1, 1, -1]


@LAW
@given(batches=st.integers(1, 6), group=st.integers(1, 9), awake=st.integers(1, 5))
def test_one_group_in_so_many_has_a_negative_phase_even_if_an_epoch_has_fewer(
    batches: int, group: int, awake: int
) -> None:
    cases, epochs = make(2 * batches, 2, group, awake), 10
    phases = 0
    for _ in range(epochs):
        expected = cases.batches
        signs = [int(sign[0]) for _, sign in cases]
        assert len(signs) == expected
        phases += sum(here < 0 < before for before, here in itertools.pairwise(signs))
    assert phases == epochs * -(-batches // group) // awake


def test_phases_have_the_order_of_other_cases() -> None:
    rng = np.random.default_rng(0)
    rows, labels = rng.integers(0, 256, (7, 8), np.uint8), rng.integers(0, CLASSES, 7)
    rows[:, :CLASSES] = 0
    plain = LabelledCases(rows, labels, OneHot(CLASSES), UniformWrong(CLASSES, rng), 3, seed=5)
    phased = PhaseCases(rows, labels, OneHot(CLASSES), 1, 1, 3, seed=5)
    positive = [x.features.rows for x, sign in phased if sign[0] > 0]
    for (x, _), shown in zip(plain, positive, strict=True):
        assert np.array_equal(x.features.rows, shown)


@pytest.mark.parametrize("stop", [1, 2, 3, 5])
def test_an_epoch_goes_on_within_a_phase(stop: int) -> None:
    whole, stopped, resumed = (make(10, 3, group=2, seed=4) for _ in range(3))
    expected = [x.toarray() for x, _ in whole]
    shown = []
    for x, _ in stopped:
        shown.append(x.toarray())
        if len(shown) == stop:
            break
    resumed.epoch, resumed.done = stopped.epoch, stopped.done
    shown += [x.toarray() for x, _ in resumed]
    assert all(np.array_equal(*pair) for pair in zip(shown, expected, strict=True))
    assert resumed.epoch == 1


@pytest.mark.parametrize("bad", [{"group": 0}, {"awake": 0}])
def test_a_phase_has_a_batch(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected a whole number, 1 or more; got 0"):
        make(4, 2, **bad)
