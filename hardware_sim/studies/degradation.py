"""Degradation curves: what one imperfection after another costs, with nothing else changed.

At each value of a `Quantity` several chips are made and trained, and `curve` yields a `Point` with
their results. Chips of one seed draw the same random numbers at every value: the same individual
gets worse, with the same first weights and the same images in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from ffnumpy.runs.sweep import sweep
from ffnumpy.runs.workers import Engine
from hardware_sim.learning.run import Bench, Progress
from hardware_sim.studies.nonidealities import Quantity
from hardware_sim.studies.trials import Trial, TrialResult, run_trial, train_and_test

__all__ = [
    "Point",
    "curve",
    "mean_and_deviation",
    "points_of",
    "twins",
    "unknown_values",
]

Entry = dict[str, Any]


def mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation (n − 1) of two or more values.

    Examples
    --------
    >>> mean_and_deviation([1.0, 3.0])
    (2.0, 1.4142135623730951)
    """
    if len(values) < 2:
        raise ValueError(f"expected two or more values, to know how they spread; got {values}")
    return float(np.mean(values)), float(np.std(values, ddof=1))


@dataclass(frozen=True)
class Point:
    """A value of a quantity, and the results of the chips at this value."""

    value: float
    chips: tuple[TrialResult, ...]

    @property
    def errors(self) -> tuple[float, ...]:
        """Error of each chip."""
        return tuple(chip.error for chip in self.chips)

    @property
    def error(self) -> tuple[float, float]:
        """Mean and standard deviation of the error over the chips."""
        return mean_and_deviation(self.errors)

    @property
    def joules(self) -> tuple[float, float]:
        """Mean and standard deviation of the energy of training on one image [J]."""
        return mean_and_deviation([chip.joules for chip in self.chips])

    @property
    def conversions(self) -> tuple[float, float]:
        """Mean and standard deviation of the A-to-D conversions in training on one image."""
        return mean_and_deviation([chip.conversions for chip in self.chips])

    @classmethod
    def of(cls, entry: Entry) -> Point:
        """Return the point that an entry of a record describes."""
        return cls(entry["value"], tuple(TrialResult(**chip) for chip in entry["chips"]))


def curve(
    quantity: Quantity,
    base: Trial,
    bench: Bench,
    chips: int = 3,
    progress: Progress = iter,
    record: list[Entry] | None = None,
    engine: Engine | None = None,
) -> Iterator[Point]:
    """Make, train and test `chips` chips at one value after another; yield a point for each.

    Parameters
    ----------
    quantity : Quantity
    base : Trial
        With the seed of the first chip; the other chips have the next ones.
    bench : Bench
    chips : int
    progress : callable
        Gets the steps of every pass, to show how far they are.
    record : list of dict, optional
        The entries so far, whose values are skipped; new ones are appended.
    engine : callable, optional
        What starts workers, see `ffnumpy.runs.sweep.sweep`.

    Raises
    ------
    ValueError
        If there are fewer than two chips: one does not say how they differ.
    """
    check_chips(chips)
    kept, evaluate = [] if record is None else record, partial(_evaluate, bench, chips, progress)
    return map(Point.of, sweep(quantity.points(base), evaluate, kept, "value", engine))


def _evaluate(bench: Bench, chips: int, progress: Progress, trial: Trial) -> Entry:
    """Return the results of all chips at a value."""
    return chips_record([run_trial(trial.seeded(n), bench, progress) for n in range(chips)])


def chips_record(chips: Sequence[TrialResult]) -> Entry:
    """Return the results of the chips at one value for the record, with means and deviations."""
    spreads = {
        name: mean_and_deviation([getattr(chip, name) for chip in chips])
        for name in ("error", "joules", "conversions")
    }
    means = {name: {"mean": mean, "deviation": d} for name, (mean, d) in spreads.items()}
    return {**means, "chips": [asdict(chip) for chip in chips]}


def twins(base: Trial, bench: Bench, chips: int = 3, progress: Progress = iter) -> list[float]:
    """Return the errors of the chips' floating-point twins, which no quantity changes."""
    check_chips(chips)
    trials = [base.seeded(n) for n in range(chips)]
    made = ((trial.twin(len(bench.rows), bench.encoding), trial.plan) for trial in trials)
    return [train_and_test(twin, plan, bench, progress) for twin, plan in made]


def check_chips(chips: int) -> None:
    """Refuse fewer than two chips."""
    if chips < 2:
        raise ValueError(f"chips: expected 2 or more, because one has no spread; got {chips}")


def points_of(quantity: Quantity, record: Entry) -> list[Point]:
    """Return the points of a record, in the order of the quantity's values."""
    points = map(Point.of, record["quantities"][quantity.name]["points"])
    return sorted(points, key=lambda point: quantity.values.index(point.value))


def unknown_values(record: Entry, quantities: Sequence[Quantity]) -> dict[str, list[float]]:
    """Return, by quantity, the values of a record that its curve does not have."""
    had = {quantity.name: {*quantity.values} for quantity in quantities}
    unknown = {
        name: {point["value"] for point in kept["points"]} - had.get(name, set())
        for name, kept in record["quantities"].items()
    }
    return {name: sorted(values) for name, values in unknown.items() if values}
