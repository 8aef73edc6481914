"""The tutorials, copied out: as the text files that they are, and as notebooks."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from ffnumpy.worksheets.notebook import KERNEL

__all__ = ["as_notebook", "lessons"]

INSTALLED = Path("share", "ffnumpy", "tutorials")  # under the prefix of the installation
CELL = re.compile(r"^# %%(?P<kind>.*)$", re.MULTILINE)


def lessons() -> list[Path]:
    """Return the tutorials of the checkout or, installed from a wheel, of the installation.

    Raises
    ------
    FileNotFoundError
        If neither has any.
    """
    checkout = Path(__file__).resolve().parents[2] / "tutorials"
    for folder in (checkout, Path(sys.prefix) / INSTALLED):
        found = sorted(folder.glob("*.py"))
        if found:
            return found
    raise FileNotFoundError(
        f"expected the tutorials in {checkout} or in {Path(sys.prefix) / INSTALLED}; install again"
    )


def as_notebook(text: str) -> str:
    """Return a text notebook, whose cells begin with ``# %%``, as JSON, nbformat 4.5."""
    starts = list(CELL.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    cells = [
        _cell(number, start["kind"], text[start.end() : end])
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    whole = {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, kind: str, body: str) -> dict[str, Any]:
    """Return a cell; what is prose stands in the text as comments."""
    common: dict[str, Any] = {"id": f"cell-{number}", "metadata": {}}
    if "markdown" in kind:
        prose = re.sub(r"^# ?", "", body.strip("\n"), flags=re.MULTILINE)
        return {"cell_type": "markdown", **common, "source": prose}
    code = body.strip("\n")
    return {"cell_type": "code", **common, "source": code, "execution_count": None, "outputs": []}
