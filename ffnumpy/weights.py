"""Weights: something one can multiply by, and add an outer product to. There is no third verb."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ffnumpy.optimisers import Optimiser, Plain, Schedule
from ffnumpy.rule import outer_product

__all__ = ["Dense", "Outer", "Weights", "normal", "uniform"]

BLOCK_ELEMENTS = 64_000  # elements of a block of rows that is updated at once: it stays in cache


class Outer(NamedTuple):
    """An update kept as its two factors, because a crossbar writes exactly that.

    Attributes
    ----------
    pre : (batch, n_in) array, or `ffnumpy.inputs.Labelled`
        The layer's input.
    post : (batch, n_out) array
        ``∂log p/∂z``, without a rate.
    """

    pre: Any
    post: NDArray


class Weights(Protocol):
    """The small seam: what a layer asks of its weights, on any substrate."""

    @property
    def shape(self) -> tuple[int, int]:
        """(n_in, n_out)."""

    def forward(self, x: Any) -> Any:
        """Multiply the input by the weights; change nothing."""

    def update(self, outer: Outer) -> None:
        """Move the weights along an outer product, each substrate by its own means."""


def normal(n_in: int, n_out: int, rng: np.random.Generator, dtype: DTypeLike = "f4") -> NDArray:
    """Draw weights N(0, 1/n_in) with a bias row of zeros below, shape (n_in + 1, n_out).

    Source: [HintonCode].
    """
    values = rng.standard_normal((n_in + 1, n_out), np.float64) / np.sqrt(n_in)
    values[-1] = 0
    return values.astype(dtype)


def uniform(n_in: int, n_out: int, rng: np.random.Generator, dtype: DTypeLike = "f4") -> NDArray:
    """Draw weights and biases U(−1, 1)/√n_in, shape (n_in + 1, n_out). Source: [Pezeshki2022]."""
    return (rng.uniform(-1, 1, (n_in + 1, n_out)) / np.sqrt(n_in)).astype(dtype)


class Dense:
    """A matrix of plain numbers that owns everything about how it is moved.

    ``W ← W + ε (step(gradient) − decay · W)``, where the gradient is the mean over the rows of the
    batch, ε comes from the schedule and ``step`` from the optimiser. The bias is the weight of an
    extra input held at 1, the last row of `values`, exempt from decay.

    Parameters
    ----------
    values : (n_in + 1, n_out) float or complex array
        Weights, and the biases as the last row. Kept, not copied, and changed in place.
    schedule : callable, number of updates -> ε; a float means a constant rate
    optimiser : Optimiser
    decay : float
        Rate of decay, in units of ε.

    Attributes
    ----------
    version : int
        Number of changes so far: who remembers a product with these weights can tell whether it
        still holds.

    Raises
    ------
    ValueError
        If `values` is not a matrix with at least two rows.
    """

    def __init__(
        self,
        values: NDArray,
        schedule: Callable[[int], float] | float = 0.01,
        optimiser: Optimiser | None = None,
        decay: float = 0.0,
    ) -> None:
        if values.ndim != 2 or values.shape[0] < 2:
            raise ValueError(
                f"Dense expects values of shape (n_in + 1, n_out), the biases as the last row; "
                f"got shape {values.shape}. Make them with `normal` or `uniform`."
            )
        self.values = values
        self.schedule = schedule if callable(schedule) else Schedule(schedule)
        self.optimiser = optimiser if optimiser is not None else Plain()
        self.decay = decay
        self.state = self.optimiser.init(values.shape, values.dtype)
        self.updates = 0
        self.version = 0
        self._gradient: NDArray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(n_in, n_out), the bias row not counted."""
        return self.values.shape[0] - 1, self.values.shape[1]

    @property
    def matrix(self) -> NDArray:
        """The weights without the biases, (n_in, n_out), a view."""
        return self.values[:-1]

    @property
    def bias(self) -> NDArray:
        """The biases, (n_out,), a view."""
        return self.values[-1]

    def forward(self, x: Any) -> NDArray:
        """Return ``x @ W + b``, shape (batch, n_out)."""
        z = x @ self
        z += self.bias
        return z

    def __rmatmul__(self, x: NDArray) -> NDArray:
        return x @ self.matrix

    __array_ufunc__ = None  # lets `array @ dense` reach __rmatmul__

    def update(self, outer: Outer) -> None:
        """Take one step of the optimiser along the mean of the outer products."""
        share = self.values.dtype.type(self.optimiser.gain / outer.post.shape[0])
        gradient = self._product(Outer(outer.pre, outer.post * share))
        rate = self.schedule(self.updates)
        self.updates += 1
        for rows in self._blocks():
            state = tuple(s[rows] for s in self.state)
            direction = self.optimiser.step(state, gradient[rows], self.updates)
            np.multiply(direction, rate, out=gradient[rows])
            self._shrink(rows, rate)
            self.values[rows] += gradient[rows]
        self.version += 1

    def add(self, outer: Outer) -> None:
        """Add the sum of the outer products as it stands: no rate, no decay, no optimiser."""
        self.values += self._product(outer)
        self.version += 1

    def _product(self, outer: Outer) -> NDArray:
        """Return the outer product as a matrix, bias row included, in a buffer used each time."""
        if self._gradient is None:
            self._gradient = np.empty_like(self.values)
        outer_product(outer.pre, outer.post, out=self._gradient[:-1])
        outer.post.sum(axis=0, out=self._gradient[-1])
        return self._gradient

    def _blocks(self) -> Iterator[slice]:
        rows = max(1, BLOCK_ELEMENTS // self.values.shape[1])
        for start in range(0, self.values.shape[0], rows):
            yield slice(start, start + rows)

    def _shrink(self, rows: slice, rate: float) -> None:
        if self.decay:
            weights = self.matrix[rows]
            weights *= 1 - rate * self.decay

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_gradient": None}

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; they are not copies."""
        states = {f"state{i}": s for i, s in enumerate(self.state)}
        return {"values": self.values, "updates": np.array(self.updates), **states}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place.

        Raises
        ------
        ValueError
            If the shapes are not those of these weights.
        """
        for name, mine in self.arrays().items():
            if arrays[name].shape != mine.shape:
                raise ValueError(f"{name}: expected shape {mine.shape}, got {arrays[name].shape}")
            mine[...] = arrays[name]
        self.updates = int(arrays["updates"])
        self.version += 1
