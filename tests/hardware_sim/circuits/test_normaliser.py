"""The gain control keeps the direction and takes away the length."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.circuits.goodness import Squarer
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import Price
from hardware_sim.signals import Signal, Voltage

LAW = settings(deadline=None, max_examples=40, derandomize=True)
EPS = np.finfo(float).eps
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 9)


def volts(values: Any, dtype: type = float) -> Voltage:
    return Dac(Ledger(), volt=1.0, dtype=dtype).forward(values)[0]


def read(signal: Signal) -> NDArray:
    return Probe(Ledger()).read(signal)


def charged(ledger: Ledger) -> dict[Price, tuple[int, int]]:
    """Return (operations, uses) by price."""
    return {entry.price: (entry.operations, entry.uses) for entry in ledger.entries}


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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_silent_layer_stays_silent(dtype: type) -> None:
    voltage = volts(np.zeros((2, 3)), dtype)
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


@LAW
@given(S=st.floats(1e-6, 10), target=st.floats(0, 10), wanted=st.floats(1e-3, 1))
def test_excess_is_the_one_steps_distance(S: float, target: float, wanted: float) -> None:
    ledger = Ledger()
    found = read(AutomaticGain(wanted).excess(volts([[S]]), target, ledger))
    root = math.sqrt(target / S)
    assert found.shape == (1, 1)
    assert abs(found[0, 0] - abs(root - 1)) <= 8 * EPS * (root + 1)
    assert charged(ledger) == {prices.GAIN_CONTROL: (1, 1)}


def test_excess_is_limited_by_the_gain_controls_range() -> None:
    part = AutomaticGain(wanted=1.0, most=4.0)
    found = read(part.excess(volts([[1e-6]]), 1.0, Ledger()))[0, 0]
    assert found == pytest.approx(3.0, rel=1e-12, abs=0)
