"""Removing the length of a vector, so that only its direction goes on to the next layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.goodness import sum_of_squares
from ffnumpy.validation import check_floating

__all__ = ["TINY", "normalise", "squared_length"]

TINY = 1e-30  # keeps an all-zero row at zero; far too small to change any other


def squared_length(x: Any) -> NDArray:
    """Return ‖x‖² of every row, (batch,), of an array or of an input with its own method."""
    own = getattr(x, "squared_length", None)
    return sum_of_squares.value(x) if own is None else own()


def normalise(y: NDArray, target: float | None = None, out: NDArray | None = None) -> NDArray:
    """Return y with its length removed: only the direction goes on to the next layer.

    Parameters
    ----------
    y : (batch, width) array
    target : float, optional
        Squared length of the result. By default the width, so that the mean square is 1, as in
        the author's program; the paper's Section 8 uses length 1.
    out : (batch, width) array, optional
        Where to put the result; y itself, if it is no longer needed.

    Returns
    -------
    (batch, width) array
        A row of zeros stays zero. Source: [Hinton2022] Section 2, [HintonCode].

    Raises
    ------
    ValueError
        If y is not a table of floating-point numbers.
    """
    check_floating("normalise", y)
    target = y.shape[1] if target is None else target
    with np.errstate(over="ignore"):
        squares = squared_length(y)
    if np.isinf(squares).any():
        y, squares = _shortened(y, squares)
    scale = np.sqrt(target / (squares + TINY))[:, np.newaxis]
    return np.multiply(y, scale, out=out)


def _shortened(y: NDArray, squares: NDArray) -> tuple[NDArray, NDArray]:
    """Return the rows and their ‖y‖², with those too long for Σ y² divided by their largest value.

    Raises
    ------
    ValueError
        If a value is infinite itself: its row has no direction.
    """
    long = np.isinf(squares)
    largest = np.abs(y[long]).max(axis=1, keepdims=True)
    if np.isinf(largest).any():
        raise ValueError("normalise: expected finite numbers; got infinity, which has no direction")
    y, squares = y.copy(), squares.copy()
    y[long] /= largest
    squares[long] = squared_length(y[long])
    return y, squares
