"""Rectifiers: the ideal one and the diode follow their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.circuits.rectifiers import DiodeRectifier, Rectifier
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from instruments import charged, read, volts
from laws import EPS, LAW


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_rectifier_passes_what_is_above_zero(dtype: type) -> None:
    v, ledger = np.array([[-1.0, -1e-9, 0.0, 1e-9, 0.3]]), Ledger()
    voltage = volts(v, dtype=dtype)
    found = read(Rectifier().pass_on(voltage, ledger))
    assert found.dtype == dtype
    assert np.array_equal(found, np.maximum(v, 0).astype(dtype))
    assert np.array_equal(read(voltage), v.astype(dtype))
    assert charged(ledger) == {prices.RECTIFIER: (5, 1)}


@LAW
@given(knee=st.floats(1e-4, 0.1), v=st.floats(-1, 1), step=st.floats(1e-3, 0.1))
def test_a_diode_rectifier_follows_its_formula_rises_and_is_never_off(
    knee: float, v: float, step: float
) -> None:
    ledger = Ledger()
    found = read(DiodeRectifier(knee).pass_on(volts([[v, v + step, -v]]), ledger))[0]
    expected = max(v, 0) + knee * math.log1p(math.exp(-abs(v) / knee))
    assert abs(found[0] - expected) <= 8 * EPS * (abs(v) + knee)
    assert found[1] >= found[0] >= 0
    assert abs(found[0] - found[2] - v) <= 8 * EPS * (abs(v) + knee)  # f(v) − f(−v) = v
    assert charged(ledger) == {prices.RECTIFIER: (3, 1)}


@pytest.mark.parametrize("knee", [0.0, -1.0, math.nan, math.inf])
def test_a_knee_of_nothing_is_refused(knee: float) -> None:
    with pytest.raises(ValueError, match=r"knee.*Use Rectifier"):
        DiodeRectifier(knee)
