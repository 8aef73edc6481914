"""Devices and arrays of their cells, made to order, and pulses for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware_sim.constants import Constant
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.pairs import PairCells
from hardware_sim.devices.rules import UpdateRule
from hardware_sim.devices.variation import Spread

ALIKE, SILENT = Spread(), Noise()
RANGE = ConductanceRange(
    Constant("G_min", 1e-6, 1e-6, 1e-6, "S"), Constant("G_max", 9e-6, 9e-6, 9e-6, "S")
)
HIGH_ABOVE_GROUND = ConductanceRange(
    Constant("G_min", 1e-3, 1e-3, 1e-3, "S"), Constant("G_max", 1.001e-3, 1.001e-3, 1.001e-3, "S")
)
LARGE = 200  # an array of LARGE × LARGE cells for statistics
ways = st.sampled_from(["pulses", "pulses_at_once", "charge"])


def device_of(rule: UpdateRule, spread: Spread = ALIKE) -> Device:
    """Return a noiseless device whose states hardly change its conductance."""
    return Device(rule, spread, SILENT, HIGH_ABOVE_GROUND)


def cells_of(
    rule: UpdateRule,
    noise: Noise = SILENT,
    shape: tuple[int, int] = (LARGE, LARGE),
    spread: Spread = ALIKE,
    conductance: ConductanceRange = RANGE,
    **more: Any,
) -> Cells:
    """Return one individual array of cells that follow a rule, the same at every call."""
    device = Device(rule, spread, noise, conductance, **more)
    return device.manufacture(shape, np.random.default_rng(5))


def everywhere(cells: Cells | PairCells, n: float) -> tuple[NDArray, NDArray]:
    """Return the rows and the counts of a pulse that strikes every cell n times."""
    return np.arange(cells.shape[0]), np.full(cells.shape, n)


def halves(cells: Cells | PairCells) -> list[Cells]:
    """Return the arrays that weights are made of: both of pairs, else the only one."""
    return [cells.plus, cells.minus] if isinstance(cells, PairCells) else [cells]
