"""Figures of energy, by block, and of its range over uncertain constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ffnumpy.plotting import house
from hardware_sim.plotting import ACCENT, GREY
from hardware_sim.studies.comparison import Result

__all__ = ["comparison_sheet", "energy_bill", "energy_blocks", "energy_ranges"]

NAMED = 0.013  # of the longest bar: a letter's width
DARK_BLOCKS = {ACCENT, "#495057", "#868e96"}
Blocks = Mapping[str, tuple[float, float, float]]
BLOCKS = {
    "converters": ACCENT,
    "update": "#495057",
    "array": "#868e96",
    "amplifiers": GREY,
    "goodness": "#d0bfff",
    "normaliser": "#ffec99",
    "decision": "#ffa8a8",
    "refresh": "#b2f2bb",
    "digital": "#f08c00",
    "first weights": "#e9ecef",
}


def energy_blocks(ax: Axes, energies: Mapping[str, Blocks], what: str) -> Axes:
    """Draw the nominal energy of several chips as bars, block upon block.

    Parameters
    ----------
    ax : Axes
    energies : mapping
        For each chip, its blocks with their energy at low, nominal and high constants [J].
    what : str
        The purpose of the energy.
    """
    places, left = np.arange(len(energies)), np.zeros(len(energies))
    bars: list[tuple[str, str, NDArray, NDArray]] = []
    for name, colour in BLOCKS.items():
        width = 1e9 * np.array([blocks.get(name, (0, 0, 0))[1] for blocks in energies.values()])
        ax.barh(places, width, left=left, color=colour)
        bars.append((name, colour, left.copy(), width))
        left += width
    for name, colour, begin, width in bars:
        _name_segments(ax, name, colour, places, begin, width, left.max())
    lowest = list(energies)[int(np.argmin(left))]
    ax.set_title(f"{what}: least energy by {lowest}, {left.min():.3g} nJ an image")
    ax.set_yticks(places, list(energies))
    ax.invert_yaxis()
    ax.set_xlim(0, 1.05 * left.max() or 1.0)
    ax.set_xlabel("energy of an image [nJ], nominal")
    return ax


def _name_segments(
    ax: Axes,
    name: str,
    colour: str,
    places: NDArray,
    begin: NDArray,
    width: NDArray,
    whole: float,
) -> None:
    """Write a block's name into its segments of all bars in which there is room for it."""
    across, upright = NAMED * len(name) * whole, 2 * NAMED * whole
    ink: dict[str, Any] = {"color": "white" if colour in DARK_BLOCKS else "black"}
    for place, left, long in zip(places, begin, width, strict=True):
        if long > upright:
            turned = 0 if long > across else 90
            middle = left + long / 2, place
            ax.text(*middle, name, ha="center", va="center", rotation=turned, size="small", **ink)


def energy_ranges(ax: Axes, energies: Mapping[str, Blocks], what: str) -> Axes:
    """Draw the range of the energies, from all constants low to all constants high [J]."""
    totals = 1e9 * np.array([np.sum(list(b.values()), axis=0) for b in energies.values()])
    places = np.arange(len(totals))
    ax.hlines(places, totals[:, 0], totals[:, 2], color=GREY, linewidth=6)
    ax.plot(totals[:, 1], places, "o", color=ACCENT)
    ax.set_xscale("log")
    spread = (totals[:, 2] / totals[:, 0]).max()
    ax.set_title(f"{what}: all constants low, nominal, high: a factor of up to {spread:.0f}")
    ax.set_yticks(places, list(energies))
    ax.invert_yaxis()
    ax.margins(y=0.2)
    ax.set_xlabel("energy of an image [nJ]")
    return ax


@house
def comparison_sheet(results: Sequence[Result]) -> Figure:
    """Return a figure of a comparison: energies by block and their ranges; errors above."""
    figure = Figure(figsize=(15, 9), layout="constrained")
    axes = figure.subplots(2, 2)
    priced = [r for r in results if not r.estimated]
    training = {r.name: r.training.blocks() for r in priced if r.training}
    inference = {r.name: r.inference.blocks() for r in priced if r.inference}
    for (left, right), energies, what in zip(
        axes, (training, inference), ("Training", "Use"), strict=True
    ):
        energy_blocks(left, energies, what)
        energy_ranges(right, energies, what)
    figure.suptitle("test error: " + ", ".join(f"{r.name} {100 * r.error:.1f} %" for r in results))
    return figure


def energy_bill(ax: Axes, blocks: Mapping[str, tuple[float, float, float]]) -> Axes:
    """Draw the energy of an image by block, at low, nominal and high constants [J]."""
    spans = 1e9 * np.array(list(blocks.values()))
    low, total, high = spans.sum(axis=0)
    places = np.arange(len(blocks))
    ax.hlines(places, spans[:, 0], spans[:, 2], color=GREY, linewidth=6, label="low … high")
    ax.plot(spans[:, 1], places, "o", color=ACCENT, label="nominal")
    ax.set_xscale("log")
    largest = list(blocks)[int(np.argmax(spans[:, 1]))]
    share = spans[:, 1].max() / total
    ax.set_title(
        f"{100 * share:.0f} % of {total:.3g} nJ goes into: {largest}\n"
        f"({low:.1f} … {high:,.0f} nJ if all constants are low, or high)"
    )
    ax.set_yticks(places, list(blocks))
    ax.invert_yaxis()
    ax.margins(y=0.15)
    ax.set_xlabel("energy of training on one image [nJ], simulated; most constants are assumed")
    ax.legend(frameon=False, loc="lower right")
    return ax
