"""The tutorials and their answers, copied out: as text files, as they are, and as notebooks."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from ffnumpy.worksheets.notebook import KERNEL

__all__ = ["ANSWERS", "TUTORIALS", "as_notebook", "lessons"]

INSTALLED = Path("share", "ffnumpy")  # under the prefix of the installation
TUTORIALS = Path("tutorials")
ANSWERS = Path("teaching", "answers")
CELL = re.compile(r"^# %%(?P<kind>.*)$", re.MULTILINE)


def lessons(kind: Path = TUTORIALS) -> list[Path]:
    """Return the tutorials of the checkout or, installed from a wheel, of the installation.

    Parameters
    ----------
    kind : Path, optional
        Where they are in the repository: `TUTORIALS` or `ANSWERS`.

    Raises
    ------
    FileNotFoundError
        If neither has any.
    """
    checkout, installed = Path(__file__).resolve().parents[2], Path(sys.prefix) / INSTALLED
    for folder in (checkout / kind, installed / kind):
        found = sorted(folder.glob("*.py"))
        if found:
            return found
    raise FileNotFoundError(
        f"expected the {kind.name} in {checkout / kind} or in {installed / kind}; install again"
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
