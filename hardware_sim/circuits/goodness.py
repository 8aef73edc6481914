"""Goodness in volts: squarers whose currents meet on a wire, and the gate that gives p."""

from __future__ import annotations

from dataclasses import dataclass

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

    The voltage is not cut at the supply. A gate is at 0 or 1 long before that, provided that its
    threshold is well below the supply, which nothing checks. The gain control is assumed to follow
    the currents beyond. What is held for an answer is first attenuated and then cut, see
    `SampleHold`.

    Attributes
    ----------
    coefficient : float
        V_S = coefficient · Σ_j gain_j V_j² [1/V].
    gain : (1, n) array or float
        Mismatch of each neuron's squarer, ideally 1.
    """

    coefficient: float
    gain: Values = 1.0

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(coefficient=self.coefficient)

    def goodness(self, voltage: Voltage, ledger: Ledger) -> Voltage:
        """Return the goodness of every read, (reads, n), as a voltage, (reads, 1)."""
        check_kind("a squarer", voltage)
        v = voltage._si
        ledger.charge(prices.SQUARER, v.size, uses=len(v))
        squares = v * v
        squares *= self.gain
        return Voltage._of(self.coefficient * squares.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class LogisticGate:
    """A differential pair: it passes on ``1/(1 + exp(±(V_S − V_θ)/(n kT/q)))`` of its tail current.

    Attributes
    ----------
    threshold : float
        V_θ [V].
    temperature : float
        Of the chip [K]; it sets the slope, as T does in the loss.
    slope_factor : float
        n of weak inversion.
    offset : float
        Input offset of the pair [V]; it raises the threshold.
    """

    threshold: float
    temperature: float = ROOM
    slope_factor: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(temperature=self.temperature, slope_factor=self.slope_factor)

    @property
    def width(self) -> float:
        """Thermal width n kT/q [V]: the goodness voltage that stands for one T of the loss."""
        return self.slope_factor * thermal_voltage(self.temperature)

    @property
    def design_width(self) -> float:
        """The same at room temperature, for which a chip is designed [V]."""
        return self.slope_factor * thermal_voltage()

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
