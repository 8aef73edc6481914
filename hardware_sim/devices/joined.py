"""Several arrays of cells that make one array of weights: ``w = Σ factor · part``.

Their currents meet on the same columns. What becomes of a pulse is up to those who join them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hardware_sim.devices.addressing import struck
from hardware_sim.devices.cells import take_over
from hardware_sim.devices.manufactured import Manufactured
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.refreshed import Refreshed
from hardware_sim.devices.technology import Technology, Written

__all__ = ["JoinedCells"]


class JoinedCells(ABC):
    """An array of weights, each of which is the sum of cells of several arrays.

    Parameters
    ----------
    device : Pair
        The device that each weight is an individual of.
    parts : dict of str to (manufactured cells, float)
        Each part by its name, with its factor; (n_rows, n_cols) each. Below 0, the part's currents
        are those of the other side.

    Attributes
    ----------
    w, seen : (n_rows, n_cols) arrays
        The state, and what a read sees, as of `Cells`.
    learned : two (n_rows, n_cols) arrays
        How many pulses updates gave each weight, up and down, wherever they fell.
    """

    def __init__(self, device: Pair, parts: dict[str, tuple[Manufactured, float]]) -> None:
        self.device, self.parts = device, parts
        shape, dtype = self.shape, next(iter(parts.values()))[0].w.dtype
        self.w, self.seen = np.zeros(shape, dtype), np.zeros(shape, dtype)
        self.learned = np.zeros(shape), np.zeros(shape)
        self._add_all()

    @property
    def shape(self) -> tuple[int, int]:
        """(n_rows, n_cols)."""
        return next(iter(self.parts.values()))[0].shape

    @property
    def moving(self) -> int:
        """How many cells a pulse moves, one after another: those of a weight of the last array."""
        return self.made_of[-1].moving

    @property
    def on_row(self) -> int:
        """How many cells that a pulse can move are on the same row, in one of the arrays."""
        return self.made_of[-1].on_row

    @property
    def disturbable(self) -> bool:
        """Whether half-selected cells of a weight can be moved by `charge`, all of them."""
        return False

    @property
    def noisy(self) -> int:
        """How many cells of a weight have noise when it is read, each as much as `technology`."""
        return self.made_of[0].noisy

    @property
    def made_of(self) -> tuple[Manufactured, ...]:
        """The arrays that are joined."""
        return tuple(part for part, _ in self.parts.values())

    @property
    def gated_siemens(self) -> float:
        """Mean conductance of a cell that no current writes, beside those that one does [S]."""
        return 0.0

    @property
    def technology(self) -> Technology:
        """The device of one cell."""
        return self.device.cell

    @property
    def mean_step(self) -> float:
        """The move that an engine expects of one pulse, in units of w."""
        return self.device.mean_step

    @property
    def parallel(self) -> int:
        """How many cells, of which a pulse moves one, make up the conductance of a weight."""
        return 1

    @property
    def refreshed_by(self) -> Written:
        """What the energy of a pulse in a refresh is."""
        return self.technology.by

    @property
    def first_pulses(self) -> float:
        """How many pulses it takes from w = 0 to the weights that are stored."""
        return float(np.abs(self.w).sum(dtype=np.float64)) / self.mean_step

    @property
    def stuck(self) -> NDArray:
        """Where no cell of the weight ever moves, (n_rows, n_cols) booleans."""
        return np.logical_and.reduce([part.stuck for part, _ in self.parts.values()])

    def _add_all(self) -> None:
        """Bring the sums up to date."""
        for whole, name in ((self.w, "w"), (self.seen, "seen")):
            whole[...] = sum(factor * getattr(part, name) for part, factor in self.parts.values())

    def _add(self, index: NDArray) -> None:
        """Bring the sums at flat indices up to date."""
        for whole, name in ((self.w, "w"), (self.seen, "seen")):
            whole.reshape(-1)[index] = sum(
                factor * getattr(part, name).reshape(-1)[index]
                for part, factor in self.parts.values()
            )

    def _learn(self, index: NDArray, number: NDArray, up: bool) -> None:
        """Count what an update gives the weights at flat indices."""
        self.learned[0 if up else 1].reshape(-1)[index] += number

    @abstractmethod
    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Write states, (n_rows, n_cols), as far as the cells can take them."""

    @abstractmethod
    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Pulse weights as `Cells.pulse` does cells; return how many pulses fell on cells."""

    @abstractmethod
    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move weights as `Cells.move` does cells; return the sum of the amounts on cells."""

    def pulses(self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Pulse weights as `Cells.pulses` does cells; return how many pulses fell on cells."""
        return self.pulse(*struck(rows, counts, self.shape[1]), up, rng)

    def charge(self, rows: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move weights as `Cells.charge` does cells; return the sum of the amounts on cells."""
        return self.move(*struck(rows, amount, self.shape[1]), up, rng)

    def pulses_at_once(
        self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator
    ) -> int:
        """As `Cells.pulses_at_once`; return how many pulses fell on cells."""
        return int(self.charge(rows, counts, up, rng))

    def sides(self, rows: NDArray | None = None) -> tuple[NDArray, NDArray]:
        """Return what a read sees of G⁺ and G⁻ in some or all rows, as `Cells.sides`."""
        both = [
            (part.sides(rows)[:: 1 if f > 0 else -1], abs(f)) for part, f in self.parts.values()
        ]
        plus, minus = (sum(factor * side[n] for side, factor in both) for n in (0, 1))
        return np.asarray(plus), np.asarray(minus)

    def elapse(self, samples: float) -> None:
        """Let all cells leak for a number of samples."""
        for part, _ in self.parts.values():
            part.elapse(samples)
        self._add_all()

    def refresh(self, rng: np.random.Generator) -> Refreshed:
        """Refresh each of the arrays; return what all of it took."""
        took = [part.refresh(rng) for part, _ in self.parts.values()]
        self._add_all()
        return Refreshed().and_more(*took)

    def age(self, change: Callable[[NDArray], NDArray]) -> None:
        """Change what reads see of every cell, as `Cells.age`."""
        for part, _ in self.parts.values():
            part.age(change)
        self._add_all()

    def conductance(self) -> NDArray:
        """Return G⁺, shape (n_rows, n_cols) [S]."""
        return self.technology.reference + self.technology.unit * self.sides()[0]

    def counterpart(self) -> NDArray:
        """Return G⁻, shape (n_rows, n_cols) or () [S]."""
        return self.technology.reference + self.technology.unit * self.sides()[1]

    def pulse_counts(self) -> dict[str, NDArray]:
        """Return how many pulses each cell has received, by cell and direction, as `Cells`."""
        return {
            f"{name}_{what}": counts
            for name, (part, _) in self.parts.items()
            for what, counts in part.pulse_counts().items()
        }

    def at_bounds(self) -> float:
        """Return the fraction of the cells that can go no further, the mean of all arrays."""
        return float(np.mean([part.at_bounds() for part, _ in self.parts.values()]))

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies."""
        parts = {
            f"{name}_{what}": array
            for name, (part, _) in self.parts.items()
            for what, array in part.arrays().items()
        }
        return {**parts, "learned_up": self.learned[0], "learned_down": self.learned[1]}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place; refuse as `Cells.restore`."""
        take_over(self.arrays(), arrays)
        self.resum()

    def resum(self) -> None:
        """Bring everything that is made of other cells' states up to date."""
        for part, _ in self.parts.values():
            part.resum()
        self._add_all()
