"""The periphery circuits, one kind a file, and the converters at the edge of the chip."""

from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Adc, Converted, Dac, Probe
from hardware_sim.circuits.decision import Comparator, SampleHold, WinnerTakeAll
from hardware_sim.circuits.goodness import LogisticGate, Squarer
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.circuits.rectifiers import DiodeRectifier, Rectifier
from hardware_sim.circuits.switches import PolaritySwitches

__all__ = [
    "Adc",
    "AutomaticGain",
    "Comparator",
    "Converted",
    "Dac",
    "DiodeRectifier",
    "LogisticGate",
    "PolaritySwitches",
    "Probe",
    "Rectifier",
    "SampleHold",
    "Squarer",
    "TransimpedanceAmplifier",
    "WinnerTakeAll",
]
