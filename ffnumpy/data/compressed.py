"""Files that may be plain, gzip-compressed or xz-compressed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.dataset import DataError

SUFFIXES = ("", ".gz", ".xz")
_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ\0"  # what such files begin with
_SHOWN = 8  # names in an error
_CHUNK = 1 << 20
_ADVICE = "replace it with a fresh copy"


def find_file(folder: Path, name: str) -> Path | None:
    """Return `folder/name`, or its .gz or .xz version, or None if none of them is there.

    Other spellings count too: case, and dots or underscores for hyphens, as in
    `train-images.idx3-ubyte`; the spelling that was asked for comes first.
    """
    names = [name + suffix for suffix in SUFFIXES]
    files = {path.name: path for path in listed(folder) if path.is_file()}
    alike = {_plain(path.name): path for path in files.values()}
    found = (files.get(n) or alike.get(_plain(n)) for n in names)
    return next(filter(None, found), None)


def _plain(name: str) -> str:
    """Return a name as its spellings share it."""
    return name.casefold().replace(".", "-").replace("_", "-")


def listed(folder: Path) -> list[Path]:
    """Return what is in a folder, by name; nothing if it is none or cannot be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def seen(folder: Path) -> str:
    """Return the first names in a folder, for an error that says what was there instead."""
    if not folder.is_dir():
        return "a file" if folder.exists() else "no such folder"
    names = [path.name + "/" * path.is_dir() for path in listed(folder)]
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + rest or "an empty folder"


@contextmanager
def open_file(path: Path, mode: Literal["rb", "wb"] = "rb") -> Iterator[IO[bytes]]:
    """Open a file to read or write bytes, compressed or not.

    What is read is decompressed as its first bytes say, since browsers unpack files without
    renaming them; what is written is compressed as its suffix says.

    Raises
    ------
    DataError
        If the file cannot be opened or written, or proves truncated or damaged while it is read.
    """
    import lzma
    import zlib

    try:
        with _opener(path, mode)(path, mode) as file:
            yield file
    except EOFError as error:
        raise DataError(f"{path}: truncated, its data end early; {_ADVICE}") from error
    except (OSError, zlib.error, lzma.LZMAError) as error:
        if mode == "wb":
            raise DataError(f"{path}: cannot be written ({error}); name another place") from error
        raise DataError(f"{path}: cannot be read ({error}); {_ADVICE}") from error


def _opener(path: Path, mode: str) -> Any:
    """Return the function that opens a file by its compression."""
    import gzip
    import lzma

    if mode == "wb":
        return {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with open(path, "rb") as file:
        start = file.read(len(_XZ))
    if start.startswith(_GZIP):
        return gzip.open
    return lzma.open if start == _XZ else open


def read_array(file: IO[bytes], shape: tuple[int, ...], path: Path) -> NDArray[np.uint8]:
    """Read the next bytes of `file` straight into an array.

    Parameters
    ----------
    file : binary file
    shape : tuple of int
    path : Path
        Where the file is, for messages.

    Returns
    -------
    shape, uint8

    Raises
    ------
    DataError
        If the file ends before the array is full.
    """
    try:
        array = np.empty(shape, np.uint8)
    except (MemoryError, ValueError) as error:
        raise DataError(f"{path}: announces an array of {shape} bytes; {_ADVICE}") from error
    rest = array.reshape(-1).data
    while rest:
        block = file.read(min(_CHUNK, len(rest)))
        if not block:
            raise DataError(
                f"{path}: truncated, expected {array.size} bytes of data, "
                f"got {array.size - len(rest)}; {_ADVICE}"
            )
        rest[: len(block)] = block
        rest = rest[len(block) :]
    return array


def expect_end(file: IO[bytes], path: Path) -> None:
    """Raise DataError unless the whole file has been read; checks gzip's and xz's sums too."""
    if file.read(1):
        raise DataError(f"{path}: longer than expected, data follow the last item; {_ADVICE}")
