"""Backpropagation on the same arrays: converters around each, and digital arithmetic in between.

The rival of `hardware_sim.chip.layer`: the same cells, the same update engine. What it needs
besides is what Forward-Forward does without: a read of the transposed array, an A-to-D conversion
of every activity and of every error, and a memory that keeps the activities until the errors come
back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil, log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.baselines.backprop import ClassCases, plain
from ffnumpy.cases import Encoding, OneHot
from ffnumpy.layers.readout import Readout
from ffnumpy.runs.run import Run, Saved
from ffnumpy.training import together
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import UPDATES_PER_SAMPLE, Writing
from hardware_sim.chip.manufacture import amplifiers, imbalance, manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.circuits.switches import PolaritySwitches
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.mixed_signal import (
    MixedLayer,
    Resolution,
    TwoWayCrossbar,
    converters,
)
from hardware_sim.learning.plan import Plan, falling
from hardware_sim.learning.run import share_wrong
from hardware_sim.signals import Voltage, learning, one_read
from hardware_sim.updates.engine import Drive, Engine, charge_first_weights
from hardware_sim.updates.write_verify import keep_up

__all__ = [
    "ArrayBackprop",
    "backprop_error",
    "backprop_run",
]


CODE = 64  # bits that one access to the memory moves
UPKEEP = Writing.upkeep_every // UPDATES_PER_SAMPLE  # images between two refreshes, as on the chip
SOFTMAX = 8  # multiply-adds for a class: an exponential by its series, the sum, the quotient


class ArrayBackprop:
    """A net of such layers that learns ``log p(label)`` by the chain rule, one image at a time.

    It has a layer's `learn`, so `ffnumpy.training.train` drives it as a network of one layer.
    Softmax, masks and memory are digital, as wide as the converters' codes, and in the ledger. The
    image waits on its rows until the update, as on the Forward-Forward chip; hidden activities are
    written into the memory, since their rows become outputs, and converted once more.

    Parameters
    ----------
    layers : sequence of MixedLayer
    drive : Dac
        Of the errors, on the columns.
    engine : Engine
        The very one of the Forward-Forward chip.
    rate : callable, number of updates -> ε
        ``Δw = ε ∂log p/∂w``, in weight units.
    rng : numpy.random.Generator
    ledger : Ledger
    attenuation : float
        Of the errors between a read and an update, whose columns are driven as the neurons of a
        Forward-Forward chip drive them: `Scale.output` over `Scale.volt`.
    """

    def __init__(
        self,
        layers: Sequence[MixedLayer],
        drive: Dac,
        engine: Engine,
        rate: Callable[[int], float],
        rng: np.random.Generator,
        ledger: Ledger,
        attenuation: float = 1.0,
    ) -> None:
        self.attenuation = attenuation
        self.layers, self.drive, self.engine, self.rate = list(layers), drive, engine, rate
        self.rng, self.ledger, self.updates = rng, ledger, 0

    def forward(self, x: Any) -> tuple[NDArray, list[tuple[NDArray, Voltage]]]:
        """Return the logits, and every layer's input as numbers and as the voltage on its rows."""
        inputs = []
        for layer in self.layers:
            voltage = layer.inputs.forward(x)[0]
            inputs.append((x, voltage))
            current = layer.array.currents(voltage, self.rng, self.ledger)
            x = layer.outputs.convert(layer.columns.read(current, self.rng, self.ledger))
        return x, inputs

    def learn(self, x: Any, labels: NDArray) -> NDArray:
        """Raise the log probability of the label of one image; return the logits from before.

        From the top down a layer's errors go onto its columns, the transposed array is read, and
        the same errors write the update: its weights are those that made the errors.
        """
        with learning():
            logits, inputs = self.forward(x)
            one_read("ArrayBackprop.learn", inputs[0][1])
            rate, self.updates = self.rate(self.updates), self.updates + 1
            delta = self._top(logits, labels)
            for number in range(len(self.layers) - 1, -1, -1):
                delta = self._descend(number, inputs[number], delta, rate)
            if self.updates % UPKEEP == 0:
                for layer in self.layers:
                    keep_up(layer.array, UPKEEP, self.rng, self.ledger)
        return logits

    def _top(self, logits: NDArray, labels: NDArray) -> NDArray:
        """Return ``∂log p/∂logits`` by digital arithmetic."""
        self.ledger.charge(prices.DIGITAL_MAC, SOFTMAX * logits.size, uses=0)
        return Readout.delta(logits, labels)

    def _descend(
        self, number: int, inputs: tuple[NDArray, Voltage], delta: NDArray, rate: float
    ) -> NDArray:
        """Update a layer; return the errors of the one below, ``(δ Wᵀ) · f'``."""
        layer, (activity, rows) = self.layers[number], inputs
        self._keep(delta)
        largest = float(np.abs(delta).max())
        if not largest:
            return np.zeros_like(activity)
        gain = self.drive.full_scale / 2.0 ** ceil(log2(largest))
        self.ledger.charge(prices.DIGITAL_MAC, delta.size, uses=0)
        columns = self.drive.forward(delta * gain)[0]
        below = self.backward(layer, columns, activity) / gain if number else delta
        if number:  # the rows have been outputs meanwhile
            self._keep(activity)
            rows = layer.inputs.forward(activity)[0]
        self._write(layer.array, rows, columns, np.sign(delta), rate / gain)
        return below

    def backward(self, layer: MixedLayer, columns: Voltage, activity: NDArray) -> NDArray:
        """Return the transposed read behind its converter, 0 where the activity was.

        The errors carry a shared exponent, a power of 2 that takes the largest near the full scale:
        digital arithmetic finds it and takes it out again.
        """
        current = layer.array.transposed_currents(columns, self.rng, self.ledger)
        errors = layer.errors.convert(layer.rows.read(current, self.rng, self.ledger))
        return errors * (activity > 0)

    def _write(
        self, array: Crossbar, rows: Voltage, columns: Voltage, sign: NDArray, rate: float
    ) -> None:
        """Write in two phases: columns with positive errors up, those with negative ones down."""
        for up, states in ((True, sign.clip(0, 1)), (False, sign.clip(-1, 0))):
            if states.any():
                drive = Drive(rows, PolaritySwitches().pass_on(columns, states), up)
                self.engine.write(array, drive, self.attenuation * rate, self.rng, self.ledger)

    def _keep(self, codes: NDArray) -> None:
        """Enter that codes are written into the memory and read again, packed."""
        amount = 2 * codes.size * self.drive.bits / CODE
        self.ledger.charge(prices.MEMORY, 2 * codes.size, amount, uses=0)

    def predict(self, x: Any) -> int:
        """Return the class of one image."""
        return int(self.forward(x)[0].argmax())


