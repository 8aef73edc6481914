"""Transimpedance amplifiers, one for each column, with their noise and their mismatch."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from hardware_sim.constants import BOLTZMANN, READ_BANDWIDTH
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Current, Voltage, check_kind
from hardware_sim.validation import above_zero, not_negative, plain_numbers

__all__ = [
    "TransimpedanceAmplifier",
]


Values = NDArray | float


def resistor_noise(resistance: float, temperature: float) -> float:
    """Return the thermal noise of a resistor within the bandwidth of a read, √(4 k T B R) [V]."""
    return sqrt(4 * BOLTZMANN * temperature * READ_BANDWIDTH * resistance)


def mismatch(rng: np.random.Generator, sigma: float, n: int, dtype: np.dtype) -> NDArray:
    """Return n factors 1 + σξ, (1, n). None is below 0.1, so that no part changes its sign."""
    return np.maximum(1 + sigma * rng.standard_normal((1, n)), 0.1).astype(dtype)


@dataclass(frozen=True)
class TransimpedanceAmplifier:
    """One amplifier per column: ``V = R_f · gain · I + offset + noise``, within its supply.

    Attributes
    ----------
    resistance : float
        R_f [Ω].
    gain : (1, n) array or float
        Relative, ideally 1.
    offset : (1, n) array or float
        At the output [V].
    saturation : float
        The output stays within ± this [V].
    noise : float
        Standard deviation of the output noise, that of R_f and that of the amplifier [V].
    """

    resistance: float
    gain: Values = 1.0
    offset: Values = 0.0
    saturation: float = inf
    noise: float = 0.0

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(resistance=self.resistance)
        above_zero(endless=True, saturation=self.saturation)
        not_negative(noise=self.noise)

    def read(self, current: Current, rng: np.random.Generator, ledger: Ledger) -> Voltage:
        """Return the output voltages, (reads, n)."""
        check_kind("an amplifier", current, Current)
        v = current._si * self.resistance
        v *= self.gain
        v += self.offset
        if self.noise:
            v += v.dtype.type(self.noise) * rng.standard_normal(v.shape, v.dtype)
        if self.saturation < inf:
            np.clip(v, -self.saturation, self.saturation, out=v)
        ledger.charge(prices.AMPLIFIER, v.size, uses=len(v))
        return Voltage._of(v)
