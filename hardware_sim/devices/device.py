"""A device whose conductance remembers: its rule, its spread, its noise and its conductances.

A `Device` describes a technology; ``device.manufacture(shape, rng)`` draws one individual array of
it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.constants import ROOM, Constant
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.rules import UpdateRule
from hardware_sim.devices.technology import Written
from hardware_sim.devices.variation import Spread

__all__ = [
    "ConductanceRange",
    "Device",
]


@dataclass(frozen=True)
class ConductanceRange:
    """The bounds of w in siemens.

    Attributes
    ----------
    minimum, maximum : Constant
        G at the nominal lower and upper bound [S].
    temperature_coefficient : float
        Relative change of every conductance per kelvin from room temperature [1/K]; the chip's
        temperature is in `hardware_sim.chip.design.Limits`.
    levels : int
        Number of evenly spaced conductances that a read can tell apart; 0 means all.

    Raises
    ------
    ValueError
        If the nominal conductances are not ``0 ≤ G_min < G_max``, or there is only one level.
    """

    minimum: Constant
    maximum: Constant
    temperature_coefficient: float = 0.0
    levels: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.minimum.nominal < self.maximum.nominal:
            raise ValueError(
                f"conductance: expected 0 ≤ G_min < G_max; got {self.minimum.nominal:g} S and "
                f"{self.maximum.nominal:g} S"
            )
        if self.levels < 0 or self.levels == 1:
            raise ValueError(f"levels: expected 0, or at least 2; got {self.levels}")

    @property
    def span(self) -> float:
        """G_max − G_min [S]."""
        return self.maximum.nominal - self.minimum.nominal

    @property
    def both(self) -> float:
        """That of the two cells of a pair in the middle of their range, G_min + G_max [S]."""
        return self.minimum.nominal + self.maximum.nominal

    def factor(self, temperature: float) -> float:
        """Return what multiplies every conductance at a temperature [K].

        Raises
        ------
        ValueError
            If the straight line would make conductances negative there.
        """
        factor = 1 + self.temperature_coefficient * (temperature - ROOM)
        if factor < 0:
            raise ValueError(
                f"a temperature coefficient of {self.temperature_coefficient:g}/K holds near "
                f"{ROOM:g} K; at {temperature:g} K it would make every conductance negative"
            )
        return factor


@dataclass(frozen=True)
class Device:
    """A technology with one moving cell per weight, against a fixed reference.

    Attributes
    ----------
    rule : UpdateRule
    spread : Spread
    noise : Noise
    conductance : ConductanceRange
    follows_charge : bool
        Whether a shaped pulse moves it by its charge, as electrochemical cells and capacitors; if
        not, it takes whole pulses.
    lifetime : float
        Samples until a state has leaked to 1/e.
    written : "ohmic", "gate" or "heat"
        What the energy of a pulse is: that of the current through the cell as it conducts when it
        is read, the charge of a gate, or the heat that changes the phase. By default the second
        where the device follows the charge, and the first elsewhere.

    Raises
    ------
    ValueError
        If the lifetime is not above 0, or the way of writing is none of the three.
    """

    rule: UpdateRule
    spread: Spread
    noise: Noise
    conductance: ConductanceRange
    follows_charge: bool = False
    lifetime: float = math.inf
    written: Written | None = None

    def __post_init__(self) -> None:
        if not self.lifetime > 0:
            raise ValueError(f"lifetime: expected samples above 0; got {self.lifetime}")
        if self.written not in (None, *get_args(Written)):
            raise ValueError(f"written: expected ohmic, gate or heat; got {self.written}")

    @property
    def by(self) -> Written:
        """What the energy of a pulse is."""
        return self.written or ("gate" if self.follows_charge else "ohmic")

    @property
    def cell(self) -> Device:
        """The device of one cell, which is this one; a `Pair` has that of its two cells here."""
        return self

    @property
    def unit(self) -> float:
        """Conductance of one unit of w, ``(G_max − G_min)/(w_max − w_min)`` [S]."""
        return self.conductance.span / (self.rule.high - self.rule.low)

    @property
    def reference(self) -> float:
        """Conductance at w = 0, ``G_min − w_min · unit``, which is that of the reference [S]."""
        return self.conductance.minimum.nominal - self.rule.low * self.unit

    @property
    def load(self) -> float:
        """Conductance of the two cells of a weight for which amplifiers are built [S]."""
        return self.conductance.both

    @cached_property
    def mean_step(self) -> float:
        """The move that an engine expects of one pulse, in units of w.

        It is the mean of a pulse up and a pulse down at w = 0, where weights begin and where most
        of them stay. For a cell that begins at its lower bound, it is the mean of pulses up over
        its range. It is a mean over individuals too: a log-normal spread has a mean above its
        median.
        """
        low, high = np.array(self.rule.low), np.array(self.rule.high)
        directions = (True, False) if low < 0 else (True,)
        w = np.zeros(1) if low < 0 else np.linspace(low, high, 1001)
        own, bias = self.spread.mean_own, self.spread.bias
        gains = {up: self.rule.gains[not up] + own + (bias if up else -bias) for up in directions}
        sizes = [gains[up] * self.rule.size(w, up, low, high) for up in directions]
        return self.rule.step * float(np.mean(sizes))

    @property
    def reach(self) -> float:
        """The largest ``|w|`` that can be reached in both directions."""
        return min(self.rule.high, -self.rule.low)

    @property
    def levels(self) -> int:
        """Number of conductance levels; 0 means that they are continuous."""
        return self.conductance.levels

    @property
    def read_noise(self) -> float:
        """Standard deviation of the white noise of one read of a cell [S]."""
        return self.noise.read * self.conductance.span

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> Cells:
        """Draw one individual array at w = 0, except for its stuck cells.

        No lower bound is below the w of zero conductance: a spread that would go there is cut.

        Parameters
        ----------
        shape : (n_rows, n_cols)
        rng : numpy.random.Generator
        dtype : data type of the states
        """
        up, down, low, high = self._individuals(shape, rng)
        level = self._levels_of_stuck(low, high, rng)
        stuck = rng.random(shape) < self.spread.stuck
        w = np.where(stuck, level, np.clip(0, low, high))
        up, down = np.where(stuck, 0, up), np.where(stuck, 0, down)
        low, high = self.rule.stops(low, high)
        return Cells(self, *np.stack((up, down, low, high, w)).astype(dtype))

    def _individuals(
        self, shape: tuple[int, int], rng: np.random.Generator
    ) -> tuple[NDArray, NDArray, NDArray, NDArray]:
        """Draw steps up and down, bounds low and high."""
        up, down = self.spread.steps(self.rule.step, self.rule.gains, shape, rng)
        low, high = self.spread.bounds(self.rule.low, self.rule.high, shape, rng)
        up, down, low, high = self.rule.referred((up, down, low, high), rng)
        return up, down, np.maximum(low, -self.reference / self.unit), high

    def _levels_of_stuck(self, low: NDArray, high: NDArray, rng: np.random.Generator) -> NDArray:
        """Draw where each cell would be stuck.

        Cells that are stuck near w = 0 are nowhere near a symmetry point of their own, so that a
        reference is off by its error alone.
        """
        edge = self.spread.stuck_within
        least, most = np.maximum(low, -edge), np.minimum(high, edge)
        level = least + (most - least) * rng.random(low.shape)
        if math.isfinite(edge):
            level += self.rule.off_reference(low.shape, rng)
        return np.clip(level, low, high)
