"""The normaliser: a gain control that takes away an activity's length and keeps its direction."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hardware_sim.circuits.amplifiers import Values
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Voltage, check_kind, one_read, one_voltage
from hardware_sim.validation import above_zero, plain_numbers

__all__ = [
    "AutomaticGain",
]

Driven = Literal["rows", "adc"] | None
SMALLEST = 1e-30  # [V]; keeps the gain of a silent layer finite where nothing else limits it


@dataclass(frozen=True)
class AutomaticGain:
    """The normaliser: it takes away the length of an activity and keeps its direction.

    Its amplifiers share one gain ``√(wanted/V_S)``, which has a finite range.

    Attributes
    ----------
    wanted : float
        Goodness voltage of an activity that needs no gain [V].
    most : float
        Largest gain.
    gain : (1, n) array or float
        Error of each neuron's amplifier, ideally 1.
    saturation : float
        The output is cut at this voltage [V].
    drives : "rows", "adc" or None
        What its outputs drive: the rows of the next array through a read, or an ADC. Where nothing
        needs them, the circuit is not there and costs nothing.
    """

    wanted: float
    most: float = inf
    gain: Values = 1.0
    saturation: float = inf
    drives: Driven = "rows"

    def __post_init__(self) -> None:
        plain_numbers(self, "wanted", "most", "gain", "saturation")
        above_zero(wanted=self.wanted)
        above_zero(endless=True, most=self.most, saturation=self.saturation)

    def _common(self, goodness: Voltage) -> NDArray:
        """Return the common gain, (reads, 1), which stays inside the part."""
        floor = max(self.wanted / self.most**2, SMALLEST)
        return np.sqrt(self.wanted / np.maximum(goodness._si.astype(float), floor))

    def normalise(self, voltage: Voltage, goodness: Voltage, ledger: Ledger) -> Voltage:
        """Return the activity at its standard length, (reads, n)."""
        check_kind("a gain control", voltage)
        check_kind("a gain control", goodness)
        if self.drives == "rows":
            ledger.charge(prices.GAIN_CONTROL, voltage._si.size, uses=len(voltage._si))
        elif self.drives == "adc":
            ledger.charge(prices.GAIN_CONTROL_ADC, voltage._si.size, uses=len(voltage._si))
        common = self._common(goodness).astype(voltage._si.dtype)
        v = voltage._si * common * self.gain
        return Voltage._of(np.minimum(v, self.saturation, out=v))

    def excess(self, goodness: Voltage, goal: Voltage, ledger: Ledger) -> Voltage:
        """Return ``|√(S*/S) − 1|`` of one case as a voltage, 1 V for 1, cut at the supply, (1, 1).

        The gain is √(wanted/V_S) already, so no divider is needed: the result is a multiple of the
        gain, which the goal sets, less 1.

        Parameters
        ----------
        goodness : Voltage
            (1, 1).
        goal : Voltage
            S* as a goodness voltage, (1, 1). Below 0 V it counts as 0 V.
        ledger : Ledger

        Raises
        ------
        ValueError
            If there is more than one case or goal.
        DomainError
            If the goal is a number.

        Source: [Hinton2022] Section 8.
        """
        one_read("the gain control's excess", goodness)
        one_voltage("the gain control's goal", goal)
        ledger.charge(prices.EXCESS, 1)
        wanted = np.sqrt(np.maximum(goal._si, 0) / self.wanted)
        excess = np.abs(wanted * self._common(goodness) - 1)
        return Voltage._of(np.minimum(excess, self.saturation))
