"""Updates by stochastic pulse trains: a cell moves when its row and its column fire at once."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.access import Firings
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.devices.addressing import struck
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.engine import Drive, charge_pulses, charge_waiting, line_factors
from hardware_sim.validation import plain_numbers

__all__ = [
    "Coincidence",
    "coincidences",
]


@dataclass(frozen=True)
class Coincidence:
    """Stochastic trains: rows fire with a probability ∝ x, columns ∝ d; both at once are a pulse.

    The most active cell is to get ``k = κ x_max d_max`` pulses. In slot s = 0, 1, 2, … a row fires
    with probability ``share · x/x_max`` and a column with ``share · d/d_max``, where
    ``share² = min(1, k − s)``. So the mean number of pulses is κ x d, and nobody has to know k
    rounded up before the train begins: a ramp rises by 1 with every slot, and a comparator ends the
    train when it has reached k. If k is above `longest`, the train ends there, and all shares are
    larger by √(k/longest); lines whose probability would be above 1 fire in every slot.

    Peak detectors find the two maxima. A comparator decides for every line and every slot whether
    it fires. That is local one-bit sampling and no A-to-D conversion; the ledger counts it
    separately, with the decisions that end the trains. The circuits that form the root and the
    quotients are not priced.

    Attributes
    ----------
    scale : Scale
    longest : int
        Slots of the longest train.
    at_once : bool
        Whether all pulses of a cell are one step: a faster approximation with a bias, see
        `Cells.pulses_at_once`.

    Source: [Gokmen2016], the choice of the probabilities after [Rasch2021], where all slots have
    one share and their number is rounded up first.
    """

    scale: Scale
    longest: int = 31
    at_once: bool = False

    def __post_init__(self) -> None:
        plain_numbers(self, "longest")
        if not (self.longest >= 1 and self.longest == int(self.longest)):
            raise ValueError(
                f"longest: expected a train of a whole number of slots, at least 1; got "
                f"{self.longest}"
            )

    def write(
        self, array: Crossbar, drive: Drive, rate: float, rng: np.random.Generator, ledger: Ledger
    ) -> None:
        """Write by trains."""
        lines = line_factors(array, drive, rate, self.scale)
        ledger.charge(prices.PEAK, 2)
        highest = float(lines.x.max()), float(lines.d.max())
        wanted = lines.kappa * highest[0] * highest[1]
        if not wanted > 0:
            return
        shares = self._shares(wanted).astype(lines.x.dtype)
        on_rows = _fire(lines.x / highest[0], shares, rng, ledger)
        on_columns = _fire(lines.d / highest[1], shares, rng, ledger)
        slots = len(shares)
        ledger.charge(prices.SAMPLING, (sum(array.shape) + 2) * slots, uses=slots)
        charge_waiting(array, slots, ledger)
        self._apply(array, lines.rows, (on_rows, on_columns), drive.up, rng, ledger)

    def _shares(self, wanted: float) -> NDArray:
        """Return the share of each slot of a train that is to give so many pulses, (slots,)."""
        left = wanted - np.arange(min(ceil(wanted), self.longest))
        return np.sqrt(max(1.0, wanted / self.longest) * np.minimum(left, 1))

    def _apply(
        self,
        array: Crossbar,
        rows: NDArray,
        fired: tuple[NDArray, NDArray],
        up: bool,
        rng: np.random.Generator,
        ledger: Ledger,
    ) -> None:
        cells = array.cells
        if self.at_once:
            pulses = cells.pulses_at_once(rows, fired[0] @ fired[1].T, up, rng)
        else:
            pulses = cells.pulse(*coincidences(rows, fired, cells.shape[1]), up, rng)
        active = int(np.count_nonzero(fired[0].any(axis=0) | fired[1].any(axis=0)))
        firings = Firings(float(fired[0].sum()), float(fired[1].sum()), active)
        charge_pulses(array, firings, pulses, fired[0].shape[1], ledger)
        if array.access.disturb:
            _disturb(array, rows, fired, up, active, rng)
        array.changed()


def _disturb(
    array: Crossbar,
    rows: NDArray,
    fired: tuple[NDArray, NDArray],
    up: bool,
    active: int,
    rng: np.random.Generator,
) -> None:
    """Move the cells that saw a part of the voltage, those of silent rows included.

    The other cell of a pair is on the same row, which moves it in the pair's other direction.
    """
    per_row = np.zeros((array.cells.w.shape[0], fired[0].shape[1]), fired[0].dtype)
    per_row[rows] = fired[0]
    on_row, on_column = per_row.sum(axis=1)[:, np.newaxis], fired[1].sum(axis=1)
    _move(array, (on_row, on_column, per_row @ fired[1].T, active), up, rng)
    if array.cells.on_row > 1:
        _move(array, (on_row, 0.0, 0.0, active), not up, rng)


def _move(
    array: Crossbar,
    slots: tuple[NDArray, NDArray | float, NDArray | float, int],
    up: bool,
    rng: np.random.Generator,
) -> None:
    """Move every cell by what a part of the voltage does in the slots in which it saw it."""
    cells, access = array.cells, array.access
    for number, way in zip(access.partial(*slots), (up, not up), strict=True):
        if np.any(number):
            amount = np.broadcast_to(access.disturb * number, cells.shape)
            cells.charge(np.arange(cells.shape[0]), amount, way, rng)


def coincidences(
    rows: NDArray, fired: tuple[NDArray, NDArray], width: int
) -> tuple[NDArray, NDArray]:
    """Return the flat indices of the cells whose two lines fired at once, and how often they did.

    Parameters
    ----------
    rows : (r,) integer array
        The rows that the first array of `fired` is about.
    fired : (r, slots) and (width, slots) arrays of 0 and 1
        Which rows and which columns fired in which slot.
    width : int
        Columns of the array.
    """
    columns = np.flatnonzero(fired[1].any(axis=1))
    return struck(rows, fired[0] @ fired[1].take(columns, axis=0).T, width, columns)


def _fire(relative: NDArray, shares: NDArray, rng: np.random.Generator, ledger: Ledger) -> NDArray:
    """Return which lines fire in which slot, (lines, slots) of 0 and 1; count clipped lines."""
    clipped = int(np.count_nonzero(relative * shares[0] > 1)) if shares[0] > 1 else 0
    if clipped:
        ledger.charge(prices.CLIPPED, clipped, uses=0)
    drawn = rng.random((len(relative), len(shares)), relative.dtype)
    return (drawn < relative[:, np.newaxis] * shares).astype(relative.dtype)
