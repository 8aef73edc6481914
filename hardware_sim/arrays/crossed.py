"""Lines that carry a voltage and the cells they cross: currents, power and conductance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Crossed",
    "weight_sums",
]


@dataclass(frozen=True)
class Crossed:
    """Driven lines, and the cells between them and the lines that are read.

    Attributes
    ----------
    v : (reads, lines) array
        Voltages of the driven lines [V].
    plus, minus : (lines, read lines) arrays
        What a read sees of G⁺ and G⁻, less G_ref, in units of w. `minus` has the shape () where
        it is the reference.
    unit, reference : float
        G_unit and G_ref [S].
    noisy : int
        How many cells at each crossing have noise.
    """

    v: NDArray
    plus: NDArray
    minus: NDArray
    unit: float
    reference: float
    noisy: int

    @cached_property
    def sums(self) -> tuple[NDArray, NDArray]:
        """``Σ V plus`` and ``Σ V minus`` of every read line, (reads, read lines) each, or 0."""
        return self.v @ self.plus, self.v @ self.minus if self.minus.ndim else self.minus

    def current(self) -> NDArray:
        """Return ``Σ V (G⁺ − G⁻)`` of every read line, (reads, read lines) [A]."""
        plus, minus = self.sums
        return self.unit * (plus - minus)

    def counter_current(self) -> NDArray:
        """Return ``Σ V G⁻`` of every read line, (reads, read lines) or (reads, 1) [A]."""
        common = self.reference * self.v.sum(axis=1, keepdims=True)
        return common + self.unit * self.sums[1]

    def power(self) -> NDArray:
        """Return ``Σ V² (G⁺ + G⁻)`` of every read line, (reads, read lines) [W]."""
        squares = self.v * self.v
        total = self.unit * weighted(squares, self.plus, self.minus)
        total += 2 * self.reference * squares.sum(axis=1, keepdims=True)
        return total

    def supplied(self, on: NDArray) -> float:
        """Return ``Σ |V| (G⁺ + G⁻)`` over all cells and reads, those of rows that are on [A].

        Parameters
        ----------
        on : (reads, lines) array of bool
        """
        if on.all():
            return float(self.absolute_current().sum(dtype=np.float64))
        size = np.where(on, np.abs(self.v), 0)
        own = self.plus.sum(axis=1) + (self.minus.sum(axis=1) if self.minus.ndim else 0)
        on_lines = 2 * self.reference * self.plus.shape[1] + self.unit * own
        return float((size @ on_lines).sum(dtype=np.float64))

    def absolute_current(self) -> NDArray:
        """Return ``Σ |V| (G⁺ + G⁻)`` of every read line, (reads, read lines) [A]."""
        size = np.abs(self.v)
        common = 2 * self.reference * size.sum(axis=1, keepdims=True)
        if (self.v >= 0).all():
            return common + self.unit * (self.sums[0] + self.sums[1])
        return common + self.unit * weighted(size, self.plus, self.minus)

    def squared_currents(self) -> NDArray:
        """Return ``Σ V² (G⁺² + G⁻²)`` of every read line, (reads, read lines) [A²].

        With G = G_ref + u, G² = 2 G_ref G − G_ref² + u².
        """
        squares, G, power = self.v * self.v, self.reference, self.power()
        own = squares @ (self.plus * self.plus)
        if self.minus.ndim:
            own += squares @ (self.minus * self.minus)
        both = 2 * G * G * squares.sum(axis=1, keepdims=True)
        return 2 * G * power - both + self.unit**2 * own

    def conductances(self) -> tuple[NDArray, NDArray]:
        """Return G⁺ and G⁻ at every crossing, (lines, read lines) or () [S]."""
        return self._siemens(self.plus), self._siemens(self.minus)

    def _siemens(self, side: NDArray) -> NDArray:
        return self.reference + self.unit * side


def weighted(v: NDArray, plus: NDArray, minus: NDArray) -> NDArray:
    """Return ``Σ v (plus + minus)`` of every read line, (reads, read lines)."""
    return v @ plus + v @ minus if minus.ndim else v @ plus


def weight_sums(plus: NDArray, minus: NDArray) -> NDArray:
    """Return Σ (plus + minus) of every read line, (read lines,), in units of w."""
    return weighted(np.ones((1, len(plus)), plus.dtype), plus, minus)[0]
