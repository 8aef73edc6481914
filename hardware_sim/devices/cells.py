"""Manufactured arrays of cells: each is an individual, moved by pulses or by charge.

The state `w` is dimensionless, in the units in which the device was published:
``w = (G⁺ − G⁻)/G_unit``, one moving cell G⁺ against a fixed reference G⁻. One pulse moves a cell by

    ``Δw = ± Δ± [size(w) + ξ (relative · size(w) + additive + slope · |w|)]``

clipped into the cell's own bounds: Δ± is the cell's own step, ``size`` the update rule, ξ standard
normal. A cell that no pulse reaches draws no noise and keeps every bit. Source: [Rasch2021].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hardware_sim.devices.addressing import struck
from hardware_sim.devices.noise import gaussian
from hardware_sim.devices.refreshed import Refreshed
from hardware_sim.devices.technology import Technology, Written
from hardware_sim.devices.visible import apparent, nearest_level

__all__ = [
    "Cells",
    "take_over",
]


RECEIVED = ("received_up", "received_down")
COUNTS = (*RECEIVED, "learned_up", "learned_down")  # which older files lack
FARTHEST = 8.0  # standard deviations; a pulse is farther off once in 10¹⁵


def take_over(own: dict[str, NDArray], arrays: dict[str, NDArray]) -> None:
    """Fill arrays of ours, by name, from others.

    Where files of older programs have no count of the pulses received, it is not a number.

    Raises
    ------
    ValueError
        If the arrays have other names, or one of them another shape.
    """
    lacking = {n for n in own.keys() - arrays.keys() if n.endswith(COUNTS)}
    if own.keys() - lacking == arrays.keys():
        arrays = {**arrays, **{n: np.full(own[n].shape, np.nan) for n in lacking}}
    if own.keys() != arrays.keys():
        raise ValueError(f"expected the arrays {', '.join(own)}; got {', '.join(arrays)}")
    for name, mine in own.items():
        if arrays[name].shape != mine.shape:
            raise ValueError(f"{name}: expected shape {mine.shape}, got {arrays[name].shape}")
    for name, mine in own.items():
        mine[...] = arrays[name]


class Cells:
    """One individual array of devices; `Device.manufacture` draws it.

    Parameters
    ----------
    technology : Technology
        The device that each cell is an individual of.
    up, down : (n_rows, n_cols) arrays
        Δ₊ and Δ₋ of each cell; both 0 where it is stuck.
    low, high : (n_rows, n_cols) arrays
        Its bounds.
    w : (n_rows, n_cols) array
        Its state, changed in place.

    Attributes
    ----------
    seen : (n_rows, n_cols) array
        What a read sees: `w` itself, or another array if there is write noise, a finite number of
        levels, or ageing.
    received : dict of bool to (n_rows, n_cols) array
        Pulses up (True) and down that each cell has received, or their charge in that of a pulse.
    """

    moving: ClassVar[int] = 1
    """How many cells a pulse moves, one after another."""

    on_row: ClassVar[int] = 1
    """How many cells of a weight can move, all on the same row."""

    disturbable: ClassVar[bool] = True
    """Whether half-selected cells of a weight can be moved by `charge`, all of them."""

    noisy: ClassVar[int] = 1
    """How many cells of a weight have noise when it is read, beside G_ref, which has none."""

    gated_siemens: ClassVar[float] = 0.0
    """Mean conductance of a cell that no current writes, beside those that one does [S]."""

    parallel: ClassVar[int] = 1
    """How many cells, of which a pulse moves one, make up the conductance of a weight."""

    def __init__(
        self,
        technology: Technology,
        up: NDArray,
        down: NDArray,
        low: NDArray,
        high: NDArray,
        w: NDArray,
    ) -> None:
        self.technology, self.w = technology, np.asarray(w)
        self.up, self.down, self.low, self.high = map(np.asarray, (up, down, low, high))
        itself = not (technology.noise.write or technology.levels)
        self.seen = self.w if itself else nearest_level(technology, self.w)
        self.received = {True: np.zeros(w.shape), False: np.zeros(w.shape)}

    @property
    def shape(self) -> tuple[int, int]:
        """(n_rows, n_cols)."""
        return self.w.shape[0], self.w.shape[1]

    @property
    def mean_step(self) -> float:
        """The move that an engine expects of one pulse, in units of w."""
        return self.technology.mean_step

    @property
    def learned(self) -> tuple[NDArray, NDArray]:
        """How many pulses updates gave each weight, up and down: all that the cell received."""
        return self.received[True], self.received[False]

    @property
    def stuck(self) -> NDArray:
        """Where a cell never moves, (n_rows, n_cols) booleans."""
        return (self.up == 0) & (self.down == 0)

    @property
    def refreshed_by(self) -> Written:
        """What the energy of a pulse in a refresh is."""
        return self.technology.by

    @property
    def first_pulses(self) -> float:
        """How many pulses it takes from w = 0 to the weights that are stored."""
        return float(np.abs(self.w).sum(dtype=np.float64)) / self.mean_step

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Put every cell that is not stuck at a state, (n_rows, n_cols), clipped into its bounds.

        Without `rng` the write leaves no apparent deviation.
        """
        inside = np.clip(w, self.low, self.high)
        self.w[...] = np.where(self.stuck, self.w, inside)
        if self.seen is not self.w:
            self.seen[...] = nearest_level(self.technology, self.w)
            if rng is not None:
                self._show(np.arange(self.w.size), rng)

    def put(self, index: NDArray, w: NDArray, rng: np.random.Generator) -> None:
        """Write states within the bounds into the cells at flat indices, unless they are stuck."""
        state = self.w.reshape(-1)
        state[index] = np.where(self.stuck.reshape(-1)[index], state[index], w)
        self._show(index, rng)

    def pulses(self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Give each cell its count of pulses, one after another; return how many in all.

        Parameters
        ----------
        rows : (r,) integer array
            The active rows, each once.
        counts : (r, n_cols) array of whole numbers, 0 or more
            Coincidences of each of their cells.
        up : bool
            Potentiate, or depress.
        rng : numpy.random.Generator
        """
        return self.pulse(*struck(rows, counts, self.shape[1]), up, rng)

    def pulses_at_once(
        self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator
    ) -> int:
        """Give each cell its count of pulses as one step: ``n · size(w)``, noise ``√n σ``.

        Exact for constant steps away from the bounds. Otherwise the size is that of the first
        pulse: relative to the move it is wrong by ``(n − 1)/2 · Δ |size′|`` to leading order.
        """
        return int(self.charge(rows, counts, up, rng))

    def charge(self, rows: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move each cell by a real number of steps at once; return the sum of the amounts.

        Parameters
        ----------
        rows : (r,) integer array
            The active rows, each once.
        amount : (r, n_cols) array, 0 or more
            Charge on each of their cells, in that of one pulse: width × amplitude.
        up, rng
            As in `pulses`.
        """
        return self.move(*struck(rows, amount, self.shape[1]), up, rng)

    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move the cells at flat indices, each once, by real numbers of steps; return their sum."""
        self.received[up].reshape(-1)[index] += amount
        part = amount.astype(self.w.dtype, copy=False)
        self._step(index, part, up, self._normals(index.size, rng))
        self._show(index, rng)
        return float(part.sum(dtype=np.float64))

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Give the cells at flat indices a number of pulses each; return how many in all.

        Parameters
        ----------
        index, number : (n,) arrays
            Flat indices, each once, and whole numbers of 1 or more.
        up, rng
            As in `pulses`.
        """
        self.received[up].reshape(-1)[index] += number
        total, left = int(number.sum(dtype=np.float64)), index
        while left.size:
            self._step(left, None, up, self._normals(left.size, rng))
            more = np.flatnonzero(number > 1)
            left, number = left.take(more), number.take(more) - 1
            if left.size and self.technology.rule.uniform and not self.technology.noise.cycle.slope:
                left, number = self._jump(left, number, up, rng)
        self._show(index, rng)
        return total

    def _jump(
        self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator
    ) -> tuple[NDArray, NDArray]:
        """Apply all the pulses of the cells that cannot reach a bound by them; return the others.

        Steps that do not depend on the state add up to one normal step of n-fold mean and variance,
        so nothing is approximated.
        """
        w, step = self.w.reshape(-1).take(index), (self.up if up else self.down).reshape(-1)
        cycle = self.technology.noise.cycle
        reach = number * (1 + FARTHEST * (cycle.relative + cycle.additive)) * step.take(index)
        low, high = self.low.reshape(-1).take(index), self.high.reshape(-1).take(index)
        far = np.minimum(high - w, w - low) > reach
        there = index[far]
        self._step(there, number[far], up, self._normals(there.size, rng))
        near = ~far
        return index[near], number[near]

    def _normals(self, n: int, rng: np.random.Generator) -> NDArray | None:
        """Draw ξ of n pulses; None where every pulse is like the last."""
        return None if self.technology.noise.cycle.silent else gaussian(rng, n, self.w.dtype)

    def _step(self, index: NDArray, amount: NDArray | None, up: bool, xi: NDArray | None) -> None:
        """Move the cells at flat indices by one pulse, or by an amount of it."""
        state = self.w.reshape(-1)
        w, step = state.take(index), (self.up if up else self.down).reshape(-1).take(index)
        low, high = self.low.reshape(-1).take(index), self.high.reshape(-1).take(index)
        step *= self._relative(w, amount, self.technology.rule.size(w, up, low, high), xi)
        w = np.add(w, step, out=w) if up else np.subtract(w, step, out=w)
        np.minimum(w, high, out=w)
        state[index] = np.maximum(w, low, out=w)

    def _relative(
        self, w: NDArray, amount: NDArray | None, size: NDArray, xi: NDArray | None
    ) -> NDArray:
        """Return the moves in units of each cell's step; may overwrite `size`."""
        sigma = None if xi is None else self.technology.noise.cycle.deviation(size, w)
        if amount is not None:
            size *= amount
        if sigma is not None:
            sigma *= xi
            if amount is not None:
                sigma *= np.sqrt(amount)
            size += sigma
        return size

    def _show(self, index: NDArray, rng: np.random.Generator) -> None:
        """Redraw what a read sees of the cells at flat indices."""
        if self.seen is not self.w:
            written = self.w.reshape(-1).take(index)
            self.seen.reshape(-1)[index] = apparent(self.technology, written, rng)

    def sides(self, rows: NDArray | None = None) -> tuple[NDArray, NDArray]:
        """Return what a read sees of G⁺ and G⁻ in some or all rows, less G_ref, in units of w.

        G⁺ has the shape (rows, n_cols). G⁻ is the reference, hence one 0, shape ().
        """
        seen = self.seen if rows is None else self.seen.take(rows, axis=0)
        return seen, np.zeros((), self.seen.dtype)

    def elapse(self, samples: float) -> None:
        """Leak for a number of samples: ``w ← w e^(−samples/lifetime)``; stuck cells do not.

        The apparent deviation that the last write left stays. In float32, with a lifetime of a
        million samples, leak for a hundred samples at a time: the decay during one is close to the
        rounding.
        """
        if math.isinf(self.technology.lifetime):
            return
        stuck = np.flatnonzero(self.stuck)
        kept = self.w.reshape(-1).take(stuck)
        deviation = (
            None if self.seen is self.w else self.seen - nearest_level(self.technology, self.w)
        )
        self.w *= math.exp(-samples / self.technology.lifetime)
        self.w.reshape(-1)[stuck] = kept
        if deviation is not None:
            np.add(nearest_level(self.technology, self.w), deviation, out=self.seen)

    def refresh(self, rng: np.random.Generator) -> Refreshed:
        """Leave everything as it is: a cell that moves both ways does not run out of range."""
        return Refreshed()

    def age(self, change: Callable[[NDArray], NDArray]) -> None:
        """Let reads see other conductances: those that `change` returns for the present ones [S].

        A cell that is pulsed afterwards is seen at its state again.
        """
        siemens = change(self.conductance())
        self.seen = ((siemens - self.technology.reference) / self.technology.unit).astype(
            self.w.dtype
        )

    def conductance(self) -> NDArray:
        """Return G⁺, that of the moving cells, at room temperature, (n_rows, n_cols) [S]."""
        return self.technology.reference + self.technology.unit * self.seen

    def counterpart(self) -> NDArray:
        """Return G⁻, here that of the one reference, shape () [S]."""
        return np.asarray(self.technology.reference, self.w.dtype)

    def pulse_counts(self) -> dict[str, NDArray]:
        """Return how many pulses up and down each cell has received, (n_rows, n_cols) each."""
        return {"pulses_up": self.received[True], "pulses_down": self.received[False]}

    def at_bounds(self) -> float:
        """Return the fraction of the cells at one of their bounds, stuck cells left out."""
        at = (self.w <= self.low) | (self.w >= self.high)
        return float(at[~self.stuck].mean()) if not self.stuck.all() else 0.0

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies.

        Bounds at infinity, those of a device without any, are not among them.
        """
        own = {"w": self.w, "up": self.up, "down": self.down}
        own |= dict(zip(RECEIVED, (self.received[True], self.received[False]), strict=True))
        if not np.isinf(self.low).all():
            own |= {"low": self.low, "high": self.high}
        return own if self.seen is self.w else {**own, "seen": self.seen}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place.

        Raises
        ------
        ValueError
            If the shapes are not those of these cells.
        """
        take_over(self.arrays(), arrays)

    def resum(self) -> None:
        """Leave everything as it is: these cells are made of no others."""
