"""Every part refuses a number that makes no sense, and names it."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

import pytest

from hardware_sim.arrays.access import HalfVoltage
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.chip.design import Design, Tolerances
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Adc, Dac
from hardware_sim.circuits.decision import SampleHold
from hardware_sim.circuits.goodness import LogisticGate, Squarer
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.rules import ConstantStep, LinearStep, PowerStep
from hardware_sim.devices.variation import Spread
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.coincidence import Coincidence

PARTS: dict[str, Callable[[Any], object]] = {
    "volt": lambda x: Scale(volt=x),
    "goodness": lambda x: Scale(goodness=x),
    "resistance": lambda x: TransimpedanceAmplifier(x),
    "saturation": lambda x: TransimpedanceAmplifier(1.0, saturation=x),
    "coefficient": lambda x: Squarer(x),
    "temperature": lambda x: LogisticGate(0.1, temperature=x),
    "wanted": lambda x: AutomaticGain(x),
    "most": lambda x: AutomaticGain(1.0, most=x),
    "capacitance": lambda x: SampleHold(x),
    "Dac's volt": lambda x: Dac(Ledger(), volt=x),
    "Adc's volt": lambda x: Adc(Ledger(), x, 8, 1.0),
    "longest": lambda x: Coincidence(Scale(), x),
    "step": lambda x: ConstantStep(step=x),
    "lines": lambda x: Design((12, x)),
    "stuck_within": lambda x: Spread(stuck_within=x),
}
SPREADS: dict[str, Callable[[Any], object]] = {
    "relative": lambda x: CycleNoise(relative=x),
    "write": lambda x: Noise(write=x),
    "read": lambda x: Noise(read=x),
    "step": lambda x: Spread(step=x),
    "stuck": lambda x: Spread(stuck=x),
    "white": lambda x: ArrayNoise(white=x),
    "squarer": lambda x: Tolerances(squarer=x),
    "slope_up": lambda x: LinearStep(slope_up=x),
    "exponent": lambda x: PowerStep(exponent=x),
    "disturb": lambda x: HalfVoltage(disturb=x),
}


@pytest.mark.parametrize("bad", [0, -1.0, nan])
@pytest.mark.parametrize("name", PARTS)
def test_sizes_are_above_zero(name: str, bad: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        PARTS[name](bad)


@pytest.mark.parametrize("bad", [-1.0, nan, inf])
@pytest.mark.parametrize("name", SPREADS)
def test_errors_and_noise_are_finite_and_not_negative(name: str, bad: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected"):
        SPREADS[name](bad)
