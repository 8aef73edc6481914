"""Circuits that hold and compare: capacitor, comparator, winner-take-all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.circuits.decision import Comparator, SampleHold, WinnerTakeAll
from hardware_sim.circuits.goodness import LogisticGate
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.constants import BOLTZMANN
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Voltage
from instruments import charged, read, volts
from laws import LAW, seeds


def test_an_infinite_capacitor_holds_exactly_and_a_finite_one_by_kt_over_c() -> None:
    rng, ledger, v = np.random.default_rng(1), Ledger(), np.random.default_rng(1).random((10, 1))
    assert np.array_equal(read(SampleHold().hold(volts(v), rng, ledger)), v)
    assert charged(ledger) == {prices.HOLD: (10, 0)}
    assert SampleHold().noise == 0
    for capacitance in (1e-15, 1e-12):
        part = SampleHold(capacitance, 400.0)
        assert part.noise**2 * capacitance == pytest.approx(BOLTZMANN * 400.0, rel=1e-12, abs=0)


@LAW
@given(v=st.floats(-1, 1), reference=st.floats(-1, 1), offset=st.floats(-0.1, 0.1))
def test_a_comparator_says_which_is_higher(v: float, reference: float, offset: float) -> None:
    ledger = Ledger()
    assert Comparator().above(volts([[v]]), volts(reference), ledger) is (v > reference)
    real = Comparator(offset).above(volts([[v]]), volts(reference), ledger)
    assert real is (v + offset > reference)
    assert charged(ledger) == {prices.COMPARATOR: (2, 2)}
    assert ledger.count("comparator") == 2


@pytest.mark.parametrize("shape", [(1, 2), (2, 1)])
def test_a_comparator_takes_one_voltage(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="one voltage"):
        Comparator().above(volts(np.ones(shape)), volts(0.0), Ledger())
    with pytest.raises(ValueError, match="reference takes one voltage"):
        Comparator().above(volts(0.0), volts(np.ones(shape)), Ledger())


@LAW
@given(k=st.integers(2, 10), seed=seeds)
def test_a_winner_take_all_is_an_argmax_of_what_it_sees(k: int, seed: int) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    v, offset = rng.standard_normal((k, 1)), rng.standard_normal(k)
    assert WinnerTakeAll().pick(volts(v), ledger) == int(np.argmax(v))
    assert WinnerTakeAll(offset).pick(volts(v), ledger) == int(np.argmax(v[:, 0] + offset))
    some = v[: len(v) // 2 + 1]
    expected = int(np.argmax(some[:, 0] + offset[: len(some)]))  # the first inputs are used
    assert WinnerTakeAll(offset).pick(volts(some), Ledger()) == expected
    assert charged(ledger) == {prices.WINNER: (2 * (k - 1), 2)}
    assert ledger.count("comparator") == 2 * (k - 1)


def test_a_winner_take_all_compares_single_voltages() -> None:
    with pytest.raises(ValueError, match="winner-take-all of single voltages: expected 1 lines"):
        WinnerTakeAll().pick(volts(np.ones((3, 2))), Ledger())


ONE_CASE: dict[str, Callable[[Voltage], Any]] = {
    "gate": lambda v: LogisticGate(1.0).share(v, True, Ledger()),
    "excess": lambda v: AutomaticGain(1.0).excess(v, volts(1.0), Ledger()),
}


@pytest.mark.parametrize("part", ONE_CASE)
def test_what_serves_one_case_refuses_several(part: str) -> None:
    with pytest.raises(ValueError, match="one case at a time; got 2"):
        ONE_CASE[part](volts(np.ones((2, 1))))
