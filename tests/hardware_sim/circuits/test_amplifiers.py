"""Amplifiers: ideal ones are resistances, real ones miss them as specified."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.amplifiers import (
    NOISE_FACTOR,
    TransimpedanceAmplifier,
    amplifier_noise,
    feedback_noise,
)
from hardware_sim.constants import BOLTZMANN, LOOP_GAIN, READ_TIME, ROOM
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Current
from instruments import charged, read, volts
from laws import EPS, LAW, seeds, sizes


def currents(rng: np.random.Generator, reads: int, columns: int) -> Current:
    """Return currents as a crossbar gives them."""
    cells = IDEAL.manufacture((4, columns), rng)
    cells.set(rng.standard_normal((4, columns)))
    array = Crossbar(cells, IDEAL.unit, IDEAL.reference, 0.1, ArrayNoise(0.0))
    return array.currents(volts(0.1 * rng.standard_normal((reads, 3))), rng, Ledger())


@LAW
@given(reads=sizes, n=sizes, resistance=st.floats(1e2, 1e7), seed=seeds)
def test_an_ideal_amplifier_is_a_resistance(
    reads: int, n: int, resistance: float, seed: int
) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    current = currents(rng, reads, n)
    state = rng.bit_generator.state
    found = read(TransimpedanceAmplifier(resistance).read(current, rng, ledger))
    expected = read(current) * resistance
    assert np.abs(found - expected).max() <= 4 * EPS * np.abs(expected).max()
    assert rng.bit_generator.state == state
    assert charged(ledger) == {prices.AMPLIFIER: (reads * n, reads)}


@LAW
@given(n=sizes, seed=seeds)
def test_an_amplifiers_errors_are_its_own_and_stay(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    gain, offset = 1 + 0.1 * rng.standard_normal((1, n)), 0.01 * rng.standard_normal((1, n))
    amplifier, current = TransimpedanceAmplifier(1e5, gain, offset), currents(rng, 3, n)
    before = read(current)
    found = read(amplifier.read(current, rng, Ledger()))
    expected = 1e5 * gain * before + offset
    assert np.abs(found - expected).max() <= 8 * EPS * np.abs(expected).max()
    assert np.array_equal(found, read(amplifier.read(current, rng, Ledger())))
    assert np.array_equal(read(current), before), "the amplifier changed its input"


@LAW
@given(saturation=st.floats(1e-3, 1.0), seed=seeds)
def test_a_saturated_amplifier_stays_within_its_supply(saturation: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    current = currents(rng, 4, 5)
    free = read(TransimpedanceAmplifier(1e5).read(current, rng, Ledger()))
    limited = TransimpedanceAmplifier(1e5, saturation=saturation)
    found = read(limited.read(current, rng, Ledger()))
    assert np.array_equal(found, np.clip(free, -saturation, saturation))
    noisy = TransimpedanceAmplifier(1e5, saturation=saturation, noise=1.0)
    assert np.abs(read(noisy.read(current, rng, Ledger()))).max() <= saturation


@LAW
@given(tiles=st.integers(1, 12), resistance=st.floats(1e3, 1e7))
def test_the_noise_of_resistors_is_that_of_the_currents_that_they_drive(
    tiles: int, resistance: float
) -> None:
    # Every resistor R gives a noise current of density 4kT/R. All of them end at a virtual ground,
    # so each comes out through an R as R² 4kT/R: the R_f of a tile by way of its summing resistor,
    # which inverts it, that resistor itself, and the R_f of the sum.
    bandwidth = 1 / (2 * READ_TIME.nominal)
    one = resistance**2 * (4 * BOLTZMANN * ROOM / resistance) * bandwidth
    of_tiles = sum((-resistance / resistance) ** 2 * one for _ in range(tiles))
    of_the_sum = sum(one for _ in range(tiles)) + one if tiles > 1 else 0.0
    found = feedback_noise(resistance, tiles, ROOM)
    assert found**2 == pytest.approx(of_tiles + of_the_sum, rel=1e-12)


def test_amplifiers_of_held_tiles_rest() -> None:
    rng, ledger, awake = np.random.default_rng(0), Ledger(), np.array([[True, True], [True, False]])
    part = TransimpedanceAmplifier(1e6, loads=(5e-6, 3e-6))
    part.read(currents(rng, 2, 5), rng, ledger, awake)
    by = {entry.price: entry for entry in ledger.entries}
    assert (by[prices.AMPLIFIER].operations, by[prices.AMPLIFIER].uses) == (3 * 5, 2)
    assert by[prices.AMPLIFIER].amount == pytest.approx(5 * (2 * 5e-6 + 3e-6), rel=1e-12)  # siemens
    assert by[prices.HOLD].operations == 3 * 5
    assert (by[prices.SUMMING].operations, by[prices.SUMMING].uses) == (2 * 5, 2)
    assert by[prices.SUMMING].amount == pytest.approx(2 * 5 * 3 / 1e6, rel=1e-12)


@LAW
@given(load=st.floats(1e-6, 1e-2), resistance=st.floats(1e3, 1e7))
def test_an_amplifier_adds_a_part_of_the_cells_own_noise(load: float, resistance: float) -> None:
    cells = math.sqrt(4 * BOLTZMANN * ROOM / (2 * READ_TIME.nominal) * load) * resistance
    part = NOISE_FACTOR / LOOP_GAIN.nominal
    assert amplifier_noise(load, resistance, ROOM) == pytest.approx(
        math.sqrt(part) * cells, rel=1e-12
    )
