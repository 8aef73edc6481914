"""Devices whose conductance remembers: technologies, and arrays of individual cells."""

from hardware_sim.devices.cells import Cells
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.measured import MeasuredStep
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.one_sided import OneSidedPair
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL, PRESETS, Preset, preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.referred import Referred
from hardware_sim.devices.retention import PcmRetention
from hardware_sim.devices.rules import (
    ConstantStep,
    ExponentialStep,
    LinearStep,
    PiecewiseStep,
    PowerStep,
    SoftBounds,
    SoftBoundsReference,
    UnboundedStep,
    UpdateRule,
)
from hardware_sim.devices.several import Several
from hardware_sim.devices.variation import Spread

__all__ = [
    "Cells",
    "ConductanceRange",
    "ConstantStep",
    "CycleNoise",
    "Device",
    "ExponentialStep",
    "FastSlow",
    "IDEAL",
    "LinearStep",
    "MeasuredStep",
    "Noise",
    "OneSidedPair",
    "PRESETS",
    "Pair",
    "PcmRetention",
    "PiecewiseStep",
    "PowerStep",
    "Preset",
    "PushPullPair",
    "Referred",
    "Several",
    "SoftBounds",
    "SoftBoundsReference",
    "Spread",
    "UnboundedStep",
    "UpdateRule",
    "preset",
]
