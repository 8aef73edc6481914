"""Rectifiers: an ideal one, and a diode with a soft knee."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Voltage, check_kind
from hardware_sim.validation import plain_numbers

__all__ = [
    "DiodeRectifier",
    "Rectifier",
    "RectifierLike",
]


@dataclass(frozen=True)
class Rectifier:
    """An ideal rectifier: it passes what is above zero, as does a diode in a feedback loop."""

    def pass_on(self, voltage: Voltage, ledger: Ledger) -> Voltage:
        """Return ``max(V, 0)``, (reads, n)."""
        check_kind("a rectifier", voltage)
        ledger.charge(prices.RECTIFIER, voltage._si.size, uses=len(voltage._si))
        return Voltage._of(voltage._si.clip(0, inf))


@dataclass(frozen=True)
class DiodeRectifier:
    """A rectifier with a soft knee: ``V = knee · log(1 + exp(V/knee))``, an ideal one far from 0.

    Attributes
    ----------
    knee : float
        Width of the knee [V]. Without feedback a diode has n kT/q; a loop gain A divides it by A.
    """

    knee: float

    def __post_init__(self) -> None:
        plain_numbers(self, "knee")
        if not 0 < self.knee < inf:
            raise ValueError(f"knee: expected volts above 0; got {self.knee}. Use Rectifier for 0.")

    def pass_on(self, voltage: Voltage, ledger: Ledger) -> Voltage:
        """Return the rectified voltages, (reads, n)."""
        check_kind("a rectifier", voltage)
        ledger.charge(prices.RECTIFIER, voltage._si.size, uses=len(voltage._si))
        knee = voltage._si.dtype.type(self.knee)
        return Voltage._of(knee * np.logaddexp(0, voltage._si / knee))


RectifierLike = Rectifier | DiodeRectifier
