"""Figures of degradation curves: what an imperfection costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ffnumpy.plotting import house
from hardware_sim.plotting import ACCENT, GREY
from hardware_sim.studies.degradation import Point
from hardware_sim.studies.nonidealities import Quantity
from hardware_sim.studies.text.degradation import finding

__all__ = ["degradation_curve", "degradation_energy", "degradation_sheet"]


def _error_bars(
    ax: Axes, quantity: Quantity, points: Sequence[Point], spreads: Sequence[tuple[float, float]]
) -> Axes:
    """Draw means with standard deviations over the points' values, evenly spaced."""
    means, deviations = zip(*spreads, strict=True)
    places = range(len(points))
    ax.errorbar(places, means, deviations, fmt="o-", color=ACCENT, capsize=3, label="chips")
    ax.set_xticks(places, [quantity.text(p.value).split()[0] for p in points])
    ax.set_xlabel(f"{quantity.words} [{quantity.unit}]")
    return ax


def degradation_curve(
    ax: Axes, quantity: Quantity, points: Sequence[Point], twins: Sequence[float]
) -> Axes:
    """Draw the error of chips as a quantity gets worse: mean and standard deviation over chips.

    Parameters
    ----------
    ax : Axes
    quantity : Quantity
    points : sequence of Point
    twins : sequence of float
        Errors of the floating-point twins; the line is their mean.
    """
    twin = 100 * float(np.mean(twins))
    ax.axhline(twin, color=GREY, linewidth=2, label="floating-point twins")
    percents = [(100 * mean, 100 * deviation) for mean, deviation in (p.error for p in points)]
    _error_bars(ax, quantity, points, percents)
    ax.set_title(finding(quantity, points), fontsize="medium")
    ax.set_ylabel("test error [%]")
    return ax


def degradation_energy(ax: Axes, quantity: Quantity, points: Sequence[Point]) -> Axes:
    """Draw the energy of training on one image as a quantity moves."""
    spreads = [(1e9 * mean, 1e9 * deviation) for mean, deviation in (p.joules for p in points)]
    _error_bars(ax, quantity, points, spreads)
    (first, _), (last, _) = spreads[0], spreads[-1]
    ends = [quantity.text(points[end].value) for end in (0, -1)]
    ax.set_title(f"{first:.3g} nJ at {ends[0]}, {last:.3g} nJ at {ends[1]}", fontsize="medium")
    ax.set_ylabel("training on one image [nJ], nominal")
    ax.set_ylim(bottom=0)
    return ax


@house
def degradation_sheet(
    curves: Sequence[tuple[Quantity, Sequence[Point]]], twins: Sequence[float]
) -> Figure:
    """Return a figure of degradation curves on one scale, with the energy where it changes."""
    count = len(curves) + sum(quantity.costs for quantity, _ in curves)
    columns = min(count, 3)
    rows = -(-count // columns)
    figure = Figure(figsize=(max(4.4 * columns, 6), 3.4 * rows + 0.6), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    highest = max(sum(p.error) for _, points in curves for p in points)
    left = iter(axes)
    for quantity, points in curves:
        drawn = degradation_curve(next(left), quantity, points, twins)
        drawn.set_ylim(0, 105 * max(highest, *twins))
        if quantity.costs:
            degradation_energy(next(left), quantity, points)
    for unused in left:
        unused.set_axis_off()
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure
