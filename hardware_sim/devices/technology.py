"""The device properties that an array of cells reads."""

from __future__ import annotations

from typing import Protocol

from hardware_sim.devices.noise import Noise
from hardware_sim.devices.rules import UpdateRule

__all__ = [
    "Technology",
]


class Technology(Protocol):
    """What cells need to know of the device they are (`hardware_sim.devices.device.Device`)."""

    @property
    def rule(self) -> UpdateRule:
        """The update rule."""

    @property
    def noise(self) -> Noise:
        """The noise."""

    @property
    def mean_step(self) -> float:
        """What an engine takes a pulse to move a cell by, in units of w."""

    @property
    def levels(self) -> int:
        """Number of conductance levels; 0: continuous."""

    @property
    def lifetime(self) -> float:
        """Samples until a state has leaked to 1/e."""

    @property
    def unit(self) -> float:
        """Conductance of one unit of w [S]."""

    @property
    def reference(self) -> float:
        """Conductance at w = 0 [S]."""
