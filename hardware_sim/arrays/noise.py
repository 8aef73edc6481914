"""Noise of an array at each read, from physical constants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossed import Crossed
from hardware_sim.constants import BOLTZMANN, CHARGE, READ_BANDWIDTH, ROOM
from hardware_sim.validation import not_negative, plain_numbers

__all__ = [
    "ArrayNoise",
]


@dataclass(frozen=True)
class ArrayNoise:
    """Noise of the array itself, from physical constants. If all are zero, the array is ideal.

    Attributes
    ----------
    temperature : float
        Of the thermal noise [K]; 0 means none.
    fano : float
        F of the shot noise ``2 q F B (|I⁺| + |I⁻|)``: 0 for ohmic cells, 1 for tunnel junctions.
    white : float
        Standard deviation of a moving cell's conductance at each read [S].
    low_frequency : float
        Standard deviation of δG/G. It is frozen during one call of `Crossbar.currents`, which
        means for the label reads of one case.
    """

    temperature: float = ROOM
    fano: float = 0.0
    white: float = 0.0
    low_frequency: float = 0.0

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        not_negative(**vars(self))

    def variance(self, crossed: Crossed, conductances: NDArray) -> NDArray | None:
        """Return the variance of the currents, (reads, read lines) [A²]; None without noise.

        Parameters
        ----------
        crossed : Crossed
        conductances : (read lines,) array
            Σ (G⁺ + G⁻) of all the cells of a line [S]. Cells that are not driven have thermal noise
            too.
        """
        v = crossed.v
        total: NDArray | float = 0.0
        if self.temperature:
            total = 4 * BOLTZMANN * self.temperature * READ_BANDWIDTH * conductances
        if self.fano:
            total = total + 2 * CHARGE * self.fano * READ_BANDWIDTH * crossed.absolute_current()
        if self.white:
            squares = np.sum(v**2, axis=1, keepdims=True)
            total = total + crossed.noisy * self.white**2 * squares
        if self.low_frequency and len(v) == 1:
            total = total + self.low_frequency**2 * crossed.squared_currents()
        return np.asarray(total) if np.any(total) else None

    def frozen(self, crossed: Crossed, rng: np.random.Generator) -> NDArray:
        """Return what slow deviations, the same for several reads, add to their currents [A].

        A single read has them in its `variance` instead.
        """
        shape, dtype = crossed.plus.shape, crossed.plus.dtype
        plus, minus = (side * rng.standard_normal(shape, dtype) for side in crossed.conductances())
        return crossed.v @ (self.low_frequency * (plus - minus))
