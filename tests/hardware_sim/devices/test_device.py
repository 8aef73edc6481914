"""Individuals against the statistics they are drawn from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from hardware_sim.constants import ROOM, Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.presets import preset
from hardware_sim.devices.rules import ConstantStep, SoftBounds, SoftBoundsReference, UpdateRule
from hardware_sim.devices.variation import Spread

HIGH_ABOVE_GROUND = ConductanceRange(
    Constant("G_min", 1e-3, 1e-3, 1e-3, "S"), Constant("G_max", 1.001e-3, 1.001e-3, 1.001e-3, "S")
)
ALIKE = Spread()
N = 200  # an array of N × N individuals


def device(rule: UpdateRule, spread: Spread = ALIKE) -> Device:
    return Device(rule, spread, Noise(), HIGH_ABOVE_GROUND)


def test_steps_spread_as_they_are_told_to() -> None:
    # n = 40,000 normal draws: the mean deviates by σ/√n, the standard deviation by σ/√2n; 5 sigma.
    spread = Spread(step=0.1, asymmetry=0.02)
    cells = device(ConstantStep(step=0.01), spread).manufacture((N, N), np.random.default_rng(0))
    size = (cells.up + cells.down) / 0.02
    tilt = (cells.up - cells.down) / (cells.up + cells.down)
    for found, mean, sigma in ((size, 1, 0.1), (tilt, 0, 0.02)):
        assert abs(found.mean() - mean) <= 5 * sigma / N
        assert abs(found.std() - sigma) <= 5 * sigma / (math.sqrt(2) * N)


def test_a_log_normal_spread_is_normal_in_the_logarithm() -> None:
    # As above, of log Δ/Δ_min.
    spread = Spread(step=0.78, log_normal=True)
    cells = device(ConstantStep(step=0.01), spread).manufacture((N, N), np.random.default_rng(0))
    log = np.log(cells.up / 0.01)
    assert abs(log.mean()) <= 5 * 0.78 / N
    assert abs(log.std() - 0.78) <= 5 * 0.78 / (math.sqrt(2) * N)
    assert np.array_equal(cells.up, cells.down)


def test_bounds_spread_in_proportion_to_themselves() -> None:
    # As above; both bounds keep their side of 0: |ξ| < 10 sigma.
    made = device(ConstantStep(-0.5, 2.0), Spread(low=0.1, high=0.05))
    cells = made.manufacture((N, N), np.random.default_rng(0))
    for bound, mean, sigma in ((cells.low, -0.5, 0.05), (cells.high, 2.0, 0.1)):
        assert abs(bound.mean() - mean) <= 5 * sigma / N
        assert abs(bound.std() - sigma) <= 5 * sigma / (math.sqrt(2) * N)


def test_stuck_cells_are_as_many_as_said_and_anywhere_in_their_range() -> None:
    # n = 40,000 draws of probability p: their fraction deviates by √(p(1 − p)/n). The n_s stuck
    # ones lie uniformly on −1 … 1: mean 0 ± √(1/3n_s). 5 sigma.
    made = device(ConstantStep(), Spread(stuck=0.13))
    cells = made.manufacture((N, N), np.random.default_rng(0))
    assert abs(cells.stuck.mean() - 0.13) <= 5 * math.sqrt(0.13 * 0.87) / N
    assert abs(cells.w[cells.stuck].mean()) <= 5 * math.sqrt(1 / 3 / cells.stuck.sum())
    assert np.ptp(cells.w[cells.stuck]) > 1.9
    assert not cells.w[~cells.stuck].any()


@pytest.mark.parametrize("error", [0.0, 0.2])
def test_cells_stuck_near_zero_are_there_but_for_the_error_of_their_reference(error: float) -> None:
    # Uniform within ±0.1: deviation 0.1/√3. Of n_s of them: mean ± σ/√n_s, σ ± σ/√(2n_s). 5 sigma.
    made = device(SoftBoundsReference(error=error), Spread(0.7, stuck=0.13, stuck_within=0.1))
    cells = made.manufacture((N, N), np.random.default_rng(0))
    found, sigma = cells.w[cells.stuck], math.hypot(0.1 / math.sqrt(3), error)
    assert abs(found.mean()) <= 5 * sigma / math.sqrt(found.size)
    assert abs(found.std() - sigma) <= 5 * sigma / math.sqrt(2 * found.size)
    assert error or np.abs(found).max() <= 0.1


@pytest.mark.parametrize("rule", [ConstantStep(), SoftBoundsReference(error=0.2)])
def test_no_bound_lies_below_zero_conductance(rule: UpdateRule) -> None:
    ends = (Constant("G", g, g, g, "S") for g in (1e-6, 1e-5))
    made = Device(rule, Spread(0.3, 0.1, 0.6, 0.3), Noise(), ConductanceRange(*ends))
    cells = made.manufacture((N, N), np.random.default_rng(0))
    cells.set(np.full(cells.shape, -9.0))
    assert -1e-20 <= cells.conductance().min() <= 1e-20


def test_the_range_of_w_maps_onto_the_range_of_conductances() -> None:
    ends = (Constant("G", g, g, g, "S") for g in (2e-6, 1e-5))
    made = Device(SoftBounds(-0.75, 1.25), Spread(), Noise(), ConductanceRange(*ends))
    cells = made.manufacture((1, 3), np.random.default_rng(0))
    cells.set(np.array([[-9.0, 0.0, 9.0]]))
    expected = np.array([[2e-6, made.reference, 1e-5]])
    assert np.abs(cells.conductance() - expected).max() <= 1e-12 * 1e-5
    assert cells.counterpart() == made.reference
    assert made.unit == pytest.approx(4e-6, rel=1e-12)


def test_the_read_noise_is_a_fraction_of_the_range() -> None:
    ends = (Constant("G", g, g, g, "S") for g in (2e-6, 1e-5))
    made = Device(ConstantStep(), Spread(), Noise(read=0.01), ConductanceRange(*ends))
    assert made.read_noise == pytest.approx(8e-8, rel=1e-12)


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
    cells = device(rule, spread).manufacture((100, 1000), np.random.default_rng(0))
    cells.pulses(np.arange(100), np.ones((100, 1000)), True, np.random.default_rng(0))
    assert cells.w.mean() == pytest.approx(device(rule, spread).mean_step, rel=0.011, abs=0)


def test_the_reach_of_a_device_is_what_it_has_on_both_sides() -> None:
    assert preset("gokmen-vlasov").device.reach == 1.0
    assert preset("ecram-li").device.reach == 0.8276
