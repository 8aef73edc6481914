"""A device as it was measured: a table of conductance against pulse number, read from CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hardware_sim.devices.rules import OneReference

__all__ = ["MeasuredStep"]


@dataclass(frozen=True)
class MeasuredStep(OneReference):
    """The conductance that was measured after 0, 1, 2, … pulses up, and after pulses down.

    w runs from −1 at the smallest conductance to 1 at the largest. At a measured state the step is
    the next state less this one. Between measured states it is interpolated linearly, and where the
    table ends it is 0. Pulses from a measured state therefore play the table back.

    Attributes
    ----------
    potentiation, depression : tuples of floats
        Conductances [S]; `potentiation` rises from pulse to pulse, `depression` falls.

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
        """Return the relative step of each cell, in the shape of w."""
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
            If the file is no such table; the message names the line.
        """
        try:
            with open(path, newline="", encoding="utf-8-sig") as file:
                lines = [[field.strip() for field in line] for line in csv.reader(file) if line]
        except UnicodeDecodeError:
            raise ValueError(f"{path}: expected a table as text; this file is none") from None
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
