"""Draw the figures of experiments that compare several settings, from their records in this folder.

`python results/figures.py` writes one PNG beside each record that has a figure here.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from ffnumpy.plotting import ACCENT, DARK, GREY, blank, house, name_at_end, save

LEARNED = 50  # [%]; a larger error is that of a network that does not learn
FOLDER = Path(__file__).parent / "experiments"
Record = dict[str, Any]


def by_setting(record: Record, key: str) -> dict[str, np.ndarray]:
    """Return a value of every point by its setting, (seeds, …)."""
    found = defaultdict(list)
    for point in record["points"]:
        found[re.sub(r", seed \d+$", "", point["name"])].append(point[key])
    return {name: np.array(values) for name, values in found.items()}


@house
def learning_fast(record: Record) -> Figure:
    """Draw the running error of each rule at its best rate, against the cases seen."""
    curves, ends = by_setting(record, "running_error"), by_setting(record, "error")
    best: dict[str, str] = {}
    for name in sorted(ends, key=lambda n: ends[n].mean()):
        best.setdefault(name.partition(",")[0], name)
    colours = {"fast": ACCENT, "slow": GREY, "sgd": DARK, "perceptron": GREY}
    figure, ax = blank(7.5, 4.6)
    last, images = {}, record["setting"]["images"]
    for rule, name in best.items():
        mean = 100 * curves[name].mean(axis=0)
        seen = np.linspace(0, images, len(mean) + 1)[1:]
        ax.plot(seen, mean, "--" if rule == "perceptron" else "-", color=colours[rule])
        last[name] = float(mean[-1]), colours[rule]
    ax.set_xlim(0, 1.25 * images)
    name_at_end(ax, last, images)
    told = ", ".join(f"{name}: {100 * ends[name].mean():.1f} %" for name in best.values())
    ax.set_title(f"Every case once, test error at the end:\n{told}", fontsize="medium")
    ax.set_xlabel("cases seen, each once")
    ax.set_ylabel("running error [%], before learning")
    return figure


@house
def sleep(record: Record) -> Figure:
    """Draw the error against the length of a phase, one curve for each rate and delay."""
    paces: dict[str, dict[str, np.ndarray]] = defaultdict(dict)
    for name, errors in by_setting(record, "error").items():
        found = re.match(r"(\w+) a phase, (.*)", name)
        if found:
            paces[found[2]][found[1]] = 100 * errors
    figure, ax = blank(7.5, 4.6)
    last, longest = {}, {}
    for pace, colour in zip(paces, ("#868e96", GREY, DARK, ACCENT), strict=True):
        curve = paces[pace]
        means = np.array([errors.mean() for errors in curve.values()])
        spread = [errors.std(ddof=1) for errors in curve.values()]
        ax.errorbar(range(len(means)), means, spread, marker="o", capsize=3, color=colour)
        last[pace] = float(means[-1]), colour
        longest[pace] = list(curve)[int(np.flatnonzero(means < LEARNED)[-1])]
    first, slow = next(iter(longest)), list(longest)[-1]
    ax.set_title(
        f"The network learns with phases of up to {longest[slow]} batches at {slow},\n"
        f"and of {longest[first]} at {first}"
    )
    ax.set_xticks(range(len(means)), list(paces[first]))
    ax.set_xlim(-0.3, len(means) + 0.6)
    ax.set_ylim(0, 122)
    name_at_end(ax, last, len(means) - 1)
    ax.set_xlabel("batches in a phase")
    ax.set_ylabel("test error [%], mean ± deviation of the seeds")
    return figure


@house
def goodness_functions(record: Record) -> Figure:
    """Draw the error of every goodness, by every label and in one pass."""
    cells, softmax = (by_setting(record, key) for key in ("error", "error_softmax"))
    order = sorted(cells, key=lambda name: cells[name].mean())
    places = np.arange(len(order))
    figure, ax = blank(8, 4.8)
    for found, colour, name, off in (
        (cells, ACCENT, "every label", -0.18),
        (softmax, GREY, "one pass", 0.18),
    ):
        means = np.array([100 * found[cell].mean() for cell in order])
        spread = [100 * found[cell].std(ddof=1) for cell in order]
        ax.errorbar(means, places + off, xerr=spread, fmt="o", color=colour, capsize=3)
        ax.annotate(f"  {name}", (means[-1] + spread[-1], places[-1] + off), va="center")
    one, same = (
        f"{name} {100 * cells[name].mean():.2f} ± {100 * cells[name].std(ddof=1):.2f} %"
        for name in ("sum of squares", "mean of squares")
    )
    ax.set_title(f"{one}\n{same}: the same rule, rounded otherwise")
    ax.set_yticks(places, order)
    ax.invert_yaxis()
    ax.set(xscale="log", xticks=(1, 2, 4, 8, 16), xlim=(1, 16))
    ax.xaxis.set_major_formatter(ScalarFormatter())
    ax.minorticks_off()
    ax.set_xlabel("test error [%], mean ± deviation of the seeds")
    return figure


@house
def hybrid_blurs(record: Record) -> Figure:
    """Draw the error against the number of blurs, one curve with layer 1 and one without."""
    figure, ax = blank(7.5, 4.2)
    curves: dict[str, dict[int, np.ndarray]] = defaultdict(dict)
    for name, errors in by_setting(record, "error").items():
        blurs, read = name.split(" blurs, ")
        curves[read][int(blurs)] = 100 * errors
    last = {}
    for (read, curve), colour in zip(curves.items(), (ACCENT, DARK), strict=True):
        means = [errors.mean() for errors in curve.values()]
        spread = [errors.std(ddof=1) for errors in curve.values()]
        ax.errorbar(list(curve), means, spread, marker="o", capsize=3, color=colour)
        last[read] = means[-1], colour
    most = max(curve)
    ends = [curves["with layer 1"][blurs].mean() for blurs in (0, most)]
    ax.set_title(
        f"With layer 1: {ends[0]:.2f} % without blurs, {ends[1]:.2f} % with {most} of them"
    )
    ax.set(xlim=(-0.3, 1.35 * most), ylim=(0, 5.5), xticks=list(curve))
    name_at_end(ax, last, most)
    ax.set_xlabel("blurs of a mask's random bits, in both directions")
    ax.set_ylabel("test error [%], mean ± deviation of the seeds")
    return figure


DRAWN: dict[str, Callable[[Record], Figure]] = {
    "learning_fast": learning_fast,
    "sleep": sleep,
    "goodness_functions": goodness_functions,
    "hybrid_blurs-20000-images": hybrid_blurs,
}


def main() -> None:
    """Draw what there are records of."""
    for name, draw in DRAWN.items():
        path = FOLDER / f"{name}.json"
        if path.exists():
            save(draw(json.loads(path.read_text())), path.with_suffix(".png"))


if __name__ == "__main__":
    main()
