"""One-sided pairs: each cell can only be potentiated, and a refresh needs no converter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.devices.addressing import struck
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.pairs import Pair, PairCells
from hardware_sim.devices.refreshed import Refreshed
from hardware_sim.validation import above_zero, not_negative

__all__ = [
    "OneSidedPair",
    "OneSidedCells",
]


@dataclass(frozen=True)
class OneSidedPair(Pair):
    """A device with two cells per weight that can only be potentiated: ``w = plus − minus``.

    Whatever updates them must call ``cells.refresh(rng)`` from time to time.

    Attributes
    ----------
    cell : Device
        The device of either cell; its lower bound is 0.
    reset, reset_spread : float
        State after a reset, and its device-to-device standard deviation, in units of w.
    threshold, floor : float
        A refresh rewrites the pairs whose larger cell is above `threshold` and whose smaller cell
        is above `floor`, both as fractions of the range. If the smaller cell is lower, a refresh
        would win nothing.
    patience : int
        Pulses after which a refresh gives a cell up.

    Raises
    ------
    ValueError
        If the cell's range does not begin at 0, or the fractions are not in order.
    """

    reset: float = 0.0
    reset_spread: float = 0.0
    threshold: float = 0.75
    floor: float = 0.25
    patience: int = 100

    def __post_init__(self) -> None:
        if self.cell.rule.low != 0:
            raise ValueError(
                f"a one-sided pair expects cells whose range begins at 0; got "
                f"{self.cell.rule.low} … {self.cell.rule.high}"
            )
        not_negative(reset=self.reset, reset_spread=self.reset_spread)
        above_zero(patience=self.patience)
        if not 0 <= self.floor <= self.threshold <= 1:
            raise ValueError(
                f"expected 0 ≤ floor ≤ threshold ≤ 1; got {self.floor}, {self.threshold}"
            )

    @property
    def mean_step(self) -> float:
        """That of one cell, because a pulse moves one of the two [in units of w]."""
        return self.cell.mean_step

    @property
    def reach(self) -> float:
        """The largest ``|w|`` that can be reached in both directions."""
        return self.cell.rule.high

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> OneSidedCells:
        """Draw one individual array, all cells reset."""
        halves = [self.cell.manufacture(shape, rng, dtype) for _ in range(2)]
        levels = [self.reset + self.reset_spread * rng.standard_normal(shape) for _ in halves]
        resets = [
            np.clip(w, c.low, c.high).astype(dtype) for w, c in zip(levels, halves, strict=True)
        ]
        for cells, level in zip(halves, resets, strict=True):
            cells.set(level)
        return OneSidedCells(self, halves[0], halves[1], (resets[0], resets[1]))


class OneSidedCells(PairCells):
    """An array of one-sided pairs: pulses up potentiate `plus`, pulses down potentiate `minus`.

    Parameters
    ----------
    pair : OneSidedPair
    plus, minus : Cells
    resets : tuple of two (n_rows, n_cols) arrays
        The level that a reset takes each cell of `plus` and of `minus` to.
    """

    moving = 1
    pair: OneSidedPair

    def __init__(
        self, pair: OneSidedPair, plus: Cells, minus: Cells, resets: tuple[NDArray, NDArray]
    ) -> None:
        super().__init__(pair, plus, minus)
        self.resets = resets
        self._learned = np.zeros(self.shape), np.zeros(self.shape)

    @property
    def learned(self) -> tuple[NDArray, NDArray]:
        """How many pulses updates gave each pair, up and down; a refresh gives more."""
        return self._learned

    def _moving(self, up: bool) -> Cells:
        return self.plus if up else self.minus

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Put one cell of each pair at ``|w|`` and the other at its lower bound."""
        self.plus.set(np.maximum(w, 0), rng)
        self.minus.set(np.maximum(np.negative(w), 0), rng)
        self._subtract_all()

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Potentiate the cells of this direction, as `Cells.pulse`; return how many pulses."""
        self._learned[0 if up else 1].reshape(-1)[index] += number
        return self._potentiate(index, number, up, rng)

    def _potentiate(
        self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator
    ) -> int:
        total = self._moving(up).pulse(index, number, True, rng)
        self._subtract(index)
        return total

    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Potentiate the cells of this direction, as `Cells.move`; return the sum."""
        self._learned[0 if up else 1].reshape(-1)[index] += amount
        total = self._moving(up).move(index, amount, True, rng)
        self._subtract(index)
        return total

    def refresh(self, rng: np.random.Generator, rows: NDArray | None = None) -> Refreshed:
        """Rewrite the pairs that run out of range, without a converter.

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
            Its decisions are one for each cell looked at, one for the smaller cell of each pair
            above the threshold, and one before each pulse of the rewriting. Its rows are those
            looked at, and in each round of the rewriting those that are not done.
        """
        looked = np.arange(self.shape[0]) if rows is None else rows
        full, worn = self._worn(looked)
        held = self.seen.reshape(-1).take(worn)
        for cells, level in zip((self.plus, self.minus), self.resets, strict=True):
            cells.put(worn, level.reshape(-1)[worn], rng)
        self._subtract(worn)
        took = Refreshed(2 * looked.size * self.shape[1] + full, 0, 2 * worn.size, looked.size)
        for up in (True, False):
            asked = held > 0 if up else held < 0
            took = took.and_more(self._rewrite(worn[asked], held[asked], up, rng))
        return took

    def _worn(self, rows: NDArray) -> tuple[int, NDArray]:
        """Return the number of pairs above the threshold, and the worn ones."""
        top = self.pair.cell.rule.high
        plus, minus = self.plus.seen[rows], self.minus.seen[rows]
        full = np.maximum(plus, minus) > self.pair.threshold * top
        worn = full & (np.minimum(plus, minus) > self.pair.floor * top)
        return int(full.sum()), struck(rows, worn, self.shape[1])[0]

    def _rewrite(
        self, index: NDArray, held: NDArray, up: bool, rng: np.random.Generator
    ) -> Refreshed:
        """Pulse until the differences are back; return what it took."""
        sign, decisions, pulses, rows = (1 if up else -1), 0, 0, 0
        for _ in range(self.pair.patience):
            decisions += index.size
            rows += np.unique(index // self.shape[1]).size
            short = sign * self.seen.reshape(-1).take(index) < sign * held
            index, held = index[short], held[short]
            if not index.size:
                break
            pulses += self._potentiate(index, np.ones(index.size), up, rng)
        return Refreshed(decisions, pulses, 0, rows)

    def at_bounds(self) -> float:
        """Return the fraction of the pairs with a cell that can go no higher."""
        full = (self.plus.w >= self.plus.high) | (self.minus.w >= self.minus.high)
        return float(full[~self.stuck].mean()) if not self.stuck.all() else 0.0

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies."""
        return {
            "plus_reset": self.resets[0],
            "minus_reset": self.resets[1],
            "learned_up": self._learned[0],
            "learned_down": self._learned[1],
            **super().arrays(),
        }
