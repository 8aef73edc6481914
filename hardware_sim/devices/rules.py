"""How far one pulse moves a cell: one frozen dataclass per update rule.

A rule gives the size of a pulse relative to the cell's own step Δ±. Noise and bounds are applied in
`hardware_sim.devices.cells`. A rule that is a table is in `hardware_sim.devices.measured`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from hardware_sim.validation import not_negative

__all__ = [
    "ConstantStep",
    "ExponentialShape",
    "ExponentialStep",
    "LinearStep",
    "PiecewiseStep",
    "PowerStep",
    "SoftBounds",
    "SoftBoundsReference",
    "UnboundedStep",
    "UpdateRule",
]


CellArrays = tuple[NDArray, NDArray, NDArray, NDArray]


class OneReference:
    """What rules have in common whose cells share one exact reference and stop at their bounds."""

    @property
    def gains(self) -> tuple[float, float]:
        """Pulses up and down are as large, 1 and 1."""
        return 1.0, 1.0

    def referred(self, cells: CellArrays, rng: np.random.Generator) -> CellArrays:
        """Return steps up and down, and bounds low and high, as they are."""
        return cells

    def off_reference(self, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray:
        """Return zeros: w = 0 is where the reference is."""
        return np.zeros(shape)

    def stops(self, low: NDArray, high: NDArray) -> tuple[NDArray, NDArray]:
        """Return the bounds."""
        return low, high


@dataclass(frozen=True)
class ConstantStep(OneReference):
    """Every pulse moves the cell by Δ±, up to a hard bound. Source: [Gokmen2016].

    Attributes
    ----------
    low, high : float
        Nominal bounds of w, below and above 0; the other rules have them too.
    step : float
        Δ_min: the size of a pulse before any variation, in units of w.

    Raises
    ------
    ValueError
        If w = 0 is out of bounds, or the step is not above 0.
    """

    low: float = -1.0
    high: float = 1.0
    step: float = 0.001

    uniform: ClassVar[bool] = True

    def __post_init__(self) -> None:
        inside = -inf < self.low <= 0 <= self.high < inf and self.low < self.high
        if not (inside and 0 < self.step < inf):
            raise ValueError(
                f"{type(self).__name__}: expected bounds with 0 between them and a step above 0; "
                f"got low {self.low}, high {self.high}, step {self.step}"
            )

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return 1 for each cell, in the shape of w."""
        return np.ones_like(w)


@dataclass(frozen=True)
class UnboundedStep(ConstantStep):
    """A constant step without bounds; `low` and `high` only say what G_min … G_max stand for."""

    def stops(self, low: NDArray, high: NDArray) -> tuple[NDArray, NDArray]:
        """Return −∞ and ∞ for each cell."""
        return np.full_like(low, -inf), np.full_like(high, inf)


@dataclass(frozen=True)
class LinearStep(ConstantStep):
    """``1 − γ₊ w/w_max`` up, ``1 − γ₋ w/w_min`` down, with the nominal bounds, and never below 0.

    γ is the loss of step size between w = 0 and the bound. Source: [Rasch2021], where a step can
    become negative.

    Attributes
    ----------
    slope_up, slope_down : float
        γ₊ and γ₋.
    """

    uniform: ClassVar[bool] = False

    slope_up: float = 0.0
    slope_down: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative(slope_up=self.slope_up, slope_down=self.slope_down)

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the relative step of each cell, in the shape of w."""
        slope, bound = (self.slope_up, self.high) if up else (self.slope_down, self.low)
        size = w * (-slope / bound if bound else 0.0)
        size += 1
        return np.maximum(size, 0, out=size)


@dataclass(frozen=True)
class SoftBounds(ConstantStep):
    """``1 − w/w_max`` up, ``1 − w/w_min`` down, with the cell's own bounds.

    Towards a nominal bound at 0, where the quotient has no value, steps are constant. Source:
    [Rasch2021].
    """

    uniform: ClassVar[bool] = False

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the relative step of each cell, in the shape of w."""
        if not (self.high if up else self.low):
            return np.ones_like(w)
        size = w / (high if up else low)
        return np.subtract(1, size, out=size)

    @staticmethod
    def symmetry_point(up: NDArray, down: NDArray, low: NDArray, high: NDArray) -> NDArray:
        """Return the w at which a pulse up and a pulse down cancel, of each cell.

        ``(Δ₊ − Δ₋)/(Δ₊/w_max − Δ₋/w_min)``, from arrays of the same shape.
        """
        return (up - down) / (up / high - down / low)


