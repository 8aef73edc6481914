"""What a test of a law draws from, how often it draws, and how near the law must be kept."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

LAW = settings(deadline=None, max_examples=40, derandomize=True)
EPS = np.finfo(float).eps
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 9)


def assert_moments(found: NDArray, mean: float, sigma: float) -> None:
    """Assert that deviates have a mean and a standard deviation, by 5 standard errors of each."""
    off = found.mean() - mean, found.std() - sigma
    assert abs(off[0]) <= 5 * sigma / math.sqrt(found.size) + 1e-15, f"the mean is off by {off[0]}"
    assert abs(off[1]) <= 5 * sigma / math.sqrt(2 * found.size) + 1e-15, f"σ is off by {off[1]}"
