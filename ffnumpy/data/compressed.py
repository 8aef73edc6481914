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
_CHUNK = 1 << 20
_ADVICE = "replace it with a fresh copy"


def find_file(folder: Path, name: str) -> Path | None:
    """Return `folder/name`, or its .gz or .xz version, or None if none of them is there."""
    paths = (folder / (name + suffix) for suffix in SUFFIXES)
    return next((path for path in paths if path.is_file()), None)


@contextmanager
def open_file(path: Path, mode: Literal["rb", "wb"] = "rb") -> Iterator[IO[bytes]]:
    """Open a file to read or write bytes, compressed according to its suffix.

    Raises
    ------
    DataError
        If the file cannot be opened or written, or proves truncated or damaged while it is read.
    """
    import gzip
    import lzma
    import zlib

    openers: dict[str, Any] = {".gz": gzip.open, ".xz": lzma.open}
    try:
        with openers.get(path.suffix, open)(path, mode) as file:
            yield file
    except EOFError as error:
        raise DataError(f"{path}: truncated, its data end early; {_ADVICE}") from error
    except (OSError, zlib.error, lzma.LZMAError) as error:
        if mode == "wb":
            raise DataError(f"{path}: cannot be written ({error}); name another place") from error
        raise DataError(f"{path}: cannot be read ({error}); {_ADVICE}") from error


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
