"""Pairs of cells: both move, or each in one direction and refreshed without a converter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hardware_sim.devices.cells import Cells, struck, take_over
from hardware_sim.devices.technology import Kind

__all__ = ["OneSidedCells", "OneSidedKind", "PairCells", "PushPullCells", "Refreshed"]


class Refreshed(NamedTuple):
    """What a refresh took, to be priced: there is no converter in it."""

    decisions: int
    pulses: int
    resets: int


class OneSidedKind(Kind, Protocol):
    """What one-sided pairs of cells need to know (`hardware_sim.devices.push_pull.OneSidedPair`)."""

    @property
    def threshold(self) -> float:
        """Above this fraction of the range the larger cell of a pair asks for a refresh."""

    @property
    def floor(self) -> float:
        """It gets one if the smaller is above this fraction: otherwise there is nothing to win."""

    @property
    def patience(self) -> int:
        """Pulses after which a refresh gives a cell up."""


class PairCells(ABC):
    """Two cells a weight: ``w = plus − minus``.

    Parameters
    ----------
    kind : Kind
    plus, minus : Cells
    """

    moving: ClassVar[int]
    """How many cells of a pair a pulse moves, one after another."""

    def __init__(self, kind: Kind, plus: Cells, minus: Cells) -> None:
        self.kind, self.plus, self.minus = kind, plus, minus
        self.w = plus.w - minus.w
        alone = plus.seen is plus.w
        self.seen = self.w if alone else plus.seen - minus.seen

    @property
    def shape(self) -> tuple[int, int]:
        """(n_rows, n_cols)."""
        return self.plus.shape

    @property
    def mean_step(self) -> float:
        """That of the device, in units of w."""
        return self.kind.mean_step

    @property
    def stuck(self) -> NDArray:
        """Where a cell of the pair never moves, (n_rows, n_cols) booleans."""
        return self.plus.stuck | self.minus.stuck

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
        """Put the differences at a state, as far as each cell's own part is possible."""

    @abstractmethod
    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """As `Cells.pulse`; return how many fell on cells."""

    def pulses(self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator) -> int:
        """As `Cells.pulses`, likewise."""
        return self.pulse(*struck(rows, counts, self.shape[1]), up, rng)

    @abstractmethod
    def charge(self, rows: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """As `Cells.charge`, likewise."""

    def pulses_at_once(
        self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator
    ) -> int:
        """As `Cells.pulses_at_once`, likewise."""
        return int(self.charge(rows, counts, up, rng))

    def sides(self, rows: NDArray | None = None) -> tuple[NDArray, NDArray]:
        """Return what a read sees of some or all rows' G⁺ and G⁻, less G_ref, in units of w."""
        return self.plus.sides(rows)[0], self.minus.sides(rows)[0]

    def elapse(self, samples: float) -> None:
        """Leak, both cells of every pair."""
        self.plus.elapse(samples)
        self.minus.elapse(samples)
        self._subtract_all()

    def age(self, change: Callable[[NDArray], NDArray]) -> None:
        """As `Cells.age`, both cells of every pair."""
        self.plus.age(change)
        self.minus.age(change)
        self.seen = self.plus.seen - self.minus.seen

    def conductance(self) -> NDArray:
        """Return G⁺, shape (n_rows, n_cols) [S]."""
        return self.plus.conductance()

    def counterpart(self) -> NDArray:
        """Return G⁻, shape (n_rows, n_cols) [S]."""
        return self.minus.conductance()

    @abstractmethod
    def at_bounds(self) -> float:
        """Return how many of the cells, or pairs, can go no further in a direction: a fraction."""

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


class OneSidedCells(PairCells):
    """Cells that can only be potentiated: pulses up go to `plus`, pulses down to `minus`.

    Parameters
    ----------
    kind : OneSidedKind
    plus, minus : Cells
    resets : tuple of two (n_rows, n_cols) arrays
        The level that a reset takes each cell of `plus` and of `minus` to.
    """

    moving = 1
    kind: OneSidedKind

    def __init__(
        self, kind: OneSidedKind, plus: Cells, minus: Cells, resets: tuple[NDArray, NDArray]
    ) -> None:
        super().__init__(kind, plus, minus)
        self.resets = resets

    def _moving(self, up: bool) -> Cells:
        return self.plus if up else self.minus

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Put one cell of each pair at |w| and the other at its lower bound."""
        self.plus.set(np.maximum(w, 0), rng)
        self.minus.set(np.maximum(np.negative(w), 0), rng)
        self._subtract_all()

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """As `Cells.pulse`, on the cells for this direction, which are potentiated."""
        total = self._moving(up).pulse(index, number, True, rng)
        self._subtract(index)
        return total

    def charge(self, rows: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """As `Cells.charge`, on the cells for this direction, which are potentiated."""
        total = self._moving(up).charge(rows, amount, True, rng)
        self._subtract(struck(rows, amount, self.shape[1])[0])
        return total

    def refresh(self, rng: np.random.Generator, rows: NDArray | None = None) -> Refreshed:
        """Write anew the pairs that run out of range, without a converter.

        The difference of such a pair is held as a voltage, both its cells are reset, and the one
        that the sign asks for is pulsed until a comparator finds that the difference is back.

        Parameters
        ----------
        rng : numpy.random.Generator
        rows : (r,) integer array, optional
            Look at these rows alone.

        Returns
        -------
        Refreshed
            A decision for each cell looked at, one for the smaller cell of a pair above the
            threshold, and one before each pulse of the rewriting.
        """
        looked, full, worn = self._worn(rows)
        held = self.seen.reshape(-1).take(worn)
        for cells, level in zip((self.plus, self.minus), self.resets, strict=True):
            cells.w.reshape(-1)[worn] = np.where(
                cells.stuck.reshape(-1)[worn], cells.w.reshape(-1)[worn], level.reshape(-1)[worn]
            )
            cells._show(worn, rng)
        self._subtract(worn)
        decisions, pulses = 0, 0
        for up in (True, False):
            asked = held > 0 if up else held < 0
            more = self._rewrite(worn[asked], held[asked], up, rng)
            decisions, pulses = decisions + more[0], pulses + more[1]
        return Refreshed(2 * looked + full + decisions, pulses, 2 * worn.size)

    def _worn(self, rows: NDArray | None) -> tuple[int, int, NDArray]:
        """Return how many pairs were looked at, how many are above the threshold, and the worn."""
        top = self.kind.rule.high
        rows = np.arange(self.shape[0]) if rows is None else rows
        plus, minus = self.plus.seen[rows], self.minus.seen[rows]
        full = np.maximum(plus, minus) > self.kind.threshold * top
        worn = full & (np.minimum(plus, minus) > self.kind.floor * top)
        return worn.size, int(full.sum()), struck(rows, worn, self.shape[1])[0]

    def _rewrite(
        self, index: NDArray, held: NDArray, up: bool, rng: np.random.Generator
    ) -> tuple[int, int]:
        """Pulse until the differences are back; return decisions and pulses."""
        sign, decisions, pulses = (1 if up else -1), 0, 0
        for _ in range(self.kind.patience):
            decisions += index.size
            short = sign * self.seen.reshape(-1).take(index) < sign * held
            index, held = index[short], held[short]
            if not index.size:
                break
            pulses += self.pulse(index, np.ones(index.size), up, rng)
        return decisions, pulses

    def at_bounds(self) -> float:
        """Return the fraction of the pairs with a cell that can go no higher."""
        full = (self.plus.w >= self.plus.high) | (self.minus.w >= self.minus.high)
        return float(full[~self.stuck].mean()) if not self.stuck.all() else 0.0

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies."""
        return {
            "plus_reset": self.resets[0],
            "minus_reset": self.resets[1],
            **super().arrays(),
        }
