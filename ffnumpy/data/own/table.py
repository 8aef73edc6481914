"""Sets in a table: a line of names, then a line for every row, one column of labels."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.dataset import DataError
from ffnumpy.data.own.parts import TEST, TRAIN, Found, Part

__all__ = ["read"]

LABELS = ("label", "class", "target", "y", "category", "species")
SPLIT = ("split", "part", "set")
DELIMITERS = (",", ";", "\t")


def read(path: Path) -> Found:
    """Return what a table holds.

    A column named label, class, target, y, category or species, in any case, holds the labels. A
    column named split says ``train`` or ``test`` of each row, if there is one. All other columns
    are numbers. Commas, semicolons and tabs separate.

    Raises
    ------
    DataError
        If the first line does not name the columns, or a value is no number.
    """
    names, delimiter = _header(path)
    labelled = [k for k, name in enumerate(names) if name.casefold() in LABELS]
    if len(labelled) != 1:
        raise DataError(
            f"{path}: expected one column named {', '.join(LABELS)}; the first line has "
            f"{_shown(names)}. Name the column of labels so."
        )
    apart = [k for k, name in enumerate(names) if name.casefold() in SPLIT]
    numbers = [k for k in range(len(names)) if k not in (*labelled, *apart)]
    if not numbers:
        raise DataError(f"{path}: expected columns of numbers beside the labels; got none")
    labels = _column(path, delimiter, labelled[0])
    whole = Part(_numbers(path, delimiter, numbers, names), labels)
    shape = _shape(names, numbers)
    if not apart:
        return Found(whole, None, shape)
    return _parted(path, whole, _column(path, delimiter, apart[0]), shape)


def _header(path: Path) -> tuple[list[str], str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = max(DELIMITERS, key=first.count)
            names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as a table ({error}); save it as UTF-8") from error
    if not any(names) or any(_is_number(name) for name in names):
        raise DataError(
            f"{path}: expected the columns' names in the first line, one of them {LABELS[0]}; got "
            f"{_shown(names)}. Write them there."
        )
    empty = [k for k, name in enumerate(names, 1) if not name or name.startswith("Unnamed:")]
    if empty:
        raise DataError(
            f"{path}: column {empty[0]} has no name, as the row numbers that a program writes "
            f"before its columns; leave it out (in pandas: index=False), or name it"
        )
    return names, delimiter


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shown(names: list[str]) -> str:
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _loaded(path: Path, delimiter: str, columns: list[int], dtype: type) -> NDArray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # no rows, which the caller refuses
        return np.loadtxt(
            path,
            dtype,
            comments=None,
            delimiter=delimiter,
            skiprows=1,
            usecols=columns,
            ndmin=2,
            encoding="utf-8-sig",
            quotechar='"',
        )


def _column(path: Path, delimiter: str, column: int) -> NDArray:
    """Return a column of words, without the blanks around them; refuse empty ones."""
    try:
        words = np.char.strip(_loaded(path, delimiter, [column], str)[:, 0])
    except ValueError as error:
        raise DataError(f"{path}: {error}") from error
    if not len(words):
        raise DataError(f"{path}: expected rows below the names of the columns; got none")
    if (words == "").any():
        row = int(np.flatnonzero(words == "")[0]) + 1
        raise DataError(f"{path}: row {row} has no label; give it one, or leave the row out")
    return words


def _numbers(path: Path, delimiter: str, columns: list[int], names: list[str]) -> NDArray:
    try:
        return _loaded(path, delimiter, columns, float)
    except ValueError as error:
        raise DataError(
            f"{path}: expected numbers in every column but that of the labels: {error}. Columns "
            f"count from 1: {_shown(names)}. Leave out what is no number, give every category a "
            f"column of 0 and 1, and fill in what is missing."
        ) from error


def _shape(names: list[str], numbers: list[int]) -> tuple[int, ...]:
    """Return the shape of a picture if the columns are called pixels: a square, or one line."""
    if not all(names[k].casefold().startswith(("pixel", "px")) for k in numbers):
        return (len(numbers),)
    side = round(len(numbers) ** 0.5)
    return (side, side) if side * side == len(numbers) else (1, len(numbers))


def _parted(path: Path, whole: Part, said: NDArray, shape: tuple[int, ...]) -> Found:
    """Return the rows that a column says are for training and for the test; others are left out."""
    said = np.char.lower(said)
    names = sorted(set(said.tolist()))
    strange = [name for name in names if name not in (*TRAIN, *TEST)]
    tests = [name for name in TEST if name in names]
    learned = np.isin(said, TRAIN)
    if strange or not tests or not learned.any():
        raise DataError(f"{path}: expected a split of train and test, both; got {_shown(names)}")
    tested = said == tests[0]
    train, test = (Part(whole.rows[part], whole.labels[part]) for part in (learned, tested))
    left = int(np.sum(~(learned | tested)))
    remark = f"left out: {left} rows of {', '.join(tests[1:])}, which are not for the test"
    return Found(train, test, shape, (remark,) if left else ())
