"""Tables of counts: how often each character followed the last few."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.text import starts
from ffnumpy.validation import above_zero, whole

__all__ = ["CountTable", "smoothed_table"]

TRIED = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
HELD_BACK = 10  # one passage of these many is held back to choose the smoothing


class CountTable:
    """``p(c | context) = (count + α)/(total + α · symbols)`` for the last characters of a window.

    Parameters
    ----------
    context : int
        Characters that the prediction depends on: 1 makes a bigram table, 2 a trigram table.
    symbols : int
    smoothing : float
        α, above 0.
    """

    def __init__(self, context: int, symbols: int, smoothing: float = 1.0) -> None:
        whole(0, context=context)
        whole(symbols=symbols)
        above_zero(smoothing=smoothing)
        self.context, self.symbols, self.smoothing = context, symbols, smoothing
        self.counts = np.zeros((symbols**context, symbols), np.int64)

    def _places(self, rows: NDArray) -> NDArray:
        """Return the row of the table for each window: its last characters as one number."""
        last = rows[:, rows.shape[1] - self.context :].astype(np.intp)
        return last @ self.symbols ** np.arange(self.context)

    def log_probabilities(self, rows: NDArray) -> NDArray:
        """Return the log probability of every next character, (n, symbols)."""
        counts = self.counts[self._places(rows)] + self.smoothing
        return np.log(counts / counts.sum(axis=1, keepdims=True))

    def forward(self, rows: NDArray) -> tuple[NDArray, None]:
        """Return the log probabilities, and no goodness."""
        return self.log_probabilities(rows), None

    def learn(self, rows: NDArray, labels: NDArray) -> NDArray:
        """Count the characters that follow some windows; return the windows."""
        np.add.at(self.counts, (self._places(rows), labels), 1)
        return rows

    def arrays(self) -> dict[str, NDArray]:
        """Return the counts."""
        return {"counts": self.counts}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned."""
        self.counts[...] = arrays["counts"]


def smoothed_table(
    context: int, rows: NDArray, labels: NDArray, symbols: int, tried: Iterable[float] = TRIED
) -> CountTable:
    """Return an empty table with the α that is best on the last tenth of some training passages.

    Best is what takes the fewest bits per character there, after counting the other passages.

    Parameters
    ----------
    context, symbols : int
        As in `CountTable`.
    rows, labels
        Windows in the order of the text, and the character after each.
    tried : iterable of float

    Raises
    ------
    ValueError
        If there are fewer than two passages, one to count and one to choose by.
    """
    begin = starts(rows, labels)
    if len(begin) < 2:
        raise ValueError(
            "expected training text of two passages or more, as the smoothing is chosen on some of "
            "them; got one. Train on more windows."
        )
    first = begin[-max(1, len(begin) // HELD_BACK)]
    table = CountTable(context, symbols)
    table.learn(rows[:first], labels[:first])

    def nats(smoothing: float) -> float:
        """Return the mean of −log p on the passages held back."""
        table.smoothing = smoothing
        log_p = table.log_probabilities(rows[first:])
        return -float(np.mean(log_p[np.arange(len(log_p)), labels[first:]]))

    return CountTable(context, symbols, min(tried, key=nats))
