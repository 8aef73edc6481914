"""The crossbar: Ohm's law at every crossing, Kirchhoff's at every column."""

from hardware_sim.arrays.access import ACCESSES, Access, HalfVoltage, ThirdVoltage, Transistor
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise

__all__ = [
    "ACCESSES",
    "Access",
    "ArrayNoise",
    "Crossbar",
    "HalfVoltage",
    "ThirdVoltage",
    "Transistor",
]
