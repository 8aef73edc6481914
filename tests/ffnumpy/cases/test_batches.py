"""Cases: halves, signs, order, resuming, and rows that change with the epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.cases.batches import Array, Cases, LabelledCases, batches_in, single_rows
from ffnumpy.cases.encoding import OneHot
from ffnumpy.cases.labelled import Features
from ffnumpy.cases.negatives import FixedWrong, UniformWrong
from ffnumpy.validation import check_labels
from laws import LAW

CLASSES = 3
numbers = st.integers(1, 30)
seeds = st.integers(0, 1000)


class Spy:
    """Negatives that note where the rows of each batch stand: the label one further on."""

    def __init__(self) -> None:
        self.shown: list[list[int]] = []

    def __call__(self, features: Features, labels: NDArray, index: NDArray) -> NDArray:
        self.shown.append(index.tolist())
        return (labels + 1) % CLASSES


def make(n: int, batch: int, seed: int = 0, negatives: Any = None) -> LabelledCases:
    rng = np.random.default_rng(n)
    rows, labels = rng.integers(0, 256, (n, 8), np.uint8), rng.integers(0, CLASSES, n)
    rows[:, :CLASSES] = 0
    return LabelledCases(rows, labels, OneHot(CLASSES), negatives or Spy(), batch, seed)


def order(cases: LabelledCases) -> list[list[int]]:
    return [index.tolist() for index in cases.indices()]


@LAW
@given(n=numbers, batch=numbers, seed=seeds)
def test_single_rows_are_the_rows_of_the_batches_in_order(n: int, batch: int, seed: int) -> None:
    together = list(make(n, batch, seed))
    alone = list(single_rows(make(n, batch, seed)))
    assert all(x.shape == (1, 8) and sign.shape == (1,) for x, sign in alone)
    assert np.array_equal(
        np.concatenate([x for x, _ in alone]), np.concatenate([x.toarray() for x, _ in together])
    )
    assert np.array_equal(
        np.concatenate([s for _, s in alone]), np.concatenate([s for _, s in together])
    )


def test_single_rows_take_plain_arrays_too() -> None:
    x, sign = np.arange(6.0).reshape(2, 3), np.array([1.0, -1.0])
    found = list(single_rows([(x, sign)]))
    assert [row.tolist() for row, _ in found] == [[[0, 1, 2]], [[3, 4, 5]]]
    assert [s.tolist() for _, s in found] == [[1], [-1]]


@LAW
@given(n=numbers, batch=numbers, seed=seeds)
def test_an_epoch_shows_every_row_once(n: int, batch: int, seed: int) -> None:
    cases = make(n, batch, seed)
    for epoch in range(3):
        assert (cases.epoch, cases.done) == (epoch, 0)
        shown = order(cases)
        assert len(shown) == cases.batches
        assert sorted(i for index in shown for i in index) == list(range(n))
        assert all(len(index) == min(batch, n) for index in shown[:-1])


@LAW
@given(n=numbers, batch=numbers, seed=seeds)
def test_a_batch_is_its_rows_with_the_true_label_above_the_same_with_a_wrong_one(
    n: int, batch: int, seed: int
) -> None:
    cases = make(n, batch, seed)
    shown = list(cases)
    assert len(shown) == cases.batches
    for index, (x, sign) in zip(cases.negatives.shown, shown, strict=True):  # type: ignore[attr-defined]
        half = len(index)
        assert sign.tolist() == [1.0] * half + [-1.0] * half
        labels, codes = cases.labels[index], x.codes > 0
        assert codes.sum(axis=1).tolist() == [1] * (2 * half)
        assert codes[:half].argmax(axis=1).tolist() == labels.tolist()
        assert codes[half:].argmax(axis=1).tolist() == ((labels + 1) % CLASSES).tolist()
        array, pixels = x.toarray()[:, CLASSES:], cases.view.array[index][:, CLASSES:]
        assert np.array_equal(array[:half], array[half:])
        ratio = array[:half] * pixels.max(axis=1, keepdims=True)
        expected = pixels * array[:half].max(axis=1, keepdims=True)
        assert np.allclose(ratio, expected, rtol=1e-5, atol=0)


@LAW
@given(n=st.integers(8, 30), batch=st.integers(1, 3), seed=seeds, epoch=st.integers(0, 5))
def test_the_order_depends_on_seed_and_epoch_alone(
    n: int, batch: int, seed: int, epoch: int
) -> None:
    walked, jumped = make(n, batch, seed), make(n, batch, seed, UniformWrong(CLASSES, np.random))  # type: ignore[arg-type]
    orders = [order(walked) for _ in range(epoch + 2)]
    jumped.epoch = epoch
    assert order(jumped) == orders[epoch]
    assert order(jumped) == orders[epoch + 1] != orders[epoch]
    assert order(make(n, batch, seed + 1)) != orders[0]


@LAW
@given(n=st.integers(4, 30), batch=st.integers(1, 7), stop=st.integers(0, 30), seed=seeds)
def test_stopping_within_an_epoch_loses_no_row_and_repeats_none(
    n: int, batch: int, stop: int, seed: int
) -> None:
    straight = order(make(n, batch, seed))
    stop = min(stop, len(straight))
    cases, first = make(n, batch, seed), []
    for index in cases.indices():
        first.append(index.tolist())
        if len(first) == stop:
            break
    resumed = make(n, batch, seed)
    resumed.epoch, resumed.done = cases.epoch, cases.done
    if stop:
        assert resumed.done == stop
        assert first + order(resumed) == straight
        assert (resumed.epoch, resumed.done) == (1, 0)


@pytest.mark.parametrize("batch", [10, 11, 1_000_000])
def test_a_batch_of_the_whole_set_keeps_the_sets_order(batch: int) -> None:
    cases = make(10, batch, seed=3)
    assert cases.batches == 1
    assert order(cases) == order(cases) == [list(range(10))]


def test_only_a_whole_set_with_fixed_negatives_is_the_very_same_object_again() -> None:
    labels = make(10, 10).labels
    fixed = FixedWrong(labels, CLASSES, np.random.default_rng(0))
    for batch, negatives, same in ((10, fixed, True), (10, Spy(), False), (5, fixed, False)):
        cases = make(10, batch, negatives=negatives)
        (first, *_), (again, *_) = list(cases), list(cases)
        assert (first[0] is again[0]) is same


def test_rows_and_labels_are_not_changed() -> None:
    cases = make(10, 4)
    assert isinstance(cases.view, Array)
    rows, labels = cases.view.array.copy(), cases.labels.copy()
    list(cases)
    assert np.array_equal(cases.view.array, rows)
    assert np.array_equal(cases.labels, labels)


@pytest.mark.parametrize(
    ("rows", "labels", "message"),
    [
        (4, [0, 1, 2], "got 4 rows, 3 labels"),
        (0, [], "got 0 rows, 0 labels"),
        (2, [0, -1], r"labels 0 … 2; got -1 … 0"),
        (2, [0, 3], "number of classes to at least 4"),
    ],
)
def test_labels_that_do_not_fit_are_refused_with_the_remedy(
    rows: int, labels: list[int], message: str
) -> None:
    wrong = np.array(labels, int)
    with pytest.raises(ValueError, match=message):
        check_labels(rows, wrong, CLASSES)
    with pytest.raises(ValueError, match=message):
        LabelledCases(np.zeros((rows, 8)), wrong, OneHot(CLASSES), Spy())


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_labels_of_any_integer_type_will_do(dtype: type) -> None:
    check_labels(2, np.array([0, 2], dtype), CLASSES)


@pytest.mark.parametrize(("rows", "batches"), [(1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_the_last_batch_of_an_epoch_may_be_short(rows: int, batches: int) -> None:
    assert batches_in(rows, 10) == make(rows, 10).batches == len(order(make(rows, 10))) == batches


class Order(Cases):
    """Cases that are their own places: no rows, no labels."""

    def __iter__(self) -> Any:
        return self.indices()


def test_an_order_needs_no_labels() -> None:
    cases = Order(7, 3, seed=1)
    first, second = ([index.tolist() for index in cases] for _ in range(2))
    assert [sorted(n for part in epoch for n in part) for epoch in (first, second)] == [
        list(range(7))
    ] * 2
    assert first != second
    assert [len(index) for index in first] == [3, 3, 1]
    with pytest.raises(ValueError, match="at least one row; got 0"):
        Order(0)
    with pytest.raises(ValueError, match="batch: expected a whole number, 1 or more; got 0"):
        Order(7, 0)


class Shifted:
    """Rows that depend on the epoch."""

    def __init__(self, array: NDArray) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    def rows(self, index: NDArray, epoch: int) -> NDArray:
        return np.roll(self.array[index], epoch, axis=1)


def test_rows_may_be_a_view_that_changes_with_the_epoch() -> None:
    rows, labels = np.random.default_rng(0).integers(0, 256, (6, 8), np.uint8), np.arange(6) % 3
    rows[:, :CLASSES] = 0
    encoding = OneHot(CLASSES)
    cases = LabelledCases(Shifted(rows), labels, encoding, Spy(), 6)
    for epoch in range(3):
        ((x, _),) = list(cases)
        shown = encoding.features(np.roll(rows, epoch, axis=1)).rows
        assert np.array_equal(x.features.rows, shown)
    fixed = FixedWrong(labels, CLASSES, np.random.default_rng(0))
    changing = LabelledCases(Shifted(rows), labels, encoding, fixed, 6)
    (first, *_), (again, *_) = list(changing), list(changing)
    assert first[0] is not again[0]


@pytest.mark.parametrize(
    "labels", [np.array([0.0, 1.0]), np.array([[0], [1]])], ids=["fractions", "column"]
)
def test_labels_are_a_vector_of_whole_numbers(labels: NDArray) -> None:
    with pytest.raises(ValueError, match="expected a vector of whole numbers as labels"):
        check_labels(2, labels, 3)
