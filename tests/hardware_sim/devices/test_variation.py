"""How individuals spread, and which of them are stuck."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cells import device_of
from hardware_sim.constants import Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.rules import ConstantStep, SoftBoundsReference, UpdateRule
from hardware_sim.devices.variation import Spread

N = 200  # an array of N × N individuals


def test_steps_have_the_spread_that_they_were_given() -> None:
    # n = 40,000 normal draws: the mean deviates by σ/√n, the standard deviation by σ/√2n; 5 sigma.
    spread = Spread(step=0.1, asymmetry=0.02)
    cells = device_of(ConstantStep(step=0.01), spread).manufacture((N, N), np.random.default_rng(0))
    size = (cells.up + cells.down) / 0.02
    tilt = (cells.up - cells.down) / (cells.up + cells.down)
    for found, mean, sigma in ((size, 1, 0.1), (tilt, 0, 0.02)):
        assert abs(found.mean() - mean) <= 5 * sigma / N
        assert abs(found.std() - sigma) <= 5 * sigma / (math.sqrt(2) * N)


@pytest.mark.parametrize("log_normal", [False, True])
def test_asymmetry_and_gains_are_added_to_a_devices_own_gain(log_normal: bool) -> None:
    # As above; correlations of independent draws deviate by 1/√n.
    spread = Spread(step=0.2, asymmetry=0.02, log_normal=log_normal)
    up, down = spread.steps(0.01, (1.0, 0.6), (N, N), np.random.default_rng(0))
    tilt, size = (up - down) / 0.02, (up + down) / 0.02
    assert abs(tilt.mean() - 0.2) <= 5 * 0.02 / N
    assert abs(tilt.std() - 0.02) <= 5 * 0.02 / (math.sqrt(2) * N)
    assert abs(np.corrcoef(tilt.ravel(), size.ravel())[0, 1]) <= 5 / N
    assert abs(size.mean() - 0.8 - spread.mean_own) <= 5 * size.std() / N


def test_a_log_normal_spread_is_normal_in_the_logarithm() -> None:
    # As above, of log Δ/Δ_min.
    spread = Spread(step=0.78, log_normal=True)
    cells = device_of(ConstantStep(step=0.01), spread).manufacture((N, N), np.random.default_rng(0))
    log = np.log(cells.up / 0.01)
    assert abs(log.mean()) <= 5 * 0.78 / N
    assert abs(log.std() - 0.78) <= 5 * 0.78 / (math.sqrt(2) * N)
    assert np.array_equal(cells.up, cells.down)


def test_bounds_spread_in_proportion_to_themselves() -> None:
    # As above; both bounds keep their side of 0: |ξ| < 10 sigma.
    made = device_of(ConstantStep(-0.5, 2.0), Spread(low=0.1, high=0.05))
    cells = made.manufacture((N, N), np.random.default_rng(0))
    for bound, mean, sigma in ((cells.low, -0.5, 0.05), (cells.high, 2.0, 0.1)):
        assert abs(bound.mean() - mean) <= 5 * sigma / N
        assert abs(bound.std() - sigma) <= 5 * sigma / (math.sqrt(2) * N)


def test_stuck_cells_are_as_many_as_specified_and_anywhere_in_their_range() -> None:
    # n = 40,000 draws of probability p: their fraction deviates by √(p(1 − p)/n). The n_s stuck
    # ones lie uniformly on −1 … 1: mean 0 ± √(1/3n_s). 5 sigma.
    made = device_of(ConstantStep(), Spread(stuck=0.13))
    cells = made.manufacture((N, N), np.random.default_rng(0))
    assert abs(cells.stuck.mean() - 0.13) <= 5 * math.sqrt(0.13 * 0.87) / N
    assert abs(cells.w[cells.stuck].mean()) <= 5 * math.sqrt(1 / 3 / cells.stuck.sum())
    assert np.ptp(cells.w[cells.stuck]) > 1.9
    assert not cells.w[~cells.stuck].any()


@pytest.mark.parametrize("error", [0.0, 0.2])
def test_cells_stuck_near_zero_are_there_but_for_the_error_of_their_reference(error: float) -> None:
    # Uniform within ±0.1: deviation 0.1/√3. Of n_s of them: mean ± σ/√n_s, σ ± σ/√(2n_s). 5 sigma.
    made = device_of(SoftBoundsReference(error=error), Spread(0.7, stuck=0.13, stuck_within=0.1))
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
