"""Windows of text as cases: ten characters in a row, real ones above invented ones.

The class of a window is the character after it. A positive case is the window that ends in that
character; its negative is an invented one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import Cases
from ffnumpy.cases.invented import Invention, following, one_hot
from ffnumpy.layers.readout import ReadoutLayer
from ffnumpy.validation import check_labels, check_rows

__all__ = ["CodeCases", "NextCharacter", "WindowCases", "Windows"]


class Windows(NamedTuple):
    """A batch of windows.

    Attributes
    ----------
    shown : (2·batch, n_in) array
        Real windows, and below them their negatives: for the layers.
    features : (batch, n_in) array
        The real windows one character earlier: what the next character is predicted from.
    labels : (batch,) array of int
        That next character, which is the last of the real windows shown.
    """

    shown: NDArray
    features: NDArray
    labels: NDArray


class NextCharacter(ReadoutLayer):
    """A softmax that predicts the next character: it learns, and hands the windows to the layers.

    It comes first in the list of layers; see `ReadoutLayer`.
    """

    def learn(self, x: Windows, sign: Any) -> NDArray:
        """Train the softmax on the real next characters; return the windows to show."""
        super().learn(x, sign)
        return x.shown


class CodeCases(Cases):
    """Windows as codes, each with the character after it: what a table counts.

    Parameters
    ----------
    rows : (n, columns) array of int
    labels : (n,) array of int
    symbols : int
    batch, seed : int
        As in `Cases`.

    Raises
    ------
    ValueError
        As `Cases` does, if a row has a code or a label that is not a symbol, or rows and labels
        differ in number.
    """

    def __init__(
        self, rows: NDArray, labels: NDArray, symbols: int, batch: int = 100, seed: int = 0
    ) -> None:
        _check_codes(rows, symbols)
        check_labels(len(rows), labels, symbols)
        super().__init__(len(rows), batch, seed)
        self.rows, self.labels, self.symbols = rows, labels.astype(np.intp), symbols

    def __iter__(self) -> Iterator[tuple[Any, NDArray]]:
        for index in self.indices():
            yield self.rows[index], self.labels[index]


def _check_codes(rows: NDArray, symbols: int) -> None:
    check_rows(rows)
    whole_numbers = np.issubdtype(rows.dtype, np.integer)
    if not (whole_numbers and rows.min(initial=0) >= 0 and rows.max(initial=0) < symbols):
        raise ValueError(
            f"rows: expected codes, whole numbers of 0 … {symbols - 1}; got {rows.dtype} from "
            f"{rows.min()} to {rows.max()}"
        )


class WindowCases(CodeCases):
    """Real windows stacked on invented ones, with signs ±1.

    Parameters
    ----------
    rows, labels, symbols, batch, seed
        As in `CodeCases`; each row of a batch is shown twice.
    negatives : TeacherForced or SelfGenerated
    """

    def __init__(
        self,
        rows: NDArray,
        labels: NDArray,
        symbols: int,
        negatives: Invention,
        batch: int = 100,
        seed: int = 0,
    ) -> None:
        super().__init__(rows, labels, symbols, batch, seed)
        self.negatives = negatives

    def __iter__(self) -> Iterator[tuple[Windows, NDArray]]:
        if not self.done:
            self.negatives.begin()
        for index in self.indices():
            sign = np.repeat(np.array([1, -1], np.float32), len(index))
            yield self._shown(index), sign

    def _shown(self, index: NDArray) -> Windows:
        before, after = self.rows[index], self.labels[index]
        features = one_hot(before, self.symbols)
        invented = self.negatives(features, before, after, index)
        both = np.vstack([following(before, after), invented])
        return Windows(one_hot(both, self.symbols), features, after)
