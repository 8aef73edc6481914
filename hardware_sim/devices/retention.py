"""How a conductance changes after it has been programmed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hardware_sim.validation import above_zero

__all__ = ["PcmRetention"]

FAINTEST = 1e-7  # of the largest conductance: below, logarithms and powers are taken as of this


@dataclass(frozen=True)
class PcmRetention:
    """Phase-change memory after programming: drift, and noise that grows with time.

    Here ``g = G/maximum``, and G is the conductance as programmed. The errors of programming
    itself are simulated pulse by pulse, see `hardware_sim.updates.write_verify`. Source:
    [Rasch2021], after [Joshi2020].

    Attributes
    ----------
    maximum : float
        The largest conductance [S].
    t_programmed : float
        Time at which the conductance is what was programmed [s]. Nothing is known about earlier
        times.
    t_read : float
        Duration of a read [s].

    Raises
    ------
    ValueError
        If the maximum is not above 0.
    """

    maximum: float = 25e-6
    t_programmed: ClassVar[float] = 20.0
    t_read: ClassVar[float] = 250e-9

    def __post_init__(self) -> None:
        above_zero(maximum=self.maximum)

    def aged(self, conductance: NDArray, seconds: float, rng: np.random.Generator) -> NDArray:
        """Return the conductances that reads see some seconds after programming, 0 or more [S].

        Every cell draws a drift exponent and one value of its noise. That noise is slow, so reads
        in quick succession see the same value. The result has the shape of `conductance`.
        """
        drifted = self.drifted(conductance, self.exponents(conductance, rng), seconds)
        noise = self.read_noise(conductance, seconds) * rng.standard_normal(conductance.shape)
        return np.maximum(drifted * (1 + noise), 0)

    def exponents(self, conductance: NDArray, rng: np.random.Generator) -> NDArray:
        """Draw the drift exponent ν of each cell, 0 or more.

        ``|clip(−0.0155 ln g + 0.0244, 0.049, 0.1) + clip(−0.0125 ln g − 0.0059, 0.008, 0.045) ξ|``.
        """
        log = np.log(self._relative(conductance))
        mean = np.clip(-0.0155 * log + 0.0244, 0.049, 0.1)
        deviation = np.clip(-0.0125 * log - 0.0059, 0.008, 0.045)
        return np.abs(mean + deviation * rng.standard_normal(log.shape))

    def drifted(self, conductance: NDArray, exponents: NDArray, seconds: float) -> NDArray:
        """Return the conductance at a time after programming, ``G (t/20 s)^−ν`` [S]."""
        self._check(seconds)
        return conductance * (seconds / self.t_programmed) ** -exponents

    def read_noise(self, conductance: NDArray, seconds: float) -> NDArray:
        """Return the standard deviation of a read at a time after programming, relative, δG/G.

        ``min(0.0088/g^0.65, 0.2) √(ln((t + t_r)/(2 t_r)))`` with t_r = 250 ns.
        """
        self._check(seconds)
        grown = math.sqrt(math.log((seconds + self.t_read) / (2 * self.t_read)))
        return np.minimum(0.0088 / self._relative(conductance) ** 0.65, 0.2) * grown

    def _relative(self, conductance: NDArray) -> NDArray:
        return np.maximum(conductance / self.maximum, FAINTEST)

    def _check(self, seconds: float) -> None:
        if not self.t_programmed <= seconds < math.inf:
            raise ValueError(
                f"seconds: expected {self.t_programmed:g} or more after programming, before which "
                f"drift was not measured; got {seconds:g}"
            )
