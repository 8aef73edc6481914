"""Records as they are read from disk, and the cells that all tables share."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from ffnumpy.runs.journal import percent

Record = dict[str, Any]
Records = dict[str, Record]  # by path below results/, without ``.json``
NANO = 1e-9


def load(folder: Path) -> Records:
    """Return the records in a folder and in those below it."""
    paths = sorted(folder.rglob("*.json"))
    return {str(p.relative_to(folder).with_suffix("")): json.loads(p.read_text()) for p in paths}


def choices(record: Record) -> Record:
    """Return what a network was trained with: its setting, a recipe in records of before."""
    found: Record = record.get("setting") or record.get("recipe") or {}
    return found


def groups(records: Records) -> dict[str, list[Record]]:
    """Return records that differ by their seed together, by the name that they have in common."""
    found: dict[str, list[Record]] = defaultdict(list)
    for name, record in records.items():
        found[name.partition("-seed-")[0]].append(record)
    return found


def table(head: str, rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, or say that it is empty; ``|`` parts the columns of `head`."""
    columns, body = head.split("|"), list(rows)
    if not body:
        return "No record yet.\n"
    lines = [columns, ["---"] * len(columns), *body]
    return "".join(f"| {' | '.join(cell.strip() for cell in line)} |\n" for line in lines)


def link(name: str) -> str:
    """Return a link to a record, from the root of the repository."""
    return f"[{name}](results/{name}.json)"


def spread(runs: Sequence[Record], key: str) -> str:
    """Return the mean of an error over runs with its standard deviation; of one run, its error."""
    errors = [run.get(key) for run in runs]
    found = [error for error in errors if error is not None]
    if not found or len(found) < len(errors):
        return "–"
    if len(found) == 1:
        return percent(found[0])
    return f"{100 * mean(found):.2f} ± {100 * stdev(found):.2f} %"


def minutes(seconds: float) -> str:
    """Return a duration."""
    return f"{seconds / 60:.1f} min"


def widths(record: Record) -> str:
    """Return the widths of the hidden layers."""
    return "-".join(map(str, choices(record).get("hidden", ()))) or "–"


def span(ends: dict[str, float], unit: float) -> str:
    """Return a nominal value and, in brackets, what it is with all constants low and high."""
    low, nominal, high = (ends[name] / unit for name in ("low", "nominal", "high"))
    return f"{nominal:.3g} [{low:.3g} … {high:.3g}]"
