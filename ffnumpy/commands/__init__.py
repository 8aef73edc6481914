"""The command line, one file per command, each with ``add_arguments`` and ``run``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ffnumpy.data import DataError
from ffnumpy.data.paths import written
from ffnumpy.runs.journal import percent

__all__ = [
    "INTERRUPTED",
    "UsageError",
    "check_apart",
    "check_figure",
    "check_folder",
    "check_new",
    "check_target",
    "example",
    "file_path",
    "folder_path",
    "interrupt_line",
    "one_of",
    "percent",
    "seed",
    "whole_numbers",
]

INTERRUPTED = 130  # the exit status after Ctrl-C
FIGURES = (".png", ".pdf", ".svg", ".eps", ".jpg", ".tif", ".webp")


class UsageError(Exception):
    """A command line that asks for the impossible; printed without a traceback, exit status 2."""


def interrupt_line(options: str | None) -> str:
    """Return what to say after Ctrl-C: the options that go on, or that nothing was saved."""
    return "interrupted; " + (f"go on with {options}" if options else "nothing was saved")


def seed(text: str) -> int:
    """Read a seed: a whole number, 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number, 0 or more; got {text}")
    return int(text)


def whole_numbers(text: str) -> tuple[int, ...]:
    """Read ``1000,1000`` as a tuple."""
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        message = f"expected whole numbers separated by commas; got {text}"
        raise argparse.ArgumentTypeError(message) from None


def file_path(text: str) -> Path:
    """Read the name of a file as people write it, see `ffnumpy.data.paths.written`."""
    if text.endswith(("/", os.sep)):
        raise argparse.ArgumentTypeError(f"expected the name of a file; got {text}, a folder's")
    return folder_path(text)


def folder_path(text: str) -> Path:
    """Read the name of a folder as people write it, see `ffnumpy.data.paths.written`."""
    try:
        return written(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def example(line: str, took: str) -> str:
    """Return the end of a help: a command as one types it, and how long it works."""
    return f"example, {took}:\n  {line}"


def one_of(names: Iterable[str], text: str = "") -> dict[str, Any]:
    """Return what an option takes whose names are too many for its usage: its help lists them."""
    choices = tuple(names)
    listed = f"one of {', '.join(choices)}"
    return {
        "choices": choices,
        "metavar": "NAME",
        "help": f"{text}; {listed}" if text else listed,
    }


def check_target(option: str, path: str | os.PathLike[str] | None) -> None:
    """Refuse, before any work is done, to write to a file that cannot be written.

    Raises
    ------
    UsageError
        If the path is a folder, a device or a pipe, or is in a folder that does not exist or is
        not writable.
    """
    if path is None:
        return
    folder = Path(os.path.realpath(path)).parent
    if Path(path).is_dir():
        raise UsageError(f"{option} {path}: expected the name of a file; this is a folder")
    if Path(path).exists() and not Path(path).is_file():
        raise UsageError(f"{option} {path}: expected an ordinary file; this is a device or a pipe")
    if not folder.is_dir():
        raise UsageError(f"{option} {path}: there is no folder {folder}; make it first")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{option} {path}: the folder {folder} is not writable")


def check_new(option: str, path: str | os.PathLike[str] | None, *, resumable: bool = True) -> None:
    """Refuse, before any work is done, to begin again in a file that has work in it.

    Raises
    ------
    UsageError
        If the file exists.
    """
    if path is not None and Path(path).exists():
        onward = f"go on with --resume {path}, or " if resumable else ""
        raise UsageError(
            f"{option} {path}: exists already and would be lost; {onward}give another name"
        )


def check_apart(files: Mapping[str, str | os.PathLike[str] | None]) -> None:
    """Refuse, before any work is done, two files under one name, of which one would be lost.

    Parameters
    ----------
    files : mapping
        From each option as typed to its path, or None if it was not given.

    Raises
    ------
    UsageError
        If two of the paths lead to the same place.
    """
    there: dict[str, str] = {}
    for option, path in files.items():
        if path is not None:
            before = there.setdefault(os.path.realpath(path), option)
            if before != option:
                raise UsageError(
                    f"{option} {path}: is also the file of {before}, which would be lost; give it "
                    f"another name"
                )


def check_folder(option: str, path: str | os.PathLike[str]) -> None:
    """Refuse, before any work is done, a folder that cannot be made or written.

    Raises
    ------
    UsageError
        If it is a file, or neither it nor the nearest folder above it is writable.
    """
    if Path(path).exists() and not Path(path).is_dir():
        raise UsageError(f"{option} {path}: expected a folder; this is a file")
    there = next(p for p in (Path(path), *Path(path).absolute().parents) if p.is_dir())
    if not os.access(there, os.W_OK):
        raise UsageError(f"{option} {path}: the folder {there} is not writable")


def check_figure(option: str, path: str | os.PathLike[str]) -> None:
    """Refuse, before any work is done, to write a figure that cannot be written.

    Raises
    ------
    UsageError
        As `check_target` does, and if the name does not end in one of `FIGURES`.
    """
    check_target(option, path)
    if Path(path).suffix.lower() not in FIGURES:
        raise UsageError(f"{option} {path}: expected a name that ends in {', '.join(FIGURES)}")
