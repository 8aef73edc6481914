"""How the columns of a table, or the pixels of images, are scaled before a network sees them.

A value v becomes ``(v − offset) · gain``. A scale is an immutable record of the rows seen so far;
`seen` returns the one that knows some more. Rows that say nothing new, such as those of another
epoch, leave it as it is to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.normalisation import squared_length

__all__ = [
    "FARTHEST",
    "Brightness",
    "Columns",
    "Scale",
    "root_mean_square_length",
    "scaled",
]

ROUNDING = 10  # spacings of the largest value: what varies less is rounding, and counts as constant
LEAST = -1000  # exponent of the unit of a column of zeros
SMALLEST = 1e-300  # below it, one over a deviation would overflow
FARTHEST = 1e4  # deviations from the mean: what is farther counts as this far


class Scale(Protocol):
    """What an estimator needs of a scale."""

    @property
    def offset(self) -> NDArray | np.float32:
        """Subtracted first."""

    @property
    def gain(self) -> NDArray | np.float32:
        """Multiplied by then."""

    @property
    def size(self) -> float:
        """What a row's length depends on: a label's strength is chosen anew when this changes."""

    def length(self, rows: NDArray) -> float:
        """Return the usual length of a row, given some that are scaled; above 0."""

    def seen(self, X: NDArray) -> Scale:
        """Return the scale that has seen these rows too."""


@dataclass(frozen=True)
class Columns:
    """Mean and variance of each column of all rows so far, in float64.

    They are kept in units of the column's largest value, a power of two, so that no finite number
    is too large to be squared. Two groups of rows are joined by
    ``mean = mean_a + (n_b/n) δ`` and ``var = var_a + (n_b/n)(var_b − var_a) + (n_a n_b/n²) δ²``
    with ``δ = mean_b − mean_a``, which does nothing if the second is like the first.

    Attributes
    ----------
    rows : int
    exponent : (columns,) array of int
        The unit is two to this power.
    mean, variance : (columns,) arrays
        In that unit, and in its square.
    spacing : float
        Of numbers next to 1 in the coarsest type that the data have had.
    """

    rows: int
    exponent: NDArray
    mean: NDArray
    variance: NDArray
    spacing: float

    @classmethod
    def of(cls, X: NDArray) -> Columns:
        """Return the scale of these rows."""
        largest = np.abs(X.astype(np.float64)).max(axis=0)
        exponent = np.where(largest > 0, np.frexp(largest)[1], LEAST)
        return cls._in_units(X, exponent)

    @classmethod
    def _in_units(cls, X: NDArray, exponent: NDArray) -> Columns:
        inside = np.ldexp(X.astype(np.float64), -exponent)
        spacing = float(np.finfo(X.dtype).eps) if X.dtype.kind == "f" else 0.0
        variance = np.where(X.max(axis=0) == X.min(axis=0), 0.0, inside.var(axis=0))
        return cls(len(X), exponent, inside.mean(axis=0), variance, spacing)

    def seen(self, X: NDArray) -> Columns:
        """Return the scale that has seen these rows too."""
        exponent = np.maximum(self.exponent, Columns.of(X).exponent)
        new, shift = Columns._in_units(X, exponent), self.exponent - exponent
        mean, variance = np.ldexp(self.mean, shift), np.ldexp(self.variance, 2 * shift)
        n, delta = self.rows + new.rows, new.mean - mean
        share = new.rows / n
        return Columns(
            n,
            exponent,
            mean + share * delta,
            variance + share * (new.variance - variance) + share * (self.rows / n) * delta**2,
            max(self.spacing, new.spacing),
        )

    @property
    def offset(self) -> NDArray:
        """The means."""
        return np.ldexp(self.mean, self.exponent)

    @property
    def gain(self) -> NDArray:
        """One over the standard deviations; 0 for a column that has been constant so far."""
        inside = np.sqrt(self.variance)
        varies = inside > ROUNDING * self.spacing * np.abs(self.mean)
        deviation = np.ldexp(inside, self.exponent)
        varies &= deviation > SMALLEST
        return np.divide(1.0, deviation, out=np.zeros(len(inside)), where=varies)

    @property
    def size(self) -> float:
        """Number of columns that vary."""
        return float(np.count_nonzero(self.gain))

    def length(self, rows: NDArray) -> float:
        """Return the length of a row each of whose columns is one deviation from its mean."""
        return float(np.sqrt(self.size)) or 1.0


@dataclass(frozen=True)
class Brightness:
    """The largest pixel of all images so far, in float32 so that bytes do not become float64."""

    largest: float

    @classmethod
    def of(cls, X: NDArray) -> Brightness:
        """Return the scale of these images."""
        return cls(max(float(X.max()), -float(X.min())))

    def seen(self, X: NDArray) -> Brightness:
        """Return the scale that has seen these images too."""
        return Brightness(max(self.largest, Brightness.of(X).largest))

    @property
    def offset(self) -> np.float32:
        """Nothing: blank is 0."""
        return np.float32(0)

    @property
    def gain(self) -> np.float32:
        """One over the largest pixel; 1 as long as all are blank."""
        return np.float32(1 / self.largest if self.largest else 1)

    @property
    def size(self) -> float:
        """The largest pixel."""
        return self.largest

    def length(self, rows: NDArray) -> float:
        """Return the root mean square length of these rows."""
        return root_mean_square_length(rows) or 1.0


def root_mean_square_length(rows: NDArray) -> float:
    """Return the root of the mean ‖x‖² of some rows."""
    return float(np.sqrt(squared_length(rows).mean()))


def scaled(X: NDArray, scale: Scale) -> NDArray:
    """Return the rows as a network takes them, float32, none farther than `FARTHEST`."""
    gain = scale.gain
    with np.errstate(over="ignore", invalid="ignore"):
        rows = ((X - scale.offset) * gain).astype(np.float32)
    np.clip(rows, -FARTHEST, FARTHEST, out=rows)
    if np.ndim(gain):
        rows[:, gain == 0] = 0  # infinity times 0 is no number
    return rows
