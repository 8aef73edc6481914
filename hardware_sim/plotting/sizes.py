"""Figures of energy against the size of the arrays, and of what decides who needs less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ffnumpy.plotting import house
from hardware_sim.plotting import ACCENT, DARK, GREY
from hardware_sim.studies.comparison import BACKPROP, CHIP
from hardware_sim.studies.sizes import ratio, ratios_of_constants

__all__ = ["constants_that_decide", "energy_by_size", "sizes_sheet"]

Entry = dict[str, Any]
STYLES = {CHIP: ("the chip, no converter", ACCENT, "o"), BACKPROP: ("backpropagation", DARK, "s")}
SHOWN = 10


def energy_by_size(ax: Axes, entries: Sequence[Entry], purpose: str) -> Axes:
    """Draw both energies an image against the units of a layer, with all constants low and high."""
    places = [entry["size"] for entry in entries]
    for way, (name, colour, marker) in STYLES.items():
        low, nominal, high = (
            [1e9 * entry[way][purpose]["joules"][end] for entry in entries]
            for end in ("low", "nominal", "high")
        )
        ax.fill_between(places, low, high, color=colour, alpha=0.08, linewidth=0)
        ax.plot(places, nominal, color=colour, marker=marker, label=name)
    ax.set(xscale="log", yscale="log", xlabel="units of each of two layers")
    ax.set_xticks(places)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    what = {"training": "training", "inference": "use"}[purpose]
    ax.set_ylabel(f"energy of {what} [nJ an image],\nlow … high constants")
    ends = ratio(entries[0], purpose), ratio(entries[-1], purpose)
    ax.set_title(
        f"{what.capitalize()}: the chip takes {ends[0]:.2g} times as much as\n"
        f"backpropagation at {places[0]} units and {ends[1]:.2g} at {places[-1]}"
    )
    ax.legend()
    return ax


def constants_that_decide(ax: Axes, entry: Entry, purpose: str) -> Axes:
    """Draw how far each uncertain constant moves the ratio of the two energies, at one size."""
    found = list(ratios_of_constants(entry, purpose).items())[:SHOWN]
    middle = ratio(entry, purpose)
    for place, (_, (low, high)) in enumerate(found):
        ax.plot([low, high], [place, place], color=GREY, linewidth=6, solid_capstyle="butt")
        ax.plot(low, place, "o", color=ACCENT)
        ax.plot(high, place, "s", color=DARK)
    ax.axvline(1, color=DARK, linewidth=0.8)
    ax.axvline(middle, color=GREY, linewidth=0.8, linestyle="--")
    ax.set_yticks(range(len(found)), [name for name, _ in found])
    ax.invert_yaxis()
    ax.set(xscale="log", xlabel="chip over backpropagation; ○ low, □ high constant")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    turned = sum((low - 1) * (high - 1) < 0 for _, (low, high) in found)
    ax.set_title(f"{entry['size']} units: {turned} of these constants\nreverse the order")
    return ax


@house
def sizes_sheet(entries: Sequence[Entry], size: int = 256) -> Figure:
    """Return a figure of training and use against size, and of the constants behind a training."""
    figure = Figure(figsize=(16, 4.8), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    energy_by_size(left, entries, "training")
    energy_by_size(middle, entries, "inference")
    one = min(entries, key=lambda entry: abs(entry["size"] - size))
    constants_that_decide(right, one, "training")
    return figure
