"""Goodness in volts: squarers whose currents meet on a wire, and the gate that gives p."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.special import expit

from hardware_sim.circuits.amplifiers import Values
from hardware_sim.constants import ROOM, thermal_voltage
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Voltage, check_kind, one_read
from hardware_sim.validation import above_zero, plain_numbers

__all__ = [
    "LogisticGate",
    "Squarer",
    "add",
]


@dataclass(frozen=True)
class Squarer:
    """One squarer per neuron; their currents meet on one wire, whose resistor shows the goodness.

    The voltage is cut at the supply, and so is all that is made of it: the gate's share, the gain,
    the excess over a goal. What is held for an answer is first attenuated, see `SampleHold`.

    Attributes
    ----------
    coefficient : float
        V_S = coefficient · Σ_j gain_j V_j² [1/V].
    gain : (1, n) array or float
        Mismatch of each neuron's squarer, ideally 1.
    saturation : float
        The goodness is cut at this [V].
    """

    coefficient: float
    gain: Values = 1.0
    saturation: float = inf

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(coefficient=self.coefficient)
        above_zero(endless=True, saturation=self.saturation)

    def goodness(self, voltage: Voltage, ledger: Ledger) -> Voltage:
        """Return the goodness of every read, (reads, n), as a voltage, (reads, 1)."""
        check_kind("a squarer", voltage)
        v = voltage._si
        ledger.charge(prices.SQUARER, v.size, uses=len(v))
        squares = v * v
        squares *= self.gain
        summed = self.coefficient * squares.sum(axis=1, keepdims=True)
        return Voltage._of(np.minimum(summed, self.saturation))


@dataclass(frozen=True)
class LogisticGate:
    """A differential pair: it passes on ``1/(1 + exp(±a(V_S − V_θ)/(n kT/q)))`` of its current.

    An amplifier of gain a stands in front of it. Where it reaches the supply, the pair has long
    passed on all of its current, or none.

    Attributes
    ----------
    threshold : float
        V_θ [V].
    temperature : float
        Of the chip [K]; it sets the slope, as T does in the loss.
    slope_factor : float
        n of weak inversion.
    amplification : float
        Of what is in front of the pair.
    offset : float
        At the input [V]; it raises the threshold.
    """

    threshold: float
    temperature: float = ROOM
    slope_factor: float = 1.0
    amplification: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(temperature=self.temperature, slope_factor=self.slope_factor)
        above_zero(amplification=self.amplification)

    @property
    def width(self) -> float:
        """Thermal width n kT/q at the input [V]: the goodness voltage of one T of the loss."""
        return self.slope_factor * thermal_voltage(self.temperature) / self.amplification

    @property
    def design_width(self) -> float:
        """The same at room temperature, for which a chip is designed [V]."""
        return self.slope_factor * thermal_voltage() / self.amplification

    def share(self, goodness: Voltage, positive: bool, ledger: Ledger) -> Voltage:
        """Return the probability that a case is classified wrongly, as 0 … 1 V, (1, 1).

        It is 1 − p for a positive case and p for a negative one: the size of ∂log p/∂S · T, whose
        sign is the phase.

        Parameters
        ----------
        goodness : Voltage
            (1, 1).
        positive : bool
            The phase.
        ledger : Ledger
        """
        one_read("a logistic gate", goodness)
        ledger.charge(prices.GATE, 1)
        x = (goodness._si - (self.threshold + self.offset)) / self.width
        return Voltage._of(expit(-x if positive else x))


def add(voltages: list[Voltage], ledger: Ledger) -> Voltage:
    """Return the sum of goodness voltages, (reads, 1), whose currents meet on one wire."""
    for voltage in voltages:
        check_kind("a sum of goodness", voltage)
    total = voltages[0]._si.copy()
    for voltage in voltages[1:]:
        total += voltage._si
    ledger.charge(prices.ADDER, total.size * (len(voltages) - 1), uses=0)
    return Voltage._of(total)
