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

UNITS = {"S": 1.0, "mS": 1e-3, "µS": 1e-6, "μS": 1e-6, "uS": 1e-6, "nS": 1e-9}
MOST = 0.01  # [S]; 100 Ω: a table above it is more likely in another unit than of a memory cell


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
        pulses, 0, 1, 2, …, and the conductances after them. They are in siemens, or in the unit
        that the first line names: ``pulse,potentiation [µS],depression [µS]``. A column that ends
        earlier is left empty.

        Raises
        ------
        ValueError
            If the file is no such table, and the message names the line; or if it conducts more
            than a memory cell can, because it is then in another unit.
        """
        try:
            with open(path, newline="", encoding="utf-8-sig") as file:
                lines = [[field.strip() for field in line] for line in csv.reader(file) if line]
        except UnicodeDecodeError:
            raise ValueError(f"{path}: expected a table as text; this file is none") from None
        units = _units(path, lines[0] if lines else [])
        rows = [_conductances(path, number, line) for number, line in enumerate(lines[1:])]
        columns = list(zip(*rows, strict=True)) or [(), ()]
        up, down = (
            _plausible(path, _until_empty(path, column), unit)
            for column, unit in zip(columns, units, strict=True)
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


def _units(path: str | Path, titles: list[str]) -> tuple[float, float]:
    """Return the units of potentiation and of depression that the first line names [S]."""
    names = [title.removesuffix("]").partition("[") for title in titles]
    found = [UNITS.get(unit if bracket else "S", np.nan) for _, bracket, unit in names]
    named = [name.strip() for name, _, _ in names] == ["pulse", "potentiation", "depression"]
    if not named or np.isnan(found).any():
        got = ",".join(titles) or "an empty file"
        raise ValueError(
            f"{path}, line 1: expected pulse,potentiation,depression, with the units in brackets "
            f"if they are not siemens ({', '.join(UNITS)}); got {got}"
        )
    return found[1], found[2]


def _plausible(path: str | Path, column: tuple[float, ...], unit: float) -> tuple[float, ...]:
    """Return a column in siemens; refuse one that no memory cell can have."""
    siemens = tuple(g * unit for g in column)
    if siemens and MOST < max(siemens) < np.inf:
        raise ValueError(
            f"{path}: expected conductances in siemens; got up to {max(siemens):g} S, and a memory "
            f"cell conducts less than {MOST:g} S. If they are in another unit, name it in line 1: "
            f"pulse,potentiation [µS],depression [µS]"
        )
    return siemens


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
