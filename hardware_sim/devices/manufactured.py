"""What an array, an engine and a chip ask of manufactured cells, whatever stores a weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hardware_sim.devices.refreshed import Refreshed
from hardware_sim.devices.technology import Technology, Written

__all__ = ["Manufactured"]


class Manufactured(Protocol):
    """An array of manufactured weights, (n_rows, n_cols); see `Cells`, which are the simplest.

    Attributes
    ----------
    w, seen : (n_rows, n_cols) arrays
        The state, and what a read sees.
    """

    w: NDArray
    seen: NDArray

    @property
    def shape(self) -> tuple[int, int]:
        """(n_rows, n_cols)."""

    @property
    def moving(self) -> int:
        """How many cells a pulse moves, one after another."""

    @property
    def on_row(self) -> int:
        """How many cells of a weight can move, all on the same row."""

    @property
    def disturbable(self) -> bool:
        """Whether half-selected cells of a weight can be moved by `charge`, all of them."""

    @property
    def noisy(self) -> int:
        """How many cells of a weight have noise when it is read."""

    @property
    def parallel(self) -> int:
        """How many cells, of which a pulse moves one, make up the conductance of a weight."""

    @property
    def gated_siemens(self) -> float:
        """Mean conductance of a cell that no current writes, beside those that one does [S]."""

    @property
    def technology(self) -> Technology:
        """The device of one cell."""

    @property
    def refreshed_by(self) -> Written:
        """What the energy of a pulse in a refresh is."""

    @property
    def mean_step(self) -> float:
        """The move that an engine expects of one pulse, in units of w."""

    @property
    def first_pulses(self) -> float:
        """How many pulses it takes from w = 0 to the weights that are stored."""

    @property
    def learned(self) -> tuple[NDArray, NDArray]:
        """How many pulses updates gave each weight, up and down; refreshes may give more."""

    @property
    def stuck(self) -> NDArray:
        """Where nothing ever moves, (n_rows, n_cols) booleans."""

    def set(self, w: NDArray, rng: np.random.Generator | None = None) -> None:
        """Write states."""

    def pulse(self, index: NDArray, number: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Give the weights at flat indices a number of pulses each; return how many in all."""

    def pulses(self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator) -> int:
        """Give the weights of some rows their counts of pulses; return how many in all."""

    def pulses_at_once(
        self, rows: NDArray, counts: NDArray, up: bool, rng: np.random.Generator
    ) -> int:
        """Give each weight its count of pulses as one step; return how many in all."""

    def move(self, index: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move the weights at flat indices by real numbers of steps; return their sum."""

    def charge(self, rows: NDArray, amount: NDArray, up: bool, rng: np.random.Generator) -> float:
        """Move the weights of some rows by real numbers of steps; return their sum."""

    def sides(self, rows: NDArray | None = None) -> tuple[NDArray, NDArray]:
        """Return what a read sees of G⁺ and G⁻ in some or all rows, less G_ref."""

    def elapse(self, samples: float) -> None:
        """Leak for a number of samples."""

    def refresh(self, rng: np.random.Generator) -> Refreshed:
        """Rewrite what has to be rewritten from time to time; return what it took."""

    def age(self, change: Callable[[NDArray], NDArray]) -> None:
        """Change what reads see of every cell."""

    def conductance(self) -> NDArray:
        """Return G⁺ [S]."""

    def counterpart(self) -> NDArray:
        """Return G⁻ [S]."""

    def pulse_counts(self) -> dict[str, NDArray]:
        """Return how many pulses each cell has received, by cell and direction."""

    def at_bounds(self) -> float:
        """Return the fraction of the cells that can go no further."""

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies."""

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place."""

    def resum(self) -> None:
        """Bring everything that is made of other cells' states up to date."""
