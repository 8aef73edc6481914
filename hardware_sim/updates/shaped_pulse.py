"""Updates by one shaped pulse per cell: the row sets its width, the column its amplitude."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.engine import Drive, charge_waiting, line_factors
from hardware_sim.validation import plain_numbers

__all__ = [
    "WidthTimesAmplitude",
]


@dataclass(frozen=True)
class WidthTimesAmplitude:
    """One pulse per cell, as long as the row's x and as high as the column's d: no comparator.

    It is for devices whose change follows the charge: electrochemical cells and capacitors. They
    are written through a gate, so that a cell on one active line conducts nothing, and every cell
    between two active lines has its gate charged to the full write voltage, which is an upper
    bound. The pulse takes as long as the cell that moves most would need at that voltage.

    Attributes
    ----------
    scale : Scale
    levels : float
        Number of widths between 0 and `full_scale`; infinite means that all are possible.
    full_scale : float
        Longest width, given as an x.
    """

    scale: Scale
    levels: float = inf
    full_scale: float = 8.0

    def __post_init__(self) -> None:
        plain_numbers(self, "levels", "full_scale")
        if not (self.levels >= 1 and self.full_scale > 0) or self.levels < inf == self.full_scale:
            raise ValueError(
                f"expected at least one level and a full scale above 0, finite if the levels are; "
                f"got {self.levels} levels, full scale {self.full_scale}"
            )

    def write(
        self, array: Crossbar, drive: Drive, rate: float, rng: np.random.Generator, ledger: Ledger
    ) -> None:
        """Write by one shaped pulse."""
        lines = line_factors(array, drive, rate, self.scale)
        amount = (lines.kappa * self._widths(lines.x))[:, np.newaxis] * lines.d
        pulses = array.cells.charge(lines.rows, amount, drive.up, rng)
        times, longest = array.cells.moving, ceil(amount.max(initial=0))
        on_rows, on_columns = int(np.count_nonzero(lines.x)), int(np.count_nonzero(lines.d))
        crossings = on_rows * 2 * array.shape[1] + on_columns * (array.shape[0] + 1)
        charge_waiting(array, longest, ledger)
        ledger.charge(prices.DRIVER, times * (on_rows + on_columns), times * crossings, uses=0)
        charged = times * on_rows * on_columns
        ledger.charge(prices.GATED, ceil(pulses), charged, uses=times * longest)
        array.changed()

    def _widths(self, x: NDArray) -> NDArray:
        if self.levels < inf:
            step = self.full_scale / self.levels
            x = (np.rint(x / step) * step).astype(x.dtype)
        return np.minimum(x, x.dtype.type(self.full_scale))
