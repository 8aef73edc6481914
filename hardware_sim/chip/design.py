"""The drawing that chips are made from: sizes, units, tolerances and what no drawing can remove."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

import numpy as np
from numpy.typing import DTypeLike

from hardware_sim.circuits.rectifiers import Rectifier, RectifierLike
from hardware_sim.constants import ROOM, SUPPLY
from hardware_sim.scale import Scale
from hardware_sim.validation import not_negative

__all__ = ["EXACT", "UNLIMITED", "Design", "Limits", "Tolerances"]


@dataclass(frozen=True)
class Tolerances:
    """How unlike the drawing the periphery comes out: standard deviations.

    Attributes
    ----------
    noise : float
        Output noise of the amplifiers at each use, in activities (1 is `Scale.volt`). On images
        with their true labels the root mean square before the rectifier grows from 1 to 2 … 4 in
        the training, and to 4.6 where uneven steps let the weights wander: the default is 27 % of
        the first and 6 % of the last. Records of `hardware-sim train` have both numbers.
    gain, offset : float
        Of the amplifiers; the offset in activities, by default 2 % of the last.
    squarer, normaliser : float
        Relative gain of each neuron's squarer and of its amplifier in the gain control.
    comparator : float
        Offset of comparators, gates and the winner-take-all, in goodness; the latter compares what
        capacitors hold, which is goodness attenuated, see `Limits`.
    """

    noise: float = 0.27
    gain: float = 0.02
    offset: float = 0.09
    squarer: float = 0.05
    normaliser: float = 0.02
    comparator: float = 1.0

    def __post_init__(self) -> None:
        not_negative(**vars(self))


EXACT = Tolerances(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Limits:
    """What no drawing can remove: temperature, and how far circuits go.

    Attributes
    ----------
    temperature : float
        Of the chip [K]: conductances and the slope of the gates follow it, and thermal noise.
    gain : float
        Largest gain of the gain control; assumed.
    capacitance : float
        That holds a label's goodness [F]; assumed.
    saturation : float
        Amplifiers give no more than this [V], capacitors hold no more: the supply, assumed.
    headroom : float
        How many times its threshold the goodness of an answer may be until its capacitor is full;
        assumed.
    thermal_noise : bool
        Whether cells, amplifiers' resistors and capacitors have it.
    """

    temperature: float = ROOM
    gain: float = 100.0
    capacitance: float = 10e-15
    saturation: float = SUPPLY.nominal
    headroom: float = 16.0
    thermal_noise: bool = True

    def __post_init__(self) -> None:
        limits = self.gain, self.capacitance, self.saturation
        if not (0 < self.temperature < inf and min(limits) > 0 and 0 < self.headroom < inf):
            raise ValueError(
                f"expected temperature, gain, capacitance, saturation and headroom above 0, "
                f"temperature and headroom finite; got {self}"
            )

    @property
    def noise_temperature(self) -> float:
        """That of the thermal noise [K]; 0 means none."""
        return self.temperature if self.thermal_noise else 0.0


UNLIMITED = Limits(ROOM, inf, inf, inf, thermal_noise=False)


@dataclass(frozen=True)
class Design:
    """The drawing that chips are made from.

    Attributes
    ----------
    lines : tuple of int
        Inputs, then the neurons of each layer.
    scale : Scale
    tolerances : Tolerances
    limits : Limits
    rectifier : Rectifier or DiodeRectifier
    dtype : data type of the simulation
    """

    lines: tuple[int, ...] = (784, 256, 256)
    scale: Scale = field(default_factory=Scale)
    tolerances: Tolerances = field(default_factory=Tolerances)
    limits: Limits = field(default_factory=Limits)
    rectifier: RectifierLike = field(default_factory=Rectifier)
    dtype: DTypeLike = np.float32

    def __post_init__(self) -> None:
        whole = all(isinstance(n, int | np.integer) for n in self.lines)
        if len(self.lines) < 2 or not whole or min(self.lines) < 1:
            raise ValueError(
                f"lines: expected the inputs and at least one layer, as (784, 256); "
                f"got {self.lines}"
            )
