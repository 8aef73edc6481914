"""Where cases come from: the order of a training set, cut into batches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Labelled
from ffnumpy.cases.negatives import FixedWrong, Negatives

__all__ = [
    "Cases",
    "LabelledCases",
    "batches_in",
    "single_rows",
]


def single_rows(cases: Iterable[tuple[Any, Any]]) -> Iterator[tuple[NDArray, NDArray]]:
    """Yield the rows of every batch one at a time, as plain (1, n_in) arrays, with their signs.

    For a chip, which keeps no batch: with batches of one image, its positive case, then its
    negative one.
    """
    for x, sign in cases:
        rows = x.toarray() if hasattr(x, "toarray") else x
        for n in range(len(rows)):
            yield rows[n : n + 1], sign[n : n + 1]


def batches_in(rows: int, batch: int) -> int:
    """Return the number of batches in an epoch of so many rows; the last one may be short.

    Examples
    --------
    >>> batches_in(250, 100)
    3
    """
    return -(-rows // batch)


class Cases(ABC):
    """A training set, the order in which it is shown, and how far that has got.

    The order of an epoch depends on the seed and the epoch's number alone, so `epoch`, `done` and
    the generator of whatever else is drawn are all that a continued run needs.

    Parameters
    ----------
    rows : (n, columns) array
        As the data set holds them; converted batch by batch.
    labels : (n,) array of int
    encoding : Encoding
    batch : int
        Rows in a batch; `n` or more means the whole set, in its own order.
    seed : int

    Attributes
    ----------
    epoch : int
        Number of the current epoch, from 0.
    done : int
        Batches of it that have been shown.

    Raises
    ------
    ValueError
        If rows and labels differ in number, there are none, a label is no class, or the batch is
        empty.
    """

    def __init__(
        self,
        rows: NDArray,
        labels: NDArray,
        encoding: Encoding,
        batch: int = 100,
        seed: int = 0,
    ) -> None:
        check_labels(rows, labels, encoding.classes)
        if batch < 1:
            raise ValueError(f"batch: expected at least one row; got {batch}")
        self.rows, self.labels, self.encoding = rows, labels.astype(np.intp), encoding
        self.batch, self.seed = min(batch, len(rows)), seed
        self.epoch = 0
        self.done = 0

    @property
    def batches(self) -> int:
        """Batches in an epoch; the last one may be short."""
        return batches_in(len(self.rows), self.batch)

    @abstractmethod
    def __iter__(self) -> Iterator[tuple[Any, NDArray]]:
        """Yield the batches of the rest of this epoch."""

    def indices(self) -> Iterator[NDArray]:
        """Yield where each batch of the rest of this epoch stands in the data set."""
        order = self._order()
        for number in range(self.done, self.batches):
            self.done = number + 1
            yield order[number * self.batch : self.done * self.batch]
        self.epoch += 1
        self.done = 0

    def _order(self) -> NDArray:
        if self.batches == 1:
            return np.arange(len(self.rows))
        return np.random.default_rng([self.seed, self.epoch]).permutation(len(self.rows))


class LabelledCases(Cases):
    """Batches of images with their true label, and below them the same images with a wrong one.

    Parameters
    ----------
    rows, labels, encoding
        As in `Cases`.
    negatives : Negatives
        Name a wrong label for every row.
    batch, seed : int
        As in `Cases`; each row of a batch is shown twice.

    Raises
    ------
    ValueError
        As `Cases` does.
    """

    def __init__(
        self,
        rows: NDArray,
        labels: NDArray,
        encoding: Encoding,
        negatives: Negatives,
        batch: int = 100,
        seed: int = 0,
    ) -> None:
        super().__init__(rows, labels, encoding, batch, seed)
        self.negatives = negatives
        self._whole: tuple[Labelled, NDArray] | None = None

    def __iter__(self) -> Iterator[tuple[Labelled, NDArray]]:
        for index in self.indices():
            yield self._remembered(index)

    def _remembered(self, index: NDArray) -> tuple[Labelled, NDArray]:
        """Return `stacked`, the very same object again where no epoch differs from the last."""
        if not (self.batches == 1 and isinstance(self.negatives, FixedWrong)):
            return self.stacked(index)
        if self._whole is None:
            self._whole = self.stacked(index)
        return self._whole

    def stacked(self, index: NDArray) -> tuple[Labelled, NDArray]:
        """Return these rows as positives, then as negatives, and the signs, (2·len(index),)."""
        features, labels = self.encoding.features(self.rows[index]), self.labels[index]
        wrong = self.negatives(features, labels, index)
        sign = np.repeat(np.array([1, -1], np.float32), len(index))
        return self.encoding.labelled(features, labels, wrong), sign


def check_labels(rows: NDArray, labels: NDArray, classes: int) -> None:
    """Raise a ValueError unless there is one label of 0 … classes − 1 per row, and a row."""
    if not len(rows) == len(labels) > 0:
        raise ValueError(f"expected one label per row; got {len(rows)} rows, {len(labels)} labels")
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"expected a vector of whole numbers as labels; got {labels.dtype} of shape "
            f"{labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"expected labels 0 … {classes - 1}; got {labels.min()} … {labels.max()}. "
            f"Set the number of classes to at least {labels.max() + 1}."
        )
