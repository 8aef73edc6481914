"""Peer normalisation: no unit dies, none dominates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ffnumpy.validation import check_fraction, not_negative, whole

__all__ = ["PeerNormalisation"]


class PeerNormalisation:
    """A push that brings the units' mean activities together, so that none dies or dominates.

    ``m_j ← delay · m_j + (1 − delay) · mean of y_j`` over the positive cases, and
    ``strength · (mean(m) − m_j)`` is added to ``∂log p/∂z_j`` of every positive case, even where
    unit j is off. It is not the gradient of anything one case could measure: m is a memory.

    Parameters
    ----------
    width : int
    strength : float
        The author's 0.03 belongs to slopes without Eq. 3's factor 2; with it, 0.06.
    delay : float

    Raises
    ------
    ValueError
        If the width is below 1, the strength below 0 or the delay not in [0, 1).

    Source: [HintonCode].
    """

    def __init__(self, width: int, strength: float = 0.06, delay: float = 0.9) -> None:
        whole(width=width)
        not_negative(strength=strength)
        check_fraction("delay", delay)
        self.strength, self.delay = strength, delay
        self.mean = np.full(width, 0.5)

    def push(self, y: NDArray) -> NDArray:
        """Take the positive cases' activities into the mean; return the push, (width,)."""
        self.mean *= self.delay
        self.mean += (1 - self.delay) * y.mean(axis=0)
        return (self.strength * (self.mean.mean() - self.mean)).astype(y.dtype)

    def add_push(self, delta: NDArray, y: NDArray, positives: slice) -> None:
        """Add the push to ``∂log p/∂z`` of the positive cases, in place, if there are any."""
        if len(y[positives]):
            delta[positives] += self.push(y[positives])
