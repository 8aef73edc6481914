"""The design that chips are made from: sizes, units, tolerances and physical limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, inf

import numpy as np
from numpy.typing import DTypeLike

from hardware_sim.arrays.access import Access, HalfVoltage
from hardware_sim.circuits.rectifiers import Rectifier, RectifierLike
from hardware_sim.constants import ROOM, SUPPLY
from hardware_sim.scale import Scale
from hardware_sim.validation import above_zero, not_negative

__all__ = ["EXACT", "UNLIMITED", "Design", "Limits", "Tolerances"]


@dataclass(frozen=True)
class Tolerances:
    """Manufacturing spread of the peripheral circuits (standard deviations).

    Attributes
    ----------
    noise : float
        Output noise of the amplifiers at each use, in activities (1 is `Scale.output`), in addition
        to that of the cells, of resistors and of the amplifiers' own transistors, which follow from
        physics. On images with their true labels, the root mean square before the rectifier grows
        during training from 1 to 2 … 4; the records of `hardware-sim train` have both numbers.
    gain : float
        Relative, of the amplifiers.
    offset : float
        At the input of each amplifier [V], after it was brought to zero by switches. It comes out
        larger by the noise gain of its tile, see `hardware_sim.circuits.amplifiers`.
    subtraction : float
        By what fraction too much of the current of G⁻ is subtracted in each tile.
    squarer, normaliser : float
        Relative gain of each neuron's squarer, and of its amplifier in the gain control.
    comparator : float
        Offset of the comparators, the gates and the winner-take-all, in goodness; the default is
        1 mV. The winner-take-all compares what capacitors hold, which is attenuated goodness, see
        `Limits`. The comparators that decide whether a line fires have none.
    """

    noise: float = 0.1
    gain: float = 0.02
    offset: float = 50e-6
    squarer: float = 0.05
    normaliser: float = 0.02
    comparator: float = 4.0
    subtraction: float = 0.01

    def __post_init__(self) -> None:
        not_negative(**vars(self))


EXACT = Tolerances(0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Limits:
    """Physical limits that no design removes: the temperature, and how far circuits go.

    Attributes
    ----------
    temperature : float
        Of the chip [K]. Conductances, the slope of the gates and thermal noise follow it.
    gain : float
        Largest gain of the gain control; assumed.
    capacitance : float
        Of the capacitors that hold a label's goodness, an activity and a tile's sum [F]; assumed.
    saturation : float
        No voltage on the chip is higher [V]: the supply, assumed.
    headroom : float
        How many times its threshold the goodness of an answer may reach before its capacitor is
        full; assumed.
    thermal_noise : bool
        Whether cells, the amplifiers' resistors and capacitors have thermal noise.
    """

    temperature: float = ROOM
    gain: float = 100.0
    capacitance: float = 10e-15
    saturation: float = SUPPLY.nominal
    headroom: float = 16.0
    thermal_noise: bool = True

    def __post_init__(self) -> None:
        above_zero(temperature=self.temperature, headroom=self.headroom)
        above_zero(
            endless=True,
            gain=self.gain,
            capacitance=self.capacitance,
            saturation=self.saturation,
        )

    @property
    def noise_temperature(self) -> float:
        """Temperature of the thermal noise [K]; 0 means none."""
        return self.temperature if self.thermal_noise else 0.0


UNLIMITED = Limits(ROOM, inf, inf, inf, thermal_noise=False)


@dataclass(frozen=True)
class Design:
    """The design that chips are made from.

    Attributes
    ----------
    lines : tuple of int
        The number of inputs, then the number of neurons of each layer.
    scale : Scale
    tolerances : Tolerances
    limits : Limits
    rectifier : Rectifier or DiodeRectifier
    access : Access
        How lines reach the cells that they write.
    tile : int
        Rows that may share an amplifier on each column; an array is cut into equal tiles.
    dtype : data type of the simulation

    Raises
    ------
    ValueError
        If there are no layers, tiles without rows, or a layer so wide that the threshold of its
        gate is above the supply.
    """

    lines: tuple[int, ...] = (784, 256, 256)
    scale: Scale = field(default_factory=Scale)
    tolerances: Tolerances = field(default_factory=Tolerances)
    limits: Limits = field(default_factory=Limits)
    rectifier: RectifierLike = field(default_factory=Rectifier)
    access: Access = field(default_factory=HalfVoltage)
    tile: int = 128
    dtype: DTypeLike = np.float32

    def __post_init__(self) -> None:
        whole = all(isinstance(n, int | np.integer) for n in self.lines)
        if len(self.lines) < 2 or not whole or min(self.lines) < 1:
            raise ValueError(
                f"lines: expected the inputs and at least one layer, as (784, 256); "
                f"got {self.lines}"
            )
        above_zero(tile=self.tile)
        threshold = max(self.lines[1:]) * self.scale.goodness
        if threshold >= self.limits.saturation:
            raise ValueError(
                f"lines: expected layers whose goodness at the threshold, "
                f"{self.scale.goodness:g} V a neuron, stays below the supply of "
                f"{self.limits.saturation:g} V; got {threshold:g} V. Make the layers narrower, or "
                f"Scale.goodness smaller."
            )

    def tiles(self, lines: int) -> tuple[int, ...]:
        """Return how many of so many lines are in each tile; only the last may have fewer."""
        each = ceil(lines / ceil(lines / self.tile))
        return tuple(min(each, lines - start) for start in range(0, lines, each))
