"""A cell against a reference cell of its own, which pulses have brought to its symmetry point.

Pulses up and down in turn take a cell to the state where both are alike: its symmetry point, to
which a cell that is written by equally many of both drifts anyway. The reference cell beside it is
pulsed until a comparator finds both equal, and from then on it stays. So the weight is 0 where the
cell is even, to within the noise of a write, and what it forgets, it forgets towards 0. The
comparisons are not priced, the pulses are.

Source: the calibration that [Xiao2026] says most works begin with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.devices.cells import Cells
from hardware_sim.devices.device import Device
from hardware_sim.devices.joined import JoinedCells
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.refreshed import Refreshed
from hardware_sim.validation import above_zero

__all__ = ["Referred", "ReferredCells"]


@dataclass(frozen=True)
class Referred(Pair):
    """A device whose reference is a cell of the same kind: ``w = cell − reference``.

    Attributes
    ----------
    cell : Device
        Of both.
    cycles : int
        Pulses up and down, in turn, that take a cell to its symmetry point.

    Raises
    ------
    ValueError
        If the cycles are not above 0, or cells cannot be pulsed down.
    """

    cell: Device
    cycles: int = 1000

    def __post_init__(self) -> None:
        above_zero(cycles=self.cycles)
        if self.cell.rule.low >= 0:
            raise ValueError(
                f"expected cells that pulses move both up and down from w = 0; got a range of "
                f"{self.cell.rule.low} … {self.cell.rule.high}, which has no symmetry point"
            )

    @property
    def mean_step(self) -> float:
        """That of the cell, because the reference stays [in units of w]."""
        return self.cell.mean_step

    @property
    def reach(self) -> float:
        """The largest ``|w|`` that can be reached in both directions."""
        return self.cell.reach

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> ReferredCells:
        """Draw one individual array, (n_rows, n_cols) weights, and set its references."""
        both = [self.cell.manufacture(shape, rng, dtype) for _ in range(2)]
        cells = ReferredCells(self, *both)
        cells.find_references(rng)
        return cells


class ReferredCells(JoinedCells):
    """An array of cells, each with a reference cell beside it; an update moves the cell alone.

    Parameters
    ----------
    device : Referred
    cell, reference : Cells
        (n_rows, n_cols) each.
    """

    device: Referred
    noisy = 2  # the reference is a cell as well

    def __init__(self, device: Referred, cell: Cells, reference: Cells) -> None:
        super().__init__(device, {"reference": (reference, -1.0), "cell": (cell, 1.0)})
        self.cell, self.reference = cell, reference
        self.found = np.zeros(1)

    def find_references(self, rng: np.random.Generator) -> None:
        """Bring the cells to their symmetry points by pulses, then the references to the cells."""
        rows, one = np.arange(len(self.w)), np.ones_like(self.w)
        spent = 0
        for _ in range(self.device.cycles):
            for up in (True, False):
                spent += self.cell.pulses(rows, one, up, rng)
        below = self.reference.seen < self.cell.seen
        for _ in range(self.device.cycles):
            short = self.reference.seen < self.cell.seen
            waiting = short == below  # until the comparator finds that it has come past
            if not waiting.any():
                break
            for up in (True, False):
                chosen = (waiting & (short == up)).astype(self.w.dtype)
                spent += self.reference.pulses(rows, chosen, up, rng)
        self.found[0] = spent
        self._add_all()

    @property
    def stuck(self) -> NDArray:
        """Where the cell never moves, (n_rows, n_cols) booleans."""
        return self.cell.stuck

    @property
    def first_pulses(self) -> float:
        """How many pulses the references and the weights that are stored take."""
        return float(self.found[0]) + super().first_pulses

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Put the cells at so much above their references, as far as they go."""
        self.cell.set(w + self.reference.seen, rng)
        self._add_all()

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Pulse the cells; return how many pulses."""
        self._learn(index, number, up)
        total = self.cell.pulse(index, number, up, rng)
        self._add(index)
        return total

    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move the cells; return the sum of the amounts."""
        self._learn(index, amount, up)
        total = self.cell.move(index, amount, up, rng)
        self._add(index)
        return total

    def refresh(self, rng: np.random.Generator) -> Refreshed:
        """Leave everything as it is."""
        return Refreshed()

    def at_bounds(self) -> float:
        """Return the fraction of the cells that can go no further; references do not move."""
        return self.cell.at_bounds()

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies."""
        return {**super().arrays(), "found": self.found}
