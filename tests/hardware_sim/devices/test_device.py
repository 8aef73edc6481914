"""Individuals against the statistics they are drawn from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cells import HIGH_ABOVE_GROUND, device_of
from hardware_sim.constants import ROOM, Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.presets import preset
from hardware_sim.devices.rules import ConstantStep, SoftBounds
from hardware_sim.devices.variation import Spread


def test_the_range_of_w_maps_onto_the_range_of_conductances() -> None:
    ends = (Constant("G", g, g, g, "S") for g in (2e-6, 1e-5))
    made = Device(SoftBounds(-0.75, 1.25), Spread(), Noise(), ConductanceRange(*ends))
    cells = made.manufacture((1, 3), np.random.default_rng(0))
    cells.set(np.array([[-9.0, 0.0, 9.0]]))
    expected = np.array([[2e-6, made.reference, 1e-5]])
    assert np.abs(cells.conductance() - expected).max() <= 1e-12 * 1e-5
    assert cells.counterpart() == made.reference
    assert made.unit == pytest.approx(4e-6, rel=1e-12, abs=0)


def test_the_read_noise_is_a_fraction_of_the_range() -> None:
    ends = (Constant("G", g, g, g, "S") for g in (2e-6, 1e-5))
    made = Device(ConstantStep(), Spread(), Noise(read=0.01), ConductanceRange(*ends))
    assert made.read_noise == pytest.approx(8e-8, rel=1e-12, abs=0)


def test_conductances_change_with_temperature_in_proportion() -> None:
    ends = HIGH_ABOVE_GROUND.minimum, HIGH_ABOVE_GROUND.maximum
    assert ConductanceRange(*ends).factor(400.0) == 1
    warm = ConductanceRange(*ends, temperature_coefficient=-0.002)
    assert warm.factor(ROOM) == 1
    assert warm.factor(ROOM + 10) == pytest.approx(0.98, rel=1e-12)
    with pytest.raises(ValueError, match="at 900 K it would make every conductance negative"):
        warm.factor(900.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CycleNoise(relative=-1.0), "0 or more"),
        (lambda: Noise(write=-1.0), "0 or more"),
        (lambda: Spread(step=-0.1), "0 or more"),
        (lambda: Spread(stuck=1.1), "a fraction, 1 at most"),
        (lambda: Spread(bias=-1.1), "bias: expected within"),
        (
            lambda: ConductanceRange(HIGH_ABOVE_GROUND.maximum, HIGH_ABOVE_GROUND.minimum),
            "G_min < G_max",
        ),
        (
            lambda: ConductanceRange(
                HIGH_ABOVE_GROUND.minimum, HIGH_ABOVE_GROUND.maximum, levels=1
            ),
            "at least 2",
        ),
        (
            lambda: Device(ConstantStep(), Spread(), Noise(), HIGH_ABOVE_GROUND, lifetime=0.0),
            "lifetime",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_the_mean_step_of_unlike_devices_is_their_mean() -> None:
    # n = 100,000 factors e^(σξ): their mean is off by √((e^(σ²) − 1)/n) of it, 5 sigma of which
    # are 1.1 %; for the median, 27 % below, it would fail.
    spread = Spread(step=0.7, log_normal=True)
    rule = ConstantStep(-1, 1, 1e-4)
    cells = device_of(rule, spread).manufacture((100, 1000), np.random.default_rng(0))
    cells.pulses(np.arange(100), np.ones((100, 1000)), True, np.random.default_rng(0))
    assert cells.w.mean() == pytest.approx(device_of(rule, spread).mean_step, rel=0.011, abs=0)


def test_the_reach_of_a_device_is_what_it_has_on_both_sides() -> None:
    assert preset("gokmen-vlasov").device.reach == 1.0
    assert preset("ecram-li").device.reach == 0.8276
