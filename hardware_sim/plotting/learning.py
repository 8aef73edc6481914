"""Figures of a chip that learns: its errors, the voltages that it compares, its twin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ffnumpy.plotting import house
from hardware_sim.plotting import ACCENT, DARK, GREY

__all__ = [
    "divergence",
    "divergence_sheet",
    "goodness_reached",
    "label_voltages",
    "learning_on_a_chip",
]


def learning_on_a_chip(ax: Axes, points: Sequence[tuple[int, float]]) -> Axes:
    """Draw a chip's error against the number of images it has seen, (images, error) each."""
    images, errors = np.array(points).T
    ax.plot(images, 100 * errors, "o-", color=ACCENT)
    ax.set_title(f"Error on unseen images at the end: {100 * errors[-1]:.1f} %")
    ax.set_xlabel("images seen, one at a time, each once")
    ax.set_ylabel("error [%]")
    ax.set_xlim(left=0)
    ax.set_ylim(0, 1.1 * 100 * errors.max())
    return ax


def label_voltages(ax: Axes, true: NDArray, wrong: NDArray) -> Axes:
    """Draw the voltages of the true label and of the strongest wrong one, (n,) each [V]."""
    both = 1e3 * np.concatenate([true, wrong])
    bins = np.linspace(both.min(), both.max(), 45).tolist()
    ax.hist(1e3 * wrong, bins, color=GREY, alpha=0.9, label="strongest wrong label")
    ax.hist(1e3 * true, bins, color=ACCENT, alpha=0.7, label="true label")
    won = np.mean(true > wrong)
    ax.set_title(f"The true label's voltage wins for {100 * won:.0f} % of {len(true)} images")
    ax.set_xlabel("held goodness voltage [mV], read by a probe")
    ax.set_ylabel("images")
    ax.legend(frameon=False)
    return ax


def goodness_reached(ax: Axes, before: NDArray, after: NDArray, target: float) -> Axes:
    """Draw each layer's goodness and its scatter before and after one step, (layers, reads)."""
    layers = np.arange(1, len(before) + 1)
    parts = ((-0.2, before, GREY, "before"), (0.2, after, ACCENT, "after one step"))
    for offset, reads, colour, label in parts:
        mean, scatter = reads.mean(axis=1), reads.std(axis=1)
        ax.bar(layers + offset, mean, 0.4, yerr=scatter, color=colour, label=label, capsize=4)
    ax.axhline(target, color=DARK, linestyle="--", label=f"desired S* = {target:g}")
    miss = np.abs(after.mean(axis=1) / target - 1).max()
    ax.set_title(f"One step takes all {len(before)} layers to within {100 * miss:.1f} % of S*")
    ax.set_xticks(layers, [f"layer {k}" for k in layers])
    ax.set_ylabel("goodness Σ y², mean of some readings\nand scatter of a single one")
    ax.set_ylim(top=1.4 * max(target, before.mean(axis=1).max(), after.mean(axis=1).max()))
    ax.legend(frameon=False, loc="upper center", ncols=3)
    return ax


def divergence(ax: Axes, restarted: NDArray, free: NDArray) -> Axes:
    """Draw the distance of an ideal chip's weights from its twin's, (cases, layers).

    Parameters
    ----------
    ax : Axes
    restarted, free : arrays
        After each case: with the same weights before it, and with each its own.
    """
    ways = ((restarted, GREY, "same weights before every case"), (free, ACCENT, "each its own"))
    for apart, colour, name in ways:
        cases = np.arange(1, len(apart) + 1)
        for layer, style in zip(range(apart.shape[1]), ["-", "--", ":", "-."] * 5, strict=False):
            label = f"{name}, layer {layer + 1}"
            ax.loglog(cases, apart[:, layer], style, color=colour, label=label)
    ax.set_title(
        f"One step of an ideal chip is float64 to {restarted.max():.0e};\n"
        f"after {len(free):,} free steps their weights differ by {free[-1].max():.0e}"
    )
    ax.set_xlabel("cases learnt, one at a time")
    ax.set_ylabel("largest difference / largest weight")
    ax.legend(frameon=False)
    return ax


@house
def divergence_sheet(restarted: NDArray, free: NDArray) -> Figure:
    """Return a figure of the divergence."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    divergence(figure.subplots(), restarted, free)
    return figure
