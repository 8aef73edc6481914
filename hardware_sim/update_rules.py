"""How far one pulse moves a cell: one frozen dataclass per update rule.

A rule gives the size of a pulse relative to the cell's own step Δ±; what noise and bounds make of
it is in `hardware_sim.cells`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hardware_sim.checks import not_negative

__all__ = [
    "ConstantStep",
    "ExponentialShape",
    "ExponentialStep",
    "LinearStep",
    "MeasuredStep",
    "PiecewiseStep",
    "PowerStep",
    "SoftBounds",
    "SoftBoundsReference",
    "UnboundedStep",
]


@dataclass(frozen=True)
class ConstantStep:
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
        """Return 1."""
        return np.ones_like(w)


@dataclass(frozen=True)
class UnboundedStep(ConstantStep):
    """A constant step without bounds; `low` and `high` only say which range G_min … G_max maps."""


@dataclass(frozen=True)
class LinearStep(ConstantStep):
    """``1 − γ₊ w/w_max`` up, ``1 − γ₋ w/w_min`` down, with the nominal bounds, and never below 0.

    γ is the loss of step size between w = 0 and the bound. Source: [Rasch2021], which does not stop
    at 0.

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
        """Return the relative step."""
        slope, bound = (self.slope_up, self.high) if up else (self.slope_down, self.low)
        size = w * (-slope / bound if bound else 0.0)
        size += 1
        return np.maximum(size, 0, out=size)


