"""A fast cell that learns and a slow one that keeps: two technologies for each weight.

The outer product is written into the fast cell, which is nearly linear but volatile. Now and then
rows are read, and where the fast cell holds much, a burst of pulses takes a part of it over into
the slow cell, which is coarse and noisy but keeps what it has. The weight is the sum of both, so
the fast cell goes on to correct what a burst did wrong. Comparators with random references decide,
and nothing is converted.

Source: after [Ambrogio2018], whose transfers are programmed and verified, and who inverts the
polarity of capacitors between two of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.constants import Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.joined import JoinedCells
from hardware_sim.devices.manufactured import Manufactured
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.refreshed import Refreshed
from hardware_sim.devices.technology import Written
from hardware_sim.validation import above_zero, not_negative

__all__ = ["FastSlow", "FastSlowCells"]

PATIENCE = 2  # times the bursts that empty the fullest cell


def raised(conductance: ConductanceRange, by: float) -> ConductanceRange:
    """Return a range of conductances in parallel with another, as uncertain as they are [S]."""
    ends, more = (conductance.minimum, conductance.maximum), by / conductance.both
    added = [more * sum(at) for at in zip(*((e.nominal, e.low, e.high) for e in ends), strict=True)]
    low, high = (
        Constant(
            end.name, end.nominal + added[0], end.low + added[1], end.high + added[2], end.unit
        )
        for end in ends
    )
    return replace(conductance, minimum=low, maximum=high)


@dataclass(frozen=True)
class FastSlow(Pair):
    """A slow device that keeps a weight and a fast one that learns it: ``w = slow + γ fast``.

    A refresh reads the next rows, in turn. A weight whose fast cell is at v gets a burst with
    probability ``|v|/v_max``, and what its slow cell should have gained by it is taken out of the
    fast one. So the mean of the weight stays if the slow cell's steps are constant. Where they
    depend on its state, a burst adds more or less than it should, and the fast cell has to learn
    the rest.

    A cell whose steps up and down differ drifts with every pair of them, always to the same side,
    and Forward-Forward's two phases cancel most of what they write. Choppers turn that drift round:
    every so many refreshes the fast cells are emptied into the slow ones and shorted, and from then
    on they count on the other side of the weight. A stuck one cannot be emptied: its weight jumps.

    Attributes
    ----------
    cell : Device
        Both as the columns see them, written through the fast one's gate: the slow device's range,
        with the fast one's conductance at v = 0 on top.
    slow : Device or Pair
    fast : Device
        Follows the charge of a shaped pulse. Its siemens are taken to be γ times the slow one's.
    gain : float
        γ.
    burst : float
        What a burst is to add to the slow cell, in units of its w.
    rows : int
        That a refresh reads.
    chop : int
        Refreshes between two changes of the fast cells' side; 0 means that they stay.

    Raises
    ------
    ValueError
        If the fast device takes whole pulses, a number is not above 0, or cells are to change sides
        that keep what they hold.
    """

    slow: Device | Pair
    fast: Device
    gain: float = 1.0
    burst: float = 0.03
    rows: int = 1000
    chop: int = 0

    def __post_init__(self) -> None:
        above_zero(gain=self.gain, burst=self.burst, rows=self.rows)
        not_negative(chop=self.chop)
        if self.chop and self.fast.lifetime == inf:
            raise ValueError(
                "chop: expected a fast device that is shorted when its cells change sides, as "
                "capacitor; got one that keeps what it holds"
            )
        if not self.fast.follows_charge:
            raise ValueError(
                "fast: expected a device that follows the charge of a shaped pulse, as capacitor "
                "or an electrochemical cell; got one that takes whole pulses"
            )

    @classmethod
    def of(cls, slow: Device | Pair, fast: Device, gain: float = 1.0, **more: Any) -> FastSlow:
        """Return a fast device in parallel with a slow one.

        The fast cell conducts at v = 0 too, and so does the reference beside it.
        """
        beside = gain * fast.reference / fast.unit * slow.cell.unit
        both = raised(slow.cell.conductance, beside)
        cell = replace(slow.cell, conductance=both, follows_charge=True, written="gate")
        return cls(cell, slow, fast, gain, **more)

    @property
    def mean_step(self) -> float:
        """The move that an engine expects of the charge of one pulse, in units of w."""
        return self.gain * self.fast.mean_step

    @property
    def reach(self) -> float:
        """The largest ``|w|`` that can be reached in both directions."""
        return self.slow.reach + self.gain * self.fast.reach

    @property
    def pulses(self) -> int:
        """Pulses of a burst."""
        return max(round(self.burst / self.slow.mean_step), 1)

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> FastSlowCells:
        """Draw one individual array, (n_rows, n_cols) weights."""
        return FastSlowCells(
            self,
            self.slow.manufacture(shape, rng, dtype),
            self.fast.manufacture(shape, rng, dtype),
        )


class FastSlowCells(JoinedCells):
    """An array of weights, each of a slow and a fast cell; an update moves the fast one.

    Parameters
    ----------
    device : FastSlow
    slow, fast : arrays of cells
        (n_rows, n_cols) each.
    """

    device: FastSlow

    def __init__(self, device: FastSlow, slow: Manufactured, fast: Manufactured) -> None:
        super().__init__(device, {"slow": (slow, 1.0), "fast": (fast, device.gain)})
        self.slow, self.fast = slow, fast
        self._next = np.zeros(1, np.int64)
        self._refreshes, self._side = np.zeros(1, np.int64), np.ones(1, np.int64)

    @property
    def parallel(self) -> int:
        """How many cells, of which a pulse moves one, make up the conductance of a weight."""
        return self.slow.parallel

    @property
    def gated_siemens(self) -> float:
        """Mean conductance of the fast cells, which no current writes [S]."""
        return self.technology.reference - self.device.slow.cell.reference

    @property
    def refreshed_by(self) -> Written:
        """What the energy of a pulse in a refresh is."""
        return self.slow.refreshed_by

    @property
    def first_pulses(self) -> float:
        """How many pulses it takes to write the slow cells' weights, on both cells of a pair."""
        return self.slow.first_pulses * self.slow.moving

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Put the slow cells at a state; the fast ones stay as they are."""
        self.slow.set(w, rng)
        self._add_all()

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Pulse the fast cells; return how many pulses."""
        self._learn(index, number, up)
        total = self.fast.pulse(index, number, self._physical(up), rng)
        self._add(index)
        return total

    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move the fast cells; return the sum of the amounts."""
        self._learn(index, amount, up)
        total = self.fast.move(index, amount, self._physical(up), rng)
        self._add(index)
        return total

    def _physical(self, up: bool) -> bool:
        """Return whether the fast cells go up where the weights do."""
        return up if self._side[0] > 0 else not up

    @property
    def _gained(self) -> float:
        """What a burst should add to the slow cell, in units of the fast one's w."""
        return self.device.pulses * self.device.slow.mean_step / self.device.gain

    def refresh(self, rng: np.random.Generator) -> Refreshed:
        """Refresh the slow cells, then take over from the fast ones; let them change sides."""
        self._refreshes += 1
        took = self.slow.refresh(rng)
        if self.device.chop and self._refreshes[0] % self.device.chop == 0:
            more = self._change_sides(rng)
        else:
            rows = self._turn()
            more = self._compare(rows, self.device.fast.reach * rng.random(self.w[rows].shape), rng)
        self._add_all()
        return took.and_more(more)

    def _compare(
        self, rows: NDArray, least: NDArray | float, rng: np.random.Generator
    ) -> Refreshed:
        """Give the weights of some rows a burst whose fast cells hold more than a reference."""
        v = self.fast.seen[rows]
        chosen = np.abs(v) > least
        pulses = sum(
            self._take_over(rows, chosen & (v > 0 if up else v < 0), up, rng)
            for up in (True, False)
        )
        return Refreshed(2 * v.size, pulses, 0, rows.size)

    def _change_sides(self, rng: np.random.Generator) -> Refreshed:
        """Empty the fast cells into the slow ones, short them, and count them on the other side.

        Bursts go on while a cell holds what a burst takes out. What is left gets one more with a
        probability in proportion, so that of constant steps nothing is lost in the mean.
        """
        rows, whole, took = np.arange(len(self.w)), self._gained, Refreshed()
        for _ in range(ceil(PATIENCE * self.device.fast.reach / whole)):  # a cell may be stuck
            full = np.flatnonzero((np.abs(self.fast.seen) > whole).any(axis=1))
            if not full.size:
                break
            took = took.and_more(self._compare(full, whole, rng))
        took = took.and_more(self._compare(rows, whole * rng.random(self.w.shape), rng))
        self.fast.set(np.zeros_like(self.w))
        self._side *= -1
        self.resum()
        return took

    def _turn(self) -> NDArray:
        """Return the rows whose turn it is."""
        rows = (self._next + np.arange(min(self.device.rows, len(self.w)))) % len(self.w)
        self._next[0] = (rows[-1] + 1) % len(self.w)
        return rows

    def _take_over(self, rows: NDArray, chosen: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Give the chosen weights of some rows a burst; return how many pulses that took.

        `up` says where their fast cells are, which may be on the other side of the weight.
        """
        device, one = self.device, chosen.astype(self.w.dtype)
        charge = one.dtype.type(self._gained / device.fast.mean_step)
        self.fast.charge(rows, one * charge, not up, rng)
        return self.slow.pulses(rows, one * device.pulses, self._physical(up), rng)

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies."""
        own = {"next_row": self._next, "refreshes": self._refreshes, "side": self._side}
        return {**super().arrays(), **own}

    def resum(self) -> None:
        """Bring the side of the fast cells, and everything that is a sum, up to date."""
        self.parts["fast"] = self.fast, float(self._side[0] * self.device.gain)
        super().resum()