def build(
    design: Design,
    device: Device | Pair,
    rng: np.random.Generator,
    ledger: Ledger,
    resolution: Resolution,
    rate: Callable[[int], float],
) -> ArrayBackprop:
    """Draw one individual chip; the last of the design's lines are the classes.

    Its arrays, column amplifiers and engine are those that `manufacture` draws for a
    Forward-Forward chip of these lines, its first weights too.
    """
    chip = manufacture(design, device, rng, ledger)
    layers = []
    for number, part in enumerate(chip):
        transposed = part.array.shape[::-1]
        rows = amplifiers(design, device, transposed, rng)
        hidden = number < len(chip) - 1
        around = converters(design, ledger, resolution, number, hidden)
        charge_first_weights(part.array, ledger)
        array = TwoWayCrossbar.of(part.array, imbalance(design, *transposed, rng))
        layers.append(MixedLayer(array, part.neurons.amplifier, rows, *around))
    volt, bits = design.scale.volt, resolution.bits
    drive = Dac(ledger, volt, bits, resolution.drive, design.dtype, signed=True)
    attenuation = design.scale.output / volt
    return ArrayBackprop(layers, drive, chip[0].writing.engine, rate, rng, ledger, attenuation)


def backprop_run(
    plan: Plan,
    design: Design,
    device: Device | Pair,
    images: tuple[NDArray, NDArray],
    resolution: Resolution | None = None,
    encoding: Encoding | None = None,
) -> Run:
    """Return a training run on arrays, in the order of `single_run`, each image once a pass.

    Parameters
    ----------
    plan : Plan
        Its rate is backpropagation's own; it falls linearly to 0.
    design : Design
        Of the Forward-Forward chip: its lines are the inputs and the hidden layers.
    device : Device or Pair
    images : tuple of two arrays
        Rows and labels, as the data set holds them.
    resolution : Resolution, optional
    encoding : Encoding, optional
        By default that of images with ten classes.
    """
    encoding, ledger, (rows, labels) = encoding or OneHot(), Ledger(), images
    cases = ClassCases(rows, labels, encoding, 1, plan.seed)
    rate = falling(plan.rate, max(len(rows) * plan.passes, 1))
    whole = replace(design, lines=(*design.lines, encoding.classes))
    rng = plan.generator(0)
    network = build(whole, device, rng, ledger, resolution or Resolution(), rate)
    parts: dict[str, Saved] = {f"layer{n}": one.array for n, one in enumerate(network.layers, 1)}
    return Run(together([network], plan.passes), cases, plan.passes, dict, parts, rng, network)


def backprop_error(
    network: ArrayBackprop, rows: NDArray, labels: NDArray, encoding: Encoding
) -> float:
    """Return the fraction of images whose label is not the net's answer."""
    return share_wrong(lambda x: network.predict(plain(encoding, x)), rows, labels, encoding)
