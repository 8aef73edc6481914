"""Circuits that hold and compare: sample-and-hold, comparator, winner-take-all."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from hardware_sim.circuits.amplifiers import Values
from hardware_sim.constants import BOLTZMANN, ROOM
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Voltage, check_kind, one_voltage, same_lines
from hardware_sim.validation import above_zero, not_negative, plain_numbers

__all__ = [
    "Comparator",
    "SampleHold",
    "WinnerTakeAll",
]


@dataclass(frozen=True)
class SampleHold:
    """A capacitor that keeps a voltage; each sample adds noise of variance kT/C.

    Attributes
    ----------
    capacitance : float
        [F]; infinite means without noise.
    temperature : float
        [K].
    attenuation : float
        The input is divided by this before it is held.
    saturation : float
        What is held is cut at this voltage [V].
    """

    capacitance: float = inf
    temperature: float = ROOM
    attenuation: float = 1.0
    saturation: float = inf

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(endless=True, capacitance=self.capacitance, saturation=self.saturation)
        above_zero(attenuation=self.attenuation)
        not_negative(temperature=self.temperature)

    @property
    def noise(self) -> float:
        """√(kT/C) [V]."""
        return sqrt(BOLTZMANN * self.temperature / self.capacitance)

    def hold(self, voltage: Voltage, rng: np.random.Generator, ledger: Ledger) -> Voltage:
        """Return the voltages as they are held, (reads, lines)."""
        check_kind("a sample and hold", voltage)
        ledger.charge(prices.HOLD, voltage._si.size, uses=0)
        dtype = voltage._si.dtype
        v = np.minimum(voltage._si / dtype.type(self.attenuation), self.saturation)
        if self.noise:
            v += dtype.type(self.noise) * rng.standard_normal(v.shape, dtype)
        return Voltage._of(v)


@dataclass(frozen=True)
class Comparator:
    """Tells which of two voltages is higher; the ledger counts its bits.

    Attributes
    ----------
    offset : float
        Input offset [V]; it raises the voltage, not the reference.
    """

    offset: float = 0.0

    def __post_init__(self) -> None:
        plain_numbers(self, "offset")

    def above(self, voltage: Voltage, reference: Voltage, ledger: Ledger) -> bool:
        """Return whether a single voltage, (1, 1), is above another."""
        one_voltage("a comparator", voltage)
        one_voltage("a comparator's reference", reference)
        ledger.charge(prices.COMPARATOR, 1)
        return bool(voltage._si[0, 0] + self.offset > float(reference._si[0, 0]))


@dataclass(frozen=True)
class WinnerTakeAll:
    """Finds the largest of several held voltages: the chip's answer.

    Attributes
    ----------
    offset : (k,) array or float
        Mismatch of the inputs [V]. If there are fewer voltages, they are on the first inputs.
    """

    offset: Values = 0.0

    def __post_init__(self) -> None:
        plain_numbers(self, "offset")

    def pick(self, voltage: Voltage, ledger: Ledger) -> int:
        """Return which of k voltages, (k, 1), is the largest. That takes ``k − 1`` decisions."""
        same_lines("a winner-take-all of single voltages", voltage, 1)
        ledger.charge(prices.WINNER, voltage.shape[0] - 1)
        offset = np.broadcast_to(self.offset, max(voltage.shape[0], np.size(self.offset)))
        return int(np.argmax(voltage._si[:, 0] + offset[: voltage.shape[0]]))
