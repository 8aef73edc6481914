"""The crossbar: Ohm's law at every crossing, Kirchhoff's at every column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.access import Access, HalfVoltage
from hardware_sim.arrays.crossed import Crossed, weight_sums
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.devices.manufactured import Manufactured
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Current, Voltage, refuse_while_learning, same_lines
from hardware_sim.validation import plain_numbers

__all__ = [
    "Crossbar",
]


BARE = HalfVoltage()


class Crossbar:
    """A differential array: a pair of cells per weight, and columns at virtual ground.

    ``I_j = Σ_i V_i (G⁺_ij − G⁻_ij)``. If one cell of a pair moves, ``G⁺ = G_ref + G_unit · w`` and
    ``G⁻ = G_ref``. The last row is the bias: it is driven by a constant voltage.

    Parameters
    ----------
    cells : manufactured cells
        The moving cells, (n_in + 1, n_out).
    unit, reference : float
        G_unit and G_ref [S].
    bias : float
        Voltage of the last row [V].
    noise : ArrayNoise
    access : Access, optional
        How lines reach the cells that they write.
    imbalance : (1, n_out) array or float
        By what fraction too much of the current of G⁻ is subtracted on each column.
    tile : int, optional
        Rows that share an amplifier on each column; by default all. A tile whose rows carry the
        same voltages as in the read before is not read again: its sum is held.
    """

    def __init__(
        self,
        cells: Manufactured,
        unit: float,
        reference: float,
        bias: float,
        noise: ArrayNoise,
        access: Access = BARE,
        imbalance: NDArray | float = 0.0,
        tile: int | None = None,
    ) -> None:
        self.cells, self.unit, self.reference, self.bias = cells, unit, reference, bias
        plain_numbers(self, "unit", "reference", "bias")
        self.noise, self.access, self.imbalance = noise, access, imbalance
        self.tile = tile or len(cells.w)
        self._column_sums: NDArray | None = None
        self._last: tuple[Voltage, NDArray, Voltage] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(n_in, n_out), the bias row not counted."""
        rows, columns = self.cells.w.shape
        return rows - 1, columns

    def currents(self, voltage: Voltage, rng: np.random.Generator, ledger: Ledger) -> Current:
        """Return the differential column currents, (reads, n_out)."""
        rows, driven = self.driven(voltage)
        crossed = self._crossed(driven, self.cells.sides(rows))
        on = self.awake(voltage)[:, rows // self.tile]
        return self._read(crossed, self._conductances(), rng, ledger, on, self.imbalance)

    def awake(self, voltage: Voltage) -> NDArray:
        """Return which tiles are read in each of several reads, (reads, tiles) booleans.

        In the first read all are, in the others those of which a row has another voltage than
        before.
        """
        starts = np.arange(0, len(self.cells.w), self.tile)
        on = np.ones((voltage.shape[0], len(starts)), bool)
        if len(on) > 1:
            other = np.diff(voltage._si, axis=0) != 0
            on[1:] = np.add.reduceat(np.pad(other, ((0, 0), (0, 1))), starts, axis=1)
        return on

    def _read(
        self,
        crossed: Crossed,
        conductances: NDArray,
        rng: np.random.Generator,
        ledger: Ledger,
        on: NDArray,
        imbalance: NDArray | float = 0.0,
    ) -> Current:
        """Return the currents out of the lines at virtual ground that cells join to driven lines.

        The noise of a tile whose sum is held is drawn anew in each read, as if it had been read.

        Parameters
        ----------
        crossed : Crossed
        conductances : (read lines,) array
            Σ (G⁺ + G⁻) of each read line over all its cells, driven or not [S].
        rng : numpy.random.Generator
            Of the noise.
        ledger : Ledger
        on : (reads, lines) array of bool
            Which of the driven lines are on.
        imbalance : (1, read lines) array or float
            By what fraction too much of the current of G⁻ is subtracted.
        """
        current, reads = crossed.current(), len(crossed.v)
        if np.any(imbalance):
            current -= (imbalance * crossed.counter_current()).astype(current.dtype)
        variance = self.noise.variance(crossed, conductances)
        if variance is not None:
            sigma = np.sqrt(variance).astype(current.dtype)
            current += sigma * rng.standard_normal(current.shape, current.dtype)
        if self.noise.low_frequency and reads > 1:
            current += self.noise.frozen(crossed, rng)
        ledger.charge(prices.READ, reads, crossed.supplied(on), uses=reads)
        return Current._of(current)

    def dissipation(self, voltage: Voltage, ledger: Ledger) -> NDArray:
        """Return the power dissipated in the cells, ``Σ V² (G⁺ + G⁻)``, (reads,) [W].

        This is a figure for tests of conservation. No circuit measures it, so it is entered as a
        reading of a probe, and refused while a layer learns.
        """
        refuse_while_learning("dissipation")
        rows, driven = self.driven(voltage)
        power = self._crossed(driven, self.cells.sides(rows)).power().sum(axis=1)
        ledger.charge(prices.PROBE, len(power), uses=0)
        return power

    def cell_conductances(self) -> tuple[NDArray, NDArray]:
        """Return G⁺ and G⁻ of every crossing as a read sees them, (n_in + 1, n_out) each [S].

        At the chip's temperature. The last row is the bias. G⁻ is the same everywhere where it is
        the reference.
        """
        plus, minus = (
            np.broadcast_to(self.reference + self.unit * side, self.cells.shape)
            for side in self.cells.sides()
        )
        return plus, minus

    def survey(self) -> dict[str, NDArray]:
        """Return what there is to know of every crossing, (n_in + 1, n_out) arrays by name.

        `w`; `G_plus` and `G_minus` [S], see `cell_conductances`; `stuck`; and the pulses that each
        moving cell has received: `pulses_up` and `pulses_down`, of a pair those of both cells. It
        is an instrument: refused while a layer learns.
        """
        refuse_while_learning("survey")
        plus, minus = self.cell_conductances()
        known = {"w": self.cells.w, "G_plus": plus, "G_minus": minus, "stuck": self.cells.stuck}
        return {**known, **self.cells.pulse_counts()}

    def mean_conductance(self) -> float:
        """Return the present mean of all the cells' conductances, for energies [S]."""
        return float(self._conductances().mean()) / (2 * len(self.cells.w))

    def changed(self) -> None:
        """Forget what was remembered of the conductances. Every write calls it."""
        self._column_sums = None

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name: those of the cells."""
        return self.cells.arrays()

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place.

        Raises
        ------
        ValueError
            If the shapes are not those of these cells.
        """
        self.cells.restore(arrays)
        self.changed()

    def driven(self, voltage: Voltage) -> tuple[NDArray, Voltage]:
        """Return which rows carry a voltage, (rows,), the bias row last, and their voltages.

        Leaving out the others is exact, and four pixels in five of a digit are blank. The rows of
        the last voltage are remembered, because an update drives the same lines again.
        """
        if self._last is None or self._last[0] is not voltage:
            self._last = voltage, *self._find_driven(voltage)
        return self._last[1:]

    def _find_driven(self, voltage: Voltage) -> tuple[NDArray, Voltage]:
        same_lines("a crossbar", voltage, self.shape[0])
        v = voltage._si
        on = v[0] != 0 if len(v) == 1 else (v != 0).any(axis=0)
        rows = np.flatnonzero(on)
        driven = np.empty((len(v), len(rows) + 1), v.dtype)
        np.take(v, rows, axis=1, out=driven[:, :-1])
        driven[:, -1] = self.bias
        return np.append(rows, self.shape[0]), Voltage._of(driven)

    def _crossed(self, voltage: Voltage, sides: tuple[NDArray, NDArray]) -> Crossed:
        return Crossed(voltage._si, *sides, self.unit, self.reference, self.cells.noisy)

    def _conductances(self) -> NDArray:
        """Return each column's Σ (G⁺ + G⁻) over all its rows, driven or not, (columns,) [S]."""
        if self._column_sums is None:
            sums = weight_sums(*self.cells.sides()).astype(float)
            self._column_sums = self._total(sums, len(self.cells.w))
        return self._column_sums

    def _total(self, weight_sums: NDArray, lines: int) -> NDArray:
        """Return Σ (G⁺ + G⁻) over so many pairs with this sum of plus + minus [S]."""
        return 2 * self.reference * lines + self.unit * weight_sums
