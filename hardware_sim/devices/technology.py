"""What cells need to know of the device they are: how far a pulse moves it, and what is random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hardware_sim.validation import not_negative

__all__ = ["CycleNoise", "Kind", "Noise", "UpdateRule"]


class UpdateRule(Protocol):
    """How far one pulse moves a cell; the classes are in `hardware_sim.devices.rules`."""

    @property
    def low(self) -> float:
        """The nominal lower bound of w, 0 or below."""

    @property
    def high(self) -> float:
        """The nominal upper bound of w, 0 or above."""

    @property
    def step(self) -> float:
        """Δ_min, the typical size of one pulse, in units of w."""

    @property
    def uniform(self) -> bool:
        """Whether `size` is 1 everywhere."""

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the mean move of one pulse, 0 or more, in units of the cell's own Δ±.

        `low` and `high` are the bounds of each cell in `w`.
        """


@dataclass(frozen=True)
class CycleNoise:
    """The standard deviation of one pulse, in units of the cell's own step Δ±.

    ``σ/Δ± = relative · size(w) + additive + slope · |w|``; n pulses at once deviate by √n of it.
    Source: [Rasch2021]; there the last two terms are not scaled by the cell's own Δ±/Δ_min.
    """

    relative: float = 0.0
    additive: float = 0.0
    slope: float = 0.0

    def __post_init__(self) -> None:
        not_negative(**vars(self))

    @property
    def silent(self) -> bool:
        """Whether every pulse is like the last."""
        return not (self.relative or self.additive or self.slope)

    def deviation(self, size: NDArray, w: NDArray) -> NDArray:
        """Return σ/Δ± of one pulse."""
        sigma = size * self.relative
        if self.additive:
            sigma += self.additive
        if self.slope:
            sigma += self.slope * np.abs(w)
        return sigma


@dataclass(frozen=True)
class Noise:
    """What is random about a device, apart from how it was made.

    Attributes
    ----------
    cycle : CycleNoise
        Of one pulse.
    write : float
        Standard deviation of the apparent deviation that every write leaves, in units of Δ_min.
    read : float
        White noise of one read, as a fraction of the conductance range.
    low_frequency : float
        Slow noise of a conductance, relative, δG/G; frozen from one read to the next.
    """

    cycle: CycleNoise = CycleNoise()
    write: float = 0.0
    read: float = 0.0
    low_frequency: float = 0.0

    def __post_init__(self) -> None:
        not_negative(write=self.write, read=self.read, low_frequency=self.low_frequency)


class Kind(Protocol):
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
