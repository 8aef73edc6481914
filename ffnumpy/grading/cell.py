"""A process of its own for a student's code, with limits on time, memory, files and output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.grading import child

try:
    import resource
except ImportError:  # on Windows, where only the time is limited
    resource = None  # type: ignore[assignment]

__all__ = ["Outcome", "called"]

SECONDS = 10
MEMORY = 2 << 30  # bytes of addresses
WRITTEN = 1 << 20  # bytes in a file, what is printed too


class Outcome(NamedTuple):
    """What came of a call.

    Attributes
    ----------
    status : str
        "done", "missing", "empty", "error", "exit", "memory", "flood", "time" or "crash".
    said : str
        Of an error: what it said, and where.
    answers : list of list of array
        Of each case: its parts.
    """

    status: str
    said: str = ""
    answers: Sequence[Sequence[NDArray]] = ()


def called(
    file: Path,
    function: str,
    cases: Sequence[Sequence[Any]],
    *,
    training: bool = False,
    seconds: int = SECONDS,
) -> Outcome:
    """Call a function of a student's file with some arguments, in a process of its own.

    Parameters
    ----------
    file : Path
    function : str
    cases : sequence of arguments
        Numbers and arrays.
    training : bool
        Whether it returns a function, to be asked about the last of its arguments.
    seconds : int
        After which it is stopped.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(os.path.realpath(name))
        job = {"file": str(file.resolve()), "function": function, "training": training}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        arrays = {
            f"{n}/{k}": np.asarray(a) for n, case in enumerate(cases) for k, a in enumerate(case)
        }
        np.savez(folder / "cases.npz", **arrays)  # type: ignore[arg-type]
        status = _run(folder, seconds)
        return Outcome(status) if status else _told(folder, len(cases))


def _run(folder: Path, seconds: int) -> str:
    """Run the job of a folder; return "time" or "crash", or nothing if it ended by itself."""
    command = [sys.executable, "-I", "-B", str(Path(child.__file__).resolve()), str(folder)]
    alone = {"OPENBLAS_NUM_THREADS": "1", "PATH": os.environ.get("PATH", "")}
    with (folder / "printed.txt").open("wb") as printed:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=alone,
            start_new_session=True,
            preexec_fn=_limits(seconds),
        )
        try:
            process.wait(seconds + 2)
        except subprocess.TimeoutExpired:
            return "time"
        finally:
            _stop(process)
    if (folder / "told.json").exists():
        return ""
    out_of_time = process.returncode in {-getattr(signal, "SIGXCPU", 24), -signal.SIGTERM}
    return "time" if out_of_time else "crash"


def _limits(seconds: int) -> Callable[[], None] | None:
    if resource is None:
        return None

    def limit() -> None:
        """Limit the process that is about to begin."""
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return limit


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the process, and whatever it has started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError):
        process.kill()
    process.wait()


def _told(folder: Path, cases: int) -> Outcome:
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    if told["status"] != "done":
        said = " ".join(filter(None, (told.get("error"), told.get("where"))))
        return Outcome(told["status"], said)
    with np.load(folder / "answers.npz", allow_pickle=False) as file:
        found = {name: file[name] for name in file.files}
    parts = [sorted((n for n in found if n.startswith(f"{k}/")), key=_place) for k in range(cases)]
    return Outcome("done", "", [[found[name] for name in names] for names in parts])


def _place(name: str) -> int:
    return int(name.split("/")[1])
