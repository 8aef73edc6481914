"""What phase-change memory forgets, against formulas worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hardware_sim.devices.retention import PcmRetention


def test_conductances_drift_by_a_power_of_time() -> None:
    memory, full = PcmRetention(25e-6), np.full(1, 25e-6)
    assert memory.drifted(full, np.array([0.05]), 20.0)[0] == 25e-6
    ratio = memory.drifted(full, np.array([0.05]), 2e5)[0] / 25e-6
    assert ratio == pytest.approx(10 ** (-4 * 0.05), rel=1e-12)


def test_the_noise_of_a_read_is_relative_and_bounded() -> None:
    # The formula at g = 1 and t = 20 s, by hand; at g = 1e-4 the bound of 0.2 holds.
    memory, grown = PcmRetention(50e-6), math.sqrt(math.log((20 + 250e-9) / 500e-9))
    found = memory.read_noise(np.array([50e-6, 5e-9, 0.0]), 20.0)
    np.testing.assert_allclose(found, [0.0088 * grown, 0.2 * grown, 0.2 * grown], rtol=1e-12)


# n normal draws: mean ± σ/√n, standard deviation ± σ/√2n, 5 sigma. At g = 0.1
# ν = 0.0155 ln 10 + 0.0244 and σ = 0.0125 ln 10 − 0.0059; at g = 1 the lower limits hold.
@pytest.mark.parametrize(
    ("g", "mean", "sigma"),
    [
        (1.0, 0.049, 0.008),
        (0.1, 0.0155 * math.log(10) + 0.0244, 0.0125 * math.log(10) - 0.0059),
    ],
)
def test_drift_exponents_have_their_mean_and_spread(g: float, mean: float, sigma: float) -> None:
    n = 40_000
    found = PcmRetention(50e-6).exponents(np.full(n, g * 50e-6), np.random.default_rng(0))
    assert abs(found.mean() - mean) <= 5 * sigma / math.sqrt(n)
    assert abs(found.std() - sigma) <= 5 * sigma / math.sqrt(2 * n)


def test_no_conductance_grows_by_drift_and_none_is_negative() -> None:
    # Where ν = 0.1 ± 0.045 one cell in a hundred would otherwise grow.
    rng, faint = np.random.default_rng(0), np.full(40_000, 25e-10)
    memory = PcmRetention()
    assert memory.exponents(faint, rng).min() >= 0
    assert memory.drifted(faint, memory.exponents(faint, rng), 1e9).max() <= 25e-10
    seen = memory.aged(faint, 1e9, rng)
    assert seen.min() == 0
    assert np.all(memory.aged(np.zeros(10), 1e3, rng) == 0)


@pytest.mark.reports
def test_the_noise_of_an_aged_cell_is_that_of_what_was_programmed() -> None:
    # A year takes a cell down by half, and at a smaller g the noise would be a third larger.
    memory, programmed, year = PcmRetention(25e-6), np.full(1000, 20e-6), 3.15e7
    exponents = memory.exponents(programmed, np.random.default_rng(0))
    drifted = memory.drifted(programmed, exponents, year)
    seen = memory.aged(programmed, year, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    rng.standard_normal(1000)  # the exponents'
    sigma = 0.0088 / 0.8**0.65 * math.sqrt(math.log((year + 250e-9) / 500e-9))
    expected = drifted * (1 + sigma * rng.standard_normal(1000))
    np.testing.assert_allclose(seen, expected, rtol=1e-12)


@pytest.mark.parametrize("seconds", [0.0, 19.9, math.inf, math.nan])
def test_a_time_before_the_first_measurement_is_refused(seconds: float) -> None:
    memory, cell = PcmRetention(), np.full(1, 1e-6)
    with pytest.raises(ValueError, match="seconds: expected 20 or more"):
        memory.drifted(cell, cell, seconds)
    with pytest.raises(ValueError, match="seconds: expected 20 or more"):
        memory.read_noise(cell, seconds)
