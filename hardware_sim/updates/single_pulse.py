"""Updates by one pulse per cell at most: thresholds decide which lines fire."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hardware_sim.arrays.access import Firings
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.engine import Drive, charge_pulses, charge_waiting, line_factors
from hardware_sim.validation import plain_numbers

__all__ = [
    "SinglePulse",
]


@dataclass(frozen=True)
class SinglePulse:
    """At most one pulse per cell: on rows of a large x and columns that want enough of a pulse.

    Attributes
    ----------
    scale : Scale
    row : float
        A row fires if x is above this.
    column : float
        A column fires if a cell at x = `row` wants more than this fraction of a pulse.

    Source: after [Renaudineau2026], whose single pulses only depress.
    """

    scale: Scale
    row: float = 1.0
    column: float = 0.5

    def __post_init__(self) -> None:
        plain_numbers(self, "row", "column")

    def write(
        self, array: Crossbar, drive: Drive, rate: float, rng: np.random.Generator, ledger: Ledger
    ) -> None:
        """Write by single pulses."""
        lines = line_factors(array, drive, rate, self.scale)
        on_rows = lines.x > self.row
        on_columns = lines.kappa * self.row * lines.d > self.column
        counts = np.outer(on_rows, on_columns).astype(lines.x.dtype)
        pulses = array.cells.pulses(lines.rows, counts, drive.up, rng)
        ledger.charge(prices.SAMPLING, sum(array.shape) + 1)
        fired = float(on_rows.sum()), float(on_columns.sum())
        charge_waiting(array, 1, ledger)
        charge_pulses(array, Firings(*fired, int(any(fired))), pulses, 1, ledger)
        array.changed()
