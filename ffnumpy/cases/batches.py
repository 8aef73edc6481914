"""Where cases come from: the order of a training set, cut into batches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Labelled
from ffnumpy.cases.negatives import FixedWrong, Negatives
from ffnumpy.draws import ORDER, generator
from ffnumpy.validation import check_labels, whole

__all__ = ["Array", "Cases", "LabelledCases", "Rows", "batches_in", "look_through", "single_rows"]

LOOKED_AT = 1000  # rows of a view that is no array, before training


def single_rows(cases: Iterable[tuple[Any, Any]]) -> Iterator[tuple[NDArray, NDArray]]:
    """Yield the rows of every batch one at a time, as plain (1, n_in) arrays, with their signs.

    For a chip, which keeps no batch: a batch of one image gives its positive case, then its
    negative one.
    """
    for x, sign in cases:
        rows = x.toarray() if hasattr(x, "toarray") else x
        for n in range(len(rows)):
            yield rows[n : n + 1], sign[n : n + 1]


def batches_in(rows: int, batch: int) -> int:
    """Return the number of batches in an epoch of this many rows; the last one may be short.

    Examples
    --------
    >>> batches_in(250, 100)
    3
    """
    return -(-rows // batch)


class Rows(Protocol):
    """A view of a training set: what a row is may depend on the epoch, as with random shifts.

    Draws depend on the seed, the epoch and the row alone, so there is nothing to save.
    """

    def __len__(self) -> int:
        """Return the number of rows."""

    def rows(self, index: NDArray, epoch: int) -> NDArray:
        """Return the rows at these places as an epoch shows them, (len(index), columns)."""


class Array:
    """Rows that are the same in every epoch: an (n, columns) array as the data set holds it."""

    def __init__(self, array: NDArray) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    def rows(self, index: NDArray, epoch: int) -> NDArray:
        """Return the rows at these places."""
        return self.array[index]


def look_through(view: Any, check: Callable[[NDArray], None]) -> None:
    """Check an array to its end; of another view of a training set, the first rows."""
    few = np.arange(min(LOOKED_AT, len(view)))
    rows = view.rows(few, 0) if hasattr(view, "rows") else view
    check(rows)


class Cases(ABC):
    """The order in which a training set is shown, and how far it has got.

    The order of an epoch depends on the seed and the epoch's number alone, so `epoch`, `done` and
    the generator of any other draws are all that a resumed run needs.

    Parameters
    ----------
    n : int
        Rows of the training set.
    batch : int
        Rows in a batch; `n` or more means the whole set, in its own order.
    seed : int

    Attributes
    ----------
    epoch : int
        Number of the current epoch, from 0.
    done : int
        Batches of that epoch shown so far.

    Raises
    ------
    ValueError
        If there are no rows or the batch is empty.
    """

    def __init__(self, n: int, batch: int = 100, seed: int = 0) -> None:
        if n < 1:
            raise ValueError(f"expected a training set with at least one row; got {n}")
        whole(batch=batch)
        self.n, self.batch, self.seed = n, min(batch, n), seed
        self.epoch = 0
        self.done = 0

    @property
    def batches(self) -> int:
        """Batches in this epoch; the last one may be short."""
        return len(self.numbers())

    @abstractmethod
    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        """Yield the remaining batches of this epoch."""

    def indices(self) -> Iterator[NDArray]:
        """Yield the training-set indices of each remaining batch of this epoch."""
        order, numbers = self._order(), self.numbers()
        for shown in range(self.done, len(numbers)):
            self.done = shown + 1
            yield order[numbers[shown] * self.batch :][: self.batch]
        self.epoch += 1
        self.done = 0

    def numbers(self) -> Sequence[int]:
        """Return which part of the epoch's order each batch shows, from 0: each of them once."""
        return range(batches_in(self.n, self.batch))

    def _order(self) -> NDArray:
        if self.batch == self.n:
            return np.arange(self.n)
        return generator(ORDER, self.seed, self.epoch).permutation(self.n)


class LabelledCases(Cases):
    """Batches of images with their true label, and below them the same images with a wrong one.

    Parameters
    ----------
    rows : (n, columns) array or Rows
        As the data set holds them; converted batch by batch.
    labels : (n,) array of int
    encoding : Encoding
    negatives : Negatives
        Names a wrong label for every row.
    batch, seed : int
        As in `Cases`; each row of a batch is shown twice.

    Raises
    ------
    ValueError
        As `Cases` does, and if rows and labels differ in number, a label is not a class, or the
        label would take the place of pixels that carry ink.
    """

    def __init__(
        self,
        rows: NDArray | Rows,
        labels: NDArray,
        encoding: Encoding,
        negatives: Negatives,
        batch: int = 100,
        seed: int = 0,
    ) -> None:
        check_labels(len(rows), labels, encoding.classes)
        super().__init__(len(rows), batch, seed)
        look_through(rows, encoding.check)
        look_through(rows, encoding.check_room)
        self.view = Array(rows) if isinstance(rows, np.ndarray) else rows
        self.labels, self.encoding = labels.astype(np.intp), encoding
        self.negatives = negatives
        self._whole: tuple[Labelled, NDArray] | None = None

    def __iter__(self) -> Iterator[tuple[Labelled, NDArray]]:
        for index in self.indices():
            yield self._remembered(index)

    def _remembered(self, index: NDArray) -> tuple[Labelled, NDArray]:
        """Return `stacked`, as the very same object if all epochs are alike."""
        unchanging = isinstance(self.view, Array) and isinstance(self.negatives, FixedWrong)
        if not (self.batches == 1 and unchanging):
            return self.stacked(index)
        if self._whole is None:
            self._whole = self.stacked(index)
        return self._whole

    def stacked(self, index: NDArray) -> tuple[Labelled, NDArray]:
        """Return these rows as positives, then as negatives, and the signs, (2·len(index),)."""
        rows, labels = self.view.rows(index, self.epoch), self.labels[index]
        features = self.encoding.features(rows)
        wrong = self.negatives(features, labels, index)
        sign = np.repeat(np.array([1, -1], np.float32), len(index))
        return self.encoding.labelled(features, labels, wrong), sign
