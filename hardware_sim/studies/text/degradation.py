"""Degradation curves for people: a line for each point, and a finding for each quantity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import fdtrc

from hardware_sim.energy.report import NANO
from hardware_sim.learning.run import Bench
from hardware_sim.studies.degradation import Point, mean_and_deviation
from hardware_sim.studies.nonidealities import Quantity
from hardware_sim.studies.trials import Trial, task_line

__all__ = ["chance", "finding", "finding_line", "headline", "point_line", "spread"]

CLEAR = 0.01  # a rise is clear if chance makes one as large less often than this


def headline(names: Sequence[str], base: Trial, bench: Bench, chips: int) -> str:
    """Return what is trained, as text; `names` are those of the data set and the device."""
    data, device = names
    return f"{task_line(base, bench, data)}\n{device}, {chips} chips a point"


def spread(errors: Sequence[float]) -> str:
    """Return mean and standard deviation of errors."""
    mean, deviation = mean_and_deviation(errors)
    return f"{100 * mean:6.2f} ± {100 * deviation:.2f} %"


def point_line(quantity: Quantity, point: Point) -> str:
    """Return a point as one line: value, errors, energy and conversions."""
    return (
        f"{quantity.name:<16} {quantity.text(point.value):>11} {spread(point.errors)}   "
        f"{NANO * point.joules[0]:.3g} nJ, {point.conversions[0]:.3g} A-to-D an image"
    )


def finding_line(quantity: Quantity, points: Sequence[Point]) -> str:
    """Return the finding behind the name of its quantity."""
    text = finding(quantity, points)
    return f"{quantity.words}: {text[0].lower()}{text[1:]}"


def finding(quantity: Quantity, points: Sequence[Point]) -> str:
    """Say where the error is largest, and how far above the smallest, if the rise is clear."""
    best = min(points, key=lambda point: point.error[0])
    worst = max(points, key=lambda point: point.error[0])
    if chance(points) > CLEAR:
        return f"No clear rise between {ends(quantity, points[0], points[-1])}"
    rise = 100 * (worst.error[0] - best.error[0])
    return f"Error rises by {rise:.2g} points from {ends(quantity, best, worst, ' to ')}"


def chance(points: Sequence[Point]) -> float:
    """Return how often chance alone makes points with one common mean error differ as much.

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
