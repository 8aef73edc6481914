"""A layer of a chip that is taught by the one-step rule.

It has the two verbs of a layer, as `ffnumpy.layers.fast.OneStepLayer` has for the floating-point
twin, so that the very loop that trains by Eq. 3 teaches it.

Source: [Hinton2022] Section 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ffnumpy.layers.fast import Goals
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.signals import Voltage

__all__ = ["FastLayer"]


@dataclass(frozen=True)
class FastLayer:
    """A layer of a chip whose `learn` is the one-step rule."""

    layer: AnalogLayer
    goals: Goals

    def forward(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        """Return the layer's own forward."""
        return self.layer.forward(voltage)

    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Move the goodness of one case towards its goal; return the activity from before."""
        target = self.goals.target(sign, self.layer.array.shape[1])
        return self.layer.reach(voltage, self.layer.goal(target), self.goals.share)
