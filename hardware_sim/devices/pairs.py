"""Pairs of cells, two for each weight: what push-pull and one-sided pairs share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.devices.addressing import struck
from hardware_sim.devices.cells import Cells, take_over
from hardware_sim.devices.device import Device
from hardware_sim.devices.manufactured import Manufactured
from hardware_sim.devices.refreshed import Refreshed
from hardware_sim.devices.technology import Technology, Written

__all__ = [
    "PairCells",
    "Pair",
]


@dataclass(frozen=True)
class Pair(ABC):
    """A device with two moving cells per weight: ``w = plus − minus``.

    Attributes
    ----------
    cell : Device
        The device of either cell.
    """

    cell: Device

    @property
    @abstractmethod
    def mean_step(self) -> float:
        """The move that an engine expects of one pulse, in units of w."""

    @property
    @abstractmethod
    def reach(self) -> float:
        """The largest ``|w|`` that can be reached in both directions."""

    @abstractmethod
    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> Manufactured:
        """Draw one individual array, (n_rows, n_cols) pairs."""


class PairCells(ABC):
    """A manufactured array of pairs of cells: ``w = plus − minus``.

    Parameters
    ----------
    pair : Pair
        The device that each pair is an individual of.
    plus, minus : Cells
        (n_rows, n_cols) each.
    """

    moving: ClassVar[int]
    """How many cells of a pair a pulse moves, one after another."""

    on_row: ClassVar[int] = 2
    """How many cells of a weight can move, all on the same row."""

    disturbable: ClassVar[bool] = True
    """Whether half-selected cells of a weight can be moved by `charge`, all of them."""

    noisy: ClassVar[int] = 2
    """How many cells of a weight have noise when it is read."""

    parallel: ClassVar[int] = 1
    """How many cells, of which a pulse moves one, make up the conductance of a weight."""

    def __init__(self, pair: Pair, plus: Cells, minus: Cells) -> None:
        self.pair, self.plus, self.minus = pair, plus, minus
        self.w = plus.w - minus.w
        alone = plus.seen is plus.w
        self.seen = self.w if alone else plus.seen - minus.seen

    @property
    def shape(self) -> tuple[int, int]:
        """(n_rows, n_cols)."""
        return self.plus.shape

    gated_siemens: ClassVar[float] = 0.0
    """Mean conductance of a cell that no current writes, beside those that one does [S]."""

    @property
    def technology(self) -> Technology:
        """The device of either cell."""
        return self.pair.cell

    @property
    def mean_step(self) -> float:
        """The move that an engine expects of one pulse, in units of w."""
        return self.pair.mean_step

    @property
    def stuck(self) -> NDArray:
        """Where a cell of the pair never moves, (n_rows, n_cols) booleans."""
        return self.plus.stuck | self.minus.stuck

    @property
    @abstractmethod
    def learned(self) -> tuple[NDArray, NDArray]:
        """How many pulses updates gave each weight, up and down; refreshes may give more."""

    @property
    def refreshed_by(self) -> Written:
        """What the energy of a pulse in a refresh is."""
        return self.technology.by

    @property
    def first_pulses(self) -> float:
        """How many pulses it takes from w = 0 to the weights that are stored."""
        return float(np.abs(self.w).sum(dtype=np.float64)) / self.mean_step

    def _subtract(self, index: NDArray) -> None:
        """Bring the differences at flat indices up to date."""
        for whole, plus, minus in (
            (self.w, self.plus.w, self.minus.w),
            (self.seen, self.plus.seen, self.minus.seen),
        ):
            whole.reshape(-1)[index] = plus.reshape(-1)[index] - minus.reshape(-1)[index]

    def _subtract_all(self) -> None:
        np.subtract(self.plus.w, self.minus.w, out=self.w)
        np.subtract(self.plus.seen, self.minus.seen, out=self.seen)

    @abstractmethod
    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Write differences, (n_rows, n_cols), as far as each cell can take its part of them."""

    @abstractmethod
    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Pulse pairs as `Cells.pulse` does cells; return how many pulses fell on cells."""

    def pulses(self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Pulse pairs as `Cells.pulses` does cells; return how many pulses fell on cells."""
        return self.pulse(*struck(rows, counts, self.shape[1]), up, rng)

    @abstractmethod
    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move pairs as `Cells.move` does cells; return the sum of the amounts on cells."""

    def charge(self, rows: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move pairs as `Cells.charge` does cells; return the sum of the amounts on cells."""
        return self.move(*struck(rows, amount, self.shape[1]), up, rng)

    def pulses_at_once(
        self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator
    ) -> int:
        """As `Cells.pulses_at_once`; return how many pulses fell on cells."""
        return int(self.charge(rows, counts, up, rng))

    def sides(self, rows: NDArray | None = None) -> tuple[NDArray, NDArray]:
        """Return what a read sees of G⁺ and G⁻ in some or all rows, as `Cells.sides`."""
        return self.plus.sides(rows)[0], self.minus.sides(rows)[0]

    def elapse(self, samples: float) -> None:
        """Let both cells of every pair leak for a number of samples."""
        self.plus.elapse(samples)
        self.minus.elapse(samples)
        self._subtract_all()

    def refresh(self, rng: np.random.Generator) -> Refreshed:
        """Leave everything as it is: most pairs do not run out of range."""
        return Refreshed()

    def age(self, change: Callable[[NDArray], NDArray]) -> None:
        """Change what reads see of both cells of every pair, as `Cells.age`."""
        self.plus.age(change)
        self.minus.age(change)
        self.seen = self.plus.seen - self.minus.seen

    def conductance(self) -> NDArray:
        """Return G⁺, shape (n_rows, n_cols) [S]."""
        return self.plus.conductance()

    def counterpart(self) -> NDArray:
        """Return G⁻, shape (n_rows, n_cols) [S]."""
        return self.minus.conductance()

    def pulse_counts(self) -> dict[str, NDArray]:
        """Return how many pulses each cell has received, by cell and direction, as `Cells`."""
        return {
            f"{half}_{name}": counts
            for half, cells in (("plus", self.plus), ("minus", self.minus))
            for name, counts in cells.pulse_counts().items()
        }

    @abstractmethod
    def at_bounds(self) -> float:
        """Return the fraction of the cells, or of the pairs, that can go no further."""

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies."""
        halves = {"plus": self.plus, "minus": self.minus}
        return {
            f"{half}_{name}": array
            for half, cells in halves.items()
            for name, array in cells.arrays().items()
        }

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place; refuse as `Cells.restore`."""
        take_over(self.arrays(), arrays)
        self._subtract_all()

    def resum(self) -> None:
        """Bring the differences up to date."""
        self._subtract_all()
