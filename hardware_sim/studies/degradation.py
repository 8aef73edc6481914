"""Degradation curves: what one imperfection after another costs, everything else left as it is.

At each value of a `Quantity` several chips are made and trained, and `curve` yields a `Point` with
what came out. Chips of one seed draw the same random numbers whatever the value: the same
individual gets worse, with the same first weights and the same images in the same order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from hardware_sim.learning.learners import Learner, TwinLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, SingleRun, Watch, error_rate, train_to_the_end
from hardware_sim.studies.nonidealities import Quantity
from hardware_sim.studies.trials import Outcome, Specimen, outcome

__all__ = ["Point", "chance", "curve", "finding", "mean_and_deviation", "twins"]

CLEAR = 0.01  # a rise is one if chance makes as large a one less often


@dataclass(frozen=True)
class Point:
    """A value, and what came out of each chip."""

    value: float
    chips: tuple[Outcome, ...]

    @property
    def errors(self) -> tuple[float, ...]:
        """Of each chip."""
        return tuple(chip.error for chip in self.chips)

    @property
    def error(self) -> tuple[float, float]:
        """Mean and standard deviation over the chips."""
        return mean_and_deviation(self.errors)

    @property
    def joules(self) -> tuple[float, float]:
        """Likewise, of an image in the training [J]."""
        return mean_and_deviation([chip.joules for chip in self.chips])

    @property
    def conversions(self) -> tuple[float, float]:
        """Likewise, A-to-D conversions of an image in the training."""
        return mean_and_deviation([chip.conversions for chip in self.chips])


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


def curve(
    quantity: Quantity,
    base: Specimen,
    bench: Bench,
    chips: int = 3,
    watch: Watch = iter,
    done: Collection[float] = (),
) -> Iterator[Point]:
    """Make, train and test `chips` chips at one value after another; yield a point for each.

    Parameters
    ----------
    quantity : Quantity
    base : Specimen
        Whose seed is that of the first chip; the others have the next ones.
    bench : Bench
    chips : int
    watch : callable
        Gets the steps of every pass, to look on while they are taken.
    done : collection of float
        Values to leave out.

    Raises
    ------
    ValueError
        If there are fewer than two chips: one does not say how they differ.
    """
    check_chips(chips)
    for value in quantity.values:
        if value not in done:
            moved = quantity.at(base, value)
            outcomes = [outcome(moved.seeded(n), bench, watch) for n in range(chips)]
            yield Point(value, tuple(outcomes))


def twins(base: Specimen, bench: Bench, chips: int = 3, watch: Watch = iter) -> list[float]:
    """Return the errors of the chips' twins in numbers, which no quantity touches."""
    check_chips(chips)
    plans = [base.seeded(n).plan for n in range(chips)]
    return [
        _trained(TwinLearner(plan, base.design, len(bench.rows)), plan, bench, watch)
        for plan in plans
    ]


def check_chips(chips: int) -> None:
    """Refuse fewer than two."""
    if chips < 2:
        raise ValueError(f"chips: expected 2 or more, because one has no spread; got {chips}")


def _trained(learner: Learner, plan: Plan, bench: Bench, watch: Watch) -> float:
    """Train and test somebody."""
    train_to_the_end(SingleRun(learner, bench.rows, bench.labels, plan), watch)
    return float(error_rate(learner, bench.unseen, bench.truth))


def finding(quantity: Quantity, points: Sequence[Point]) -> str:
    """Say where the error is the largest, and how far above the smallest, if it is clear at all."""
    best = min(points, key=lambda point: point.error[0])
    worst = max(points, key=lambda point: point.error[0])
    if chance(points) > CLEAR:
        return f"No clear rise between {ends(quantity, points[0], points[-1])}"
    rise = 100 * (worst.error[0] - best.error[0])
    return f"Error rises by {rise:.2g} points from {ends(quantity, best, worst, ' to ')}"


def chance(points: Sequence[Point]) -> float:
    """Return how often errors of one mean would differ as much between points, by chance alone.

    A one-way analysis of variance: ``F = n var(means)/mean(var)`` for n chips at each of k points.
    """
    k, n = len(points), len(points[0].chips)
    means, deviations = np.transpose([point.error for point in points])
    between = n * float(np.var(means, ddof=1)) if k > 1 else 0.0
    within = float(np.mean(deviations**2))
    if not (between and within):
        return 0.0 if between else 1.0
    return float(fdtrc(k - 1, k * (n - 1), between / within))


def ends(quantity: Quantity, first: Point, last: Point, between: str = " and ") -> str:
    """Return the values of two points for people."""
    return between.join(quantity.text(point.value) for point in (first, last))
