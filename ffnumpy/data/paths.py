"""Paths as people write them: with ``~``, with variables, with a stray blank at an end."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ffnumpy.data.dataset import DataError

__all__ = ["from_environment", "written"]

_VARIABLE = re.compile(r"\$\{?\w+\}?")


def written(path: str | os.PathLike[str]) -> Path:
    """Return the path that is meant: ``~`` and variables are replaced, as a shell does.

    A shell does so only where it sees them: not in ``--out=~/run.json``, not in a file of
    variables, not in Python. What exists under the very name that was written is meant as written.

    Raises
    ------
    DataError
        If a variable in the path is not set, or there is a null character.

    Examples
    --------
    >>> written("~/sets") == Path.home() / "sets"
    True
    """
    text = os.fspath(path)
    if "\0" in text:
        raise DataError(f"{text!r}: expected a path; got one with a null character, which none has")
    if os.path.lexists(text):
        return Path(text)
    expanded = os.path.expandvars(os.path.expanduser(text.strip()))
    unset = _VARIABLE.search(expanded)
    if unset:
        raise DataError(
            f"{text}: names the environment variable {unset[0].strip('${}')}, which is not set; "
            f"set it, or write the path out"
        )
    return Path(expanded)


def from_environment(variable: str) -> Path | None:
    """Return the path in an environment variable, or None if it is not set or blank."""
    text = os.environ.get(variable, "")
    return written(text) if text.strip() else None
