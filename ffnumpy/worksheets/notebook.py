"""The exercises of the grader as a notebook: a cell to fill in, and a locked cell that grades it.

The cells bear what `nbgrader` looks for, so that it can hand them out, collect and grade them;
without it they are a notebook like any other. Source: [Nbgrader2019] for the names.
"""

from __future__ import annotations

import json
from typing import Any

from ffnumpy.grading.task import Task
from ffnumpy.grading.tasks import TASKS

__all__ = ["KERNEL", "notebook"]

SCHEMA = 3  # of nbgrader's notes
HEAD = """\
# Forward-Forward, by your own hand

Fill in the functions. The cell below each says whether it is right and, if not, what is wrong."""


KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
IMPORTS = "import numpy as np\n\nfrom ffnumpy.grading import check"


def notebook() -> str:
    """Return the notebook as JSON, nbformat 4.5."""
    cells = [_markdown("head", HEAD), _code("imports", IMPORTS)]
    for task in TASKS.values():
        cells += _exercise(task)
    whole = {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _exercise(task: Task) -> list[dict[str, Any]]:
    """Return the cells of a task: what is asked, the function, and what grades it."""
    body = (
        f"{task.head}\n    ### BEGIN SOLUTION\n    raise NotImplementedError\n    ### END SOLUTION"
    )
    return [
        _markdown(f"{task.name}-says", f"## {task.name}\n\nReturn {task.says}."),
        _code(task.name, body, grade=False, solution=True, locked=False),
        _code(f"{task.name}-grade", f"check({task.name})", grade=True, solution=False, locked=True),
    ]


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _code(name: str, text: str, **notes: Any) -> dict[str, Any]:
    graded: dict[str, Any] = {"grade_id": name, "schema_version": SCHEMA, "task": False, **notes}
    if notes.get("grade"):
        graded["points"] = 1
    metadata = {"nbgrader": graded} if notes else {}
    empty: dict[str, Any] = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": text, **empty}
