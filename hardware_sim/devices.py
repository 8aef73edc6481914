"""Devices whose conductance remembers: one frozen dataclass per update rule, and what surrounds it.

A `Device` describes a technology; ``device.manufacture(shape, rng)`` draws one individual array of
it. The rules give the size of one pulse relative to the cell's own step Δ±; what noise and bounds
make of it is in `hardware_sim.cells`.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.cells import Cells, CycleNoise, Noise, PairCells, UpdateRule
from hardware_sim.constants import ROOM, Constant

__all__ = [
    "ConductanceRange",
    "ConstantStep",
    "CycleNoise",
    "Device",
    "ExponentialShape",
    "ExponentialStep",
    "LinearStep",
    "MeasuredStep",
    "Noise",
    "OneSidedPair",
    "PcmRetention",
    "PiecewiseStep",
    "PowerStep",
    "SoftBounds",
    "SoftBoundsReference",
    "Spread",
    "UnboundedStep",
    "UpdateRule",
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
        if not (self.low <= 0 <= self.high and self.low < self.high and self.step > 0):
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


@dataclass(frozen=True)
class Spread:
    """How individuals differ: ``Δ± = Δ_min (1 + step·ξ)(1 ± asymmetry·ξ′)``, in absolute value.

    Attributes
    ----------
    step : float
        Device-to-device variation of Δ_min, relative; with `log_normal` the factor is
        ``e^(step·ξ)``, whose median is 1.
    asymmetry : float
        Of Δ₊ against Δ₋.
    low, high : float
        Of each bound, relative to it.
    log_normal : bool
    stuck : float
        Fraction of cells that never move, anywhere between their bounds.

    Raises
    ------
    ValueError
        If a variation is negative, or `stuck` is no fraction.
    """

    step: float = 0.0
    asymmetry: float = 0.0
    low: float = 0.0
    high: float = 0.0
    log_normal: bool = False
    stuck: float = 0.0

    def __post_init__(self) -> None:
        if min(self.step, self.asymmetry, self.low, self.high) < 0 or not 0 <= self.stuck <= 1:
            raise ValueError(f"expected variations of 0 or more and stuck within 0 … 1; got {self}")

    def steps(
        self, step: float, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[NDArray, NDArray]:
        """Draw Δ₊ and Δ₋."""
        xi = self.step * rng.standard_normal(shape)
        own = step * (np.exp(xi) if self.log_normal else 1 + xi)
        tilt = self.asymmetry * rng.standard_normal(shape)
        return np.abs(own * (1 + tilt)), np.abs(own * (1 - tilt))

    def bounds(
        self, low: float, high: float, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[NDArray, NDArray]:
        """Draw the bounds, each on its side of 0."""
        below = low * (1 + self.low * rng.standard_normal(shape))
        above = high * (1 + self.high * rng.standard_normal(shape))
        return -np.abs(below), np.abs(above)


@dataclass(frozen=True)
class ConductanceRange:
    """What the bounds of w are in siemens.

    Attributes
    ----------
    minimum, maximum : Constant
        G at the nominal lower and upper bound [S].
    temperature_coefficient : float
        Relative change of every conductance per kelvin from room temperature [1/K].
    levels : int
        How many conductances, evenly spaced, a read can tell apart; 0: all.

    Raises
    ------
    ValueError
        If the nominal conductances are not ``0 ≤ G_min < G_max``, or there is only one level.
    """

    minimum: Constant
    maximum: Constant
    temperature_coefficient: float = 0.0
    levels: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.minimum.nominal < self.maximum.nominal:
            raise ValueError(
                f"conductance: expected 0 ≤ G_min < G_max; got {self.minimum.nominal:g} S and "
                f"{self.maximum.nominal:g} S"
            )
        if self.levels < 0 or self.levels == 1:
            raise ValueError(f"levels: expected 0, or at least 2; got {self.levels}")

    @property
    def span(self) -> float:
        """G_max − G_min [S]."""
        return self.maximum.nominal - self.minimum.nominal

    def factor(self, temperature: float) -> float:
        """Return what multiplies every conductance at a temperature [K]."""
        return 1 + self.temperature_coefficient * (temperature - ROOM)


@dataclass(frozen=True)
class Device:
    """A technology: one moving cell against a fixed reference.

    Attributes
    ----------
    rule : UpdateRule
    spread : Spread
    noise : Noise
    conductance : ConductanceRange
    follows_charge : bool
        Whether a shaped pulse moves it by its charge, as electrochemical cells and capacitors; if
        not, it takes whole pulses.
    lifetime : float
        Samples until a state has leaked to 1/e.

    Raises
    ------
    ValueError
        If the lifetime is not above 0.
    """

    rule: UpdateRule
    spread: Spread
    noise: Noise
    conductance: ConductanceRange
    follows_charge: bool = False
    lifetime: float = math.inf

    def __post_init__(self) -> None:
        if not self.lifetime > 0:
            raise ValueError(f"lifetime: expected samples above 0; got {self.lifetime}")

    @property
    def unit(self) -> float:
        """Conductance of one unit of w, ``(G_max − G_min)/(w_max − w_min)`` [S]."""
        return self.conductance.span / (self.rule.high - self.rule.low)

    @property
    def reference(self) -> float:
        """Conductance at w = 0, ``G_min − w_min · unit``, which is that of the reference [S]."""
        return self.conductance.minimum.nominal - self.rule.low * self.unit

    @property
    def levels(self) -> int:
        """Number of conductance levels; 0: continuous."""
        return self.conductance.levels

    @property
    def read_noise(self) -> float:
        """White noise of one read of a cell [S]."""
        return self.noise.read * self.conductance.span

    @property
    def low_frequency(self) -> float:
        """Slow noise of a cell, relative, δG/G."""
        return self.noise.low_frequency

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> Cells:
        """Draw one individual array, at w = 0, its stuck cells anywhere between their bounds.

        No lower bound is below the w of zero conductance: a spread of the bounds that goes there
        is cut.
        """
        up, down, low, high = self._individuals(shape, rng)
        level = low + (high - low) * rng.random(shape)
        stuck = rng.random(shape) < self.spread.stuck
        w = np.where(stuck, level, np.clip(0, low, high))
        up, down = np.where(stuck, 0, up), np.where(stuck, 0, down)
        if isinstance(self.rule, UnboundedStep):
            low, high = np.full(shape, -np.inf), np.full(shape, np.inf)
        return Cells(self, *(a.astype(dtype) for a in (up, down, low, high, w)))

    def _individuals(
        self, shape: tuple[int, int], rng: np.random.Generator
    ) -> tuple[NDArray, NDArray, NDArray, NDArray]:
        """Draw steps up and down, bounds low and high."""
        up, down = self.spread.steps(self.rule.step, shape, rng)
        low, high = self.spread.bounds(self.rule.low, self.rule.high, shape, rng)
        if isinstance(self.rule, SoftBoundsReference):
            up, down, low, high = self.rule.referred((up, down, low, high), rng)
        return up, down, np.maximum(low, -self.reference / self.unit), high


@dataclass(frozen=True)
class OneSidedPair:
    """Two cells a weight that can only be potentiated: ``w = plus − minus``.

    Who updates them calls ``cells.refresh(rng)`` now and then.

    Attributes
    ----------
    cell : Device
        One of the two; its lower bound is 0.
    reset, reset_spread : float
        State after a reset, and its device-to-device standard deviation, in units of w.
    threshold, floor : float
        A refresh rewrites the pairs whose larger cell is above this fraction of the range and whose
        smaller cell is above that one.
    patience : int
        Pulses after which a refresh gives a cell up.

    Raises
    ------
    ValueError
        If the cell's range does not begin at 0, or the fractions are not in order.
    """

    cell: Device
    reset: float = 0.0
    reset_spread: float = 0.0
    threshold: float = 0.75
    floor: float = 0.25
    patience: int = 100

    def __post_init__(self) -> None:
        if self.cell.rule.low != 0:
            raise ValueError(
                f"a one-sided pair expects cells whose range begins at 0; got "
                f"{self.cell.rule.low} … {self.cell.rule.high}"
            )
        if not 0 <= self.floor <= self.threshold <= 1:
            raise ValueError(
                f"expected 0 ≤ floor ≤ threshold ≤ 1; got {self.floor}, {self.threshold}"
            )

    @property
    def rule(self) -> UpdateRule:
        """That of one cell."""
        return self.cell.rule

    @property
    def noise(self) -> Noise:
        """That of one cell."""
        return self.cell.noise

    @property
    def conductance(self) -> ConductanceRange:
        """That of one cell."""
        return self.cell.conductance

    @property
    def levels(self) -> int:
        """Those of one cell."""
        return self.cell.levels

    @property
    def follows_charge(self) -> bool:
        """As one cell."""
        return self.cell.follows_charge

    @property
    def lifetime(self) -> float:
        """That of one cell."""
        return self.cell.lifetime

    @property
    def unit(self) -> float:
        """Conductance of one unit of w [S]."""
        return self.cell.unit

    @property
    def reference(self) -> float:
        """Conductance of either cell at its lower bound [S]: nothing else is a reference here."""
        return self.cell.reference

    @property
    def read_noise(self) -> float:
        """White noise of one read of one cell [S]."""
        return self.cell.read_noise

    @property
    def low_frequency(self) -> float:
        """Slow noise of one cell, relative, δG/G."""
        return self.cell.low_frequency

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> PairCells:
        """Draw one individual array, all cells reset."""
        halves = [self.cell.manufacture(shape, rng, dtype) for _ in range(2)]
        levels = [self.reset + self.reset_spread * rng.standard_normal(shape) for _ in halves]
        resets = [
            np.clip(w, c.low, c.high).astype(dtype) for w, c in zip(levels, halves, strict=True)
        ]
        for cells, level in zip(halves, resets, strict=True):
            cells.set(level)
        return PairCells(self, halves[0], halves[1], (resets[0], resets[1]))


@dataclass(frozen=True)
class PcmRetention:
    """Phase-change memory after programming: programming noise, drift, read noise.

    With ``g = G/maximum``. Source: [Rasch2021], after [Joshi2020].

    Attributes
    ----------
    maximum : float
        The largest conductance [S].
    """

    maximum: float = 25e-6
    t_programmed: ClassVar[float] = 20.0
    t_read: ClassVar[float] = 250e-9

    def programming_deviation(self, conductance: NDArray) -> NDArray:
        """Return the standard deviation that programming leaves [S], not below 0.

        ``σ = (0.26348 + 1.9650 g − 1.1731 g²) µS``.
        """
        g = conductance / self.maximum
        return np.maximum(0.26348 + 1.9650 * g - 1.1731 * g**2, 0) * 1e-6

    def exponents(self, conductance: NDArray, rng: np.random.Generator) -> NDArray:
        """Draw the drift exponent ν of each cell.

        ``clip(−0.0155 ln g + 0.0244, 0.049, 0.1) + clip(−0.0125 ln g − 0.0059, 0.008, 0.045) ξ``.
        """
        log = np.log(np.maximum(conductance / self.maximum, 1e-7))
        mean = np.clip(-0.0155 * log + 0.0244, 0.049, 0.1)
        deviation = np.clip(-0.0125 * log - 0.0059, 0.008, 0.045)
        return mean + deviation * rng.standard_normal(log.shape)

    def drifted(self, conductance: NDArray, exponents: NDArray, seconds: float) -> NDArray:
        """Return the conductance at a time after programming, ``G (t/20 s)^−ν`` [S]."""
        return conductance * (seconds / self.t_programmed) ** -exponents

    def read_deviation(self, conductance: NDArray, seconds: float) -> NDArray:
        """Return the standard deviation of a read at a time after programming [S].

        ``G min(0.0088/g^0.65, 0.2) √(ln((t + t_r)/(2 t_r)))`` with t_r = 250 ns.
        """
        g = np.maximum(conductance / self.maximum, 1e-9)
        grown = math.sqrt(math.log((seconds + self.t_read) / (2 * self.t_read)))
        return conductance * np.minimum(0.0088 / g**0.65, 0.2) * grown
