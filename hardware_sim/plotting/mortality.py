"""Figures of what becomes of what a chip has learned."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ffnumpy.plotting import blank, house
from hardware_sim.plotting import ACCENT, DARK, GREY
from hardware_sim.studies.mortality import interval

__all__ = ["mortality_sheet"]

STYLES = {
    "in place": (ACCENT, "-", "o"),
    "transplanted": (DARK, "-", "s"),
    "distilled": (ACCENT, "--", "^"),
    "labels alone": (ACCENT, ":", "v"),
    "hard labels": (GREY, "--", "<"),
    "aged": (DARK, ":", "x"),
    "retrained": (GREY, "-", "d"),
}


@house
def mortality_sheet(errors: Mapping[float, Mapping[str, NDArray]]) -> Figure:
    """Return a figure of the errors of every fate, (chips,), against the level of variation."""
    figure, ax = blank(8.5, 5)
    levels = np.array(sorted(errors))
    shift = np.linspace(-0.03, 0.03, len(STYLES))
    for (fate, (colour, line, marker)), off in zip(STYLES.items(), shift, strict=True):
        means, halves = np.transpose([interval(errors[level][fate]) for level in levels])
        ax.errorbar(
            levels * (1 + off),
            100 * means,
            100 * halves,
            color=colour,
            linestyle=line,
            marker=marker,
            capsize=3,
            label=fate,
        )
    usual = errors[1.0] if 1.0 in errors else errors[levels[-1]]
    own, copied, taught, true = (
        100 * usual[fate].mean()
        for fate in ("in place", "transplanted", "labels alone", "hard labels")
    )
    ax.set_title(
        f"Weights learned in place err on {own:.1f} %, moved to another chip on {copied:.1f} %;\n"
        f"labels from another chip teach to {taught:.1f} %, true ones to {true:.1f} %"
    )
    ax.set(
        xscale="log", xticks=levels, xticklabels=[f"{level:g}" for level in levels], ylim=(0, None)
    )
    ax.minorticks_off()
    ax.set_xlabel("variation between cells and circuits, as a multiple of the specification's")
    ax.set_ylabel("test error [%], mean of the chips, 95 % interval")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