@dataclass(frozen=True)
class SoftBoundsReference(SoftBounds):
    """Soft bounds, counted from each cell's own symmetry point: its reference cell is set to it.

    From a reference r, that is with w′ = w − r, soft bounds are soft bounds again, with bounds
    ``b′ = b − r`` and steps ``Δ′ = Δ b′/b``; at the symmetry point both steps are equal.
    The conductances are given as if all cells had one reference. The differences are right; the
    common part of a pair is not, which only its dissipation shows. Source: [Gong2022].

    Attributes
    ----------
    error : float
        Standard deviation of the reference about the symmetry point, in units of w.

    Raises
    ------
    ValueError
        If a bound is at 0, so that no symmetry point lies between the bounds.
    """

    error: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.low < 0 < self.high:
            raise ValueError(
                "SoftBoundsReference: expected low < 0 < high, because a symmetry point lies "
                f"between the bounds; got {self.low} … {self.high}"
            )

    def off_reference(self, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray:
        """Draw by how far each reference misses the symmetry point, in units of w."""
        return self.error * rng.standard_normal(shape)

    def referred(self, cells: CellArrays, rng: np.random.Generator) -> CellArrays:
        """Return steps up and down, and bounds low and high, as seen from the reference.

        Parameters
        ----------
        cells : four arrays of one shape
            Steps up and down, bounds low and high, in units of w.
        rng : numpy.random.Generator
            Of the error of each reference.
        """
        up, down, low, high = cells
        r = self.symmetry_point(up, down, low, high) + self.off_reference(up.shape, rng)
        r = np.clip(r, 0.99 * low, 0.99 * high)
        return up * (high - r) / high, down * (low - r) / low, low - r, high - r


@dataclass(frozen=True)
class ExponentialShape:
    """Constants of `ExponentialStep`, in the letters of its formula."""

    a: float
    b: float
    gamma_up: float
    gamma_down: float
    A_up: float
    A_down: float


@dataclass(frozen=True)
class ExponentialStep(ConstantStep):
    """``max(1 − A± e^(±γ± z), 0)`` with ``z = 2 a w/(w_max − w_min) + b``, the cell's own bounds.

    Source: [Rasch2021].

    Attributes
    ----------
    shape : ExponentialShape
    bias : float
        By how much pulses up are larger, in units of Δ_min. It is taken from the gain of pulses
        down or, if negative, from that of pulses up.
    """

    uniform: ClassVar[bool] = False

    shape: ExponentialShape = ExponentialShape(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    bias: float = 0.0

    @property
    def gains(self) -> tuple[float, float]:
        """The mean of Δ₊ and Δ₋ over individuals, in units of Δ_min."""
        return 1 + min(self.bias, 0.0), 1 - max(self.bias, 0.0)

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the relative step of each cell, in the shape of w."""
        s = self.shape
        gamma, A = (s.gamma_up, s.A_up) if up else (-s.gamma_down, s.A_down)
        size = w * (2 * s.a * gamma) / (high - low)
        size += s.b * gamma
        np.exp(size, out=size)
        size *= -A
        size += 1
        return np.maximum(size, 0, out=size)


@dataclass(frozen=True)
class PowerStep(ConstantStep):
    """``ω^g`` up and ``(1 − ω)^g`` down, ``ω = (w_max − w)/(w_max − w_min)``, own bounds.

    Source: [Rasch2021].

    Attributes
    ----------
    exponent : float
        g.
    """

    uniform: ClassVar[bool] = False

    exponent: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative(exponent=self.exponent)

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the relative step of each cell, in the shape of w."""
        return (((high - w) if up else (w - low)) / (high - low)) ** self.exponent


@dataclass(frozen=True)
class PiecewiseStep(ConstantStep):
    """Straight lines between nodes, evenly spaced from the cell's own lower bound to its upper.

    Source: [Rasch2021].

    Attributes
    ----------
    up, down : tuples of floats, 0 or above
        The relative step at each node, for each direction.
    """

    uniform: ClassVar[bool] = False

    up: tuple[float, ...] = (1.0, 1.0)
    down: tuple[float, ...] = (1.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if min(len(self.up), len(self.down)) < 2 or min(*self.up, *self.down) < 0:
            raise ValueError(
                f"PiecewiseStep: expected at least two nodes of 0 or more for each direction; got "
                f"up {self.up}, down {self.down}"
            )

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the relative step of each cell, in the shape of w."""
        nodes = self.up if up else self.down
        place = (w - low) / (high - low)
        return np.interp(place, np.linspace(0, 1, len(nodes)), nodes).astype(w.dtype)


class UpdateRule(Protocol):
    """How far one pulse moves a cell; the classes are in `hardware_sim.devices.rules`."""

    @property
    def low(self) -> float:
        """The nominal lower bound of w, 0 or below."""

    @property
    def high(self) -> float:
        """The nominal upper bound of w, 0 or above."""

    @property
    def step(self) -> float:
        """Δ_min, the typical size of one pulse, in units of w."""

    @property
    def uniform(self) -> bool:
        """Whether `size` is 1 everywhere."""

    @property
    def gains(self) -> tuple[float, float]:
        """Δ₊ and Δ₋ before any variation, in units of Δ_min."""

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the mean move of one pulse, 0 or more, in units of the cell's own Δ±.

        Parameters
        ----------
        w : array
            States; the result has the same shape.
        up : bool
            Potentiate, or depress.
        low, high : arrays
            The bounds of each cell in `w`.
        """

    def referred(self, cells: CellArrays, rng: np.random.Generator) -> CellArrays:
        """Return steps up and down, and bounds low and high, as seen from each cell's reference."""

    def off_reference(self, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray:
        """Draw by how far each cell's reference misses the point of its w = 0, in units of w."""

    def stops(self, low: NDArray, high: NDArray) -> tuple[NDArray, NDArray]:
        """Return where pulses stop each cell, from its bounds."""
