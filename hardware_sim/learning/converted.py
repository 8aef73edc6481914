"""The usual mixed-signal chip: Forward-Forward with an ADC and a DAC between the layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    "Setting",
]

ACTIVITY = 16.0  # full scale of the converters between layers, in normalised activities


@dataclass(frozen=True)
class Setting:
    """What all ways have in common.

    Attributes
    ----------
    plan : Plan
    design : Design
    device : Device or Pair
    backprop_rate : float
        ε of (d), whose gradients have another size.
    bits : int
        Of the converters of (c) and (d).
    quantile : float
        Of |w|, see `program`.
    """

    plan: Plan
    design: Design
    device: Device | Pair
    backprop_rate: float = 0.003
    bits: int = 8
    quantile: float = 0.999


class BehindConverters:
    """An analog layer with converters before it: a layer that contains layers."""

    def __init__(self, converted: Converted, layer: AnalogLayer) -> None:
        self.converted, self.layer = converted, layer
        self.rng, self.ledger = layer.rng, layer.ledger

    def forward(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        """Return what the layer says of the converted signal."""
        return self.layer.forward(self.converted.forward(voltage)[0])

    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Let the layer learn from the converted signal."""
        return self.layer.learn(self.converted.learn(voltage, sign), sign)


class ConvertedLearner(ChipLearner):
    """The chip of a `ChipLearner` with an Adc and a Dac between its layers.

    Parameters
    ----------
    setting : Setting
    images : int
        In one pass.
    """

    def __init__(self, setting: Setting, images: int) -> None:
        design = setting.design
        super().__init__(setting.plan, design, setting.device, images)
        volt, bits = design.scale.volt, setting.bits
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
