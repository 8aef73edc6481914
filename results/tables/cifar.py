"""The paper's table of CIFAR-10: its ten numbers, beside those of the runs there are."""

from __future__ import annotations

from typing import Any

from tables.records import Record, Records, percent, table

PAPER = {  # Section 4: how it learns, how it is asked: test error [%] with two and three layers
    ("backprop", "", "backpropagation"): (37, 39),
    ("minimise", "test_error", "minimised, every label"): (41, 41),
    ("minimise", "test_error_softmax", "minimised, one pass"): (45, 44),
    ("maximise", "test_error", "maximised, every label"): (44, 44),
    ("maximise", "test_error_softmax", "maximised, one pass"): (46, 46),
}
WITHIN = 0.02  # of the paper's number
DEPTHS = 2, 3  # hidden layers


def cifar(records: Records) -> str:
    """Return the paper's ten numbers and ours, and whether each is within two points or better."""
    rows = []
    for (rule, key, words), numbers in PAPER.items():
        found = [error(records, rule, depth, key or "test_error") for depth in DEPTHS]
        cells = [f"{number} %" for number in numbers]
        cells += [told(ours, number / 100) for ours, number in zip(found, numbers, strict=True)]
        rows.append((words, *cells))
    return table("goodness, answer|paper, 2 layers|3 layers|here, 2 layers|3 layers", rows)


def wanted(setting: dict[str, Any]) -> float:
    """Return the error by every label that is within two points of the paper's."""
    (numbers,) = (
        numbers
        for (rule, key, _), numbers in PAPER.items()
        if rule == setting["rule"] and key != "test_error_softmax"
    )
    return numbers[DEPTHS.index(setting["depth"])] / 100 + WITHIN


def error(records: Records, rule: str, depth: int, key: str) -> float | None:
    """Return the error of a run, or None if it was not run."""
    record: Record | None = records.get(f"experiments/cifar10-{rule}-{depth}")
    return None if record is None else record[key]


def told(ours: float | None, paper: float) -> str:
    """Return an error, and whether it is within two points of the paper's or better."""
    if ours is None:
        return "not run"
    return f"{percent(ours)}{'' if ours <= paper + WITHIN else ', missed'}"
