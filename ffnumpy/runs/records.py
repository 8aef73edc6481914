"""The head of every record of a run: command line, seed, versions; and its peak memory."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

__all__ = ["command_line", "moved", "peak_rss_bytes", "versions"]

# Variables that change the last digits.
BLAS_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS")


def command_line() -> str:
    """Return the running command as one would type it, with BLAS's variables."""
    program = Path(sys.argv[0])
    start = [program.name]
    if program.name == "__main__.py":
        start = ["python", "-m", program.parent.name]
    elif program.suffix == ".py":
        start = ["python", f"{program.parent.name}/{program.name}"]
    given = [f"{name}={os.environ[name]}" for name in BLAS_VARIABLES if name in os.environ]
    return shlex.join([*given, *start, *sys.argv[1:]])


def versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    known = {"python": platform.python_version(), "machine": platform.machine()}
    for package in ("ffnumpy", "numpy", "scipy"):
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            known[package] = "not installed"
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    known["blas"] = f"{blas['name']} {blas['version']}"
    libraries = ThreadpoolController().select(user_api="blas").info()
    known["kernels"] = _kernels(libraries)
    known["threads"] = str(max((library["num_threads"] for library in libraries), default=1))
    return known


def moved(before: dict[str, str]) -> str:
    """Return what else a result depends on than it did, or nothing; for a line of text.

    Parameters
    ----------
    before : dict
        The `versions` of the run so far; older files know none.
    """
    here = versions()
    other = {name: value for name, value in before.items() if here.get(name) != value}
    if not other:
        return ""
    then = ", ".join(f"{name} {value}" for name, value in other.items())
    now = ", ".join(f"{name} {here.get(name)}" for name in other)
    return f"; they ran with {then}, here it is {now}, so the last digits may differ"


def _kernels(libraries: list[dict[str, Any]]) -> str:
    """Return which processor's kernels BLAS has chosen: speed and last digits depend on them."""
    chosen = {str(library["architecture"]) for library in libraries if "architecture" in library}
    return ", ".join(sorted(chosen)) or "unknown"


def peak_rss_bytes() -> int | None:
    """Return the largest resident memory of this process so far [bytes]; None if none can say."""
    try:
        import resource
    except ImportError:  # Windows, or a browser
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def header(seed: int) -> dict[str, Any]:
    """Return the head of every record."""
    return {"command": command_line(), "seed": seed, "versions": versions()}
