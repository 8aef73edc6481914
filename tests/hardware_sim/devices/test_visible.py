"""What a read sees of a state: levels, and what the last write left."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells import HIGH_ABOVE_GROUND, RANGE, cells_of, everywhere
from hardware_sim.devices.device import ConductanceRange
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.rules import (
    ConstantStep,
    SoftBounds,
)
from hardware_sim.devices.variation import Spread
from laws import LAW, assert_moments, seeds

# n = 40,000 cells of standard deviation σ: their mean deviates by σ/√n, their standard deviation by
# σ/√2n (normal deviates). All bounds are 5 sigma. Nothing comes near a bound of w.


def test_every_write_redraws_the_apparent_deviation_and_leaves_the_state_alone() -> None:
    cells = cells_of(ConstantStep(step=0.001), Noise(write=20.0), conductance=HIGH_ABOVE_GROUND)
    rng, before = np.random.default_rng(1), np.zeros(cells.shape)
    assert np.array_equal(cells.seen, cells.w)
    for n in (1, 2):
        cells.pulses(*everywhere(cells, 1), True, rng)
        deviation = cells.seen - cells.w
        assert np.all(cells.w == pytest.approx(n * 0.001, rel=1e-12, abs=0))
        assert_moments(deviation, 0.0, 0.02)
        assert_moments(deviation - before, 0.0, 0.02 * math.sqrt(n))
        before = deviation


def test_what_is_seen_is_the_state_unless_something_comes_between() -> None:
    plain = cells_of(ConstantStep(), Noise(CycleNoise(0.3), read=0.1, low_frequency=0.1))
    assert plain.seen is plain.w


@LAW
@given(seed=seeds, levels=st.integers(2, 40))
def test_finitely_many_levels_are_seen_and_the_state_is_continuous(seed: int, levels: int) -> None:
    stepped = ConductanceRange(RANGE.minimum, RANGE.maximum, levels=levels)
    cells = cells_of(SoftBounds(-0.75, 1.25, 0.01), conductance=stepped, shape=(4, 4))
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
    cells = cells_of(ConstantStep(), spread=spread, conductance=stepped, shape=(50, 50))
    cells.set(np.random.default_rng(0).uniform(-3, 3, cells.shape))
    assert np.abs(cells.w).max() > 1.5
    np.testing.assert_allclose(np.unique(cells.seen), np.linspace(-1, 1, levels), atol=1e-15)
