"""Figures of the chip. A function takes an axes and returns it; its title is what it found.

One accent colour is for what the simulated chip does, grey for what it is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hardware_sim.degradation import Point, finding
from hardware_sim.quantities import Quantity

__all__ = [
    "comparison_sheet",
    "degradation_curve",
    "degradation_energy",
    "degradation_sheet",
    "device_sheet",
    "divergence",
    "energy_bill",
    "energy_blocks",
    "energy_ranges",
    "fast_sheet",
    "goodness_reached",
    "label_voltages",
    "learning_on_a_chip",
    "pulse_response",
    "reached_goodness",
    "read_noise",
    "running_errors",
    "step_histogram",
]

ACCENT, GREY, DARK = "#0b7285", "#adb5bd", "#343a40"


def pulse_response(ax: Axes, pulses: NDArray, up: NDArray, down: NDArray | None) -> Axes:
    """Draw conductances against the number of pulses, up and then down.

    Parameters
    ----------
    ax : Axes
    pulses : (k,) array
    up, down : (k, n) arrays [S]
        Of n devices; `down` is None where a device can only be potentiated.
    """
    response = up if down is None else np.concatenate([up, down])
    number = pulses if down is None else np.concatenate([pulses, pulses[-1] + pulses])
    ax.plot(number, 1e6 * response[:, :40], color=GREY, linewidth=0.5)
    ax.plot(number, 1e6 * response.mean(axis=1), color=ACCENT, linewidth=2, label="mean")
    spread = up[-1].std() / (up[-1].mean() - up[0].mean())
    ax.set_title(f"After {pulses[-1]:,} pulses devices differ by {100 * spread:.0f} % of the rise")
    ax.set_xlabel("pulses" if down is None else "pulses, up, then down")
    ax.set_ylabel("conductance [µS]")
    ax.legend(frameon=False)
    return ax


def _siemens(mean: float, deviation: float) -> str:
    """Return a mean and its deviation for people."""
    factor, unit = (1e6, "µS") if abs(mean) > 1e-6 else (1e9, "nS")
    return f"{factor * mean:.2f} ± {factor * deviation:.2f} {unit}"


def step_histogram(ax: Axes, steps: Mapping[str, NDArray]) -> Axes:
    """Draw the distribution of single steps from w = 0, by direction [S]."""
    edges = np.percentile(np.concatenate([1e9 * s.ravel() for s in steps.values()]), [0.5, 99.5])
    margin = max(np.ptp(edges) * 0.05, 1e-3 * np.abs(edges).max())
    bins = np.linspace(edges[0] - margin, edges[1] + margin, 60).tolist()
    found = []
    for (name, step), colour in zip(steps.items(), (ACCENT, GREY), strict=False):
        ax.hist(1e9 * step.ravel(), bins, color=colour, alpha=0.75, label=name)
        found.append(f"{name} {_siemens(step.mean(), step.std())}")
    ax.set_title("One pulse: " + ", ".join(found))
    ax.set_xlabel("change of conductance [nS]")
    ax.set_ylabel("pulses")
    ax.legend(frameon=False)
    return ax


def read_noise(ax: Axes, conductance: NDArray, deviations: Mapping[str, NDArray]) -> Axes:
    """Draw standard deviations of a read against the conductance, those that are not 0 [S]."""
    present = {name: d for name, d in deviations.items() if d.any()}
    for (name, deviation), colour in zip(present.items(), (GREY, ACCENT, DARK, "C1"), strict=False):
        ax.semilogy(1e6 * conductance, 1e9 * deviation, color=colour, label=name)
    largest = max(present, key=lambda name: float(present[name].max()))
    share = present[largest].max() / np.ptp(conductance)
    ax.set_title(f"Largest: {largest}, {100 * share:.2g} % of the range")
    ax.set_xlabel("conductance [µS]")
    ax.set_ylabel("standard deviation of a read [nS]")
    ax.legend(frameon=False)
    return ax


def device_sheet(
    name: str,
    response: tuple[NDArray, NDArray, NDArray | None],
    steps: Mapping[str, NDArray],
    noise: tuple[NDArray, Mapping[str, NDArray]],
) -> Figure:
    """Return a figure of a device: pulse response, single steps, read noise."""
    figure = Figure(figsize=(17, 4.4), layout="constrained")
    axes = figure.subplots(1, 3)
    pulse_response(axes[0], *response)
    step_histogram(axes[1], steps)
    read_noise(axes[2], *noise)
    figure.suptitle(name)
    return figure


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
}


def energy_blocks(ax: Axes, energies: Mapping[str, Blocks], what: str) -> Axes:
    """Draw the nominal energy of several chips as bars, block upon block.

    Parameters
    ----------
    ax : Axes
    energies : mapping
        For each chip, its blocks with their energy at low, nominal and high constants [J].
    what : str
        What the energy is for.
    """
    places, left = np.arange(len(energies)), np.zeros(len(energies))
    for name, colour in BLOCKS.items():
        width = 1e9 * np.array([blocks.get(name, (0, 0, 0))[1] for blocks in energies.values()])
        ax.barh(places, width, left=left, color=colour, label=name)
        left += width
    lowest = list(energies)[int(np.argmin(left))].split()[0]
    ax.set_title(f"{what}: ({lowest}) needs least, {left.min():.3g} nJ an image")
    ax.set_yticks(places, list(energies))
    ax.invert_yaxis()
    ax.margins(x=0.05)
    ax.set_xlabel("energy of an image [nJ], nominal")
    return ax


def energy_ranges(ax: Axes, energies: Mapping[str, Blocks], what: str) -> Axes:
    """Draw between what the energies lie if all constants are low, or all are high [J]."""
    totals = 1e9 * np.array([np.sum(list(b.values()), axis=0) for b in energies.values()])
    places = np.arange(len(totals))
    ax.hlines(places, totals[:, 0], totals[:, 2], color=GREY, linewidth=6)
    ax.plot(totals[:, 1], places, "o", color=ACCENT)
    ax.set_xscale("log")
    spread = (totals[:, 2] / totals[:, 0]).max()
    ax.set_title(f"{what}: all constants low, nominal, high: a factor of up to {spread:.0f}")
    ax.set_yticks(places, [name.split()[0] for name in energies])
    ax.invert_yaxis()
    ax.margins(y=0.2)
    ax.set_xlabel("energy of an image [nJ]")
    return ax


def comparison_sheet(
    training: Mapping[str, Blocks], inference: Mapping[str, Blocks], errors: Mapping[str, float]
) -> Figure:
    """Return a figure of a comparison: energies by block and their ranges; errors above."""
    figure = Figure(figsize=(15, 7.5), layout="constrained")
    axes = figure.subplots(2, 2)
    for (left, right), energies, what in zip(
        axes, (training, inference), ("Training", "Use"), strict=True
    ):
        energy_blocks(left, energies, what)
        energy_ranges(right, energies, what)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    figure.suptitle(
        "test error: " + ", ".join(f"({k}) {100 * error:.1f} %" for k, error in errors.items())
    )
    return figure


def learning_on_a_chip(ax: Axes, points: Sequence[tuple[int, float]]) -> Axes:
    """Draw a chip's error by the images that it has seen, (images, error) each."""
    images, errors = np.array(points).T
    ax.plot(images, 100 * errors, "o-", color=ACCENT)
    ax.set_title(f"Error on unseen images at the end: {100 * errors[-1]:.1f} %")
    ax.set_xlabel("images seen, one at a time, each once")
    ax.set_ylabel("error [%]")
    ax.set_xlim(left=0)
    ax.set_ylim(0, 1.1 * 100 * errors.max())
    return ax


