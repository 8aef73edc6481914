"""Physical constants, and what follows from them."""

from __future__ import annotations

import math

import pytest

from hardware_sim.constants import BOLTZMANN, CHARGE, Constant, thermal_voltage


def test_the_thermal_voltage() -> None:
    assert thermal_voltage() == pytest.approx(BOLTZMANN * 300 / CHARGE, rel=1e-12, abs=0)
    assert thermal_voltage(300.0) == pytest.approx(0.025852, rel=1e-4, abs=0)  # textbook value
    assert thermal_voltage(600.0) == pytest.approx(2 * thermal_voltage(300.0), rel=1e-12, abs=0)


@pytest.mark.parametrize("values", [(1.0, 2.0, 3.0), (3.0, 1.0, 2.0), (1.0, math.nan, 2.0)])
def test_a_constant_lies_within_its_range(values: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="expected low ≤ nominal ≤ high"):
        Constant("c", *values, "J")
