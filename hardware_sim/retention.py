"""What becomes of a conductance after it was programmed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["PcmRetention"]


@dataclass(frozen=True)
class PcmRetention:
    """Phase-change memory after programming: programming noise, drift, read noise.

    With ``g = G/maximum``. Source: [Rasch2021], after [Joshi2020].

    Attributes
    ----------
    maximum : float
        The largest conductance [S].
    """

    maximum: float = 25e-6
    t_programmed: ClassVar[float] = 20.0
    t_read: ClassVar[float] = 250e-9

    def programming_deviation(self, conductance: NDArray) -> NDArray:
        """Return the standard deviation that programming leaves [S], not below 0.

        ``σ = (0.26348 + 1.9650 g − 1.1731 g²) µS``.
        """
        g = conductance / self.maximum
        return np.maximum(0.26348 + 1.9650 * g - 1.1731 * g**2, 0) * 1e-6

    def exponents(self, conductance: NDArray, rng: np.random.Generator) -> NDArray:
        """Draw the drift exponent ν of each cell.

        ``clip(−0.0155 ln g + 0.0244, 0.049, 0.1) + clip(−0.0125 ln g − 0.0059, 0.008, 0.045) ξ``.
        """
        log = np.log(np.maximum(conductance / self.maximum, 1e-7))
        mean = np.clip(-0.0155 * log + 0.0244, 0.049, 0.1)
        deviation = np.clip(-0.0125 * log - 0.0059, 0.008, 0.045)
        return mean + deviation * rng.standard_normal(log.shape)

    def drifted(self, conductance: NDArray, exponents: NDArray, seconds: float) -> NDArray:
        """Return the conductance at a time after programming, ``G (t/20 s)^−ν`` [S]."""
        return conductance * (seconds / self.t_programmed) ** -exponents

    def read_deviation(self, conductance: NDArray, seconds: float) -> NDArray:
        """Return the standard deviation of a read at a time after programming [S].

        ``G min(0.0088/g^0.65, 0.2) √(ln((t + t_r)/(2 t_r)))`` with t_r = 250 ns.
        """
        g = np.maximum(conductance / self.maximum, 1e-9)
        grown = math.sqrt(math.log((seconds + self.t_read) / (2 * self.t_read)))
        return conductance * np.minimum(0.0088 / g**0.65, 0.2) * grown
