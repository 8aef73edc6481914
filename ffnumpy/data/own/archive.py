"""Sets in a NumPy archive, with its arrays named as people name them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.dataset import DataError
from ffnumpy.data.own.parts import TEST, TRAIN, Found, Part

__all__ = ["read"]

ROWS = ("images", "x", "data", "rows", "features")
LABELS = ("labels", "y", "target", "targets", "label", "classes")
COLOURS = 3
EXPECTED = (
    "train_images, train_labels, test_images, test_labels; x_train, y_train, x_test, y_test; "
    "images, labels; X, y; or data, target"
)


def read(path: Path) -> Found:
    """Return what an archive holds.

    Raises
    ------
    DataError
        If it is damaged, has arrays of Python objects, or no arrays of `EXPECTED` names.
    """
    arrays = _arrays(path)
    train = _part(path, arrays, TRAIN) or _part(path, arrays, ())
    if train is None:
        raise DataError(
            f"{path}: expected arrays named {EXPECTED}; got {', '.join(arrays) or 'none'}"
        )
    test = _part(path, arrays, TEST)
    shape = train.rows.shape[1:]
    if test is not None and test.rows.shape[1:] != shape:
        raise DataError(
            f"{path}: expected rows of one shape, to learn from and to test on; got {shape} and "
            f"{test.rows.shape[1:]}"
        )
    _check_shape(path, shape)
    remarks = _left_out(arrays, test is not None)
    return Found(_flat(train), None if test is None else _flat(test), _seen(shape), remarks)


def _arrays(path: Path) -> dict[str, NDArray]:
    from zipfile import BadZipFile

    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, EOFError, BadZipFile, MemoryError) as error:
        raise DataError(
            f"{path}: cannot be read ({error}); replace it with a fresh copy"
        ) from error
    except ValueError as error:
        raise DataError(
            f"{path}: expected arrays of numbers and of text ({error}). Save them without Python "
            f"objects: np.savez(file, images=…, labels=np.asarray(labels, str))"
        ) from error
    except Exception as error:
        raise DataError(f"{path}: expected a NumPy archive ({error}); write it anew") from error

    other = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
    if other:
        raise DataError(f"{path}: {', '.join(other)} is no array; write the archive anew")
    return arrays


def _part(path: Path, arrays: dict[str, NDArray], which: tuple[str, ...]) -> Part | None:
    rows, labels = (_named(arrays, names, which) for names in (ROWS, LABELS))
    if (rows is None) != (labels is None):
        there, lacking = ("rows", "labels") if labels is None else ("labels", "rows")
        raise DataError(
            f"{path}: has {' and '.join(which[:1]) or 'arrays of'} {there} but no {lacking}; "
            f"expected {EXPECTED}; got {', '.join(arrays)}"
        )
    if rows is None or labels is None:
        return None
    return Part(arrays[rows], _ordinary(arrays[labels]))


def _named(
    arrays: dict[str, NDArray], names: tuple[str, ...], which: tuple[str, ...]
) -> str | None:
    """Return the array that is called so: ``x_train``, ``train_images``, ``Xtrain``, ``X``."""
    spelt = {name.casefold().replace("_", "").replace("-", ""): name for name in arrays}
    asked = (
        [f"{a}{b}" for w in which for n in names for a, b in ((w, n), (n, w))] if which else names
    )
    return next((spelt[name] for name in asked if name in spelt), None)


def _ordinary(labels: NDArray) -> NDArray:
    """Return labels as a vector: a column of them is one, and so are one-hot codes."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        return labels[:, 0]
    if (
        labels.ndim == 2
        and labels.dtype.kind in "biuf"
        and np.all(labels.sum(axis=1) == 1)
        and np.isin(labels, (0, 1)).all()
    ):
        return labels.argmax(axis=1)
    return labels


def _left_out(arrays: dict[str, NDArray], has_test: bool) -> tuple[str, ...]:
    """Return a remark on the arrays that were not taken, such as those to validate on."""
    taken = {
        name
        for which in ((TRAIN, TEST) if has_test else (TRAIN, ()))
        for names in (ROWS, LABELS)
        if (name := _named(arrays, names, which))
    }
    left = [name for name in arrays if name not in taken]
    return (f"left out: {', '.join(left)}",) if left else ()


def _check_shape(path: Path, shape: tuple[int, ...]) -> None:
    if len(shape) in (1, 2) or (len(shape) == 3 and shape[2] in (1, COLOURS)):
        return
    raise DataError(
        f"{path}: expected rows (n, columns), images (n, height, width) or images (n, height, "
        f"width, 3) with red, green and blue last; got (n, {', '.join(map(str, shape))})"
    )


def _seen(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of an image without a channel of its own for grey."""
    return shape[:2] if len(shape) == 3 and shape[2] == 1 else shape


def _flat(part: Part) -> Part:
    return Part(part.rows.reshape(len(part.rows), int(np.prod(part.rows.shape[1:]))), part.labels)
