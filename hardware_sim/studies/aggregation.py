"""The error of giving a cell all pulses of a train in one step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.variation import Spread

__all__ = ["aggregation_bias"]


def aggregation_bias(device: Device | Pair, pulses: int) -> float:
    """Return the largest error of up to so many pulses at once, in moves of one pulse.

    It is measured on typical cells, without variation or noise, that begin within nine tenths of
    their range. Cells with larger steps have larger errors.
    """
    return max(_bias_at_once(device, n) for n in range(1, pulses + 1))


def _bias_at_once(device: Device | Pair, pulses: int) -> float:
    cell = device.cell
    typical = replace(cell, spread=Spread(), noise=Noise())
    w, row = 0.9 * np.linspace(cell.rule.low, cell.rule.high, 19)[np.newaxis], np.array([0])
    counts, worst = np.full(w.shape, pulses), 0.0
    for up in (True, False) if cell.rule.low < 0 else (True,):
        one, other = (typical.manufacture(w.shape, np.random.default_rng(0)) for _ in range(2))
        one.set(w)
        other.set(w)
        one.pulses(row, counts, up, np.random.default_rng(0))
        other.pulses_at_once(row, counts, up, np.random.default_rng(0))
        worst = max(worst, float(np.abs(one.w - other.w).max()))
    return worst / cell.mean_step
