"""What every update engine shares: the drive on the lines, and what pulses cost.

Every engine wants ``Δw = ± rate · factor · x_i · y_j`` in weight units, which is
``κ x_i d_j`` pulses of the device's mean step, with ``d = factor · y`` and
``κ = rate/(scale.weight · mean_step)``. The sign is common to all cells: the polarity. The outer
product is written without ever being formed.
"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.access import Firings
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.devices.technology import Written
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import Price
from hardware_sim.scale import Scale
from hardware_sim.signals import Voltage, one_read, same_lines

__all__ = [
    "Drive",
    "Engine",
    "LineFactors",
    "TRAINING",
    "Tariff",
    "UPKEEP",
    "charge_first_weights",
    "charge_pulses",
    "charge_waiting",
    "line_factors",
]


class Drive(NamedTuple):
    """The signals on the lines during an update: an outer product, kept as its factors.

    Attributes
    ----------
    rows, columns : Voltage
        Input x, (1, n_in), and activity y, (1, n_out).
    up : bool
        Polarity: potentiate or depress.
    factor : Voltage, optional
        The factor that all cells share, 1 V for 1, (1, 1). By default it is 1, the reference of 1 V
        itself.
    """

    rows: Voltage
    columns: Voltage
    up: bool
    factor: Voltage | None = None


class Engine(Protocol):
    """Anything that writes an outer product into a crossbar, without ever forming it."""

    def write(
        self, array: Crossbar, drive: Drive, rate: float, rng: np.random.Generator, ledger: Ledger
    ) -> None:
        """Change the cells by about ``± rate · factor · x_i · y_j`` in weight units."""


class LineFactors(NamedTuple):
    """The factors of the wanted numbers of pulses, ``κ x_i d_j``.

    Attributes
    ----------
    rows : (r,) integer array
        The rows that carry a voltage, the bias row last.
    x : (r,) array
        On those rows.
    d : (n_out,) array
        On all columns.
    kappa : float
        κ.
    """

    rows: NDArray
    x: NDArray
    d: NDArray
    kappa: float


def line_factors(array: Crossbar, drive: Drive, rate: float, scale: Scale) -> LineFactors:
    """Return the factors of the pulses that an update wants, for the circuits of an engine.

    Pulses have no sign: a line below 0 V is one that never fires. Whoever wants to write negative
    numbers rectifies them, and writes them in a phase of their own with the other polarity.

    Raises
    ------
    ValueError
        If there is more than one case, or a line is missing.
    """
    one_read("an update", drive.rows)
    one_read("an update", drive.columns)
    same_lines("the columns of an update", drive.columns, array.shape[1])
    rows, driven = array.driven(drive.rows)
    x = np.maximum(driven._si[0], 0) / scale.volt
    factor = np.float64(1) if drive.factor is None else max(drive.factor._si[0, 0], 0)
    d = np.maximum(drive.columns._si[0], 0) * (factor / scale.output)
    kappa = float(rate) / (scale.weight * array.cells.mean_step)
    return LineFactors(rows, x, d.astype(x.dtype), kappa)


class Tariff(NamedTuple):
    """The prices of a pulse.

    Attributes
    ----------
    pulse : Price
        Of the cell that gets the whole voltage, if it is written by the current through it.
    gated : Price
        Of such a cell, if it is written through a gate.
    heat, reset : Price
        Of such a cell, if heat changes its phase, and of a pulse that melts it.
    half : Price
        Of the cells that see half the voltage.
    third : Price
        Of the cells that see a third of it.
    line : Price
        Of driving a line past a crossing.
    gate_line, gate : Price
        Of driving a line of gates past a crossing, and of the gate there.
    series : Price
        Of the transistor that a pulse flows through.
    """

    pulse: Price
    gated: Price
    heat: Price
    reset: Price
    half: Price
    third: Price
    line: Price
    gate_line: Price
    gate: Price
    series: Price


TRAINING = Tariff(
    prices.WRITE,
    prices.GATED,
    prices.SET,
    prices.RESET,
    prices.HALF_SELECTED,
    prices.THIRD_SELECTED,
    prices.DRIVER,
    prices.GATE_LINE,
    prices.ACCESS_GATE,
    prices.SERIES,
)
FIRST = Tariff(*prices.FIRST_WEIGHTS)
UPKEEP = Tariff(
    prices.REFRESH,
    prices.REFRESH_GATED,
    prices.REFRESH_SET,
    prices.REFRESH_RESET,
    prices.REFRESH_HALF_SELECTED,
    prices.REFRESH_THIRD_SELECTED,
    prices.REFRESH_DRIVER,
    prices.REFRESH_GATE_LINE,
    prices.REFRESH_ACCESS_GATE,
    prices.REFRESH_SERIES,
)


def charge_pulses(
    array: Crossbar,
    firings: Firings,
    pulses: float,
    slots: int,
    ledger: Ledger,
    tariff: Tariff = TRAINING,
) -> None:
    """Enter what pulses cost: the cells, the lines, and the cells that see a part of the voltage.

    Where both cells of a pair move, the second needs the other polarity, and the lines fire once
    more. Cells that are written through a gate conduct nothing on one active line. Source:
    [Chen2018], with the mean conductance of all the array's cells that currents write.

    Parameters
    ----------
    array : Crossbar
    firings : Firings
        How often lines fired, for one cell of a pair.
    pulses : float
        Pulses on cells.
    slots : int
        Pulse durations that the write took, for one cell of a pair.
    ledger : Ledger
    tariff : Tariff
    """
    warm = array.unit / array.cells.technology.unit
    mean = array.mean_conductance() - warm * array.cells.gated_siemens
    times, (n_rows, n_columns) = array.cells.moving, array.shape
    stress = array.access.stress((n_rows + 1, n_columns), firings, pulses / times)
    by = array.cells.technology.by if tariff is TRAINING else array.cells.refreshed_by
    price, amount = _price_of_pulses(array, pulses, mean, by, tariff)
    ledger.charge(price, ceil(pulses), amount, uses=times * slots)
    conducting = by != "gate"
    for price, number, amount in (
        (tariff.half, conducting * stress.halves, stress.halves * mean / 4),
        (tariff.third, conducting * stress.thirds, stress.thirds * mean / 9),
        (tariff.line, stress.lines, stress.crossings),
        (tariff.gate_line, stress.gate_lines, stress.gates),
        (tariff.gate, stress.gates, stress.gates),
        (
            tariff.series,
            conducting * stress.series * pulses / times,
            pulses / times * (mean / array.cells.parallel) ** 2,
        ),
    ):
        if number:
            ledger.charge(price, ceil(times * number), times * amount, uses=0)


def _price_of_pulses(
    array: Crossbar, pulses: float, mean: float, by: Written, tariff: Tariff
) -> tuple[Price, float]:
    """Return what the cells themselves take of so many pulses: a price, and how much of it."""
    if by == "ohmic":
        return tariff.pulse, pulses * mean / array.cells.parallel
    return (tariff.gated if by == "gate" else tariff.heat), pulses


def charge_waiting(array: Crossbar, slots: int, ledger: Ledger) -> None:
    """Enter that inputs and activities are held, and multiplied by the share, through a train.

    `slots` are those for one cell of a pair, as in `charge_pulses`.
    """
    (rows, columns), slots = array.shape, array.cells.moving * slots
    ledger.charge(prices.WAITING, rows + columns, (rows + columns) * slots, uses=slots)
    ledger.charge(prices.MULTIPLIER, columns, columns * slots, uses=slots)


def charge_first_weights(array: Crossbar, ledger: Ledger) -> None:
    """Enter what the weights that an array has cost to write, one pulse at a time from w = 0."""
    each = array.cells.first_pulses  # on one cell of a pair
    firings, pulses = Firings(each, each, ceil(each)), each * array.cells.moving
    charge_pulses(array, firings, pulses, ceil(each), ledger, FIRST)
