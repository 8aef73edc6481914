"""What the chip's volts and siemens stand for: the one place where numbers become SI units."""

from __future__ import annotations

from dataclasses import dataclass

from hardware_sim.validation import above_zero, plain_numbers

__all__ = ["Scale"]


@dataclass(frozen=True)
class Scale:
    """The units of a chip.

    Attributes
    ----------
    volt : float
        Voltage of an activity of 1 [V]. If it is large, the amplifiers of a trained chip reach the
        supply. If it is small, noise that the amplifiers do not make counts for more.
    weight : float
        Weight of a device whose w is 1: the mapping of conductance to weight. If it is too small,
        the devices reach their bounds. If it is too large, one pulse is a coarse step.
    goodness : float
        Voltage of a goodness of 1 [V].

    Raises
    ------
    ValueError
        If one of them is not above 0.
    """

    volt: float = 0.05
    weight: float = 0.4
    goodness: float = 1e-3

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(**vars(self))
