"""Crossbars to write on, what drives a write, and what its pulses must cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy.ledger import Entry
from hardware_sim.scale import Scale
from hardware_sim.updates.engine import Drive
from instruments import volts

STEP = IDEAL.rule.step
ONE = Scale(
    volt=1.0, output=1.0, weight=1.0
)  # so that rate/STEP is the number of pulses for x = d = 1
USUAL = Scale()
BOTH_KINDS = ["gokmen-vlasov", "pcm"]  # one moving cell against a fixed one; two moving cells


def array_of(
    device: Device | Pair, n_in: int, n_out: int, rng: np.random.Generator, scale: Scale
) -> Crossbar:
    """Return a noiseless array of random states."""
    cells = device.manufacture((n_in + 1, n_out), rng)
    cells.set(0.2 * rng.standard_normal((n_in + 1, n_out)))
    return Crossbar(cells, device.cell.unit, device.cell.reference, scale.volt, ArrayNoise(0.0))


def drive(x: NDArray, y: NDArray, factor: float, up: bool, scale: Scale) -> Drive:
    """Return what stands on rows and columns, and the neurons' common factor."""
    rows, columns = volts(x, scale.volt), volts(y, scale.output)
    return Drive(rows, columns, up, volts(np.full((1, 1), factor)))


def mean_conductance(array: Crossbar) -> float:
    """Return the mean conductance of all cells, both of every pair [S]."""
    plus = array.cells.conductance()
    return float((plus + array.cells.counterpart()).mean()) / 2


def paid_by_the_siemens(entry: Entry, units: float, before: float, after: float) -> bool:
    """Return whether so many pulses were paid for at the cells' mean conductance.

    Before or after the write: the energy of its pulses is known no better than that.
    """
    low, high = sorted((units * before, units * after))
    return bool(low * (1 - 1e-9) <= entry.amount <= high * (1 + 1e-9))
