"""Pictures and their classes, each once in an epoch, with no label among the pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import Cases
from ffnumpy.validation import check_labels, check_pixels

__all__ = ["Pictures", "brightness"]


def brightness(rows: NDArray) -> NDArray:
    """Return bytes as numbers from 0 to 1, float32."""
    return rows.astype(np.float32) / np.float32(255)


class Pictures(Cases):
    """Batches of pictures, with their classes as the second part.

    Parameters
    ----------
    rows : (n, columns) array
        As the data set holds them.
    labels : (n,) array of int
    classes : int
    batch, seed : int
        As in `ffnumpy.cases.Cases`.
    inputs : callable, (batch, columns) rows -> (batch, n_in) array
        What the first layer takes; by default numbers from 0 to 1.

    Raises
    ------
    ValueError
        As `Cases` does, if the rows are not pixels of 0 … 255, rows and labels differ in number
        or a label is not a class.
    """

    def __init__(
        self,
        rows: NDArray,
        labels: NDArray,
        classes: int,
        batch: int = 100,
        seed: int = 0,
        inputs: Callable[[NDArray], NDArray] = brightness,
    ) -> None:
        check_pixels(rows)
        check_labels(len(rows), labels, classes)
        super().__init__(len(rows), batch, seed)
        self.rows, self.labels, self.inputs = rows, labels.astype(np.intp), inputs

    def __iter__(self) -> Iterator[tuple[NDArray, NDArray]]:
        for index in self.indices():
            yield self.inputs(self.rows[index]), self.labels[index]
