"""Labelled images, drawn or photographed, and text: what experiments learn from.

>>> load("strokes").train_images.shape
(10000, 784)
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ffnumpy.data import cifar, downloads, fables, folders, idx, official, own, strokes, tales
from ffnumpy.data.dataset import DataError, Dataset
from ffnumpy.data.official import UNOFFICIAL, checksum, without_doubt

__all__ = [
    "NAMES",
    "TEXTS",
    "UNOFFICIAL",
    "DataError",
    "Dataset",
    "checksum",
    "load",
    "source",
    "without_doubt",
]

NAMES: tuple[str, ...] = ("strokes", "mnist", "fashion-mnist", "cifar-10", "cifar-10-grey")
"""Sets of images."""
TEXTS: tuple[str, ...] = ("tales", "aesop")
"""Texts, in windows of ten characters."""
_CHANGED = {"cifar-10-grey": ("cifar-10", cifar.in_grey)}
_MADE: dict[str, Callable[[], Dataset]] = {"strokes": strokes.dataset, "tales": tales.dataset}


def load(
    name: str, data_dir: str | os.PathLike[str] | None = None, *, progress: bool = True
) -> Dataset:
    """Return a set of images or a text, downloading it if it is not on this machine.

    Images that are not those of the official files are returned under a name that says so, which
    records and models repeat.

    Parameters
    ----------
    name : str
        Images: 'strokes', which is drawn rather than read, 'mnist', 'fashion-mnist', 'cifar-10',
        or 'cifar-10-grey', which is made of the files of 'cifar-10'.
        Text: 'tales', which the library tells, or 'aesop'.
        Or the path of files of one's own: a NumPy archive, a table with a column of labels, or a
        folder with a folder of pictures for each class; see `ffnumpy.data.own`.
    data_dir : path, optional
        The folder of the set, or one that holds it as `data_dir/name`. By default the folder
        named by the environment variable FFNUMPY_DATA, then `../shared/data`, then the cache
        of downloads.
    progress : bool
        Show the progress of a download.

    Raises
    ------
    DataError
        If the name is unknown, files are missing, damaged or another set's, or a download fails.
    """
    name = without_doubt(name)
    if name not in NAMES + TEXTS:
        if not own.is_path(name):
            raise DataError(
                f"expected one of {', '.join(NAMES + TEXTS)}, or {own.KINDS}; got {name!r}"
            )
        _refuse_folder(name, "is a path", data_dir)
        return own.read(name, progress=progress)
    if name in _MADE:
        _refuse_folder(name, "are made here, not read from a folder", data_dir)
        return _MADE[name]()
    if name in _CHANGED:
        files, change = _CHANGED[name]
        return change(load(files, data_dir, progress=progress))
    folder = folders.find(name, data_dir) or downloads.fetch(name, progress=progress)
    if name == "cifar-10":
        return official.named_truly(cifar.read_dataset(folder))
    if name == "aesop":
        return fables.read_dataset(folder)
    return official.named_truly(idx.read_dataset(name, folder))


def _refuse_folder(name: str, why: str, folder: str | os.PathLike[str] | None) -> None:
    if folder is not None:
        raise DataError(
            f"{name} {why}; got {folder}. Leave the folder out, or name the set that is there: "
            f"{', '.join(downloads.REMOTES)}"
        )


def source(name: str) -> str:
    """Return the name of the set whose files a set is read from."""
    return _CHANGED[name][0] if name in _CHANGED else name
