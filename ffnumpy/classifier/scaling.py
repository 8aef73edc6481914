"""How the columns of a table, or the pixels of images, are scaled before a network sees them.

A value v becomes ``(v − offset) · gain``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["columns", "pixels"]

Scale = tuple[NDArray | np.float32, NDArray | np.float32]


def columns(X: NDArray) -> Scale:
    """Return mean and one over standard deviation of each column; 0 for a constant column."""
    varies = X.max(axis=0) != X.min(axis=0)
    deviation = X.std(axis=0, dtype=np.float64)
    gain = np.divide(1.0, deviation, out=np.zeros(X.shape[1]), where=varies & (deviation > 0))
    return X.mean(axis=0, dtype=np.float64), gain


def pixels(X: NDArray) -> Scale:
    """Return 0 and one over the largest pixel, in float32 so that bytes do not become float64."""
    largest = max(float(X.max()), -float(X.min()))
    return np.float32(0), np.float32(1 / largest if largest else 1)
