"""The update engine: how an outer product is written into an array, without ever forming it.

Every engine wants ``Δw = ± rate · factor · x_i · y_j`` in weight units, which is
``κ x_i d_j`` pulses of the device's mean step, with ``d = factor · y`` and
``κ = rate/(scale.weight · mean_step)``. The sign is common to all cells: the polarity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf, sqrt
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.devices.cells import struck
from hardware_sim.devices.device import Device, Spread
from hardware_sim.devices.pairs import OneSidedCells, PairCells
from hardware_sim.devices.push_pull import Pair
from hardware_sim.devices.technology import Noise
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger, Price
from hardware_sim.scale import Scale
from hardware_sim.signals import Voltage, one_read, same_lines
from hardware_sim.validation import not_negative

__all__ = [
    "Coincidence",
    "Drive",
    "Engine",
    "SinglePulse",
    "WidthTimesAmplitude",
    "aggregation_bias",
    "coincidences",
    "refresh",
    "write_verify",
]


class Drive(NamedTuple):
    """What the lines carry during an update: an outer product kept as its factors.

    Attributes
    ----------
    rows, columns : Voltage
        Input x, (1, n_in), and activity y, (1, n_out).
    factor : Voltage
        What all cells share, 1 V for 1, (1, 1).
    up : bool
        Polarity: potentiate or depress.
    """

    rows: Voltage
    columns: Voltage
    factor: Voltage
    up: bool


class Engine(Protocol):
    """Anything that writes an outer product into a crossbar."""

    def write(
        self, array: Crossbar, drive: Drive, rate: float, rng: np.random.Generator, ledger: Ledger
    ) -> None:
        """Change the cells by about ``± rate · factor · x_i · y_j`` in weight units."""


class _Lines(NamedTuple):
    """The factors of the wanted numbers of pulses, on the lines that carry any."""

    rows: NDArray  # (r,) indices, the bias row last
    x: NDArray  # (r,)
    d: NDArray  # (n_out,)
    kappa: float


def _lines(array: Crossbar, drive: Drive, rate: float, scale: Scale) -> _Lines:
    one_read("an update", drive.rows)
    one_read("an update", drive.columns)
    same_lines("the columns of an update", drive.columns, array.shape[1])
    rows, volts = array._driven(drive.rows)
    x = volts[0] / scale.volt
    d = drive.columns._si[0] * (drive.factor._si[0, 0] / scale.volt)
    if x.min() < 0 or d.min(initial=0) < 0:
        raise ValueError(
            "pulses have no sign: expected no row and no column of an update below 0 V. Rectify "
            "them, or write the negative ones in a phase of their own with the other polarity."
        )
    return _Lines(rows, x, d.astype(x.dtype), rate / (scale.weight * array.cells.mean_step))


class _Tariff(NamedTuple):
    """What is entered for a pulse, for the cells that see half of it, and for the lines."""

    pulse: Price
    half: Price
    line: Price


_TRAINING = _Tariff(prices.WRITE, prices.HALF_SELECTED, prices.DRIVER)
_UPKEEP = _Tariff(prices.REFRESH, prices.REFRESH_HALF_SELECTED, prices.REFRESH_DRIVER)


def _charge_pulses(
    array: Crossbar,
    firings: tuple[float, float],
    pulses: float,
    slots: int,
    ledger: Ledger,
    tariff: _Tariff = _TRAINING,
) -> None:
    """Enter what pulses cost: the cells, the lines, and the cells that see half the voltage.

    A row has both cells of every pair, a column one of them. Where both move, the second needs the
    other polarity: the lines fire once more. Source: [Chen2018], with the mean conductance of all
    the array's cells.
    """
    mean, times, (n_rows, n_columns) = array.mean_conductance(), array.cells.moving, array.shape
    on_rows, on_columns = (times * n for n in firings)
    halves = on_rows * 2 * n_columns + on_columns * (n_rows + 1) - 2 * pulses
    ledger.charge(tariff.pulse, ceil(pulses), pulses * mean, uses=times * slots)
    ledger.charge(tariff.half, ceil(halves), halves * mean / 4, uses=0)
    ledger.charge(tariff.line, ceil(on_rows + on_columns), uses=0)


@dataclass(frozen=True)
class Coincidence:
    """Stochastic trains: a row fires with a probability ∝ x, a column ∝ d; both at once, a pulse.

    With ``k = κ x_max d_max`` the train has ``min(⌈k⌉, longest)`` slots; a line fires with
    probability ``x/x_max · √(k/slots)``, or ``d/d_max · √(k/slots)``. Peak detectors find the two
    maxima. Every line decides in every slot whether to fire, by a comparator: that is local one-bit
    sampling, no A-to-D conversion, and the ledger counts it beside. So it does the comparator that
    ends the train, one decision a slot against a rising ramp; nobody keeps the number of slots.
    The circuits that form the root and the quotients are not priced.

    Attributes
    ----------
    scale : Scale
    longest : int
        Slots of the longest train.
    at_once : bool
        All pulses of a cell in one step, a faster approximation with a bias, see
        `Cells.pulses_at_once`.
    disturb : float
        Part of a step by which half the voltage moves a cell.

    Source: [Gokmen2016], the choice of the probabilities [Rasch2021].
    """

    scale: Scale
    longest: int = 31
    at_once: bool = False
    disturb: float = 0.0

    def __post_init__(self) -> None:
        if not (self.longest >= 1 and self.longest == int(self.longest)):
            raise ValueError(
                f"longest: expected a train of a whole number of slots, at least 1; got "
                f"{self.longest}"
            )
        not_negative(disturb=self.disturb)

    def write(
        self, array: Crossbar, drive: Drive, rate: float, rng: np.random.Generator, ledger: Ledger
    ) -> None:
        """Write by trains."""
        lines = _lines(array, drive, rate, self.scale)
        ledger.charge(prices.PEAK, 2)
        highest = float(lines.x.max()), float(lines.d.max())
        wanted = lines.kappa * highest[0] * highest[1]
        if not wanted > 0:
            return
        slots = min(ceil(wanted), self.longest)
        share = sqrt(wanted / slots)
        on_rows = _fire(lines.x * (share / highest[0]), slots, rng, ledger)
        on_columns = _fire(lines.d * (share / highest[1]), slots, rng, ledger)
        self._apply(array, lines.rows, (on_rows, on_columns), drive.up, rng, ledger)
        ledger.charge(prices.SAMPLING, (sum(array.shape) + 2) * slots, uses=slots)

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
        firings = float(fired[0].sum()), float(fired[1].sum())
        _charge_pulses(array, firings, pulses, fired[0].shape[1], ledger)
        if self.disturb:
            self._disturb(array, rows, fired, up, rng)
        array.changed()

    def _disturb(
        self,
        array: Crossbar,
        rows: NDArray,
        fired: tuple[NDArray, NDArray],
        up: bool,
        rng: np.random.Generator,
    ) -> None:
        """Move the cells on a line that fired without its crossing: all rows, also silent ones.

        The other cell of a pair is on the same row, which moves it in the pair's other direction.
        """
        per_row = np.zeros((array.cells.w.shape[0], fired[0].shape[1]), fired[0].dtype)
        per_row[rows] = fired[0]
        every, on_row = np.arange(len(per_row)), per_row.sum(axis=1)[:, np.newaxis]
        alone = on_row + fired[1].sum(axis=1) - 2 * (per_row @ fired[1].T)
        array.cells.charge(every, self.disturb * alone, up, rng)
        if isinstance(array.cells, PairCells):
            other = np.broadcast_to(self.disturb * on_row, alone.shape)
            array.cells.charge(every, other, not up, rng)


def coincidences(
    rows: NDArray, fired: tuple[NDArray, NDArray], width: int
) -> tuple[NDArray, NDArray]:
    """Return the flat indices of the cells both of whose lines fired at once, and how often.

    Parameters
    ----------
    rows : (r,) integer array
        The rows that the first of `fired` speaks of.
    fired : (r, slots) and (width, slots) arrays of 0 and 1
        Which rows and which columns fired in which slot.
    width : int
        Columns of the array.
    """
    columns = np.flatnonzero(fired[1].any(axis=1))
    return struck(rows, fired[0] @ fired[1].take(columns, axis=0).T, width, columns)


def _fire(probability: NDArray, slots: int, rng: np.random.Generator, ledger: Ledger) -> NDArray:
    """Return which lines fire in which slot, (lines, slots) of 0 and 1; count what was clipped."""
    clipped = int(np.count_nonzero(probability > 1))
    if clipped:
        ledger.charge(prices.CLIPPED, clipped, uses=0)
    drawn = rng.random((len(probability), slots), probability.dtype)
    return (drawn < probability[:, np.newaxis]).astype(probability.dtype)


def aggregation_bias(device: Device | Pair, pulses: int) -> float:
    """Return how wrong up to so many pulses at once are, in moves of a pulse: the worst of them.

    Measured on typical cells, without variation or noise, that begin within nine tenths of their
    range; cells with larger steps are further off.
    """
    return max(_bias_at_once(device, n) for n in range(1, pulses + 1))


def _bias_at_once(device: Device | Pair, pulses: int) -> float:
    cell = device.cell if isinstance(device, Pair) else device
    typical = replace(cell, spread=Spread(), noise=Noise())
    w, row = 0.9 * np.linspace(cell.rule.low, cell.rule.high, 19)[np.newaxis], np.array([0])
    counts, worst = np.full(w.shape, pulses), 0.0
    for up in (True, False) if cell.rule.low < 0 else (True,):
        one, other = (typical.manufacture(w.shape, np.random.default_rng(0)) for _ in range(2))
        one.set(w)
        other.set(w)
        one.pulses(row, counts, up, np.random.default_rng(0))
        other.pulses_at_once(row, counts, up, np.random.default_rng(0))
        worst = max(worst, float(np.abs(one.w - other.w).max()))
    return worst / cell.mean_step


@dataclass(frozen=True)
class WidthTimesAmplitude:
    """One pulse per cell, as long as the row's x and as high as the column's d: no comparator.

    For devices whose change follows the charge: electrochemical cells, capacitors. They are written
    through a gate, so that a cell on one active line conducts nothing. The charge is paid for at
    the full write voltage, which is an upper bound; the pulse takes as long as the cell that moves
    most would need at that voltage.

    Attributes
    ----------
    scale : Scale
    levels : float
        Widths that can be told apart between 0 and `full_scale`; infinite means all.
    full_scale : float
        Longest width, as an x.
    """

    scale: Scale
    levels: float = inf
    full_scale: float = 8.0

    def __post_init__(self) -> None:
        if not (self.levels >= 1 and self.full_scale > 0) or self.levels < inf == self.full_scale:
            raise ValueError(
                f"expected at least one level and a full scale above 0, finite if the levels are; "
                f"got {self.levels} levels, full scale {self.full_scale}"
            )

    def write(
        self, array: Crossbar, drive: Drive, rate: float, rng: np.random.Generator, ledger: Ledger
    ) -> None:
        """Write by one shaped pulse."""
        lines = _lines(array, drive, rate, self.scale)
        amount = (lines.kappa * self._widths(lines.x))[:, np.newaxis] * lines.d
        pulses = array.cells.charge(lines.rows, amount, drive.up, rng)
        times, longest = array.cells.moving, ceil(amount.max(initial=0))
        firings = int(np.count_nonzero(lines.x) + np.count_nonzero(lines.d))
        ledger.charge(prices.DRIVER, times * firings, uses=0)
        siemens = pulses * array.mean_conductance()
        ledger.charge(prices.WRITE, ceil(pulses), siemens, uses=times * longest)
        array.changed()

    def _widths(self, x: NDArray) -> NDArray:
        if self.levels < inf:
            step = self.full_scale / self.levels
            x = (np.rint(x / step) * step).astype(x.dtype)
        return np.minimum(x, x.dtype.type(self.full_scale))


@dataclass(frozen=True)
class SinglePulse:
    """At most one pulse per cell: rows above a threshold, columns that want enough of a pulse.

    Attributes
    ----------
    scale : Scale
    row : float
        A row fires if x is above this.
    column : float
        A column fires if a cell at x = `row` wants more than this part of a pulse.

    Source: after [Renaudineau2026], whose single pulses only depress.
    """

    scale: Scale
    row: float = 1.0
    column: float = 0.5

    def write(
        self, array: Crossbar, drive: Drive, rate: float, rng: np.random.Generator, ledger: Ledger
    ) -> None:
        """Write by single pulses."""
        lines = _lines(array, drive, rate, self.scale)
        on_rows = lines.x > self.row
        on_columns = lines.kappa * self.row * lines.d > self.column
        counts = np.outer(on_rows, on_columns).astype(lines.x.dtype)
        pulses = array.cells.pulses(lines.rows, counts, drive.up, rng)
        ledger.charge(prices.SAMPLING, sum(array.shape) + 1)
        _charge_pulses(array, (float(on_rows.sum()), float(on_columns.sum())), pulses, 1, ledger)
        array.changed()


def refresh(array: Crossbar, rng: np.random.Generator, ledger: Ledger) -> None:
    """Write one-sided pairs anew that run out of range; does nothing to other cells.

    Comparators and pulses are entered, those of different cells one after another; a reset counts
    as a pulse.
    """
    if not isinstance(array.cells, OneSidedCells):
        return
    took = array.cells.refresh(rng)
    pulses = took.pulses + took.resets
    ledger.charge(prices.VERIFY, took.decisions, uses=took.decisions)
    _charge_pulses(array, (pulses, pulses), pulses, pulses, ledger, _UPKEEP)
    array.changed()


def write_verify(
    array: Crossbar,
    weights: NDArray,
    scale: Scale,
    rng: np.random.Generator,
    ledger: Ledger,
    rounds: int = 100,
) -> float:
    """Program given weights: pulse, compare, pulse again, until a comparator agrees.

    A cell is done when it is within half a step of its target. Each round compares every cell that
    is not done with its target from both sides, and gives it one pulse towards it.

    Parameters
    ----------
    array : Crossbar
    weights : (n_in + 1, n_out) array
        In weight units, the biases as the last row.
    scale : Scale
    rng : numpy.random.Generator
    ledger : Ledger
    rounds : int

    Returns
    -------
    float
        The part of the cells that did not get there.
    """
    cells = array.cells
    if weights.shape != cells.w.shape:
        raise ValueError(f"weights: expected shape {cells.w.shape}; got {weights.shape}")
    wanted, done = weights / scale.weight, np.zeros(weights.shape, bool)
    for _ in range(rounds):
        done |= np.abs(cells.seen - wanted) <= cells.mean_step / 2
        if done.all():
            break
        _towards(array, wanted, ~done, rng, ledger)
    return float(np.mean(np.abs(cells.seen - wanted) > cells.mean_step / 2))


def _towards(
    array: Crossbar, wanted: NDArray, waiting: NDArray, rng: np.random.Generator, ledger: Ledger
) -> None:
    """Compare the waiting cells with their targets, row by row, and give each one pulse."""
    cells, rows = array.cells, np.arange(len(wanted))
    ledger.charge(prices.VERIFY, 2 * int(np.count_nonzero(waiting)), uses=2 * len(rows))
    below = cells.seen < wanted  # before either pulse: a cell gets one a round
    for up in (True, False):
        wrong = waiting & (below if up else ~below)
        pulses = cells.pulses(rows, wrong.astype(cells.w.dtype), up, rng)
        firings = float(wrong.any(axis=1).sum()), pulses / cells.moving
        _charge_pulses(array, firings, pulses, len(rows), ledger, _UPKEEP)
        array.changed()
