"""Squarers and their sum give the goodness; the logistic gate gives a probability of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.circuits.goodness import LogisticGate, Squarer, add
from hardware_sim.constants import BOLTZMANN, CHARGE
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from instruments import charged, read, volts
from laws import EPS, LAW, seeds, sizes

# Squarer


@LAW
@given(reads=sizes, n=sizes, coefficient=st.floats(1e-3, 10), seed=seeds)
def test_a_squarer_gives_the_weighted_sum_of_squares(
    reads: int, n: int, coefficient: float, seed: int
) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    v, gain = rng.standard_normal((reads, n)), 1 + 0.1 * rng.random((1, n))
    ideal = read(Squarer(coefficient).goodness(volts(v), ledger))
    real = read(Squarer(coefficient, gain).goodness(volts(v), ledger))
    assert ideal.shape == real.shape == (reads, 1)
    for r in range(reads):
        for found, gains in ((ideal, np.ones(n)), (real, gain[0])):
            S = coefficient * math.fsum(g * x * x for g, x in zip(gains, v[r], strict=True))
            assert found[r, 0] == pytest.approx(S, rel=1e-12, abs=0)
    assert charged(ledger) == {prices.SQUARER: (2 * reads * n, 2 * reads)}


def test_goodness_voltages_are_added_on_a_wire() -> None:
    rng, ledger = np.random.default_rng(0), Ledger()
    parts = rng.random((3, 4, 1))
    signals = [volts(part) for part in parts]
    found = read(add(signals, ledger))
    assert np.abs(found - parts.sum(axis=0)).max() <= 8 * EPS * parts.sum()
    assert np.array_equal(read(signals[0]), parts[0]), "adding changed its first summand"
    assert charged(ledger) == {prices.ADDER: (8, 0)}
    assert np.array_equal(read(add(signals[:1], Ledger())), parts[0])


# Logistic gate


@LAW
@given(
    threshold=st.floats(0.0, 2.0),
    temperature=st.floats(50, 500),
    n=st.floats(1, 2),
    offset=st.floats(-0.1, 0.1),
)
def test_the_gates_slope_at_its_threshold_is_a_quarter_of_its_thermal_width(
    threshold: float, temperature: float, n: float, offset: float
) -> None:
    # A central quotient over h = 10⁻³ widths: the error is h²/12 of the slope, and rounding of
    # V_S, up to 2.1 V in widths of at least 1 mV, 2000 ε/h = 4 · 10⁻¹⁰.
    gate, ledger = LogisticGate(threshold, temperature, n, 4.0, offset), Ledger()
    width = n * BOLTZMANN * temperature / CHARGE / 4.0
    assert gate.width == pytest.approx(width, rel=1e-12, abs=0)
    h, middle = 1e-3 * width, threshold + offset + 1.0  # raised, so that no voltage is negative
    raised = replace(gate, threshold=threshold + 1.0)
    for positive, sign in ((True, -1.0), (False, 1.0)):
        low, centre, high = (
            read(raised.share(volts([[middle + d]]), positive, ledger))[0, 0] for d in (-h, 0.0, h)
        )
        assert centre == pytest.approx(0.5, rel=1e-9, abs=0)
        assert (high - low) / (2 * h) == pytest.approx(sign / (4 * width), rel=1e-6, abs=0)
    assert charged(ledger) == {prices.GATE: (6, 6)}


def test_the_gate_is_sure_far_from_its_threshold() -> None:
    gate = LogisticGate(1.0)
    for widths, wrong in ((-1000, 1.0), (-40, 1.0), (40, 0.0), (1000, 0.0)):
        S = volts([[1.0 + widths * gate.width]])
        positive = read(gate.share(S, True, Ledger()))[0, 0]
        negative = read(gate.share(S, False, Ledger()))[0, 0]
        assert positive == pytest.approx(wrong, abs=1e-15)
        assert negative == pytest.approx(1 - wrong, abs=1e-15)
        assert positive + negative == pytest.approx(1.0, rel=4 * EPS, abs=0)
    tail = read(gate.share(volts([[1.0 + 40 * gate.width]]), True, Ledger()))[0, 0]
    assert tail == pytest.approx(math.exp(-40), rel=1e-10, abs=0)  # not pinned to zero


@LAW
@given(S=st.floats(0.5, 1.5), ratio=st.floats(0.2, 5))
def test_a_hotter_gate_is_the_same_gate_on_a_wider_scale(S: float, ratio: float) -> None:
    cold, hot = LogisticGate(1.0, 300.0), LogisticGate(1.0, 300.0 * ratio)
    wider = volts([[1.0 + (S - 1.0) * ratio + 10.0]])
    one = read(replace(cold, threshold=11.0).share(volts([[S + 10.0]]), True, Ledger()))
    other = read(replace(hot, threshold=11.0).share(wider, True, Ledger()))
    assert one == pytest.approx(other, rel=1e-8, abs=0)  # the rounding of 11 V in widths of 5 mV
    factor = LogisticGate(1.0, 300.0, ratio)
    assert factor.width == pytest.approx(hot.width, rel=1e-12, abs=0)
