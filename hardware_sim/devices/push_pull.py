"""Devices of two cells a weight: both move, or each in one direction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.pairs import OneSidedCells, PairCells, PushPullCells
from hardware_sim.devices.technology import Noise, UpdateRule

__all__ = ["OneSidedPair", "Pair", "PushPullPair"]


@dataclass(frozen=True)
class Pair(ABC):
    """Two cells a weight: ``w = plus − minus``.

    Attributes
    ----------
    cell : Device
        One of the two.
    """

    cell: Device

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
    def mean_step(self) -> float:
        """That of one cell."""
        return self.cell.mean_step

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
        """Conductance of either cell at w = 0 [S]: nothing else is a reference here."""
        return self.cell.reference

    @property
    def read_noise(self) -> float:
        """White noise of one read of one cell [S]."""
        return self.cell.read_noise

    @property
    def low_frequency(self) -> float:
        """Slow noise of one cell, relative, δG/G."""
        return self.cell.low_frequency

    @property
    @abstractmethod
    def reach(self) -> float:
        """The largest |w| that there is in both directions."""

    @abstractmethod
    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> PairCells:
        """Draw one individual array."""


@dataclass(frozen=True)
class PushPullPair(Pair):
    """Two cells a weight that are pulsed together, in opposite directions.

    Raises
    ------
    ValueError
        If the cell cannot be moved both ways.
    """

    def __post_init__(self) -> None:
        if not self.cell.rule.low < 0 < self.cell.rule.high:
            raise ValueError(
                f"a push-pull pair expects cells that move both ways from w = 0; got "
                f"{self.cell.rule.low} … {self.cell.rule.high}"
            )

    @property
    def mean_step(self) -> float:
        """That of both cells."""
        return 2 * self.cell.mean_step

    @property
    def reach(self) -> float:
        """The largest |w| that there is in both directions."""
        return 2 * self.cell.reach

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> PushPullCells:
        """Draw one individual array, at w = 0."""
        plus, minus = (self.cell.manufacture(shape, rng, dtype) for _ in range(2))
        return PushPullCells(self, plus, minus)


@dataclass(frozen=True)
class OneSidedPair(Pair):
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
    def reach(self) -> float:
        """The largest |w| that there is in both directions."""
        return self.rule.high

    def manufacture(
        self, shape: tuple[int, int], rng: np.random.Generator, dtype: DTypeLike = np.float64
    ) -> OneSidedCells:
        """Draw one individual array, all cells reset."""
        halves = [self.cell.manufacture(shape, rng, dtype) for _ in range(2)]
        levels = [self.reset + self.reset_spread * rng.standard_normal(shape) for _ in halves]
        resets = [
            np.clip(w, c.low, c.high).astype(dtype) for w, c in zip(levels, halves, strict=True)
        ]
        for cells, level in zip(halves, resets, strict=True):
            cells.set(level)
        return OneSidedCells(self, halves[0], halves[1], (resets[0], resets[1]))
