"""Figures of what a write costs by the way its cells are reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from ffnumpy.plotting import house
from hardware_sim.plotting import ACCENT, DARK, GREY
from hardware_sim.studies.access import Write

__all__ = ["access_sheet", "cost_lines"]

Cost = Callable[[Write], Sequence[float]]

STYLES = {
    "cross-point": (DARK, "-", "o"),
    "cross-point-third": (GREY, "--", "s"),
    "1T1R": (ACCENT, "-", "^"),
}


def cost_lines(ax: Axes, found: Sequence[Write], against: str, cost: Cost) -> Axes:
    """Draw a cost of writes, one line for each access, against `size` or `firing`.

    Parameters
    ----------
    ax : Axes
    found : sequence of Write
        They differ in what is on the horizontal axis and in the access alone.
    against : str
        The attribute on the horizontal axis.
    cost : callable, Write -> (low, nominal, high)
    """
    for name, (colour, line, marker) in STYLES.items():
        own = [write for write in found if write.access == name]
        places = [getattr(write, against) for write in own]
        low, nominal, high = zip(*map(cost, own), strict=True)
        ax.fill_between(places, low, high, color=colour, alpha=0.12, linewidth=0)
        ax.plot(places, nominal, color=colour, linestyle=line, marker=marker, label=name)
    ax.set(xscale="log", yscale="log")
    ax.set_xticks(sorted({getattr(write, against) for write in found}))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.legend()
    return ax


def saved(found: Sequence[Write], against: str) -> tuple[float, float]:
    """Return how many times as much bare cells cost as cells with a transistor, at both ends."""
    own = {(write.access, getattr(write, against)): write.each[1] for write in found}
    places = sorted({place for _, place in own})
    low, high = (own["cross-point", n] / own["1T1R", n] for n in (places[0], places[-1]))
    return low, high


@house
def access_sheet(found: Sequence[Write], size: int = 256, firing: float = 0.1) -> Figure:
    """Return a figure of the costs against the firing probability and against the array's size."""
    figure = Figure(figsize=(12, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    of_size = [write for write in found if write.size == size]
    of_firing = [write for write in found if write.firing == firing]
    cost_lines(left, of_size, "firing", lambda w: [1e12 * joules for joules in w.each])
    cost_lines(right, of_firing, "size", lambda w: [1e9 * joules for joules in w.joules])
    seldom, always = saved(of_size, "firing")
    small, large = saved(of_firing, "size")
    left.set(
        xlabel="probability that a line fires in a slot",
        ylabel="energy of a pulse on a cell, with all that\nbelongs to it [pJ], low … high",
        title=f"A transistor saves a factor of {seldom:.1f} where lines fire seldom,\n"
        f"and {always:.1f} where all fire ({size} × {size})",
    )
    right.set(
        xlabel="rows and columns of the array",
        ylabel="energy of an update [nJ], low … high",
        title=f"Firing with {firing:g}, it saves a factor of {small:.1f} in the smallest array\n"
        f"and of {large:.1f} in the largest",
    )
    return figure
