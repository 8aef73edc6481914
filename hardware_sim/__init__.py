"""A simulated analog chip that learns by Forward-Forward, in volts, siemens and joules.

Activities are voltages, weights are conductances, products sum as currents. Begin with `signals`,
the types that keep a program from reading a voltage, `layout`, the drawing of a chip, and `chip`,
where a layer is put together. The command line is ``hardware-sim``.

Examples
--------
>>> import numpy as np
>>> from hardware_sim.chip.layer import manufacture
>>> from hardware_sim.circuits.converters import Dac
>>> from hardware_sim.chip.design import Layout
>>> from hardware_sim.energy.ledger import Ledger
>>> from hardware_sim.devices.presets import preset
>>> ledger, rng = Ledger(), np.random.default_rng(0)
>>> (layer,) = manufacture(Layout((784, 100)), preset("ecram-li").device, rng, ledger)
>>> voltage = Dac(ledger).forward(rng.random((1, 784)))[0]
>>> layer.learn(voltage, +1.0)
<Voltage in V, 1 × 100>
>>> ledger.count("adc")
0
"""
