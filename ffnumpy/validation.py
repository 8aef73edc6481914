"""Checks that refuse senseless values, where a part is made or data come in."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "above_zero",
    "check_floating",
    "check_fraction",
    "check_labels",
    "finite",
    "is_count",
    "not_negative",
    "whole",
    "widths",
]


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and isfinite(value)


def finite(**values: Any) -> None:
    """Raise a ValueError unless all values, by name, are finite numbers."""
    for name, value in values.items():
        if not _is_number(value):
            raise ValueError(f"{name}: expected a number; got {value!r}")


def is_count(value: Any, least: int = 1) -> bool:
    """Return whether a value is a whole number of at least `least`."""
    counts = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return counts and bool(value >= least)


def above_zero(**values: Any) -> None:
    """Raise a ValueError unless all values, by name, are finite numbers above 0.

    Examples
    --------
    >>> above_zero(rate=0.01)
    """
    for name, value in values.items():
        if not (_is_number(value) and value > 0):
            raise ValueError(f"{name}: expected a number above 0; got {value!r}")


def not_negative(**values: Any) -> None:
    """Raise a ValueError unless all values, by name, are finite numbers of 0 or more."""
    for name, value in values.items():
        if not (_is_number(value) and value >= 0):
            raise ValueError(f"{name}: expected 0 or more; got {value!r}")


def whole(least: int = 1, **values: Any) -> None:
    """Raise a ValueError unless all values, by name, are whole numbers of at least `least`."""
    for name, value in values.items():
        if not is_count(value, least):
            raise ValueError(f"{name}: expected a whole number, {least} or more; got {value!r}")


def widths(**values: Any) -> None:
    """Raise a ValueError unless all values, by name, are sequences of at least one layer width."""
    for name, value in values.items():
        if not (isinstance(value, Sequence) and len(value) and all(map(is_count, value))):
            raise ValueError(
                f"{name}: expected at least one width, each a whole number >= 1, as in (500, 500); "
                f"got {value!r}"
            )


def check_fraction(name: str, value: float) -> None:
    """Raise a ValueError unless a rate of forgetting is at least 0 and below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name}: expected at least 0 and less than 1; got {value}")


def check_floating(what: str, array: NDArray) -> None:
    """Raise a ValueError unless an array is a non-empty table of floating-point numbers."""
    if array.ndim != 2 or not len(array) or not np.issubdtype(array.dtype, np.inexact):
        raise ValueError(
            f"{what}: expected a table of floating-point numbers with at least one row; got "
            f"{array.dtype} of shape {array.shape}. Whole numbers would overflow: use astype."
        )


def check_labels(rows: int, labels: NDArray, classes: int) -> None:
    """Raise a ValueError unless each row, of at least one, has a label of 0 … classes − 1."""
    if not rows == len(labels) > 0:
        raise ValueError(f"expected one label per row; got {rows} rows, {len(labels)} labels")
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
