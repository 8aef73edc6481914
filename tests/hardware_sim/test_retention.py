"""What phase-change memory forgets, against formulas worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hardware_sim.retention import PcmRetention


def test_phase_change_memory_forgets_by_its_formulas() -> None:
    # The formulas at g = 1 and t = 20 s, by hand.
    memory, full = PcmRetention(25e-6), np.full(1, 25e-6)
    assert memory.programming_deviation(full)[0] == pytest.approx(1.05538e-6, rel=1e-9)
    assert memory.drifted(full, np.array([0.05]), 20.0)[0] == 25e-6
    ratio = memory.drifted(full, np.array([0.05]), 2e5)[0] / 25e-6
    assert ratio == pytest.approx(10 ** (-4 * 0.05), rel=1e-12)
    expected = 25e-6 * 0.0088 * math.sqrt(math.log((20 + 250e-9) / 500e-9))
    assert memory.read_deviation(full, 20.0)[0] == pytest.approx(expected, rel=1e-12)
    assert memory.read_deviation(np.full(1, 25e-9), 250e-9)[0] == 0


def test_drift_exponents_have_their_mean_and_spread() -> None:
    # n normal draws: mean ± σ/√n, standard deviation ± σ/√2n, 5 sigma. At g = 0.1
    # ν = 0.0155 ln 10 + 0.0244 and σ = 0.0125 ln 10 − 0.0059.
    n = 40_000
    found = PcmRetention().exponents(np.full(n, 2.5e-6), np.random.default_rng(0))
    mean, sigma = 0.0155 * math.log(10) + 0.0244, 0.0125 * math.log(10) - 0.0059
    assert abs(found.mean() - mean) <= 5 * sigma / math.sqrt(n)
    assert abs(found.std() - sigma) <= 5 * sigma / math.sqrt(2 * n)
