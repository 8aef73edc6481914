"""Pulses of width times amplitude: they write the outer product exactly and pay for its charge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbars import ONE, STEP, array_of, drive
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude
from instruments import entry_of
from laws import EPS, LAW, seeds, sizes


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
    before = array.cells.w.copy()
    x, y = rng.random((1, 6)), rng.random((1, 5))
    x[0, 2] = y[0, 1] = 0
    WidthTimesAmplitude(ONE).write(array, drive(x, y, 1.0, True, ONE), pulses * STEP, rng, ledger)
    most = np.abs(array.cells.w - before).max() / STEP
    gates = entry_of(ledger, prices.GATED)
    assert gates.uses == pytest.approx(most, abs=1 + 1e-6)
    assert gates.amount == 6 * 4, "not every gate between two active lines was charged"
    # Five rows and the bias, four columns
    assert entry_of(ledger, prices.DRIVER).operations == 6 + 4
    assert ledger.count("comparator") == 0
