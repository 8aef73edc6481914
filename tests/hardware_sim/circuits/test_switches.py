"""Polarity switches: they pass on, reverse or cut off, and nothing else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.circuits.switches import PolaritySwitches
from hardware_sim.energy.ledger import Ledger


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_line_is_passed_on_reversed_or_cut_off(dtype: type) -> None:
    voltage = Dac(Ledger(), volt=1.0, dtype=dtype).forward([[0.5, -2.0, 3.0], [1.0, 4.0, -5.0]])[0]
    switched = Probe(Ledger()).read(PolaritySwitches().pass_on(voltage, [1.0, -1.0, 0.0]))
    assert switched.dtype == dtype
    assert np.array_equal(switched, [[0.5, 2.0, 0.0], [1.0, -4.0, 0.0]])


@pytest.mark.parametrize(
    "states", [[1, 0.5, 0], [1, math.nan, 0], np.ones((2, 3)), [1, 0]], ids=str
)
def test_switches_have_three_states_and_one_setting(states: Any) -> None:
    voltage = Dac(Ledger()).forward(np.ones((2, 3)))[0]
    with pytest.raises(ValueError, match="expected −1, 0 or 1 for each of 3 lines"):
        PolaritySwitches().pass_on(voltage, states)
