"""Single pulses: at most one step, where both thresholds are passed."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.converters import Dac
from hardware_sim.devices.device import Device
from hardware_sim.devices.one_sided import OneSidedPair
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Entry, Ledger
from hardware_sim.energy.prices import Price
from hardware_sim.scale import Scale
from hardware_sim.signals import Voltage
from hardware_sim.updates.engine import Drive
from hardware_sim.updates.single_pulse import SinglePulse

LAW = settings(deadline=None, max_examples=40, derandomize=True)
STEP = IDEAL.rule.step
ONE = Scale(volt=1.0, weight=1.0)  # so that rate/STEP is the number of pulses for x = d = 1
seeds = st.integers(0, 2**32 - 1)


def volts(values: Any, volt: float = 1.0, dtype: type = float) -> Voltage:
    return Dac(Ledger(), volt=volt, dtype=dtype).forward(values)[0]


def array_of(
    device: Device | OneSidedPair, n_in: int, n_out: int, rng: np.random.Generator, scale: Scale
) -> Crossbar:
    cells = device.manufacture((n_in + 1, n_out), rng)
    cells.set(0.2 * rng.standard_normal((n_in + 1, n_out)))
    return Crossbar(cells, device.cell.unit, device.cell.reference, scale.volt, ArrayNoise(0.0))


def drive(x: NDArray, y: NDArray, factor: float, up: bool, scale: Scale) -> Drive:
    rows, columns = volts(x, scale.volt), volts(y, scale.volt)
    return Drive(rows, columns, up, volts(np.full((1, 1), factor)))


def line(ledger: Ledger, price: Price) -> Entry:
    return next((e for e in ledger.entries if e.price is price), Entry(price))


def mean_conductance(array: Crossbar) -> float:
    """Return the mean conductance of all cells, both of every pair [S]."""
    plus = array.cells.conductance()
    return float((plus + array.cells.counterpart()).mean()) / 2


def paid_by_the_siemens(entry: Entry, units: float, before: float, after: float) -> bool:
    """Return whether so many pulses were paid for at the cells' mean conductance.

    Before or after the write: the energy of its pulses is known no better than that.
    """
    low, high = sorted((units * before, units * after))
    return bool(low * (1 - 1e-9) <= entry.amount <= high * (1 + 1e-9))


@LAW
@given(row=st.floats(0.1, 2), column=st.floats(0.1, 2), up=st.booleans(), seed=seeds)
def test_a_single_pulse_is_at_most_one_step_where_both_thresholds_are_passed(
    row: float, column: float, up: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    array = array_of(IDEAL, 8, 6, rng, ONE)
    x, y = rng.exponential(size=(1, 8)), rng.exponential(size=(1, 6))
    before, ledger, G = array.cells.w.copy(), Ledger(), mean_conductance(array)
    SinglePulse(ONE, row, column).write(array, drive(x, y, 1.0, up, ONE), 2 * STEP, rng, ledger)
    moved = (array.cells.w - before) / STEP
    fires = np.outer(np.append(x, 1.0) > row, 2 * row * y[0] > column)
    assert np.abs(moved - (1 if up else -1) * fires).max() <= 1e-9
    assert line(ledger, prices.WRITE).operations == fires.sum()
    assert paid_by_the_siemens(line(ledger, prices.WRITE), fires.sum(), G, mean_conductance(array))
    assert line(ledger, prices.SAMPLING).operations == 8 + 1 + 6
