"""Pulses of width times amplitude: they write the outer product exactly and pay for its charge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
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
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude

LAW = settings(deadline=None, max_examples=40, derandomize=True)
EPS = np.finfo(float).eps
STEP = IDEAL.rule.step
ONE = Scale(volt=1.0, weight=1.0)  # so that rate/STEP is the number of pulses for x = d = 1
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 9)


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
@given(
    n_in=sizes,
    n_out=sizes,
    rate=st.floats(1e-4, 1.0),
    factor=st.floats(1e-3, 10.0),
    up=st.booleans(),
    weight=st.floats(0.1, 3),
    seed=seeds,
)
def test_width_times_amplitude_writes_the_outer_product_exactly(
    n_in: int, n_out: int, rate: float, factor: float, up: bool, weight: float, seed: int
) -> None:
    rng, scale = np.random.default_rng(seed), Scale(weight=weight)
    array = array_of(IDEAL, n_in, n_out, rng, scale)
    x, y = rng.exponential(size=(1, n_in)), rng.exponential(size=(1, n_out))
    x[rng.random((1, n_in)) < 0.3] = 0
    before = array.cells.w * weight
    WidthTimesAmplitude(scale).write(array, drive(x, y, factor, up, scale), rate, rng, Ledger())
    expected = (1 if up else -1) * rate * factor * np.outer(np.append(x, 1.0), y)
    moved = array.cells.w * weight - before
    bound = 20 * EPS * (np.abs(expected).max() + np.abs(before).max())
    assert np.abs(moved - expected).max() <= bound


@LAW
@given(pulses=st.floats(0.1, 60), seed=seeds)
def test_shaped_pulses_pay_for_their_charge_and_no_comparator(pulses: float, seed: int) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    array = array_of(IDEAL, 6, 5, rng, ONE)
    before, G = array.cells.w.copy(), mean_conductance(array)
    x, y = rng.random((1, 6)), rng.random((1, 5))
    x[0, 2] = y[0, 1] = 0
    WidthTimesAmplitude(ONE).write(array, drive(x, y, 1.0, True, ONE), pulses * STEP, rng, ledger)
    charge = (array.cells.w - before).sum() / STEP
    assert paid_by_the_siemens(line(ledger, prices.WRITE), charge, G, mean_conductance(array))
    most = np.abs(array.cells.w - before).max() / STEP
    assert line(ledger, prices.WRITE).uses == pytest.approx(most, abs=1 + 1e-6)
    assert line(ledger, prices.DRIVER).operations == 6 + 4  # five rows and the bias, four columns
    assert ledger.count("comparator") == 0
