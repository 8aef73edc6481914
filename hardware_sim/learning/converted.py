"""The usual mixed-signal chip: Forward-Forward with an ADC and a DAC between the layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ffnumpy.cases import Encoding
from ffnumpy.layers.fast import Goals
from ffnumpy.layers.layer import LayerLike
from hardware_sim.chip.decision import answer
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.circuits.converters import Adc, Converted, Dac
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.mixed_signal import Resolution
from hardware_sim.learning.one_step import FastLayer
from hardware_sim.learning.plan import Plan
from hardware_sim.signals import Voltage

__all__ = [
    "BehindConverters",
    "ConvertedLearner",
]


class BehindConverters:
    """A layer of a chip with converters before it: a layer that contains layers."""

    def __init__(self, converted: Converted, layer: AnalogLayer | FastLayer) -> None:
        self.converted, self.layer = converted, layer

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
        bits: int = Resolution.bits,
        encoding: Encoding | None = None,
    ) -> None:
        super().__init__(plan, design, device, images, encoding=encoding)
        volt = design.scale.volt
        self.between = Converted(
            Adc(self.ledger, volt, bits, Resolution.activity),
            Dac(self.ledger, volt, bits, Resolution.activity, design.dtype),
        )
        for layer in self.chip[:-1]:
            layer.drive("adc")
        self.stack = self._converted(self.chip)
        self.layers = [self.dac, *self.stack]

    def _converted(self, layers: Sequence[Any]) -> list[Any]:
        """Return layers of the chip with the converters before each but the first."""
        first, *others = layers
        return [first, *(BehindConverters(self.between, layer) for layer in others)]

    def by_one_step(self, goals: Goals) -> Sequence[LayerLike]:
        """Return the Dac and the layers behind their converters, taught towards goals."""
        dac, *layers = super().by_one_step(goals)
        return [dac, *self._converted(layers)]

    def strongest(self, x: Any) -> int:
        """Return what the winner-take-all picks."""
        return answer(self.dac, self.stack, x, self.decision)
