"""Curves, histograms and tables: errors, goodness, confusion, one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ffnumpy.plotting.colours import ACCENT, COUNTS, DARK, GREY

__all__ = [
    "confusion_matrix",
    "goodness_histogram",
    "learning_curves",
    "name_at_end",
    "one_step_bars",
]

WRITTEN = 20  # classes at most, for numbers in the cells of a confusion matrix


def goodness_histogram(
    ax: Axes, positive: NDArray, negative: NDArray, threshold: float | None
) -> Axes:
    """Draw the goodness of positive and negative cases, (n,), and the threshold between them.

    Without a threshold each positive case is compared with the negative one of the same place.
    """
    shown = np.concatenate([positive, negative, [] if threshold is None else [threshold]])
    bins = np.linspace(shown.min(), shown.max(), 60).tolist()
    ax.hist(negative, bins, color=GREY, alpha=0.9, label="wrong label")
    ax.hist(positive, bins, color=ACCENT, alpha=0.7, label="true label")
    if threshold is None:
        right = np.mean(positive > negative)
        ax.set_title(f"{100 * right:.1f} % of pairs lie in the right order")
    else:
        ax.axvline(threshold, color=DARK, linestyle="--", label="threshold θ")
        right = np.mean(np.concatenate([positive > threshold, negative < threshold]))
        ax.set_title(f"{100 * right:.1f} % of cases lie on their side of θ")
    ax.set_xlabel("goodness Σ y²")
    ax.set_ylabel("cases")
    ax.legend(frameon=False)
    return ax


def confusion_matrix(ax: Axes, counts: Sequence[Sequence[int]], names: Sequence[str] = ()) -> Axes:
    """Draw how often each class is named as each other; the title has the commonest mistake.

    Parameters
    ----------
    ax : Axes
    counts : (classes, classes) of int
        Rows are true classes.
    names : sequence of str, optional
        By default the classes' numbers.
    """
    table = np.array(counts)
    classes = list(names) or [str(k) for k in range(len(table))]
    wrong = table - np.diag(np.diag(table))
    ax.imshow(wrong, cmap=COUNTS, vmin=0)
    if len(table) <= WRITTEN:
        for (row, column), number in np.ndenumerate(table):
            ink = "white" if wrong[row, column] > 0.6 * wrong.max() > 0 else DARK
            ax.text(column, row, f"{number}" if number else "", ha="center", va="center", color=ink)
        ax.set_xticks(range(len(table)), classes, rotation=90 if max(map(len, classes)) > 2 else 0)
        ax.set_yticks(range(len(table)), classes)
    true, named = np.unravel_index(wrong.argmax(), wrong.shape)
    title = f"{wrong.sum()} of {table.sum()} are named wrongly"
    if wrong.any():
        share = f"{wrong[true, named]} of {table[true].sum()}"
        title += f"; most often {classes[true]} is named {classes[named]}: {share}"
    ax.set_title(title)
    ax.set_xlabel("named")
    ax.set_ylabel("true")
    return ax


def learning_curves(
    ax: Axes, epochs: Sequence[dict[str, Any]], trained: float | None = None
) -> Axes:
    """Draw the errors of a run's record by epoch, and that on training images at the end."""
    ends = []
    for key, colour, method, label in (
        ("error", ACCENT, "goodness", "goodness for every label"),
        ("error_softmax", GREY, "softmax", "one softmax pass"),
    ):
        points = _percentages(epochs, key)
        if points:
            ax.plot(*zip(*points, strict=True), marker="o", color=colour, label=label)
            ends.append(f"{points[-1][1]:.2f} % by {method}")
    if trained is not None:
        ax.plot([epochs[-1]["epoch"]], [100 * trained], "v", color=DARK, label="training images")
        ends.append(f"{100 * trained:.2f} % on training images")
    ax.set_title("Error at the end: " + ", ".join(ends))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlabel("epoch")
    ax.set_ylabel("error [%]")
    ax.set_ylim(0, 1.1 * ax.get_ylim()[1])
    ax.legend(frameon=False)
    return ax


def _percentages(epochs: Sequence[dict[str, Any]], key: str) -> list[tuple[int, float]]:
    """Return epoch and error [%] wherever a record has one."""
    return [(e["epoch"], 100 * e[key]) for e in epochs if e.get(key) is not None]


def one_step_bars(ax: Axes, before: Sequence[float], after: Sequence[float], target: float) -> Axes:
    """Draw each layer's goodness before and after one step for one case."""
    layers = np.arange(1, len(before) + 1)
    ax.bar(layers - 0.2, before, 0.4, color=GREY, label="before")
    ax.bar(layers + 0.2, after, 0.4, color=ACCENT, label="after one step")
    ax.axhline(target, color=DARK, linestyle="--", label=f"desired S* = {target:g}")
    miss = max(abs(a / target - 1) for a in after)
    ax.set_title(f"One step takes all {len(before)} layers to S* (relative miss {miss:.0e})")
    ax.set_xticks(layers, [f"layer {k}" for k in layers])
    ax.set_ylabel("goodness Σ y²")
    ax.set_ylim(top=1.4 * max(target, *before, *after))
    ax.legend(frameon=False, loc="upper center", ncols=3)
    return ax


def name_at_end(ax: Axes, ends: Mapping[str, tuple[float, str]], x: float) -> None:
    """Write the name of each curve behind its end, as far apart as they stay readable.

    Parameters
    ----------
    ax : Axes
        With all its curves.
    ends : mapping
        From the name of each curve to its last value and its colour.
    x : float
        Where the curves end.
    """
    low, high = ax.get_ylim()
    gap, last = (high - low) / 14, -np.inf
    for name, (y, colour) in sorted(ends.items(), key=lambda end: end[1][0]):
        last = max(y, last + gap)
        text = ax.text(x, last, f"  {name}", color=colour, va="center", fontsize="small")
        text.set_in_layout(False)  # the axes leave room for it
