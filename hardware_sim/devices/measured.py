"""A device as it was measured: a table of conductance against pulse number, read from CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from hardware_sim.devices.rules import OneReference

__all__ = ["MeasuredStep", "monotone"]

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
    measured : tuple of two tuples, optional
        What was measured, if the tables are a fit of it [S].

    Raises
    ------
    ValueError
        If a table has fewer than three states, or turns back.
    """

    potentiation: tuple[float, ...]
    depression: tuple[float, ...]
    measured: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    low: ClassVar[float] = -1.0
    high: ClassVar[float] = 1.0
    uniform: ClassVar[bool] = False

    def __post_init__(self) -> None:
        _check_monotone("potentiation", self.potentiation, 1)
        _check_monotone("depression", self.depression, -1)

    def _check_meeting(self) -> None:
        """Refuse tables of which one does not move a cell from w = 0, where weights begin."""
        middle = np.zeros(1)
        for name, up in (("potentiation", True), ("depression", False)):
            if not self.size(middle, up, middle - 1, middle + 1)[0] > 0:
                ends = (f"{min(t):g} … {max(t):g} S" for t in (self.potentiation, self.depression))
                raise ValueError(
                    f"expected potentiation and depression over one range of conductances; got "
                    f"{' and '.join(ends)}, so that in the middle no pulse of {name} moves a cell. "
                    f"Measure both over the same range, or leave out the ends that do not meet"
                )

    @property
    def gap(self) -> float:
        """The larger distance between the ends of both tables, as a part of the range."""
        up, down = self.potentiation, self.depression
        return max(abs(up[0] - down[-1]), abs(up[-1] - down[0])) / (self.maximum - self.minimum)

    @property
    def misfit(self) -> float:
        """The rms distance of the measured points from the fit, as a part of the range."""
        if self.measured is None:
            return 0.0
        both = zip(self.measured, (self.potentiation, self.depression), strict=True)
        apart = np.concatenate([np.subtract(read, fit) for read, fit in both])
        return float(np.sqrt(np.mean(apart**2))) / (self.maximum - self.minimum)

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
        earlier is left empty. A column that turns back, as a noisy measurement does, is replaced by
        the monotone one that is nearest to it, see `monotone`; `measured` keeps what was read.

        Raises
        ------
        ValueError
            If the file is no such table, and the message names the line; if it conducts more than
            a memory cell can, because it is then in another unit; or if potentiation and depression
            are so far apart that no pulse moves a cell up, or down, from the middle of the range.
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
            fitted = monotone("potentiation", up, 1), monotone("depression", down, -1)
            rule = cls(*fitted, None if fitted == (up, down) else (up, down))
            rule._check_meeting()
            return rule
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None


def monotone(name: str, table: tuple[float, ...], sign: int) -> tuple[float, ...]:
    """Return the table that always rises (sign 1) or falls (−1) and is nearest to a measured one.

    Least squares among the tables that never turn back are constant in places, where the
    measurement turned back; there, the line between the middles of neighbouring places goes on.

    Parameters
    ----------
    name : str
        For errors.
    table : tuple of float
        Conductances after 0, 1, 2, … pulses [S].
    sign : {1, -1}

    Raises
    ------
    ValueError
        If the measurement has no trend in this direction.

    Examples
    --------
    >>> monotone("potentiation", (1.0, 3.0, 2.0, 4.0), 1)
    (1.0, 2.0, 3.0, 4.0)
    """
    steps = sign * np.diff(table)
    if len(table) < 3 or not np.isfinite(table).all() or (steps > 0).all():
        return table
    fit = sign * isotonic_regression(sign * np.asarray(table)).x
    first = np.flatnonzero(np.diff(fit, prepend=np.nan) != 0)
    last = np.append(first[1:], len(fit)) - 1
    if len(first) < 3:
        raise ValueError(
            f"{name}: expected a conductance that {'rises' if sign > 0 else 'falls'} with the "
            f"pulses; got one that turns back so often that {len(first)} levels are left. Average "
            f"over more cycles, or look whether the columns are exchanged."
        )
    middle = (first + last) / 2
    middle[[0, -1]] = 0, len(fit) - 1
    return tuple(np.interp(np.arange(len(fit)), middle, fit[first]).tolist())


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
