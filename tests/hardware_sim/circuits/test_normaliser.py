"""The gain control keeps the direction and takes away the length."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.circuits.goodness import Squarer
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.constants import READ_TIME
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from instruments import charged, read, volts
from laws import EPS, LAW, seeds, sizes


@LAW
@given(n=sizes, reads=st.integers(1, 3), scale=st.floats(1e-4, 1e4), seed=seeds)
def test_the_gain_control_leaves_the_direction_and_a_mean_square_of_one_volt_unit(
    n: int, reads: int, scale: float, seed: int
) -> None:
    rng, volt, unit, ledger = np.random.default_rng(seed), 0.1, 1e-3, Ledger()
    y = scale * (rng.random((reads, n)) + 0.01) * volt
    part, squarer = AutomaticGain(n * unit), Squarer(unit / volt**2)
    out = read(part.normalise(volts(y), squarer.goodness(volts(y), Ledger()), ledger))
    assert np.mean(out**2, axis=1) == pytest.approx(volt**2, rel=1e-12, abs=0)
    ratio = out / y
    assert np.all(np.abs(ratio / ratio[:, :1] - 1) <= 8 * EPS)
    assert charged(ledger) == {prices.GAIN_CONTROL: (reads * n, reads)}


def test_a_gain_control_is_on_while_its_output_is_needed_and_not_there_if_it_never_is() -> None:
    on = {}
    for drives in ("rows", "adc", None):
        ledger, part = Ledger(), AutomaticGain(0.1, drives=drives)
        part.normalise(volts(np.full((2, 3), 0.1)), volts(np.full((2, 1), 0.2)), ledger)
        on[drives] = sum(e.price.duration() * e.amount for e in ledger.entries) / 6
    settling = prices.CIRCUIT_TIME.nominal
    reading = READ_TIME.nominal + prices.AMPLIFIER_TIME.nominal + settling
    assert on["rows"] == pytest.approx(settling + reading, rel=1e-12)
    assert on["adc"] == pytest.approx(settling + prices.ADC_TIME.nominal, rel=1e-12)
    assert on[None] == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_silent_layer_stays_silent(dtype: type) -> None:
    voltage = volts(np.zeros((2, 3)), dtype=dtype)
    goodness = Squarer(0.1).goodness(voltage, Ledger())
    found = read(AutomaticGain(3e-3).normalise(voltage, goodness, Ledger()))
    assert np.array_equal(found, np.zeros((2, 3)))
    assert found.dtype == dtype


@LAW
@given(n=sizes, seed=seeds)
def test_the_normalisers_mismatch_multiplies_each_neuron(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, gain = volts(0.1 * rng.random((2, n)) + 0.01), 1 + 0.1 * rng.random((1, n))
    goodness = Squarer(0.1).goodness(y, Ledger())
    ideal, real = (
        read(AutomaticGain(1e-3, gain=g).normalise(y, goodness, Ledger())) for g in (1.0, gain)
    )
    assert np.abs(real - ideal * gain).max() <= 4 * EPS * np.abs(real).max()


@pytest.mark.reports
def test_the_supply_cuts_the_gain_controls_output() -> None:
    # One of 16 neurons has it all: at mean square (0.3 V)² it would stand at 0.3 V · √16 = 1.2 V.
    y = volts([[0.02] + 15 * [0.0]])
    goodness, wanted = Squarer(1e-3 / 0.3**2).goodness(y, Ledger()), 16 * 1e-3
    for supply, expected in ((math.inf, 1.2), (1.0, 1.0), (0.5, 0.5)):
        found = read(AutomaticGain(wanted, saturation=supply).normalise(y, goodness, Ledger()))
        assert found[0, 0] == pytest.approx(expected, rel=1e-12, abs=0)
        assert not found[0, 1:].any()


@LAW
@given(S=st.floats(1e-6, 10), target=st.floats(0, 10), wanted=st.floats(1e-3, 1))
def test_excess_is_the_one_steps_distance(S: float, target: float, wanted: float) -> None:
    ledger = Ledger()
    found = read(AutomaticGain(wanted).excess(volts([[S]]), volts(target), ledger))
    root = math.sqrt(target / S)
    assert found.shape == (1, 1)
    assert abs(found[0, 0] - abs(root - 1)) <= 8 * EPS * (root + 1)
    assert charged(ledger) == {prices.EXCESS: (1, 1)}
    cut = read(AutomaticGain(wanted, saturation=0.7).excess(volts([[S]]), volts(target), Ledger()))
    assert cut[0, 0] == min(found[0, 0], 0.7)


def test_excess_is_limited_by_the_gain_controls_range() -> None:
    part = AutomaticGain(wanted=1.0, most=4.0)
    found = read(part.excess(volts([[1e-6]]), volts(1.0), Ledger()))[0, 0]
    assert found == pytest.approx(3.0, rel=1e-12, abs=0)


def test_a_goal_below_zero_is_one_of_zero_and_no_error_tells_its_sign() -> None:
    below, zero = (
        read(AutomaticGain(1.0).excess(volts([[2.0]]), volts([[goal]]), Ledger()))
        for goal in (-1e-3, 0.0)
    )
    assert below == zero == 1.0


@pytest.mark.parametrize(
    ("goal", "message"),
    [([[1.0, 1.0]], "one voltage"), ([[1.0], [1.0]], "one voltage")],
)
def test_a_goal_is_one_voltage_of_a_goodness(goal: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        AutomaticGain(1.0).excess(volts([[1.0]]), volts(goal), Ledger())
