"""Difference quotients: two ways to find a slope without deriving it.

The complex step, ``Im f(x + ih)/h`` with h = 1e-20, subtracts nothing and so is exact to rounding
where f is analytic. The central difference, ``(f(x + h) − f(x − h))/2h``, needs no complex numbers
and is good to about ten digits.

Source: [Squire1998] for the complex step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Check", "check_slope", "complex_step"]

IMAGINARY_STEP = 1e-20
REAL_STEP = np.cbrt(np.finfo(float).eps)


class Check(NamedTuple):
    """Largest errors of a slope, relative to the largest slope measured."""

    complex_step: float
    central: float


def check_slope(
    value: Callable[[NDArray], Any], slope: Callable[[NDArray], Any], x: ArrayLike
) -> Check:
    """Compare a hand-derived slope with the complex step and with central differences.

    Parameters
    ----------
    value : callable
        Maps an array like `x` to a number, or to an array that is then summed. It must be
        analytic: no `abs`, `norm`, `conj`, and no SciPy function that refuses complex numbers.
    slope : callable
        Maps `x` to the derivative of that number in every element, an array of x's shape.
    x : array-like
        Where to compare, not at a kink.

    Returns
    -------
    Check
        Largest errors, relative to the largest slope measured (to the largest claimed, where
        those measured are zero).

    Raises
    ------
    ValueError
        If `slope` returns a shape other than that of `x`.

    Examples
    --------
    >>> check = check_slope(lambda x: x**3, lambda x: 3 * x**2, np.array([1.0, -2.0]))
    >>> check.complex_step < 1e-12 and check.central < 1e-7
    True
    """
    x = np.asarray(x, float)
    claimed = np.asarray(slope(x))
    if claimed.shape != x.shape:
        raise ValueError(f"slope: expected shape {x.shape}, like x; got {claimed.shape}")
    return Check(
        _relative_error(claimed, complex_step(value, x)),
        _relative_error(claimed, _central(value, x)),
    )


def _relative_error(claimed: NDArray, measured: NDArray) -> float:
    """Return the largest error, relative to the largest slope measured: half of it is 0.5 wrong."""
    scale = np.abs(measured).max() or np.abs(claimed).max() or 1.0
    return float(np.abs(measured - claimed).max() / scale)


def _shifted(x: NDArray, steps: NDArray) -> Iterator[NDArray]:
    """Yield x with one element after another shifted by its step."""
    for index in np.ndindex(x.shape):
        moved = x.astype(steps.dtype)
        moved[index] += steps[index]
        yield moved


def complex_step(value: Callable[[NDArray], Any], x: NDArray) -> NDArray:
    """Return the derivative of `value`, summed, in every element of x, exact to rounding."""
    steps = np.full(x.shape, 1j * IMAGINARY_STEP)
    rises = [np.sum(value(m)).imag for m in _shifted(x, steps)]
    return np.reshape(rises, x.shape) / IMAGINARY_STEP


def _central(value: Callable[[NDArray], Any], x: NDArray) -> NDArray:
    steps = REAL_STEP * np.maximum(1.0, np.abs(x))
    up = [np.sum(value(m)) for m in _shifted(x, steps)]
    down = [np.sum(value(m)) for m in _shifted(x, -steps)]
    return np.reshape(np.array(up) - np.array(down), x.shape) / (2 * steps)
