"""Whether images are those that their name says: a checksum of the official sets.

A checksum is the CRC-32 of training images, training labels, test images and test labels, one
after another, whatever files they came from. Those of Fashion-MNIST and CIFAR-10 are not known
here: of sets of these names only the numbers of images are compared.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np

from ffnumpy.data.dataset import DataError, Dataset

__all__ = ["UNOFFICIAL", "checksum", "named_truly", "without_doubt"]

UNOFFICIAL = " (not the official files)"
CHECKSUMS = {"mnist": 0x1939F699}
COUNTS = {
    "mnist": (60_000, 10_000),
    "fashion-mnist": (60_000, 10_000),
    "cifar-10": (50_000, 10_000),
}


def checksum(data: Dataset) -> int:
    """Return the CRC-32 of all images and labels."""
    total = 0
    for part in (data.train_images, data.train_labels, data.test_images, data.test_labels):
        total = zlib.crc32(np.ascontiguousarray(part).data, total)
    return total


def without_doubt(name: str) -> str:
    """Return the name to load a set by, given the name of a set that may have been in doubt."""
    return name.removesuffix(UNOFFICIAL)


def named_truly(data: Dataset) -> Dataset:
    """Return the set under its own name, which says so if these are not the official files.

    Raises
    ------
    DataError
        If it is another official set.
    """
    if data.name not in COUNTS:
        return data
    doubtful = replace(data, name=data.name + UNOFFICIAL)
    if (len(data.train_labels), len(data.test_labels)) != COUNTS[data.name]:
        return doubtful
    found = checksum(data)
    for name, official in CHECKSUMS.items():
        if found == official and name != data.name:
            raise DataError(
                f"{data.name}: expected its files; got those of {name} under these names. Say "
                f"--data {name}, or put the files of {data.name} there"
            )
    return data if CHECKSUMS.get(data.name, found) == found else doubtful
