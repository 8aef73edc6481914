"""Polarity switches: they pass on, reverse or cut off, and nothing else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from hardware_sim.circuits.switches import PolaritySwitches
from instruments import read, volts


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_line_is_passed_on_reversed_or_cut_off(dtype: type) -> None:
    voltage = volts([[0.5, -2.0, 3.0], [1.0, 4.0, -5.0]], dtype=dtype)
    switched = read(PolaritySwitches().pass_on(voltage, [1.0, -1.0, 0.0]))
    assert switched.dtype == dtype
    assert np.array_equal(switched, [[0.5, 2.0, 0.0], [1.0, -4.0, 0.0]])


@pytest.mark.parametrize(
    "states", [[1, 0.5, 0], [1, math.nan, 0], np.ones((2, 3)), [1, 0]], ids=str
)
def test_switches_have_three_states_and_one_setting(states: Any) -> None:
    voltage = volts(np.ones((2, 3)))
    with pytest.raises(ValueError, match="expected −1, 0 or 1 for each of 3 lines"):
        PolaritySwitches().pass_on(voltage, states)
