"""The usual mixed-signal chip: Forward-Forward with an ADC and a DAC between the layers."""

from __future__ import annotations

from typing import Any

from ffnumpy.cases import Encoding
from hardware_sim.chip.decision import answer
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.circuits.converters import Adc, Converted, Dac
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.signals import Voltage

__all__ = [
    "BehindConverters",
    "ConvertedLearner",
]

ACTIVITY = 16.0  # full scale of the converters between layers, in normalised activities


class BehindConverters:
    """An analog layer with converters before it: a layer that contains layers."""

    def __init__(self, converted: Converted, layer: AnalogLayer) -> None:
        self.converted, self.layer = converted, layer
        self.rng, self.ledger = layer.rng, layer.ledger

    def forward(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        """Return the layer's answer to the converted signal."""
        return self.layer.forward(self.converted.forward(voltage)[0])

    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Let the layer learn from the converted signal."""
        return self.layer.learn(self.converted.learn(voltage, sign), sign)


class ConvertedLearner(ChipLearner):
    """The chip of a `ChipLearner` with an Adc and a Dac between its layers.

    Parameters
    ----------
    plan, design, device, images, encoding
        As of a `ChipLearner`; its engine is the one that the device allows.
    bits : int
        Of both converters.
    """

    def __init__(
        self,
        plan: Plan,
        design: Design,
        device: Device | Pair,
        images: int,
        bits: int = 8,
        encoding: Encoding | None = None,
    ) -> None:
        super().__init__(plan, design, device, images, encoding=encoding)
        volt = design.scale.volt
        between = Converted(
            Adc(self.ledger, volt, bits, ACTIVITY),
            Dac(self.ledger, volt, bits, ACTIVITY, design.dtype),
        )
        first, *others = self.chip
        self.stack: list[Any] = [first, *(BehindConverters(between, one) for one in others)]
        self.layers = [self.dac, *self.stack]

    def strongest(self, x: Any) -> int:
        """Return what the winner-take-all picks."""
        return answer(self.dac, self.stack, x, self.decision)
