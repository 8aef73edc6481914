"""What a read sees of a state: levels, and what the last write left."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware_sim.constants import Constant
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.rules import (
    ConstantStep,
    SoftBounds,
)
from hardware_sim.devices.variation import Spread

LAW = settings(deadline=None, max_examples=40, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
ALIKE, SILENT = Spread(), Noise()
RANGE = ConductanceRange(
    Constant("G_min", 1e-6, 1e-6, 1e-6, "S"), Constant("G_max", 9e-6, 9e-6, 9e-6, "S")
)
LARGE = 200  # an array of LARGE × LARGE cells for statistics


def made(
    rule: Any, noise: Noise = SILENT, shape: tuple[int, int] = (LARGE, LARGE), **kw: Any
) -> Cells:
    device = Device(rule, kw.pop("spread", ALIKE), noise, kw.pop("conductance", RANGE), **kw)
    return device.manufacture(shape, np.random.default_rng(5))


def everywhere(cells: Any, n: float) -> tuple[NDArray, NDArray]:
    return np.arange(cells.shape[0]), np.full(cells.shape, n)


# n = 40,000 cells of standard deviation σ: their mean deviates by σ/√n, their standard deviation by
# σ/√2n (normal deviates). All bounds are 5 sigma. Nothing comes near a bound of w.
def assert_moments(found: NDArray, mean: float, sigma: float) -> None:
    assert abs(found.mean() - mean) <= 5 * sigma / math.sqrt(found.size) + 1e-15
    assert abs(found.std() - sigma) <= 5 * sigma / math.sqrt(2 * found.size) + 1e-15


def test_every_write_redraws_the_apparent_deviation_and_leaves_the_state_alone() -> None:
    far = ConductanceRange(
        Constant("G", 1e-3, 1e-3, 1e-3, "S"), Constant("G", 1.001e-3, 1.001e-3, 1.001e-3, "S")
    )
    cells = made(ConstantStep(step=0.001), Noise(write=20.0), conductance=far)
    rng, before = np.random.default_rng(1), np.zeros(cells.shape)
    assert np.array_equal(cells.seen, cells.w)
    for n in (1, 2):
        cells.pulses(*everywhere(cells, 1), True, rng)
        deviation = cells.seen - cells.w
        assert np.all(cells.w == pytest.approx(n * 0.001, rel=1e-12))
        assert_moments(deviation, 0.0, 0.02)
        assert_moments(deviation - before, 0.0, 0.02 * math.sqrt(n))
        before = deviation


def test_what_is_seen_is_the_state_unless_something_comes_between() -> None:
    plain = made(ConstantStep(), Noise(CycleNoise(0.3), read=0.1, low_frequency=0.1))
    assert plain.seen is plain.w


@LAW
@given(seed=seeds, levels=st.integers(2, 40))
def test_finitely_many_levels_are_seen_and_the_state_is_continuous(seed: int, levels: int) -> None:
    stepped = ConductanceRange(RANGE.minimum, RANGE.maximum, levels=levels)
    cells = made(SoftBounds(-0.75, 1.25, 0.01), conductance=stepped, shape=(4, 4))
    rng = np.random.default_rng(seed)
    cells.set(rng.uniform(-0.75, 1.25, cells.shape))
    cells.pulses(np.array([1, 2]), rng.poisson(2, (2, 4)), True, rng)
    spacing = 2 / (levels - 1)
    place = (cells.seen + 0.75) / spacing
    assert np.abs(place - np.rint(place)).max() <= 1e-12 * levels
    assert np.abs(cells.seen - cells.w).max() <= spacing / 2 * (1 + 1e-12)


@pytest.mark.parametrize("levels", [2, 3, 16])
def test_individuals_of_a_wider_range_have_no_level_more(levels: int) -> None:
    stepped = ConductanceRange(RANGE.minimum, RANGE.maximum, levels=levels)
    spread = Spread(low=0.5, high=0.5)
    cells = made(ConstantStep(), spread=spread, conductance=stepped, shape=(50, 50))
    cells.set(np.random.default_rng(0).uniform(-3, 3, cells.shape))
    assert np.abs(cells.w).max() > 1.5
    np.testing.assert_allclose(np.unique(cells.seen), np.linspace(-1, 1, levels), atol=1e-15)
