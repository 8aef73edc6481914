"""A training run: what learns, from what, for how long, and everything that a resumed run needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import Cases
from ffnumpy.training import Learners, train
from ffnumpy.validation import whole
from ffnumpy.weights.threads import shared

__all__ = ["DivergedError", "Run", "Saved", "diverged"]


class DivergedError(ArithmeticError):
    """A run whose weights are no longer finite."""


class Saved(Protocol):
    """Anything whose state a resumed run needs."""

    def arrays(self) -> dict[str, NDArray]:
        """Return the state as arrays, by name; they need not be copies."""

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned."""


@dataclass
class Run:
    """A run knows no labels, no goodness and no setting.

    Attributes
    ----------
    learners : callable, epoch from 0 -> layers that learn in it, in their order
    cases : Cases
        The training set; it knows the epoch and how far it has got.
    epochs : int
        Of the whole run.
    measure : callable -> dict
        The figures of the network as it is: names to numbers. The journal prints those
        that begin with "error", the record keeps them all.
    parts : dict of Saved
        Everything that has a state, by name.
    rng : numpy.random.Generator
        For everything drawn during the run.
    network : object, optional
        The network itself, for figures and predictions.

    Raises
    ------
    ValueError
        If the number of epochs is negative.
    """

    learners: Learners
    cases: Cases
    epochs: int
    measure: Callable[..., dict[str, Any]]
    parts: dict[str, Saved]
    rng: np.random.Generator
    network: Any = field(default=None)

    def __post_init__(self) -> None:
        whole(0, epochs=self.epochs)

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.cases.epoch >= self.epochs

    def steps(self) -> Iterator[int]:
        """Train through the rest of the current epoch; yield after each batch.

        A large network is shared between two cores until the last batch, or until the loop is
        left: meanwhile NumPy's BLAS has one thread, see `ffnumpy.weights.shared`.
        """
        layers = self.learners(self.cases.epoch)
        with shared(layers, self.cases.batch):
            yield from train(layers, self.cases)

    def check_finite(self) -> None:
        """Raise a DivergedError if an array of a part is no longer finite; it names the part."""
        name = diverged(self.parts)
        if name is not None:
            raise DivergedError(
                f"the weights of {name} are no longer finite after epoch {self.cases.epoch}; "
                f"this epoch is not saved. Try a smaller --rate or --decay."
            )


def diverged(parts: dict[str, Saved]) -> str | None:
    """Return the name of the first part with an array that is no longer finite, or None."""
    for name, part in parts.items():
        arrays = (a for a in part.arrays().values() if np.issubdtype(a.dtype, np.inexact))
        if not all(np.isfinite(array).all() for array in arrays):
            return name
    return None
