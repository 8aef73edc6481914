"""What the chip's volts and siemens stand for: the one place where numbers become SI units."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hardware_sim.constants import thermal_voltage
from hardware_sim.validation import above_zero, plain_numbers

__all__ = ["Scale"]


@dataclass(frozen=True)
class Scale:
    """The units of a chip.

    Attributes
    ----------
    volt : float
        Voltage of an activity of 1 on the rows of an array [V]. If it is large, the brightest
        pixels reach the supply. If it is small, the noise of the cells counts for more.
    output : float
        The same behind the amplifiers of an array [V], until the gain control has made the length
        of the activity that of the rows. If it is large, the amplifiers of a trained chip reach the
        supply.
    weight : float
        Weight of a device whose w is 1: the mapping of conductance to weight. If it is too small,
        the devices reach their bounds. If it is too large, one pulse is a coarse step.
    goodness : float
        Voltage of a goodness of 1 on the squarers' wire [V]. If it is large, the goodness of a
        trained layer reaches the supply.
    amplification : float
        Of a goodness in front of its logistic gate, which sets the T of the loss.

    Raises
    ------
    ValueError
        If one of them is not above 0.
    """

    volt: float = 0.1
    output: float = 0.05
    weight: float = 0.4
    goodness: float = 0.25e-3
    amplification: float = 4.0

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(**vars(self))

    @property
    def temperature(self) -> float:
        """T of the loss: the goodness that is n kT/q of a gate at room temperature, with n = 1."""
        return thermal_voltage() / (self.amplification * self.goodness)

    def at(self, temperature: float) -> Scale:
        """Return the scale at which the loss has another T, by another voltage of a goodness.

        Examples
        --------
        >>> round(Scale().at(52.0).goodness, 6), round(Scale().at(52.0).temperature)
        (0.000124, 52)
        """
        return replace(self, goodness=thermal_voltage() / (self.amplification * temperature))
