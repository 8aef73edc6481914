"""The noise of a device: its normal deviates."""

from __future__ import annotations

import math

import numpy as np

from hardware_sim.devices.noise import gaussian


def test_the_quick_normals_have_the_moments_of_normals() -> None:
    # n = 2²⁰ draws with moments 0, 1, 0, 3, 15, 105 to well below the bounds: ξ, ξ², ξ³, ξ⁴ deviate
    # by √(1/n), √(2/n), √(15/n), √(96/n); 5 sigma. Correlation of neighbours: √(1/n).
    n = 2**20
    xi = gaussian(np.random.default_rng(0), n, np.float32).astype(float)
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((xi**power).mean() - mean) <= 5 * math.sqrt(variance / n)
    assert abs((xi[1:] * xi[:-1]).mean()) <= 5 * math.sqrt(1 / n)
    assert gaussian(np.random.default_rng(0), 3, np.float64).dtype == np.float64
