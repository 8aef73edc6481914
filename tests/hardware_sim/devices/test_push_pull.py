"""Push-pull pairs: two cells in opposite directions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells import ALIKE, LARGE, RANGE, SILENT, cells_of, everywhere, ways
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.push_pull import PushPullCells, PushPullPair
from hardware_sim.devices.rules import (
    ConstantStep,
)
from hardware_sim.devices.variation import Spread
from laws import LAW, seeds


def push_pull(rule: Any, noise: Noise = SILENT, **kw: Any) -> PushPullCells:
    cell = Device(rule, kw.pop("spread", ALIKE), noise, RANGE)
    return PushPullPair(cell).manufacture((LARGE, LARGE), np.random.default_rng(7))


@LAW
@given(seed=seeds, up=st.booleans(), way=ways)
def test_a_push_pull_pair_of_equal_steps_is_a_cell_of_twice_the_range(
    seed: int, up: bool, way: str
) -> None:
    rng = np.random.default_rng(seed)
    pair, one = push_pull(ConstantStep(step=0.01)), cells_of(ConstantStep(-2.0, 2.0, 0.02))
    w = rng.uniform(-2, 2, one.shape)
    rows, counts = np.array([1, 4]), rng.poisson(30, (2, LARGE))
    for cells in (pair, one):
        cells.set(w)
        getattr(cells, way)(rows, counts, up, rng)
    assert np.allclose(pair.w, one.w, rtol=0, atol=1e-12)
    assert pair.at_bounds() == pytest.approx(one.at_bounds(), abs=1e-3)


@pytest.mark.parametrize("up", [True, False], ids=["up", "down"])
def test_noise_and_asymmetry_of_a_push_pull_pair_average_out_in_part(up: bool) -> None:
    # N = 40,000: a standard deviation deviates by 1/√(2N) of itself; 5 of them. One pulse moves
    # w by ±2Δ with √2 times the deviations of a cell, that is relative to the move 1/√2 of them.
    bound = 5 / math.sqrt(2) / LARGE
    sign, rng = (1 if up else -1), np.random.default_rng(1)
    noisy = push_pull(ConstantStep(step=0.001), Noise(CycleNoise(relative=0.3)))
    noisy.pulses(*everywhere(noisy, 1), up, rng)
    moved = sign * noisy.w / noisy.mean_step
    assert abs(moved.mean() - 1) <= 5 * 0.3 / math.sqrt(2) / LARGE
    assert moved.std() == pytest.approx(0.3 / math.sqrt(2), rel=bound)
    uneven = push_pull(ConstantStep(step=0.001), spread=Spread(asymmetry=0.1))
    uneven.pulses(*everywhere(uneven, 1), up, rng)
    there = uneven.w.copy()
    uneven.pulses(*everywhere(uneven, 1), not up, rng)
    tilt = sign * uneven.w / (2 * there - uneven.w)  # (Δ₊ − Δ₋)/(Δ₊ + Δ₋)
    assert tilt.std() == pytest.approx(0.1 / math.sqrt(2), rel=bound)


def test_a_push_pull_pair_counts_the_pulses_of_both_cells() -> None:
    pair, rng = push_pull(ConstantStep(step=0.001)), np.random.default_rng(0)
    rows, counts = np.array([0, 3]), rng.poisson(1.0, (2, LARGE))
    assert pair.moving == 2
    for way in ("pulses", "pulses_at_once", "charge"):
        assert getattr(pair, way)(rows, counts, True, rng) == 2 * counts.sum()
