"""How individual devices of one technology differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware_sim.validation import above_zero, not_negative

__all__ = [
    "Spread",
]


@dataclass(frozen=True)
class Spread:
    """How individuals differ: ``Δ± = Δ_min |gain± + step·ξ ± (bias + asymmetry·ξ′)|``.

    ``gain±`` is 1, unless the rule says otherwise. What a device has of its own is added to it, as
    in [Rasch2021].

    Attributes
    ----------
    step : float
        Device-to-device variation of Δ_min, relative; with `log_normal`, ``e^(step·ξ) − 1`` stands
        for ``step·ξ``, whose median is 0 too.
    asymmetry : float
        Device-to-device variation of Δ₊ against Δ₋, relative to Δ_min.
    low, high : float
        Device-to-device variation of each bound, relative to it.
    log_normal : bool
        Whether steps are log-normal.
    stuck : float
        Fraction of cells that never move, anywhere between their bounds.
    stuck_within : float
        Stuck cells are no farther from w = 0 than this, apart from the error of a reference.
    bias : float
        Asymmetry that all individuals have in common: pulses up are larger if it is above 0. To
        cells that only go up it gives larger steps, and to cells that are referred to their own
        symmetry points other bounds.

    Raises
    ------
    ValueError
        If a variation is negative, `stuck` is no fraction, `stuck_within` not above 0, or the bias
        not within −1 … 1.
    """

    step: float = 0.0
    asymmetry: float = 0.0
    low: float = 0.0
    high: float = 0.0
    log_normal: bool = False
    stuck: float = 0.0
    stuck_within: float = math.inf
    bias: float = 0.0

    def __post_init__(self) -> None:
        not_negative(
            step=self.step, asymmetry=self.asymmetry, low=self.low, high=self.high, stuck=self.stuck
        )
        above_zero(endless=True, stuck_within=self.stuck_within)
        if self.stuck > 1:
            raise ValueError(f"stuck: expected a fraction, 1 at most; got {self.stuck}")
        if not -1 <= self.bias <= 1:
            raise ValueError(f"bias: expected within −1 … 1; got {self.bias}")

    def steps(
        self,
        step: float,
        gains: tuple[float, float],
        shape: tuple[int, ...],
        rng: np.random.Generator,
    ) -> tuple[NDArray, NDArray]:
        """Draw Δ₊ and Δ₋ of each cell, from Δ_min [both in units of w].

        Parameters
        ----------
        step : float
            Δ_min.
        gains : pair of floats
            What the rule says of pulses up and down, in units of Δ_min.
        shape : tuple of int
        rng : numpy.random.Generator
        """
        xi = self.step * rng.standard_normal(shape)
        own = np.expm1(xi) if self.log_normal else xi
        tilt = self.bias + self.asymmetry * rng.standard_normal(shape)
        return step * np.abs(gains[0] + own + tilt), step * np.abs(gains[1] + own - tilt)

    @property
    def mean_own(self) -> float:
        """The mean of what the devices' own gains add, in units of Δ_min."""
        return math.expm1(self.step**2 / 2) if self.log_normal else 0.0

    def bounds(
        self, low: float, high: float, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[NDArray, NDArray]:
        """Draw the bounds of each cell, each on its side of 0 [in units of w]."""
        below = low * (1 + self.low * rng.standard_normal(shape))
        above = high * (1 + self.high * rng.standard_normal(shape))
        return -np.abs(below), np.abs(above)
