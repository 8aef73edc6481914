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
    "check_batch",
    "check_blank",
    "check_decay",
    "check_floating",
    "check_fraction",
    "check_labels",
    "check_numbers",
    "check_pixels",
    "check_rows",
    "finite",
    "is_count",
    "not_negative",
    "whole",
    "widths",
]

BRIGHTEST = 255  # of a byte
INK = 0.1  # brightness of the pixels that a label takes, relative to the others, that is let pass


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


def check_decay(rate: float, decay: float) -> None:
    """Raise a ValueError if an update would take more than all of a weight away: ε · decay > 1."""
    if rate * decay > 1:
        raise ValueError(
            f"decay: expected ε · decay of at most 1, as the weights are multiplied by 1 − ε · "
            f"decay; got {rate} · {decay}. Choose a smaller decay."
        )


def check_batch(cases: int) -> None:
    """Raise a ValueError if a batch to learn from is empty."""
    if not cases:
        raise ValueError("expected a batch of at least one case to learn from; got none")


def check_floating(what: str, array: NDArray) -> None:
    """Raise a ValueError unless an array is a non-empty table of floating-point numbers."""
    expected = f"{what}: expected a table of floating-point numbers"
    _check_table(expected, array)
    if not np.issubdtype(array.dtype, np.inexact):
        raise ValueError(
            f"{expected}; got {array.dtype}. Whole numbers would overflow: use astype(np.float32)."
        )


def _check_table(expected: str, array: Any) -> None:
    """Raise a ValueError, which says what was expected, unless an array has rows and columns."""
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{expected}; got {type(array).__name__}. Use np.asarray.")
    if array.ndim != 2:
        raise ValueError(f"{expected}, (rows, columns); got {_shape_advice(array)}")
    if not len(array):
        raise ValueError(f"{expected} with at least one row; got none, shape {array.shape}")


def _shape_advice(array: NDArray) -> str:
    """Return the shape of an array that is no table, and how to make it one."""
    got = f"shape {array.shape}."
    if array.ndim < 2:
        return f"{got} A single row is array.reshape(1, -1)."
    n, columns = len(array), int(np.prod(array.shape[1:]))
    sides = " · ".join(["height", "width", *["colours"] * (array.ndim > 3)])
    return f"{got} Flatten the images, ({sides}) to a row each: array.reshape({n}, {columns})."


def check_numbers(what: str, rows: NDArray) -> None:
    """Raise a ValueError unless rows are a table of real numbers; they may be infinite or NaN."""
    _check_table(f"{what}: expected a table of numbers", rows)
    if rows.dtype.kind not in "biuf":
        raise ValueError(
            f"{what}: expected a table of numbers; got {rows.dtype}. Make each column a "
            f"number, as with astype(np.float32); of words, one column of 0 and 1 for each."
        )


def check_rows(rows: NDArray, what: str = "rows") -> None:
    """Raise a ValueError unless rows are a table of finite real numbers, one row or more.

    Parameters
    ----------
    rows : (n, columns) array
        As a data set holds them.
    what : str
        What the message calls them.
    """
    check_numbers(what, rows)
    bad = not (np.isfinite(rows.min(initial=0)) and np.isfinite(rows.max(initial=0)))
    if bad:  # only now is it worth an array of its own to find where
        at = np.argwhere(~np.isfinite(rows))
        raise ValueError(
            f"{what}: expected finite numbers; got {len(at)} that are not, the first in row "
            f"{at[0, 0]}, column {at[0, 1]}: {rows[tuple(at[0])]}. Replace them, or leave out "
            f"their rows."
        )


def check_pixels(rows: NDArray, what: str = "rows") -> None:
    """Raise a ValueError unless rows are pixels of 0 … 255, some of them brighter than 1.

    Nothing but blanks will pass. Rows that are scaled already are told by their largest value.
    """
    check_rows(rows, what)
    low, high = rows.min(initial=0), rows.max(initial=0)
    if low < 0 or high > BRIGHTEST or 0 < high <= 1:
        scaled = ", as if scaled already" if low < 0 or high <= 1 else ""
        raise ValueError(
            f"{what}: expected pixels of 0 … {BRIGHTEST}, which are divided by {BRIGHTEST} here; "
            f"got {low:g} … {high:g}{scaled}. Bring them to 0 … {BRIGHTEST} (multiply those of "
            f"0 … 1 by {BRIGHTEST}), or say that they are scaled: pixels='as-they-are' in a "
            f"setting (--pixels as-they-are), OneHot(gain=1.0) in Python."
        )


def check_blank(rows: NDArray, columns: int) -> None:
    """Raise a ValueError if the first columns of images, which a label overwrites, carry ink.

    Ink is brightness above the darkest pixel of all. A tenth of that elsewhere is let pass.
    """
    darkest = float(rows.min())
    ink = float(rows[:, :columns].mean()) - darkest
    elsewhere = float(rows[:, columns:].mean()) - darkest
    if ink > INK * elsewhere:
        raise ValueError(
            f"rows: expected images whose first {columns} pixels are blank, as the label "
            f"overwrites them; their mean brightness, {ink:.3g} ({elsewhere:.3g} "
            f"elsewhere), would be lost. Put the label beside the pixels instead: "
            f"overwrite=False (--no-overwrite; overwrite_pixels=False in FFClassifier). Or add "
            f"a blank margin, and make images of white paper dark."
        )


def check_picture(shape: tuple[int, ...], *, square: bool = False) -> None:
    """Raise a ValueError unless rows of this shape are pictures, and square if they must be."""
    if len(shape) not in (2, 3):
        raise ValueError(
            f"expected pictures, (height, width) or (height, width, 3); got rows of "
            f"{' x '.join(map(str, shape))} numbers, which have no neighbours"
        )
    if square and shape[0] != shape[1]:
        raise ValueError(
            f"expected square pictures; got {shape[0]} x {shape[1]}. Add a blank margin."
        )


def check_labels(rows: int, labels: NDArray, classes: int) -> None:
    """Raise a ValueError unless each row, of at least one, has a label of 0 … classes − 1.

    It is the one check of labels: of training, of evaluation, and of a chip.
    """
    if not isinstance(labels, np.ndarray):
        raise ValueError(
            f"labels: expected a NumPy array; got {type(labels).__name__}. Use np.asarray."
        )
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"expected a vector of whole numbers as labels; got {labels.dtype} of shape "
            f"{labels.shape}. {_label_advice(labels)}"
        )
    if not rows == len(labels) > 0:
        raise ValueError(f"expected one label per row; got {rows} rows, {len(labels)} labels")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"expected labels 0 … {classes - 1}; got {labels.min()} … {labels.max()}. "
            f"Set the number of classes to at least {labels.max() + 1}."
        )


def _label_advice(labels: NDArray) -> str:
    """Return how to make labels of something else."""
    if labels.ndim > 1:
        return "Use labels.ravel() of a column, labels.argmax(axis=1) of a one-hot table."
    if labels.dtype.kind in "fb":
        return "Use labels.astype(int)."
    return "Number the classes: names, labels = np.unique(labels, return_inverse=True)."