@dataclass(frozen=True)
class SoftBounds(ConstantStep):
    """``1 − w/w_max`` up, ``1 − w/w_min`` down, with the cell's own bounds. Source: [Rasch2021]."""

    uniform: ClassVar[bool] = False

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the relative step."""
        size = w / (high if up else low)
        return np.subtract(1, size, out=size)

    @staticmethod
    def symmetry_point(up: NDArray, down: NDArray, low: NDArray, high: NDArray) -> NDArray:
        """Return where a pulse up and one down cancel, ``(Δ₊ − Δ₋)/(Δ₊/w_max − Δ₋/w_min)``."""
        return (up - down) / (up / high - down / low)


@dataclass(frozen=True)
class SoftBoundsReference(SoftBounds):
    """Soft bounds, counted from each cell's own symmetry point: its reference cell is set to it.

    From a reference r, that is with w′ = w − r, soft bounds are soft bounds again, with bounds
    ``b′ = b − r`` and steps ``Δ′ = Δ b′/b``; at the symmetry point both steps are equal.
    The conductances are given as if all cells had one reference: the differences are right, the
    common part of a pair, which only its dissipation shows, is not. Source: [Gong2022].

    Attributes
    ----------
    error : float
        Standard deviation of the reference about the symmetry point, in units of w.
    """

    error: float = 0.0

    def referred(
        self, cells: tuple[NDArray, NDArray, NDArray, NDArray], rng: np.random.Generator
    ) -> tuple[NDArray, NDArray, NDArray, NDArray]:
        """Return steps up and down and bounds low and high as seen from the reference."""
        up, down, low, high = cells
        r = self.symmetry_point(up, down, low, high) + self.error * rng.standard_normal(up.shape)
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
        By how much pulses up are larger: it is taken from those down, or, if negative, from those
        up.
    """

    uniform: ClassVar[bool] = False

    shape: ExponentialShape = ExponentialShape(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    bias: float = 0.0

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the relative step."""
        s = self.shape
        gamma, A = (s.gamma_up, s.A_up) if up else (-s.gamma_down, s.A_down)
        scale = 1 + min(self.bias, 0.0) if up else 1 - max(self.bias, 0.0)
        size = w * (2 * s.a * gamma) / (high - low)
        size += s.b * gamma
        np.exp(size, out=size)
        size *= -A
        size += 1
        size *= scale
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
        """Return the relative step."""
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
        """Return the relative step."""
        nodes = self.up if up else self.down
        place = (w - low) / (high - low)
        return np.interp(place, np.linspace(0, 1, len(nodes)), nodes).astype(w.dtype)


@dataclass(frozen=True)
class MeasuredStep:
    """What was measured: conductance after 0, 1, 2, … pulses up, and after pulses down.

    w runs from −1 at the smallest conductance to 1 at the largest. At a measured state the step is
    the next state less this one, between them a straight line, and 0 where the table ends: so
    pulses from a measured state play the table back.

    Attributes
    ----------
    potentiation, depression : tuples of floats [S]
        The one rising from pulse to pulse, the other falling.

    Raises
    ------
    ValueError
        If a table has fewer than three states, or turns back.
    """

    potentiation: tuple[float, ...]
    depression: tuple[float, ...]

    low: ClassVar[float] = -1.0
    high: ClassVar[float] = 1.0
    uniform: ClassVar[bool] = False

    def __post_init__(self) -> None:
        _check_monotone("potentiation", self.potentiation, 1)
        _check_monotone("depression", self.depression, -1)

    @property
    def minimum(self) -> float:
        """The smallest conductance [S]."""
        return min(*self.potentiation, *self.depression)

    @property
    def maximum(self) -> float:
        """The largest conductance [S]."""
        return max(*self.potentiation, *self.depression)

    @cached_property
    def step(self) -> float:
        """The mean of all the measured steps, in units of w."""
        return float(np.mean(np.concatenate([np.abs(np.diff(s)) for s in self._states])))

    @cached_property
    def _states(self) -> tuple[NDArray, NDArray]:
        """Measured states w of pulses up and of pulses down."""
        half = (self.maximum - self.minimum) / 2
        tables = np.asarray(self.potentiation), np.asarray(self.depression)
        up, down = ((table - self.minimum) / half - 1 for table in tables)
        return up, down

    @cached_property
    def _nodes(self) -> dict[bool, tuple[NDArray, NDArray]]:
        """Rising states and the relative steps from there, by direction."""
        up, down = self._states
        rising = {True: (up, np.diff(up)), False: (down[::-1], -np.diff(down)[::-1])}
        pad = {True: (0, 1), False: (1, 0)}
        return {d: (w, np.pad(s / self.step, pad[d])) for d, (w, s) in rising.items()}

    def size(self, w: NDArray, up: bool, low: NDArray, high: NDArray) -> NDArray:
        """Return the relative step."""
        return np.interp(w, *self._nodes[up]).astype(w.dtype)

    @classmethod
    def from_csv(cls, path: str | Path) -> MeasuredStep:
        """Read a table of conductance against pulse number.

        The first line is ``pulse,potentiation,depression``; each further line has the number of
        pulses, 0, 1, 2, …, and the conductances after them [S]. A column that ends earlier is left
        empty.

        Raises
        ------
        ValueError
            If the file is none such; the message names the line.
        """
        with open(path, newline="", encoding="utf-8-sig") as file:
            lines = [[field.strip() for field in line] for line in csv.reader(file) if line]
        if not lines or lines[0] != ["pulse", "potentiation", "depression"]:
            raise ValueError(
                f"{path}, line 1: expected pulse,potentiation,depression; got "
                f"{','.join(lines[0]) if lines else 'an empty file'}"
            )
        rows = [_conductances(path, number, line) for number, line in enumerate(lines[1:])]
        up, down = (
            _until_empty(path, column) for column in list(zip(*rows, strict=True)) or [(), ()]
        )
        try:
            return cls(up, down)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None


def _check_monotone(name: str, table: tuple[float, ...], sign: int) -> None:
    steps = sign * np.diff(table)
    if len(table) < 3 or not np.isfinite(table).all() or min(table) < 0:
        raise ValueError(f"{name}: expected at least 3 conductances of 0 S or more; got {table}")
    if not (steps > 0).all():
        pulse = int(np.argmin(steps > 0))
        raise ValueError(
            f"{name}: expected a conductance that {'rises' if sign > 0 else 'falls'} with every "
            f"pulse; from pulse {pulse} to {pulse + 1} it goes from {table[pulse]:g} to "
            f"{table[pulse + 1]:g} S. Average over cycles, or smooth the table."
        )


def _conductances(path: str | Path, number: int, line: list[str]) -> tuple[float, float]:
    """Return potentiation and depression of one line; NaN for an empty field."""
    try:
        pulse, up, down = line
        if int(pulse) != number:
            raise ValueError
        return float(up or "nan"), float(down or "nan")
    except ValueError:
        raise ValueError(
            f"{path}, line {number + 2}: expected {number},<siemens>,<siemens>; got "
            f"{','.join(line)}"
        ) from None


def _until_empty(path: str | Path, column: tuple[float, ...]) -> tuple[float, ...]:
    """Return the conductances of a column up to its first empty field."""
    missing = np.isnan(column)
    end = int(np.argmax(missing)) if missing.any() else len(column)
    if not missing[end:].all():
        raise ValueError(f"{path}: the conductance after pulse {end} is missing; fill it in")
    return column[:end]
