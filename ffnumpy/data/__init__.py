"""Labelled images: digits drawn by the library, MNIST, Fashion-MNIST and CIFAR-10.

>>> load("strokes").train_images.shape
(10000, 784)
"""

from __future__ import annotations

import os

from ffnumpy.data import cifar, downloads, folders, idx, strokes
from ffnumpy.data.dataset import DataError, Dataset

__all__ = ["NAMES", "DataError", "Dataset", "load"]

NAMES: tuple[str, ...] = ("strokes", "mnist", "fashion-mnist", "cifar-10")


def load(
    name: str, data_dir: str | os.PathLike[str] | None = None, *, progress: bool = True
) -> Dataset:
    """Return a set of labelled images, downloading it if it is not on this machine.

    Parameters
    ----------
    name : str
        'strokes', which is drawn rather than read; 'mnist', 'fashion-mnist' or 'cifar-10'.
    data_dir : path, optional
        The folder of the set, or one that holds it as `data_dir/name`. By default the folder
        named by the environment variable FFNUMPY_DATA, then `../shared/data`, then the cache
        of downloads.
    progress : bool
        Show the progress of a download.

    Raises
    ------
    DataError
        If the name is unknown, files are missing or damaged, or a download fails.
    """
    if name not in NAMES:
        raise DataError(f"expected one of {', '.join(NAMES)}, got {name!r}")
    if name == "strokes":
        if data_dir is not None:
            raise DataError(
                f"strokes are drawn, not read from a folder; got {data_dir}. Leave the folder out, "
                f"or name the set that is there: {', '.join(NAMES[1:])}"
            )
        return strokes.dataset()
    folder = folders.find(name, data_dir) or downloads.fetch(name, progress=progress)
    if name == "cifar-10":
        return cifar.read_dataset(folder)
    return idx.read_dataset(name, folder)
