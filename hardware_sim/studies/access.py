"""What a write costs by the way its cells are reached: bare at a crossing, or behind a transistor.

An update of trains is priced on square arrays of several sizes, whose rows and columns fire with
the same probability in every slot. Nothing is drawn at random: the numbers of firings and of
coincidences are their expectations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from hardware_sim.arrays.access import ACCESSES, Firings
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.energy.ledger import Ledger
from hardware_sim.studies.trials import cost_on
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import charge_pulses

__all__ = ["FIRING", "SIZES", "Write", "access_record", "writes"]

SIZES = (64, 128, 256, 512, 1024)
FIRING = (0.01, 0.03, 0.1, 0.3, 1.0)


@dataclass(frozen=True)
class Write:
    """The cost of one update.

    Attributes
    ----------
    access : str
        A key of `ACCESSES`.
    size : int
        Rows and columns, the bias row among them.
    firing : float
        Probability with which a line fires in a slot.
    pulses : float
        That reach a cell.
    joules : three floats
        At low, nominal and high constants [J].
    parts : dict of str to float
        By operation, nominal [J].
    """

    access: str
    size: int
    firing: float
    pulses: float
    joules: tuple[float, float, float]
    parts: dict[str, float]

    @property
    def each(self) -> tuple[float, float, float]:
        """Energy of one pulse on a cell, with all that belongs to it [J]."""
        low, nominal, high = (joules / self.pulses for joules in self.joules)
        return low, nominal, high


def writes(device: Device | Pair, slots: int = Coincidence.longest) -> Iterator[Write]:
    """Price an update of so many slots in every array, for every firing probability and access."""
    for size in SIZES:
        cells = device.manufacture((size, size), np.random.default_rng(0), np.float32)
        array = Crossbar(cells, device.cell.unit, device.cell.reference, 0.0, ArrayNoise(0.0))
        for firing in FIRING:
            for name, array.access in ACCESSES.items():
                yield _write(name, array, device, firing, slots)


def _write(name: str, array: Crossbar, device: Device | Pair, firing: float, slots: int) -> Write:
    size, ledger = array.shape[1], Ledger()
    fired, pulses = size * firing * slots, (size * firing) ** 2 * slots * array.cells.moving
    active = round(slots * (1 - (1 - firing) ** (2 * size)))
    charge_pulses(array, Firings(fired, fired, active), pulses, slots, ledger)
    cost = cost_on(device, ledger, 1)
    parts = {entry.price.operation: entry.joules() for entry in ledger.entries}
    return Write(name, size, firing, pulses, cost.joules, parts)


def access_record(found: list[Write]) -> dict[str, Any]:
    """Return the costs for the record."""
    return {
        "writes": [
            {
                "access": write.access,
                "size": write.size,
                "firing": write.firing,
                "pulses": write.pulses,
                "joules": dict(zip(("low", "nominal", "high"), write.joules, strict=True)),
                "parts": write.parts,
            }
            for write in found
        ]
    }
