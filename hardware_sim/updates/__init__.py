"""Update engines: how an outer product is written into an array, without ever being formed."""

from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Drive, Engine
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude
from hardware_sim.updates.single_pulse import SinglePulse
from hardware_sim.updates.write_verify import refresh, write_verify

__all__ = [
    "Coincidence",
    "Drive",
    "Engine",
    "SinglePulse",
    "WidthTimesAmplitude",
    "refresh",
    "write_verify",
]
