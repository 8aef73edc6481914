"""Dropout: units switched off at random while a layer learns, so that none relies on another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ffnumpy.validation import check_fraction

__all__ = ["Dropout"]


class Dropout:
    """Draws which units of each case take part in learning.

    A layer that learns has ``y_j = m_j f(z_j)``, with ``m_j = 0`` for a part of the units and
    ``1/√(1 − fraction)`` for the others, drawn anew for every case. So the expected ``Σ y²``, which
    is compared with θ, is that of the whole layer. In the update ``f'(z_j)`` becomes
    ``m_j f'(z_j)``. Where a layer only answers, all its units do.

    Parameters
    ----------
    fraction : float
        Of the units that are switched off.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If the fraction is not in [0, 1).

    Source: [Srivastava2014], who scale by ``1 − fraction`` when answering: that is made for sums of
    y, which the next layer takes; here the goodness sees y, and the next layer only its direction.
    """

    def __init__(self, fraction: float, rng: np.random.Generator) -> None:
        check_fraction("dropout", fraction)
        self.fraction, self.rng = fraction, rng

    def mask(self, y: NDArray) -> NDArray:
        """Return a fresh m for activities of this shape and type."""
        kept = self.rng.random(y.shape, np.float32) >= self.fraction
        return kept * y.dtype.type(1 / np.sqrt(1 - self.fraction))
