"""A data set made of rows and labels as people have them: split, numbered, turned into bytes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.dataset import DataError, Dataset

__all__ = ["TEST", "TRAIN", "Found", "Part", "as_classes", "dataset"]

TRAIN, TEST = ("train", "training"), ("test", "testing", "valid", "validation", "val")

HELD_OUT = 5  # one row in so many, of each class, if there is no test part
MOST_CLASSES = 256  # that a label of one byte can tell apart
BRIGHTEST = 255
GREY_LEVELS = 100  # whole numbers up to more than this, and to 255 at most, are grey levels


class Part(NamedTuple):
    """Rows (n, columns) of numbers, and a label of any kind for each, (n,)."""

    rows: NDArray
    labels: NDArray


class Found(NamedTuple):
    """What a reader has found: a part to learn from, perhaps one to test on, an image's shape.

    `remarks` says what it left out.
    """

    train: Part
    test: Part | None
    shape: tuple[int, ...]
    remarks: tuple[str, ...] = ()


def dataset(name: str, found: Found) -> Dataset:
    """Return the set under this name, with remarks on all that was decided here.

    Raises
    ------
    DataError
        If rows and labels do not fit each other, a value is not finite, there are fewer than two
        classes or more than a byte can tell apart, or the test part has a class of its own.
    """
    remarks: list[str] = list(found.remarks)
    parts = [_checked(name, "to learn from", found.train)]
    parts += [] if found.test is None else [_checked(name, "to test on", found.test)]
    parts = _labelled_alike(name, parts)
    classes = _classes(name, parts[0].labels)
    if len(parts) == 1:
        parts = [*_split(name, parts[0])]
        remarks.append(
            f"no test part: one row in {HELD_OUT} of each class is held out, "
            f"{len(parts[1].labels)} of {len(found.train.labels)}, always the same"
        )
    train, test = parts
    _check_known(name, test.labels, classes)
    rows, told = _as_bytes(name, train.rows, test.rows, len(found.shape) > 1)
    remarks += told
    if len(found.shape) == 3:
        remarks.append(
            "in colour: every picture is a row of its red, green and blue bytes, pixel by pixel; "
            "if colour says nothing of the class, make them grey, which is a third of the work"
        )
    return Dataset(
        name,
        rows[0],
        np.searchsorted(classes, train.labels).astype(np.uint8),
        rows[1],
        np.searchsorted(classes, test.labels).astype(np.uint8),
        found.shape,
        len(classes),
        tuple(map(str, classes)),
        tuple(remarks),
    )


def _checked(name: str, use: str, of: Part) -> Part:
    """Return a part with labels that are words or whole numbers."""
    part = f"{name}, {use}"
    if of.rows.ndim != 2 or of.labels.ndim != 1 or len(of.rows) != len(of.labels):
        raise DataError(
            f"{part}: expected one label for each row; got rows of shape {of.rows.shape} and "
            f"labels of shape {of.labels.shape}"
        )
    if not of.rows.size:
        raise DataError(f"{part}: expected rows, got none")
    if of.rows.dtype.kind not in "biuf":
        raise DataError(f"{part}: expected numbers, got {of.rows.dtype}")
    wrong = np.argwhere(~np.isfinite(of.rows))
    if len(wrong):
        row, column = wrong[0] + 1
        raise DataError(
            f"{part}: row {row}, column {column} is {of.rows[row - 1, column - 1]}, and "
            f"{len(wrong) - 1} others are no finite numbers; fill them in or leave these rows out"
        )
    return of


def _labelled_alike(name: str, parts: list[Part]) -> list[Part]:
    """Return the parts with labels that are whole numbers in all of them, or words in all."""
    labels = [part.labels for part in parts]
    kinds = {label.dtype.kind for label in labels}
    if "S" in kinds:
        labels = [np.char.decode(one) if one.dtype.kind == "S" else one for one in labels]
    if len({one.dtype.kind in "biuf" for one in labels}) > 1:
        labels = [one.astype(str) for one in labels]
    both = as_classes(np.concatenate(labels))
    cuts = np.cumsum([len(one) for one in labels])[:-1]
    pairs = zip(parts, np.split(_whole(name, both), cuts), strict=True)
    return [Part(part.rows, own) for part, own in pairs]


def _whole(name: str, labels: NDArray) -> NDArray:
    if labels.dtype.kind != "f":
        return labels
    if not np.isfinite(labels).all():
        raise DataError(
            f"{name}: a label is not a finite number; give it one, or leave the row out"
        )
    odd = labels[labels != np.round(labels)]
    if len(odd):
        raise DataError(
            f"{name}: expected classes; got labels such as {odd[0]}. A network that names classes "
            f"cannot learn a quantity; cut it into ranges"
        )
    return labels.astype(np.int64)


def _split(name: str, whole: Part) -> tuple[Part, Part]:
    """Return what to learn from and what to test on, the same whenever the set is read."""
    held = np.zeros(len(whole.labels), bool)
    for place, label in enumerate(np.unique(whole.labels)):
        rows = np.flatnonzero(whole.labels == label)
        if len(rows) < 2:
            raise DataError(
                f"{name}: class {label} has a single row, which cannot be learned from and tested "
                f"on; give more, or a test part of your own"
            )
        count = max(1, len(rows) // HELD_OUT)
        held[np.random.default_rng(place).choice(rows, count, replace=False)] = True
    return Part(whole.rows[~held], whole.labels[~held]), Part(whole.rows[held], whole.labels[held])


def _classes(name: str, labels: NDArray) -> NDArray:
    """Return the classes in their order: of numbers by size, of words by the alphabet."""
    classes = np.unique(labels)
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise DataError(
            f"{name}: expected 2 … {MOST_CLASSES} classes, got {len(classes)}; is this the column "
            f"of labels?"
        )
    return classes


def _check_known(name: str, labels: NDArray, classes: NDArray) -> None:
    strange = np.setdiff1d(labels, classes)
    if len(strange):
        raise DataError(
            f"{name}: the test part has class {strange[0]}, which the training part lacks; it has "
            f"{', '.join(map(str, classes[:12]))}{' …' * (len(classes) > 12)}"
        )


def as_classes(words: NDArray) -> NDArray:
    """Return labels as numbers if all of them are, so that 10 comes after 9."""
    if words.dtype.kind not in "US":
        return words
    try:
        return words.astype(float)
    except ValueError:
        return words


def _as_bytes(
    name: str, train: NDArray, test: NDArray, pictures: bool
) -> tuple[list[NDArray], list[str]]:
    """Return the rows as bytes, and remarks on how they became bytes."""
    both = train, test
    low, high = (float(f([f(part) for part in both])) for f in (np.min, np.max))
    whole = all(part.dtype.kind in "bui" or np.array_equal(part, np.round(part)) for part in both)
    if low == high:
        raise DataError(f"{name}: all values are {low:g}; nothing can be learned from them")
    said = pictures or all(part.dtype == np.uint8 for part in both)
    if said and whole and low >= 0 and GREY_LEVELS < high <= BRIGHTEST:
        return [part.astype(np.uint8) for part in both], []
    return _brightened(name, both, low, high) if pictures else _spread(both)


def _brightened(
    name: str, both: tuple[NDArray, NDArray], low: float, high: float
) -> tuple[list[NDArray], list[str]]:
    if low < 0:
        raise DataError(
            f"{name}: expected pixels of 0 and above; got {low:g} … {high:g}. Undo what was "
            f"subtracted and divided"
        )
    remark = f"the brightest pixel, {high:g}, becomes {BRIGHTEST}, and the others in proportion"
    return [np.round(part * (BRIGHTEST / high)).astype(np.uint8) for part in both], [remark]


def _spread(both: tuple[NDArray, NDArray]) -> tuple[list[NDArray], list[str]]:
    train, test = (part.astype(float) for part in both)
    least, most = train.min(axis=0), train.max(axis=0)
    width = np.where(most > least, most - least, 1.0)
    inside = (np.clip((part - least) / width, 0, 1) for part in (train, test))
    outside = int(np.sum(np.any((test < least) | (test > most), axis=1)))
    remark = (
        f"every column is spread from its least to its largest training value over "
        f"{BRIGHTEST + 1} steps"
    )
    if outside:
        remark += f"; {outside} of {len(test)} test rows reach beyond and are cut there"
    return [np.round(BRIGHTEST * part).astype(np.uint8) for part in inside], [remark]
