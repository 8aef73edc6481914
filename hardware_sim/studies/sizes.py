"""Energy against the size of the arrays: of the chip, and of backpropagation with converters.

Both learn the same images on layers of so many units, with the same devices, access and prices.
Small layers have few cells for each converter, large ones many cells for each write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import log
from typing import Any

from ffnumpy.runs.sweep import sweep
from ffnumpy.runs.workers import Engine
from hardware_sim.learning.run import Bench, Progress
from hardware_sim.studies.comparison import (
    BACKPROP,
    CHIP,
    Rivals,
    by_backpropagation,
    by_forward_forward,
)
from hardware_sim.studies.trials import Trial

__all__ = ["PURPOSES", "SIZES", "line", "points", "ratio", "ratios_of_constants", "run_points"]

SIZES = (64, 128, 256, 512, 1024)
PURPOSES = "training", "inference"

Entry = dict[str, Any]


def points(base: Trial, sizes: Sequence[int]) -> dict[int, Trial]:
    """Return the trial with two layers of each size."""
    return {
        size: replace(
            base,
            plan=replace(base.plan, hidden=(size, size)),
            design=replace(base.design, lines=(base.design.lines[0], size, size)),
        )
        for size in sorted(sizes)
    }


def run_points(
    trials: Mapping[int, Trial],
    bench: Bench,
    rivals: Rivals,
    record: list[Entry],
    progress: Progress = iter,
    engine: Engine | None = None,
) -> Iterator[Entry]:
    """Measure the sizes that a record lacks; yield the entry of each when the record has it."""
    evaluate = partial(_evaluate, bench, rivals, progress)
    return sweep(trials, evaluate, record, "size", engine)


def _evaluate(bench: Bench, rivals: Rivals, progress: Progress, trial: Trial) -> Entry:
    chip = by_forward_forward(CHIP, trial, trial, bench, progress)
    rival = by_backpropagation(trial, bench, rivals, progress)
    return {CHIP: chip.record(), BACKPROP: rival.record()}


def ratio(entry: Entry, purpose: str, value: str = "nominal") -> float:
    """Return the chip's energy over backpropagation's, all constants low, nominal or high."""
    chip, rival = (entry[way][purpose]["joules"][value] for way in (CHIP, BACKPROP))
    return float(chip / rival)


def ratios_of_constants(entry: Entry, purpose: str) -> dict[str, tuple[float, float]]:
    """Return that ratio with each uncertain constant alone at its low and at its high end.

    The constants come by how far they move the ratio, the farthest first. A constant in which only
    one of the two has a share moves that one alone.
    """
    found: dict[str, dict[str, dict[str, float]]] = {}
    for way in (CHIP, BACKPROP):
        for line in entry[way][purpose]["sensitivity"]:
            found.setdefault(line["constant"], {})[way] = line["joules"]
    ratios = {name: _ends(entry, purpose, moved) for name, moved in found.items()}
    return dict(sorted(ratios.items(), key=lambda item: -abs(log(item[1][1] / item[1][0]))))


def _ends(entry: Entry, purpose: str, moved: dict[str, dict[str, float]]) -> tuple[float, float]:
    at = {way: moved.get(way) for way in (CHIP, BACKPROP)}
    low, high = (
        [(at[way] or entry[way][purpose]["joules"])[_or_nominal(at[way], end)] for way in at]
        for end in ("low", "high")
    )
    return low[0] / low[1], high[0] / high[1]


def _or_nominal(moved: dict[str, float] | None, end: str) -> str:
    return end if moved else "nominal"


def line(entry: Entry) -> str:
    """Return the energies of a size as a line."""
    parts = [f"{entry['size']:>5}"]
    for purpose in PURPOSES:
        chip, rival = (1e9 * entry[way][purpose]["joules"]["nominal"] for way in (CHIP, BACKPROP))
        parts.append(f"{chip:9.2f} {rival:9.2f} {ratio(entry, purpose):6.2f}")
    errors = (f"{100 * entry[way]['test_error']:5.1f} %" for way in (CHIP, BACKPROP))
    return "   ".join([*parts, *errors])
