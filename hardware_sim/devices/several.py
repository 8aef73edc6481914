"""Several cells for each weight: a pulse goes to one of them, drawn at random.

With n cells in parallel a weight has n times the conductance, and one pulse is an n-th of a step
of the whole. So steps are finer, and the deviation that a write leaves on one cell is an n-th as
large.

Lines and half-selected cells are priced as those of an array with one cell a crossing that conducts
n times as well. Where each of the n cells has a column of its own, that is too much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.constants import Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.joined import JoinedCells
from hardware_sim.devices.manufactured import Manufactured
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.technology import Written
from hardware_sim.validation import above_zero

__all__ = ["Several", "SeveralCells"]


def together(conductance: ConductanceRange, number: int) -> ConductanceRange:
    """Return the range of conductances of so many cells in parallel."""
    low, high = (
        Constant(end.name, number * end.nominal, number * end.low, number * end.high, end.unit)
        for end in (conductance.minimum, conductance.maximum)
    )
    return replace(conductance, minimum=low, maximum=high)


@dataclass(frozen=True)
class Several(Pair):
    """A device of several others in parallel, of which a pulse moves one: ``w`` is their mean.

    Attributes
    ----------
    cell : Device
        All of them as one cell: its conductance is their sum, and the noise of a read averages out.
    one : Device or Pair
        One of them.
    number : int
    """

    one: Device | Pair
    number: int

    @classmethod
    def of(cls, one: Device | Pair, number: int) -> Several:
        """Return so many of one device in parallel."""
        above_zero(number=number)
        noise, own = one.cell.noise, math.sqrt(number)
        averaged = replace(noise, read=noise.read / own, low_frequency=noise.low_frequency / own)
        conductance = together(one.cell.conductance, number)
        return cls(replace(one.cell, noise=averaged, conductance=conductance), one, number)

    @property
    def mean_step(self) -> float:
        """The move that an engine expects of one pulse, in units of w."""
        return self.one.mean_step / self.number

    @property
    def reach(self) -> float:
        """The largest ``|w|`` that can be reached in both directions."""
        return self.one.reach

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> SeveralCells:
        """Draw one individual array, (n_rows, n_cols) weights."""
        parts: dict[str, tuple[Manufactured, float]] = {
            f"cell{number}": (self.one.manufacture(shape, rng, dtype), 1 / self.number)
            for number in range(1, self.number + 1)
        }
        return SeveralCells(self, parts)


class SeveralCells(JoinedCells):
    """An array of weights of several cells each."""

    device: Several

    @property
    def parallel(self) -> int:
        """How many cells, of which a pulse moves one, make up the conductance of a weight."""
        return self.device.number

    @property
    def first_pulses(self) -> float:
        """How many pulses it takes to write all cells, with what their references took."""
        return sum(part.first_pulses for part in self.made_of)

    @property
    def refreshed_by(self) -> Written:
        """What the energy of a pulse in a refresh is."""
        return self.device.one.cell.by

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Put every cell of a weight at the same state."""
        for part, _ in self.parts.values():
            part.set(w, rng)
        self._add_all()

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Give all pulses of a weight to one of its cells; return how many."""
        self._learn(index, number, up)
        chosen = rng.integers(self.device.number, size=index.size)
        total = 0
        for place, (part, _) in enumerate(self.parts.values()):
            own = np.flatnonzero(chosen == place)
            if own.size:
                total += part.pulse(index[own], number[own], up, rng)
        self._add(index)
        return total

    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move one cell of each weight; return the sum of the amounts."""
        self._learn(index, amount, up)
        chosen = rng.integers(self.device.number, size=index.size)
        total = 0.0
        for place, (part, _) in enumerate(self.parts.values()):
            own = np.flatnonzero(chosen == place)
            if own.size:
                total += part.move(index[own], amount[own], up, rng)
        self._add(index)
        return total
