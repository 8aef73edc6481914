"""Physical constants, and the uncertain constants that prices are made of, with their sources."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BOLTZMANN",
    "CHARGE",
    "LOOP_GAIN",
    "READ_BANDWIDTH",
    "READ_TIME",
    "ROOM",
    "SUPPLY",
    "Constant",
    "thermal_voltage",
]

BOLTZMANN = 1.380649e-23  # J/K, exact since 2019. Source: [SI2019]
CHARGE = 1.602176634e-19  # C, exact since 2019. Source: [SI2019]
ROOM = 300.0  # K


@dataclass(frozen=True, eq=False)
class Constant:
    """An uncertain number: its nominal value and its range.

    Attributes
    ----------
    name : str
    nominal, low, high : float
        In `unit`; ``low ≤ nominal ≤ high``. A published number without a range has all three equal.
    unit : str
        SI, without prefix.
    source : str
        A key of REFERENCES.md, or ``"assumed"``.

    Raises
    ------
    ValueError
        If the three are not in order.
    """

    name: str
    nominal: float
    low: float
    high: float
    unit: str
    source: str = "assumed"

    def __post_init__(self) -> None:
        if not self.low <= self.nominal <= self.high:
            raise ValueError(
                f"{self.name}: expected low ≤ nominal ≤ high; got {self.low}, {self.nominal}, "
                f"{self.high} {self.unit}"
            )


def thermal_voltage(temperature: float = ROOM) -> float:
    """Return kT/q [V]; 25.9 mV at 300 K.

    Examples
    --------
    >>> round(thermal_voltage(300.0), 5)
    0.02585
    """
    return BOLTZMANN * temperature / CHARGE


SUPPLY = Constant("supply voltage", 1.0, 0.8, 1.2, "V")
READ_TIME = Constant("read time", 80e-9, 20e-9, 200e-9, "s")
LOOP_GAIN = Constant("loop gain of a column amplifier", 10.0, 5.0, 100.0, "")
READ_BANDWIDTH = 1 / (2 * READ_TIME.nominal)
"""Bandwidth of a read [Hz]. Averaging over a time t gives a bandwidth of 1/(2t)."""