def label_voltages(ax: Axes, true: NDArray, wrong: NDArray) -> Axes:
    """Draw what the winner-take-all compares: true label and strongest wrong one, (n,) each [V]."""
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


def goodness_reached(ax: Axes, before: NDArray, after: NDArray, target: float) -> Axes:
    """Draw each layer's goodness before and after one step, (layers, reads), and its scatter."""
    layers = np.arange(1, len(before) + 1)
    parts = ((-0.2, before, GREY, "before"), (0.2, after, ACCENT, "after one step"))
    for offset, found, colour, label in parts:
        mean, scatter = found.mean(axis=1), found.std(axis=1)
        ax.bar(layers + offset, mean, 0.4, yerr=scatter, color=colour, label=label, capsize=4)
    ax.axhline(target, color=DARK, linestyle="--", label=f"desired S* = {target:g}")
    miss = np.abs(after.mean(axis=1) / target - 1).max()
    ax.set_title(f"One step takes all {len(before)} layers to within {100 * miss:.1f} % of S*")
    ax.set_xticks(layers, [f"layer {k}" for k in layers])
    ax.set_ylabel("goodness Σ y², mean of some readings\nand scatter of a single one")
    ax.set_ylim(top=1.4 * max(target, before.mean(axis=1).max(), after.mean(axis=1).max()))
    ax.legend(frameon=False, loc="upper center", ncols=3)
    return ax


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
        Errors of the twins in numbers; the line is their mean.
    """
    twin = 100 * float(np.mean(twins))
    ax.axhline(twin, color=GREY, linewidth=2, label="twins in numbers")
    percents = [(100 * mean, 100 * deviation) for mean, deviation in (p.error for p in points)]
    _error_bars(ax, quantity, points, percents)
    ax.set_title(finding(quantity, points), fontsize="medium")
    ax.set_ylabel("test error [%]")
    return ax


def degradation_energy(ax: Axes, quantity: Quantity, points: Sequence[Point]) -> Axes:
    """Draw the energy that the training takes for an image, as a quantity moves."""
    spreads = [(1e9 * mean, 1e9 * deviation) for mean, deviation in (p.joules for p in points)]
    _error_bars(ax, quantity, points, spreads)
    (first, _), (last, _) = spreads[0], spreads[-1]
    ends = [quantity.text(points[end].value) for end in (0, -1)]
    ax.set_title(f"{first:.3g} nJ at {ends[0]}, {last:.3g} nJ at {ends[1]}", fontsize="medium")
    ax.set_ylabel("training, an image [nJ], nominal")
    ax.set_ylim(bottom=0)
    return ax


def degradation_sheet(
    curves: Sequence[tuple[Quantity, Sequence[Point]]], twins: Sequence[float]
) -> Figure:
    """Return a figure of degradation curves on one scale, with the energy where it matters."""
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


Pairs = Mapping[str, tuple[NDArray, NDArray]]


def _range(ratios: NDArray) -> tuple[float, float]:
    """Return between what 90 % of the values lie."""
    low, high = np.percentile(ratios, [5, 95])
    return float(low), float(high)


def _interval(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.2f} to {ends[1]:.2f}"


def _missed(both: tuple[NDArray, NDArray]) -> float:
    """Return by how much the ends of the range miss 1."""
    return max(abs(end - 1) for end in _range(np.concatenate(both)))


def reached_goodness(ax: Axes, found: Pairs, varied: str) -> Axes:
    """Draw which part of the goodness wanted one step reached: median and 5 … 95 %.

    Parameters
    ----------
    ax : Axes
    found : mapping
        For every value of what is varied, S/S* of cases raised and of cases lowered.
    varied : str
        What is varied, with its unit.
    """
    for number, (name, colour) in enumerate((("raised", ACCENT), ("lowered", DARK))):
        quantiles = np.array([np.percentile(both[number], [5, 50, 95]) for both in found.values()])
        places = np.arange(len(found)) + (number - 0.5) / 4
        ax.vlines(places, quantiles[:, 0], quantiles[:, 2], color=colour, linewidth=3, alpha=0.5)
        ax.plot(places, quantiles[:, 1], "^v"[number], color=colour, label=name)
    ax.axhline(1, color=GREY, zorder=0)
    by_error = sorted(found, key=lambda value: _missed(found[value]), reverse=True)
    ranges = {value: _range(np.concatenate(found[value])) for value in by_error}
    worst, best = by_error[0], by_error[-1]
    ax.set_title(
        f"9 of 10 steps reach {_interval(ranges[worst])} of the goodness wanted at {worst},\n"
        f"{_interval(ranges[best])} at {best}: {varied}"
    )
    ax.set_xticks(range(len(found)), list(found))
    ax.set_xlabel(varied)
    ax.set_ylabel("goodness reached / wanted")
    ax.legend(frameon=False, loc="upper center")
    return ax


def running_errors(ax: Axes, curves: Mapping[str, NDArray], where: str, window: int) -> Axes:
    """Draw the running errors of several ways to learn the same stream.

    Parameters
    ----------
    ax : Axes
    curves : mapping
        For every way, the error on the last `window` images after each image; names that begin
        with "slow" are what it is compared with. The title has the best of either kind.
    where : str
        On what.
    window : int
    """
    styles: dict[bool, list[str]] = {slow: ["-", "--", ":", "-."] * 5 for slow in (True, False)}
    for name, errors in curves.items():
        slow = name.startswith("slow")
        style, colour = styles[slow].pop(0), "#868e96" if slow else ACCENT
        seen = np.arange(1, len(errors) + 1)[window // 4 :]  # before, it is the error on a few
        ax.plot(seen, 100 * errors[window // 4 :], style, color=colour, label=name)
    ends = sorted((float(errors[-1]), name) for name, errors in curves.items())
    best = {name.startswith("slow"): f"{name}: {100 * end:.0f} %" for end, name in reversed(ends)}
    errs = "\n".join(best[slow] for slow in sorted(best))
    ax.set_title(f"{where}: error on the last {window} of the stream\n{errs}")
    ax.set_xlabel("images seen, each once")
    ax.set_ylabel(f"error on the last {window} [%], before learning")
    ax.legend(frameon=False)
    return ax


def divergence(ax: Axes, restarted: NDArray, free: NDArray) -> Axes:
    """Draw how far an ideal chip's weights are from its twin's after each case, (cases, layers).

    Parameters
    ----------
    ax : Axes
    restarted, free : arrays
        With the same weights before every case, and with each its own.
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


VARIED = {
    "levels": "levels of the pulse width",
    "amplifier noise": "amplifier noise [activities]",
    "read noise": "read noise of a cell [range], with thermal noise",
}


def fast_sheet(
    spreads: Mapping[str, Pairs], curves: Mapping[str, Mapping[str, NDArray]], window: int
) -> Figure:
    """Return a figure of learning fast: what is reached, by condition; streams, by substrate."""
    figure = Figure(figsize=(24, 9.5), layout="constrained")
    axes = figure.subplots(2, 4).ravel()
    for ax, (group, found) in zip(axes, spreads.items(), strict=False):
        reached_goodness(ax, found, VARIED.get(group, f"{group} slots [w]"))
    for ax, (where, errors) in zip(axes[len(spreads) :], curves.items(), strict=False):
        running_errors(ax, errors, where, window)
    return figure
