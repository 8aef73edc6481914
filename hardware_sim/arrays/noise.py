"""Noise of an array at each read, from physical constants."""

from __future__ import annotations

from dataclasses import dataclass

from hardware_sim.constants import ROOM
from hardware_sim.validation import not_negative

__all__ = [
    "ArrayNoise",
]


@dataclass(frozen=True)
class ArrayNoise:
    """Noise of the array itself, from physical constants; all zero means an ideal array.

    Attributes
    ----------
    temperature : float
        [K], of the thermal noise; 0 means none.
    fano : float
        F of the shot noise ``2 q F B (|I⁺| + |I⁻|)``: 0 for ohmic cells, 1 for tunnel junctions.
    white : float
        Standard deviation of a moving cell's conductance at each read [S].
    low_frequency : float
        Standard deviation of δG/G, frozen during one call of `Crossbar.currents`, that is for the
        label reads of one case.
    """

    temperature: float = ROOM
    fano: float = 0.0
    white: float = 0.0
    low_frequency: float = 0.0

    def __post_init__(self) -> None:
        not_negative(**vars(self))
