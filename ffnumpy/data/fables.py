"""Aesop's Fables, translated by V. S. Vernon Jones: Project Gutenberg's plain text, number 11339.

Only the fables are kept, 284 of them, without their titles: neither Project Gutenberg's header
and licence nor the introduction by another author. See `text` for the symbols and for how fables
are parted. `--validation 17303` holds out the last 28 training fables, whole.

Source: [Aesop1912]
"""

from __future__ import annotations

import re
from pathlib import Path

from ffnumpy.data import text
from ffnumpy.data.compressed import find_file, open_file, seen
from ffnumpy.data.dataset import DataError, Dataset

FILE = "11339.txt"
_FIRST, _AFTER = "AESOP'S FABLES", "ILLUSTRATIONS"  # what stands before and after the fables
_BETWEEN, _BELOW_TITLE = re.compile("\n{5,}"), "\n\n\n"


def holds(folder: Path) -> bool:
    """Whether the folder holds the file, in any compression."""
    return find_file(folder, FILE) is not None


def read_dataset(folder: Path) -> Dataset:
    """Read the fables as windows of ten characters.

    Raises
    ------
    DataError
        If the file is missing or is not the one that was expected.
    """
    path = find_file(folder, FILE)
    if path is None:
        raise DataError(
            f"{folder}: expected {FILE}, which is not there; saw {seen(folder)}. Copy it into the "
            f"folder."
        )
    with open_file(path) as file:
        content = file.read().decode("ascii", errors="replace")
    return text.dataset("aesop", [text.simplified(fable) for fable in fables(content, path)])


def fables(content: str, path: Path) -> list[str]:
    """Return the fables as they are printed, without their titles.

    Parameters
    ----------
    content : str
        The whole file.
    path : Path
        Where it was read, for messages.

    Raises
    ------
    DataError
        If the text does not have the form of Project Gutenberg's file.
    """
    parts = [part.strip("\n") for part in _BETWEEN.split(content.replace("\r\n", "\n"))]
    headings = [part.partition(_BELOW_TITLE)[0] for part in parts]
    if _FIRST not in parts or _AFTER not in headings:
        raise DataError(
            f"{path}: expected fables between the lines {_FIRST!r} and {_AFTER!r}, got another "
            f"text; replace it with Project Gutenberg's plain text of number 11339"
        )
    told = parts[parts.index(_FIRST) + 1 : headings.index(_AFTER)]
    return [part.partition(_BELOW_TITLE)[2] for part in told]
