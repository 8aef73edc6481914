"""Polarity switches: each line of a signal is passed on, reversed or cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hardware_sim.signals import Voltage, check_kind

__all__ = [
    "PolaritySwitches",
]


@dataclass(frozen=True)
class PolaritySwitches:
    """Switches on every line, set by two bits each. They are not priced."""

    def pass_on(self, voltage: Voltage, states: Any) -> Voltage:
        """Return the lines as switched, (reads, lines).

        Parameters
        ----------
        voltage : Voltage
            (reads, lines).
        states : (lines,) or (1, lines) array
            1 passes a line on, −1 reverses it, 0 cuts it off. Nothing else is a state: switches
            make no voltage of a number.

        Raises
        ------
        ValueError
            If a state is none of the three, or there are not as many as lines.
        """
        check_kind("polarity switches", voltage)
        states, lines = np.atleast_2d(states), voltage.shape[1]
        if states.shape != (1, lines) or not np.isin(states, (-1, 0, 1)).all():
            raise ValueError(
                f"polarity switches: expected −1, 0 or 1 for each of {lines} lines; got {states}"
            )
        return Voltage._of(voltage._si * states.astype(voltage._si.dtype))
