"""The device properties that an array of cells reads."""

from __future__ import annotations

from typing import Literal, Protocol

from hardware_sim.devices.noise import Noise
from hardware_sim.devices.rules import UpdateRule

__all__ = [
    "Technology",
    "Written",
]

Written = Literal["ohmic", "gate", "heat"]


class Technology(Protocol):
    """The device properties that an array of cells reads; a `Device` has them."""

    @property
    def rule(self) -> UpdateRule:
        """The update rule."""

    @property
    def noise(self) -> Noise:
        """The noise."""

    @property
    def mean_step(self) -> float:
        """The move that an engine expects of one pulse, in units of w."""

    @property
    def levels(self) -> int:
        """Number of conductance levels; 0 means that they are continuous."""

    @property
    def lifetime(self) -> float:
        """Samples until a state has leaked to 1/e."""

    @property
    def by(self) -> Written:
        """What the energy of a pulse is."""

    @property
    def unit(self) -> float:
        """Conductance of one unit of w [S]."""

    @property
    def reference(self) -> float:
        """Conductance at w = 0 [S]."""

    @property
    def load(self) -> float:
        """Conductance of the two cells of a weight for which amplifiers are built [S]."""
