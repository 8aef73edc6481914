"""What guessing gives, beside every error that a command reports."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from ffnumpy.commands import percent
from ffnumpy.commands.terminal import wrapped

__all__ = ["guessing_error", "header", "is_no_better", "line", "mark", "verdict"]

MARK = " ~"
LUCK = 0.01  # how often guessing does as well: if more often, an error may be luck
REMEDY = (
    "Train on more images or for more epochs, with a smaller --batch on a small set, or with "
    "another --rate; and look at the data: ffnumpy data show"
)


def guessing_error(labels: NDArray) -> float:
    """Return the error of one who always names the commonest class of these, a fraction.

    Examples
    --------
    >>> guessing_error(np.array([0, 0, 0, 1]))
    0.25
    """
    counts = np.unique(labels, return_counts=True)[1]
    return 1 - float(counts.max()) / len(labels)


def is_no_better(error: float, labels: NDArray) -> bool:
    """Return whether guessing might have done as well, on as many cases: a binomial test."""
    wrong = round(error * len(labels))
    return float(bdtr(wrong, len(labels), guessing_error(labels))) > LUCK


def line(labels: NDArray) -> str:
    """Return the line that says what guessing gives."""
    return f"guessing the commonest class errs on {percent(guessing_error(labels))}"


def header(labels: NDArray) -> str:
    """Return the line above several errors that explains their `mark`."""
    return f"{line(labels)};{MARK} marks what is no better"


def mark(error: float | None, labels: NDArray) -> str:
    """Return what to say behind an error: nothing, unless guessing might have done as well."""
    return MARK if error is not None and is_no_better(error, labels) else ""


def verdict(error: float | None, labels: NDArray, remedy: str = REMEDY) -> str:
    """Return what guessing gives, and what to do if the error is no better."""
    if error is None or not is_no_better(error, labels):
        return line(labels)
    if error < guessing_error(labels):
        few = f"on {len(labels)} cases an error of {percent(error)} may be luck"
        return wrapped(f"{line(labels)}: {few}. Test on more, or learn more. {remedy}")
    return wrapped(
        f"{line(labels)}: the error is no better than that, and nothing was learned. {remedy}"
    )
