"""CIFAR-10 in its official layouts.

A record is a label and 3,072 pixel bytes: the red, the green and the blue plane, each row-major.
Five training batches and one test batch of 10,000 records each come as binary files
(`data_batch_1.bin`), as Python pickles (`data_batch_1`), or inside `cifar-10-binary.tar.gz` or
`cifar-10-python.tar.gz`. Files outside an archive may be .gz or .xz.

Source: [Krizhevsky2009]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.compressed import expect_end, find_file, open_file, read_array, seen
from ffnumpy.data.dataset import CLASSES, DataError, Dataset
from ffnumpy.data.pickles import load_arrays

SHAPE = (32, 32, 3)
PIXELS = 3072
LUMA = (0.299, 0.587, 0.114)
BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
ARCHIVES = ("cifar-10-binary.tar", "cifar-10-python.tar")
FILES = (
    "data_batch_1.bin … test_batch.bin, or without .bin, or cifar-10-binary.tar.gz or "
    "cifar-10-python.tar.gz"
)


class Batch(NamedTuple):
    """Labels, (n,) uint8, and pixels as the file orders them, (n, 3072) uint8."""

    name: str
    labels: NDArray[np.uint8]
    planes: NDArray[np.uint8]


def holds(folder: Path) -> bool:
    """Whether the folder holds any of the batches, or the archive."""
    return bool(_batch_files(folder)) or _archive(folder) is not None


def read_dataset(folder: Path, records: int = 10_000) -> Dataset:
    """Read CIFAR-10 from whichever layout the folder holds.

    Parameters
    ----------
    folder : Path
        Holds the batches, or `cifar-10-batches-bin/`, `cifar-10-batches-py/` or an archive.
    records : int
        Number of images in each of the six batches.

    Raises
    ------
    DataError
        If a batch is missing or damaged, or a label is not a class.
    """
    images = np.empty((len(BATCHES), records, *SHAPE), np.uint8)
    labels = np.empty((len(BATCHES), records), np.uint8)
    missing = list(BATCHES)
    for batch in _read_batches(folder, records):
        k = BATCHES.index(batch.name)
        labels[k] = batch.labels
        images[k] = batch.planes.reshape(records, 3, 32, 32).transpose(0, 2, 3, 1)
        missing.remove(batch.name)
    if missing:
        raise DataError(
            f"{folder}: expected six batches, but {', '.join(missing)} cannot be found; saw "
            f"{seen(folder)}. Copy what is missing into the folder, or name a folder that holds "
            f"all six."
        )
    pixels, classes = images.reshape(-1, PIXELS), labels.reshape(-1)
    train, test = slice(None, -records), slice(-records, None)
    return Dataset("cifar-10", pixels[train], classes[train], pixels[test], classes[test], SHAPE)


def in_grey(data: Dataset) -> Dataset:
    """Return the same images in grey: the luma ``0.299 R + 0.587 G + 0.114 B``, rounded.

    Source: [BT601].
    """

    def grey(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return one number for each place."""
        luma = images.reshape(-1, 3).astype(np.float32) @ np.array(LUMA, np.float32)
        return np.rint(luma).astype(np.uint8).reshape(len(images), -1)

    train, test = grey(data.train_images), grey(data.test_images)
    name, shape = data.name.replace("cifar-10", "cifar-10-grey"), data.shape[:2]
    return Dataset(name, train, data.train_labels, test, data.test_labels, shape, data.classes)


def _archive(folder: Path) -> Path | None:
    """Return the first archive that the folder holds."""
    return next(filter(None, (find_file(folder, name) for name in ARCHIVES)), None)


def _batch_files(folder: Path) -> dict[str, Path]:
    """Return the batches' files, by batch: those of the first layout that has any."""
    for place, suffix in (
        (folder, ".bin"),
        (folder / "cifar-10-batches-bin", ".bin"),
        (folder, ""),
        (folder / "cifar-10-batches-py", ""),
    ):
        found = {name: find_file(place, name + suffix) for name in BATCHES}
        if any(found.values()):
            return {name: path for name, path in found.items() if path}
    return {}


def _read_batches(folder: Path, records: int) -> Iterator[Batch]:
    """Read the batches that the folder holds, one by one."""
    files = _batch_files(folder)
    archive = _archive(folder)
    if archive and not files:
        yield from _read_archive(archive, records)
    for name, path in files.items():
        with open_file(path) as file:
            yield Batch(name, *_reader(path)(file, path, records))


def _read_archive(path: Path, records: int) -> Iterator[Batch]:
    """Read the batches in the order in which the archive holds them, without unpacking it."""
    import tarfile

    try:
        with open_file(path) as file, tarfile.open(fileobj=file, mode="r|") as archive:
            for member in archive:
                name = PurePosixPath(member.name).stem
                content = archive.extractfile(member)
                if name in BATCHES and content is not None:
                    place = path / member.name
                    yield Batch(name, *_reader(place)(content, place, records))
    except tarfile.TarError as error:
        raise DataError(
            f"{path}: truncated or damaged archive ({error}); replace it with a fresh copy"
        ) from error


def _reader(path: Path) -> Callable[..., tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Return the function that reads a batch of such a name."""
    return _read_binary if ".bin" in path.name.casefold() else _read_pickle


def _read_binary(
    file: IO[bytes], path: Path, records: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read labels and planes from a binary batch."""
    content = read_array(file, (records, 1 + PIXELS), path)
    expect_end(file, path)
    return content[:, 0], content[:, 1:]


def _read_pickle(
    file: IO[bytes], path: Path, records: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read labels and planes from a Python batch."""
    batch = load_arrays(file, path)
    expect_end(file, path)
    planes, labels = np.asarray(batch.get("data")), _vector(batch.get("labels"), path)
    if planes.shape != (records, PIXELS) or planes.dtype != np.uint8:
        raise DataError(
            f"{path}: expected 'data' of shape {(records, PIXELS)} in uint8, got "
            f"{planes.shape} in {planes.dtype}; replace it with an official copy"
        )
    if labels.shape != (records,) or not np.isin(labels, range(CLASSES)).all():
        raise DataError(
            f"{path}: expected {records} 'labels' from 0 to {CLASSES - 1}, got {labels.size}, "
            "or other values; replace it with an official copy"
        )
    return labels.astype(np.uint8), planes


def _vector(labels: object, path: Path) -> NDArray:
    """Return labels as an array."""
    try:
        return np.asarray(labels)
    except ValueError as error:  # lists of several lengths inside
        raise DataError(
            f"{path}: expected a list of 'labels', got one that is not a vector ({error}); replace "
            "it with an official copy"
        ) from error
