"""The crossbar: Ohm's law at every crossing, Kirchhoff's at every column."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.constants import BOLTZMANN, CHARGE
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.pairs import PairCells
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Current, Voltage, refuse_while_learning, same_lines

__all__ = [
    "Crossbar",
]


class _Crossed(NamedTuple):
    """The lines that carry a voltage, and the cells they cross, in units of w beside G_ref."""

    v: NDArray  # (reads, lines) [V]
    plus: NDArray  # (lines, columns)
    minus: NDArray  # the same, or () where it is the reference

    @property
    def w(self) -> NDArray:
        """What the differential current sees."""
        return self.plus - self.minus if self.minus.ndim else self.plus

    def weighted(self, v: NDArray) -> NDArray:
        """Return ``Σ v (plus + minus)`` of every column, (reads, columns)."""
        return v @ self.plus + v @ self.minus if self.minus.ndim else v @ self.plus


class Crossbar:
    """A differential array: a pair of cells per weight, one fixed; columns at virtual ground.

    ``I_j = Σ_i V_i (G⁺_ij − G⁻_ij)`` with ``G⁺ = G_ref + G_unit · w`` and ``G⁻ = G_ref``. The last
    row is the bias: it is driven by a constant voltage.

    Parameters
    ----------
    cells : Cells
        The moving cells, (n_in + 1, n_out).
    unit, reference : float
        G_unit and G_ref [S].
    bias : float
        Voltage of the last row [V].
    noise : ArrayNoise
    """

    def __init__(
        self,
        cells: Cells | PairCells,
        unit: float,
        reference: float,
        bias: float,
        noise: ArrayNoise,
    ) -> None:
        self.cells, self.unit, self.reference = cells, unit, reference
        self.bias, self.noise = bias, noise
        self._column_sums: NDArray | None = None
        self._last: tuple[Voltage, NDArray, NDArray] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(n_in, n_out), the bias row not counted."""
        rows, columns = self.cells.w.shape
        return rows - 1, columns

    def currents(self, voltage: Voltage, rng: np.random.Generator, ledger: Ledger) -> Current:
        """Return the differential column currents, (reads, n_out)."""
        return self._read(self._crossed(voltage), self._conductances(), rng, ledger)

    def transposed_currents(
        self, voltage: Voltage, rng: np.random.Generator, ledger: Ledger
    ) -> Current:
        """Return the differential row currents of driven columns, (reads, n_in).

        ``I_i = Σ_j V_j (G⁺_ij − G⁻_ij)``, with the noise and the price of the other direction; the
        bias row is left open. Forward-Forward has no use for it: it is here for its rival.
        """
        same_lines("the columns of a crossbar", voltage, self.shape[1])
        plus, minus = self.cells.sides()
        crossed = _Crossed(voltage._si, plus[:-1].T, minus[:-1].T if minus.ndim else minus)
        one = np.ones((1, self.shape[1]), voltage._si.dtype)
        sums = 2 * self.reference * self.shape[1] + self.unit * crossed.weighted(one)[0]
        return self._read(crossed, sums, rng, ledger)

    def _read(
        self, crossed: _Crossed, conductances: NDArray, rng: np.random.Generator, ledger: Ledger
    ) -> Current:
        """Return the currents out of the lines that are read, which have these Σ (G⁺ + G⁻) [S]."""
        current = self.unit * (crossed.v @ crossed.w)
        power = self._power(crossed)
        variance = self._variance(crossed, conductances, power)
        if variance is not None:
            sigma = np.sqrt(variance).astype(current.dtype)
            current += sigma * rng.standard_normal(current.shape, current.dtype)
        reads = len(crossed.v)
        if self.noise.low_frequency and reads > 1:
            current += self._frozen(crossed, rng)
        ledger.charge(prices.READ, reads, float(power.sum()), uses=reads)
        return Current._of(current)

    def dissipation(self, voltage: Voltage, ledger: Ledger) -> NDArray:
        """Return the power dissipated in the cells, ``Σ V² (G⁺ + G⁻)`` [W], (reads,).

        A figure for tests of conservation. No circuit measures it: it is entered as a probe's, and
        refused while a layer learns.
        """
        refuse_while_learning("dissipation")
        power = self._power(self._crossed(voltage)).sum(axis=1)
        ledger.charge(prices.PROBE, len(power), uses=0)
        return power

    def mean_conductance(self) -> float:
        """Return the mean of all the cells' conductances as they are now [S], for energies."""
        return float(self._conductances().mean()) / (2 * len(self.cells.w))

    def changed(self) -> None:
        """Forget what was remembered of the conductances; whoever writes calls it."""
        self._column_sums = None

    def _driven(self, voltage: Voltage) -> tuple[NDArray, NDArray]:
        """Return the rows that carry a voltage, (rows,), and the voltages, (reads, rows) [V].

        What was last read is remembered: an update drives the same lines again.
        """
        if self._last is None or self._last[0] is not voltage:
            self._last = voltage, *self._find_driven(voltage)
        return self._last[1:]

    def _find_driven(self, voltage: Voltage) -> tuple[NDArray, NDArray]:
        same_lines("a crossbar", voltage, self.shape[0])
        v = voltage._si
        on = v[0] != 0 if len(v) == 1 else (v != 0).any(axis=0)
        rows = np.flatnonzero(on)
        driven = np.empty((len(v), len(rows) + 1), v.dtype)
        np.take(v, rows, axis=1, out=driven[:, :-1])
        driven[:, -1] = self.bias
        return np.append(rows, self.shape[0]), driven

    def _crossed(self, voltage: Voltage) -> _Crossed:
        rows, v = self._driven(voltage)
        return _Crossed(v, *self.cells.sides(rows))

    def _power(self, crossed: _Crossed) -> NDArray:
        """Return what the cells of each column dissipate [W], (reads, columns)."""
        squares = crossed.v * crossed.v
        total = self.unit * crossed.weighted(squares)
        total += 2 * self.reference * squares.sum(axis=1, keepdims=True)
        return total

    def _variance(self, crossed: _Crossed, conductances: NDArray, power: NDArray) -> NDArray | None:
        """Return the variance of the currents [A²], (reads, columns); None without noise."""
        noise, v = self.noise, crossed.v
        bandwidth = 1 / (2 * prices.READ_TIME.nominal)
        total: NDArray | float = 0.0
        if noise.temperature:
            total = 4 * BOLTZMANN * noise.temperature * bandwidth * conductances
        if noise.fano:
            absolute = 2 * self.reference * np.abs(v).sum(axis=1, keepdims=True)
            absolute = absolute + self.unit * crossed.weighted(np.abs(v))
            total = total + 2 * CHARGE * noise.fano * bandwidth * absolute
        if noise.white:
            moving = 2 if crossed.minus.ndim else 1
            total = total + moving * noise.white**2 * np.sum(v**2, axis=1, keepdims=True)
        if noise.low_frequency and len(v) == 1:
            total = total + noise.low_frequency**2 * self._squared(crossed, power)
        return np.asarray(total) if np.any(total) else None

    def _squared(self, crossed: _Crossed, power: NDArray) -> NDArray:
        """Return Σ V² (G⁺² + G⁻²) of every column [A²], (reads, columns), given Σ V² (G⁺ + G⁻).

        With G = G_ref + u: G² = 2 G_ref G − G_ref² + u², and the array is passed over once.
        """
        squares, G = crossed.v * crossed.v, self.reference
        own = squares @ (crossed.plus * crossed.plus)
        if crossed.minus.ndim:
            own += squares @ (crossed.minus * crossed.minus)
        both = 2 * G * G * squares.sum(axis=1, keepdims=True)
        return 2 * G * power - both + self.unit**2 * own

    def _siemens(self, side: NDArray) -> NDArray:
        """Return the conductance of one side of the pairs [S]."""
        return self.reference + self.unit * side

    def _conductances(self) -> NDArray:
        """Return each column's Σ (G⁺ + G⁻) over all its rows [S], (columns,), driven or not."""
        if self._column_sums is None:
            n = len(self.cells.w)
            every = _Crossed(np.ones((1, n), self.cells.w.dtype), *self.cells.sides())
            sums = every.weighted(every.v)[0].astype(float)
            self._column_sums = 2 * self.reference * n + self.unit * sums
        return self._column_sums

    def _frozen(self, crossed: _Crossed, rng: np.random.Generator) -> NDArray:
        """Return what deviations that stay for several reads add to their currents [A]."""
        shape, dtype = crossed.plus.shape, crossed.plus.dtype
        plus = self._siemens(crossed.plus) * rng.standard_normal(shape, dtype)
        minus = self._siemens(crossed.minus) * rng.standard_normal(shape, dtype)
        return crossed.v @ (self.noise.low_frequency * (plus - minus))
