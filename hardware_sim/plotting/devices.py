"""Figures of devices: the response of a conductance to pulses, and the noise of a read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter
from numpy.typing import NDArray

from ffnumpy.plotting import house
from hardware_sim.plotting import ACCENT, DARK, GREY
from hardware_sim.studies.characterise import Characteristics

__all__ = ["device_sheet", "pulse_response", "read_noise", "step_histogram"]


Points = tuple[Sequence[float], Sequence[float]]


def pulse_response(
    ax: Axes, pulses: NDArray, up: NDArray, down: NDArray | None, points: Points | None = None
) -> Axes:
    """Draw conductances against the number of pulses, up and then down.

    Parameters
    ----------
    ax : Axes
    pulses : (k,) array
    up, down : (k, n) arrays [S]
        Of n devices; `down` is None where a device can only be potentiated.
    points : two sequences of float, optional
        What was measured after 0, 1, 2, … pulses up, and down [S]: drawn over the response.
    """
    response = up if down is None else np.concatenate([up, down])
    number = pulses if down is None else np.concatenate([pulses, pulses[-1] + pulses])
    ax.plot(number, 1e6 * response[:, :40], color=GREY, linewidth=0.5)
    ax.plot(number, 1e6 * response.mean(axis=1), color=ACCENT, linewidth=2, label="mean")
    for first, table in zip((0, pulses[-1]), points or (), strict=False):
        at = first + np.arange(len(table))
        ax.plot(at, 1e6 * np.asarray(table), ".", color=DARK, markersize=3, label="measured")
    spread = up[-1].std() / (up[-1].mean() - up[0].mean())
    ax.set_title(f"After {pulses[-1]:,} pulses devices differ by {100 * spread:.0f} % of the rise")
    ax.set_xlabel("pulses" if down is None else "pulses, up, then down")
    ax.set_ylabel("conductance [µS]")
    ax.legend(frameon=False)
    return ax


def _unit(siemens: float) -> tuple[float, str]:
    """Return the unit that suits a conductance of this size: a factor, and its name."""
    return (1e6, "µS") if abs(siemens) > 1e-6 else (1e9, "nS")


def step_histogram(ax: Axes, steps: Mapping[str, NDArray]) -> Axes:
    """Draw the distribution of single steps from w = 0, by direction [S]."""
    edges = np.percentile(np.concatenate([s.ravel() for s in steps.values()]), [0.5, 99.5])
    factor, unit = _unit(np.abs(edges).max())
    margin = max(np.ptp(edges) * 0.05, 1e-3 * np.abs(edges).max())
    bins = factor * np.linspace(edges[0] - margin, edges[1] + margin, 60)
    titles = []
    for (name, step), colour in zip(steps.items(), (ACCENT, GREY), strict=False):
        ax.hist(factor * step.ravel(), bins.tolist(), color=colour, alpha=0.75, label=name)
        titles.append(f"{name} {factor * step.mean():.3g} ± {factor * step.std():.3g} {unit}")
    ax.set_title("One pulse: " + ", ".join(titles))
    ax.set_xlabel(f"change of conductance [{unit}]")
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
    for formatted in (ax.yaxis.set_major_formatter, ax.yaxis.set_minor_formatter):
        formatted(LogFormatter())
    ax.legend(frameon=False)
    return ax


@house
def device_sheet(name: str, measured: Characteristics, points: Points | None = None) -> Figure:
    """Return a figure of a device: pulse response with measured points, steps, read noise."""
    figure = Figure(figsize=(17, 4.4), layout="constrained")
    axes = figure.subplots(1, 3)
    pulse_response(axes[0], measured.pulses, measured.up, measured.down, points)
    step_histogram(axes[1], measured.steps)
    read_noise(axes[2], measured.conductance, measured.deviations)
    figure.suptitle(name)
    return figure
