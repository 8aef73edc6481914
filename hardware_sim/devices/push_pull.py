"""Push-pull pairs: both cells move, in opposite directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.devices.pairs import Pair, PairCells

__all__ = [
    "PushPullPair",
    "PushPullCells",
]


@dataclass(frozen=True)
class PushPullPair(Pair):
    """A device with two cells per weight that are pulsed together, in opposite directions.

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
        """Twice that of one cell, because a pulse moves both [in units of w]."""
        return 2 * self.cell.mean_step

    @property
    def reach(self) -> float:
        """The largest ``|w|`` that can be reached in both directions."""
        return 2 * self.cell.reach

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> PushPullCells:
        """Draw one individual array, at w = 0."""
        plus, minus = (self.cell.manufacture(shape, rng, dtype) for _ in range(2))
        return PushPullCells(self, plus, minus)


class PushPullCells(PairCells):
    """An array of push-pull pairs: a pulse up potentiates `plus` and depresses `minus`.

    A pulse down does the reverse. The unevenness of individual cells averages out in part: after
    ``n`` pulses the difference has moved by twice the mean of one cell's move, with √2 times its
    deviation. An unevenness that all cells share cancels in the difference, while both cells walk
    towards the same bound.
    """

    moving = 2

    @property
    def learned(self) -> tuple[NDArray, NDArray]:
        """How many pulses updates gave each weight, up and down: all that one cell received."""
        return self.plus.learned

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Put half of w into each cell; neither makes up for one that is stuck or narrow."""
        self.plus.set(w / 2, rng)
        self.minus.set(w / -2, rng)
        self._subtract_all()

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Pulse both cells, as `Cells.pulse`; return how many pulses fell on either."""
        total = self.plus.pulse(index, number, up, rng)
        total += self.minus.pulse(index, number, not up, rng)
        self._subtract(index)
        return total

    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move both cells, as `Cells.move`; return the sum of the amounts over both."""
        total = self.plus.move(index, amount, up, rng)
        total += self.minus.move(index, amount, not up, rng)
        self._subtract(index)
        return total

    def at_bounds(self) -> float:
        """Return the fraction of the cells that are at one of their bounds."""
        return (self.plus.at_bounds() + self.minus.at_bounds()) / 2
