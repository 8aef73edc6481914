"""Sets of one's own: an archive of arrays, a table, or folders of pictures.

A picture's pixels are bytes, 0 black and 255 white. Other tables have columns of any range, which
are spread over the same bytes, so that a chip can show them as voltages too. What a reader decided
by itself stands in the set's `remarks`.
"""

from __future__ import annotations

import os
from pathlib import Path

from ffnumpy.data.compressed import listed
from ffnumpy.data.dataset import DataError, Dataset
from ffnumpy.data.own import archive, pictures, table
from ffnumpy.data.own.parts import dataset
from ffnumpy.data.paths import written

__all__ = ["KINDS", "is_path", "read"]

KINDS = "FILE.npz with arrays, FILE.csv with a column of labels, or FOLDER/CLASS/*.png"
_READERS = {
    ".npz": archive.read,
    ".csv": table.read,
    ".tsv": table.read,
}


def is_path(text: str) -> bool:
    """Return whether this looks like a path, so that a misspelt name is told from a lost file."""
    return written(text).exists() or "." in text or os.sep in text


def read(path: str, *, progress: bool = True) -> Dataset:
    """Return the set in a file or folder, under its path as a name.

    Parameters
    ----------
    path : str
        ``~`` and variables are replaced.
    progress : bool
        Show how far the reading of pictures is.

    Raises
    ------
    DataError
        If there is nothing, it is none of `KINDS`, or what it holds makes no set.
    """
    place = written(path)
    if place.is_dir():
        return dataset(path, pictures.read(place, progress))
    reader = _READERS.get(place.suffix.lower())
    if reader is None:
        raise DataError(f"{path}: expected {KINDS}; got a file that ends in {place.suffix!r}")
    if not place.is_file():
        raise DataError(f"{path}: there is no such file; {_instead(place)}")
    return dataset(path, reader(place))


def _instead(place: Path) -> str:
    alike = [p.name for p in listed(place.parent) if p.suffix.lower() == place.suffix.lower()]
    return f"beside it are {', '.join(alike[:8])}" if alike else "name another"
