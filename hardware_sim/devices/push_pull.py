"""Push-pull pairs: both cells move, in opposite directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.devices.addressing import struck
from hardware_sim.devices.pairs import Pair, PairCells

__all__ = [
    "PushPullPair",
    "PushPullCells",
]


@dataclass(frozen=True)
class PushPullPair(Pair):
    """Two cells a weight that are pulsed together, in opposite directions.

    Raises
    ------
    ValueError
        If the cell cannot be moved both ways.
    """

    def __post_init__(self) -> None:
        if not self.cell.rule.low < 0 < self.cell.rule.high:
            raise ValueError(
                f"a push-pull pair expects cells that move both ways from w = 0; got "
                f"{self.cell.rule.low} … {self.cell.rule.high}"
            )

    @property
    def mean_step(self) -> float:
        """Twice that of one cell, because a pulse moves both, in units of w."""
        return 2 * self.cell.mean_step

    @property
    def reach(self) -> float:
        """The largest |w| that there is in both directions."""
        return 2 * self.cell.reach

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> PushPullCells:
        """Draw one individual array, at w = 0."""
        plus, minus = (self.cell.manufacture(shape, rng, dtype) for _ in range(2))
        return PushPullCells(self, plus, minus)


class PushPullCells(PairCells):
    """Both cells move: a pulse up potentiates `plus` and depresses `minus`, one down the reverse.

    What is uneven about the two averages out in part: the difference of ``n`` pulses has twice the
    mean of a cell's and √2 times its deviations. What is uneven about all cells alike cancels in
    the difference, while both walk towards the same bound.
    """

    moving = 2

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Put half of w into each cell; one that is stuck or narrow is not made up for."""
        self.plus.set(w / 2, rng)
        self.minus.set(w / -2, rng)
        self._subtract_all()

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """As `Cells.pulse`, on both cells; return how many fell on either."""
        total = self.plus.pulse(index, number, up, rng)
        total += self.minus.pulse(index, number, not up, rng)
        self._subtract(index)
        return total

    def charge(self, rows: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """As `Cells.charge`, on both cells; return the sum over both."""
        total = self.plus.charge(rows, amount, up, rng)
        total += self.minus.charge(rows, amount, not up, rng)
        self._subtract(struck(rows, amount, self.shape[1])[0])
        return total

    def at_bounds(self) -> float:
        """Return the fraction of the cells."""
        return (self.plus.at_bounds() + self.minus.at_bounds()) / 2
