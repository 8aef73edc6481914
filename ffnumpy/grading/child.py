"""What runs in a process of its own: a student's file, one of its functions, and nothing else.

It is a script, called with a folder: ``job.json`` says which file and which function, ``cases.npz``
has the arguments. It leaves ``answers.npz``, and ``told.json`` with what happened. It needs no part
of the library, and lets the student's file import none.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ENDS = {"os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.kill"}
ENDS |= {"subprocess.Popen", "pty.spawn", "socket.connect", "socket.bind"}
CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod")
LARGEST = 10_000  # numbers in an answer
LIBRARY = {"ffnumpy", "hardware_sim"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class NotAllowedError(PermissionError):
    """What a student's code may not do."""


def guard(folder: Path) -> Callable[[str, tuple[Any, ...]], None]:
    """Return a hook that refuses other processes, connections, and files outside the folder."""

    def inside(path: Any) -> bool:
        return isinstance(path, int) or Path(os.path.realpath(path)).is_relative_to(folder)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        """Raise an error at what is not allowed."""
        if event == "import" and str(args[0]).partition(".")[0] in LIBRARY:
            raise NotAllowedError("it imports the library, whose functions it is to write")
        if event in ENDS:
            raise NotAllowedError(f"it starts or stops a process, or connects to one: {event}")
        writes = event == "open" and isinstance(args[2], int) and args[2] & WRITING
        if (writes or event in CHANGES) and not inside(args[0]):
            raise NotAllowedError(f"it changes a file: {args[0]}")

    return hook


def told(folder: Path, status: str, **more: Any) -> None:
    """Leave a note of what happened."""
    (folder / "told.json").write_text(json.dumps({"status": status, **more}), encoding="utf-8")


def arguments(cases: Any, number: int) -> list[Any]:
    """Return the arguments of a case: arrays, and numbers as Python has them."""
    names = sorted(
        (n for n in cases if n.startswith(f"{number}/")), key=lambda n: int(n.split("/")[1])
    )
    return [cases[n] if cases[n].ndim else cases[n].item() for n in names]


def as_parts(answer: Any) -> list[Any]:
    """Return an answer as arrays of numbers; a list that is no array is as good as a tuple."""
    parts = answer if isinstance(answer, tuple) or is_ragged(answer) else (answer,)
    if any(part is None for part in parts):
        raise TypeError("it returns nothing; is a `return` missing?")
    return [checked(np.array(part, float)) for part in parts]


def is_ragged(answer: Any) -> bool:
    """Return whether an answer is a list of arrays of different shapes."""
    return isinstance(answer, list) and len({np.shape(part) for part in answer}) > 1


def checked(part: Any) -> Any:
    """Refuse an answer far larger than any that is asked for."""
    if part.size > LARGEST:
        raise ValueError(f"it returns {part.size:,} numbers, in an array of shape {part.shape}")
    return part


def answered(function: Callable[..., Any], cases: Any, training: bool) -> dict[str, Any]:
    """Return what the function gives for every case, by number."""
    if training:
        rows, labels, classes, seed, unseen = arguments(cases, 0)
        predict = function(rows, labels, classes, np.random.default_rng(seed))
        return {"0/0": as_parts(predict(unseen))[0]}
    numbers = sorted({int(n.split("/")[0]) for n in cases})
    found = {}
    for number in numbers:
        for place, part in enumerate(as_parts(function(*arguments(cases, number)))):
            found[f"{number}/{place}"] = part
    return found


def where(error: BaseException, file: str) -> str:
    """Return the last line of the student's file that an error came through."""
    lines = [s for s in traceback.extract_tb(error.__traceback__) if s.filename == file]
    return f"line {lines[-1].lineno}: {lines[-1].line}" if lines else ""


def run(folder: Path) -> None:
    """Run the job of a folder."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    with np.load(folder / "cases.npz", allow_pickle=False) as file:
        cases = {name: file[name] for name in file.files}
    source = Path(job["file"]).read_text(encoding="utf-8-sig")
    sys.addaudithook(guard(folder))
    names: dict[str, Any] = {"__name__": "student", "__file__": job["file"]}
    try:
        exec(compile(source, job["file"], "exec"), names)
        function = names.get(job["function"])
        if not callable(function):
            told(folder, "missing")
            return
        found = answered(function, cases, job["training"])
    except NotImplementedError:
        told(folder, "empty")
    except SystemExit:
        told(folder, "exit")
    except MemoryError:
        told(folder, "memory")
    except RecursionError as error:
        told(
            folder,
            "error",
            error="RecursionError: it calls itself without an end",
            where=where(error, job["file"]),
        )
    except BaseException as error:
        flood = isinstance(error, OSError) and error.errno == errno.EFBIG
        said = f"{type(error).__name__}: {error}"[:300]
        told(folder, "flood" if flood else "error", error=said, where=where(error, job["file"]))
    else:
        np.savez(folder / "answers.npz", **found)
        told(folder, "done")


if __name__ == "__main__":
    run(Path(os.path.realpath(sys.argv[1])))
