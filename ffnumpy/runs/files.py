"""Files on disk: the old content or the new, never half of each."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

try:
    import fcntl
except ImportError:  # on Windows, where no open file can be removed, so that none needs a lock
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "remove_unfinished",
    "write_atomically",
    "write_json",
]


PathLike = str | os.PathLike[str]


def write_atomically(path: PathLike, write: Callable[[BinaryIO], object]) -> None:
    """Call ``write(file)`` on a temporary file beside `path`, then move it to `path`.

    A kill at any moment leaves the previous file whole. A symbolic link stays one. What an earlier
    kill has left beside `path` is removed.
    """
    path = Path(os.path.realpath(path))
    remove_unfinished(path)
    handle, temporary = _temporary(path)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove_unfinished(path: PathLike) -> None:
    """Remove the temporary files that killed programs have left beside `path`.

    One that another program is writing just now is left alone: that program holds a lock on it,
    which the system takes back when the program ends, in whatever way.
    """
    path = Path(os.path.realpath(path))
    for unfinished in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(OSError):  # it is in use, or not ours
            _remove(unfinished)


def _remove(unfinished: Path) -> None:
    if fcntl is None:
        unfinished.unlink()
        return
    with open(unfinished, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unfinished.unlink()


def _temporary(path: Path) -> tuple[int, str]:
    """Return the handle and the name of a new, locked file beside `path`."""
    import tempfile  # it loads decompressors, which importing the library does not need

    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with suppress(OSError):  # not every file system has locks
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX)
        if os.path.exists(name):
            return handle, name
        os.close(handle)  # another program has removed it before it was locked


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_json(path: PathLike, content: dict[str, Any]) -> None:
    """Write a dictionary as indented JSON, atomically."""
    text = json.dumps(content, indent=1) + "\n"
    write_atomically(path, lambda file: file.write(text.encode()))
