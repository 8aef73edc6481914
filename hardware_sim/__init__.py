"""A simulated analog chip that learns by Forward-Forward, in volts, siemens and joules.

Activities are voltages, weights are conductances, products sum as currents. Begin with `signals`,
the types that keep a program from reading a voltage; `chip` has the design of a chip, its layers
and how one individual is manufactured. The command line is ``hardware-sim``.

Examples
--------
>>> import numpy as np
>>> from hardware_sim import Dac, Design, Ledger, manufacture, preset
>>> ledger, rng = Ledger(), np.random.default_rng(0)
>>> (layer,) = manufacture(Design((784, 100)), preset("ecram-li").device, rng, ledger)
>>> voltage = Dac(ledger).forward(rng.random((1, 784)))[0]
>>> layer.learn(voltage, +1.0)
<Voltage in V, 1 × 100>
>>> ledger.count("adc")
0
"""

from hardware_sim.chip import AnalogLayer, Design, manufacture
from hardware_sim.circuits import Adc, Dac, Probe
from hardware_sim.devices import PRESETS, Device, preset
from hardware_sim.energy import Ledger
from hardware_sim.scale import Scale
from hardware_sim.signals import Current, DomainError, Voltage

__all__ = [
    "PRESETS",
    "Adc",
    "AnalogLayer",
    "Current",
    "Dac",
    "Design",
    "Device",
    "DomainError",
    "Ledger",
    "Probe",
    "Scale",
    "Voltage",
    "manufacture",
    "preset",
]
