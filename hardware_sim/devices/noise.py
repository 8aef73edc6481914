"""The randomness of a device in use: of a pulse, of a write and of a read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from hardware_sim.validation import not_negative

__all__ = [
    "CycleNoise",
    "Noise",
]


@dataclass(frozen=True)
class CycleNoise:
    """The standard deviation of one pulse, in units of the cell's own step Δ±.

    ``σ/Δ± = relative · size(w) + additive + slope · |w|``; n pulses at once deviate by √n of it.
    Source: [Rasch2021]; there the last two terms are not scaled by the cell's own Δ±/Δ_min.
    """

    relative: float = 0.0
    additive: float = 0.0
    slope: float = 0.0

    def __post_init__(self) -> None:
        not_negative(**vars(self))

    @property
    def silent(self) -> bool:
        """Whether every pulse is like the last."""
        return not (self.relative or self.additive or self.slope)

    def deviation(self, size: NDArray, w: NDArray) -> NDArray:
        """Return σ/Δ± of one pulse."""
        sigma = size * self.relative
        if self.additive:
            sigma += self.additive
        if self.slope:
            sigma += self.slope * np.abs(w)
        return sigma


@dataclass(frozen=True)
class Noise:
    """The randomness of a device in use; that of its manufacture is `Spread`.

    Attributes
    ----------
    cycle : CycleNoise
        Noise of one pulse.
    write : float
        Standard deviation of the offset that a read sees after every write, in units of Δ_min.
    read : float
        White noise of one read, as a fraction of the conductance range.
    low_frequency : float
        Slow noise of a conductance, relative, δG/G. It is frozen from one read to the next.
    """

    cycle: CycleNoise = CycleNoise()
    write: float = 0.0
    read: float = 0.0
    low_frequency: float = 0.0

    def __post_init__(self) -> None:
        not_negative(write=self.write, read=self.read, low_frequency=self.low_frequency)


_QUANTILES = ndtri((np.arange(65536) + 0.5) / 65536)
_QUANTILES = (_QUANTILES / _QUANTILES.std()).astype(np.float32)


def gaussian(rng: np.random.Generator, n: int, dtype: Any) -> NDArray:
    """Draw n standard normals, shape (n,): exact in float64, quick in float32.

    In float32 ξ takes one of 65,536 equally likely values, the quantiles of the normal
    distribution scaled to a variance of exactly 1, none beyond 4.33: five times as fast.
    """
    if dtype == np.float32:
        return _QUANTILES.take(np.frombuffer(rng.bytes(2 * n), np.uint16))
    return rng.standard_normal(n)
