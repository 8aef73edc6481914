"""The IDX format of MNIST and Fashion-MNIST.

A file is two zero bytes, a type code (8: unsigned byte), the number of dimensions, each dimension
as a big-endian 32-bit integer, then the array in row-major order. Of the format's six types only
unsigned bytes are read.

Source: [LeCun1998], the format's description at http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.compressed import expect_end, find_file, open_file, read_array, seen
from ffnumpy.data.dataset import DataError, Dataset

IMAGES = {"train": "train-images-idx3-ubyte", "test": "t10k-images-idx3-ubyte"}
LABELS = {"train": "train-labels-idx1-ubyte", "test": "t10k-labels-idx1-ubyte"}
FILES = f"{', '.join((*IMAGES.values(), *LABELS.values()))}, plain, .gz or .xz"
_UNSIGNED_BYTE = 8


def read_idx(path: Path, ndim: int) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes: plain, .gz or .xz.

    Parameters
    ----------
    path : Path
    ndim : int
        Number of dimensions expected: 3 for images, 1 for labels.

    Returns
    -------
    (d_1, ..., d_ndim) uint8

    Raises
    ------
    DataError
        If the magic number is wrong or the file is shorter or longer than it announces.
    """
    with open_file(path) as file:
        magic = read_array(file, (4,), path).tobytes()
        expected = bytes([0, 0, _UNSIGNED_BYTE, ndim])
        if magic != expected:
            raise DataError(
                f"{path}: expected the magic number {expected.hex()} (unsigned bytes, {ndim} "
                f"dimensions), got {magic.hex()}; this is another kind of file, or a damaged one"
            )
        dimensions = read_array(file, (4 * ndim,), path).view(">u4")
        array = read_array(file, tuple(int(size) for size in dimensions), path)
        expect_end(file, path)
    return array


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    """Write an array as an IDX file: plain, or compressed if the name ends in .gz or .xz."""
    header = bytes([0, 0, _UNSIGNED_BYTE, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    with open_file(path, "wb") as file:
        file.write(header)
        file.write(array.tobytes())


def holds(folder: Path) -> bool:
    """Whether the folder holds any of the four files, in any compression."""
    return any(find_file(folder, name) for name in (*IMAGES.values(), *LABELS.values()))


def read_dataset(name: str, folder: Path) -> Dataset:
    """Read the four files of MNIST or of a set in its layout.

    Raises
    ------
    DataError
        If a file is missing, damaged or does not fit its partner.
    """
    parts = {part: _read_images(folder, file_name) for part, file_name in IMAGES.items()}
    labels = {part: read_idx(_path(folder, name), 1) for part, name in LABELS.items()}
    return Dataset(name, parts["train"], labels["train"], parts["test"], labels["test"], (28, 28))


def _read_images(folder: Path, name: str) -> NDArray[np.uint8]:
    """Read images as rows of pixels."""
    path = _path(folder, name)
    images = read_idx(path, 3)
    if images.shape[1:] != (28, 28):
        raise DataError(f"{path}: expected images of 28 x 28 pixels, got {images.shape[1:]}")
    return images.reshape(len(images), 28 * 28)


def _path(folder: Path, name: str) -> Path:
    path = find_file(folder, name)
    if path is None:
        raise DataError(
            f"{folder}: expected {name}, {name}.gz or {name}.xz, but none of them is there; saw "
            f"{seen(folder)}. Copy it into the folder, or name a folder that holds all four files."
        )
    return path
