"""Figures of one step to a desired goodness, and of learning a stream by such steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ffnumpy.cases.stream import running_error
from ffnumpy.plotting import house, name_at_end
from hardware_sim.plotting import ACCENT, DARK, GREY
from hardware_sim.studies.one_step import AS_MANUFACTURED, Nearness
from hardware_sim.studies.streams import Streamed
from hardware_sim.studies.text.one_step import QUANTILES, shown

__all__ = ["fast_sheet", "reached_goodness", "running_errors"]

Pairs = Mapping[str, tuple[NDArray, NDArray]]


def _range(ratios: NDArray) -> tuple[float, float]:
    """Return the ends of the middle 90 % of the values."""
    low, high = np.percentile(ratios, [5, 95])
    return float(low), float(high)


def _interval(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.2f} to {ends[1]:.2f}"


def _missed(both: tuple[NDArray, NDArray]) -> float:
    """Return by how much the ends of the range miss 1."""
    return max(abs(end - 1) for end in _range(np.concatenate(both)))


def reached_goodness(ax: Axes, ratios: Pairs, varied: str) -> Axes:
    """Draw the goodness that one step reached, over the one wanted: median and 5 … 95 %.

    Parameters
    ----------
    ax : Axes
    ratios : mapping
        From each value of the varied property to S/S* of cases raised and of cases lowered.
    varied : str
        The varied property, with its unit.
    """
    for number, (name, colour) in enumerate((("raised", ACCENT), ("lowered", DARK))):
        quantiles = np.array([np.percentile(both[number], [5, 50, 95]) for both in ratios.values()])
        places = np.arange(len(ratios)) + (number - 0.5) / 4
        ax.vlines(places, quantiles[:, 0], quantiles[:, 2], color=colour, linewidth=3, alpha=0.5)
        ax.plot(places, quantiles[:, 1], "^v"[number], color=colour)
        widest = int(np.argmax(quantiles[:, 2] - quantiles[:, 0]))
        side: dict[str, Any] = {"ha": "right" if number == 0 else "left", "color": colour}
        ax.annotate(
            f" {name} ", (places[widest], quantiles[widest, 2 * number]), va="center", **side
        )
    ax.axhline(1, color=GREY, zorder=0)
    by_error = sorted(ratios, key=lambda value: _missed(ratios[value]), reverse=True)
    ranges = {value: _range(np.concatenate(ratios[value])) for value in by_error}
    worst, best = by_error[0], by_error[-1]
    ax.set_title(
        f"Of the goodness wanted, 9 of 10 steps reach {_interval(ranges[worst])} at {worst}\n"
        f"and {_interval(ranges[best])} at {best}"
    )
    ax.set_xticks(range(len(ratios)), list(ratios))
    ax.margins(x=0.15)
    ax.set_xlabel(varied)
    ax.set_ylabel("goodness reached / wanted")
    return ax


def running_errors(ax: Axes, curves: Mapping[str, NDArray], where: str, window: int) -> Axes:
    """Draw the running errors of several ways to learn the same stream.

    Parameters
    ----------
    ax : Axes
    curves : mapping
        For every way, the error on the last `window` images after each image; the ways whose names
        begin with "slow" are the baseline. The title has the best of either kind.
    where : str
        The substrate.
    window : int
    """
    styles: dict[bool, list[str]] = {slow: ["-", "--", ":", "-."] * 5 for slow in (True, False)}
    last: dict[str, tuple[float, str]] = {}
    for name, errors in curves.items():
        slow = name.startswith("slow")
        style, colour = styles[slow].pop(0), "#868e96" if slow else ACCENT
        first = min(window // 4, len(errors) - 1)  # before, it is the error on a few
        seen = np.arange(1, len(errors) + 1)[first:]
        ax.plot(seen, 100 * errors[first:], style, color=colour)
        last[name] = 100 * float(errors[-1]), colour
    ends = sorted((float(errors[-1]), name) for name, errors in curves.items())
    best = {name.startswith("slow"): f"{name}: {100 * end:.0f} %" for end, name in reversed(ends)}
    errs = ", ".join(best[slow] for slow in sorted(best))
    ax.set_title(f"{where}: error at the end of the stream\n{errs}")
    ax.set_xlabel("images seen, each once")
    ax.set_ylabel(f"error on the last {window} [%], before learning")
    length = max(map(len, curves.values()))
    name_at_end(ax, last, length)
    ax.set_xlim(0, 1.3 * length)
    return ax


VARIED = {
    "levels": "levels of the pulse's width",
    "amplifier noise": "amplifier noise [activities]",
    "read noise": "read noise of a cell [range], with thermal noise",
}


@house
def fast_sheet(
    near: Sequence[Nearness], streams: Sequence[Streamed], window: int, device: str
) -> Figure:
    """Return a figure of learning fast: what single cases reach, and streams by substrate."""
    figure = Figure(figsize=(13, 17), layout="constrained")
    axes = figure.subplots(4, 2).ravel()
    spreads, curves = _spreads(near), _curves(streams, window)
    real = spreads.pop(AS_MANUFACTURED)
    for ax, (varied, ratios) in zip(axes, spreads.items(), strict=False):
        reached_goodness(ax, ratios, VARIED.get(varied, f"{varied} slots [w]"))
    for ax, (where, errors) in zip(axes[len(spreads) :], curves.items(), strict=False):
        running_errors(ax, errors, where, window)
    figure.suptitle(_title(real, device))
    return figure


def _spreads(near: Sequence[Nearness]) -> dict[str, dict[str, tuple[NDArray, NDArray]]]:
    """Return S/S* of cases raised and lowered, by what is varied and by its value."""
    spreads: dict[str, dict[str, tuple[NDArray, NDArray]]] = {}
    for varied, value, reached in near:
        both = reached.ratio[reached.up].ravel(), reached.ratio[~reached.up].ravel()
        spreads.setdefault(varied, {})[shown(value)] = both
    return spreads


def _curves(streams: Sequence[Streamed], window: int) -> dict[str, dict[str, NDArray]]:
    """Return the running errors by substrate and by rule."""
    curves: dict[str, dict[str, NDArray]] = {}
    for result in streams:
        running = running_error(result.wrong, window)
        curves.setdefault(result.substrate, {})[str(result.rule)] = running
    return curves


def _title(real: Pairs, device: str) -> str:
    """Return what the chip as manufactured reached."""
    (ratio,) = (np.concatenate(both) for both in real.values())
    low, middle, high = np.percentile(ratio, QUANTILES)
    return (
        f"One step on a {device} chip with all its errors reaches {middle:.2f} S*, in 90 % of "
        f"cases {low:.2f} … {high:.2f}"
    )
