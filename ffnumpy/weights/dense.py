"""A matrix of plain numbers that owns everything about its updates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ffnumpy.optimisers import Optimiser, Plain, Schedule
from ffnumpy.validation import check_batch, check_decay, not_negative
from ffnumpy.weights.blocks import each_block
from ffnumpy.weights.outer import Outer
from ffnumpy.weights.threads import ALONE

__all__ = ["Dense", "normal", "uniform"]


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


class _Pace(NamedTuple):
    """An update's rate ε, the ratio of ε to the previous one, and its number from 1."""

    rate: float
    ratio: float
    number: int


class Dense:
    """Weights and biases as one array.

    ``W ← (1 − ε · decay) W + increment``, where the optimiser computes the increment from ε and
    the mean gradient over the batch, and ε comes from the schedule. The bias is the weight of an
    extra input held at 1, the last row of `values`, exempt from decay.

    Parameters
    ----------
    values : (n_in + 1, n_out) float or complex array
        Weights, and the biases as the last row. Kept, not copied, and changed in place.
    schedule : callable, number of updates -> ε, above 0; a float means a constant rate
    optimiser : Optimiser
    decay : float
        Rate of decay, in units of ε.

    Attributes
    ----------
    rate : float
        ε of the last update; 0 before the first.
    updates : int
        Number of updates so far.
    version : int
        Number of changes so far; it tells whether a remembered product with these weights is
        still valid.
    cores : Cores
        The cores that multiply by the weights and move them; see `ffnumpy.weights.shared`.

    Raises
    ------
    ValueError
        If `values` is not a floating-point matrix with at least two rows, or the decay is negative.
    """

    def __init__(
        self,
        values: NDArray,
        schedule: Callable[[int], float] | float = 0.01,
        optimiser: Optimiser | None = None,
        decay: float = 0.0,
    ) -> None:
        if values.ndim != 2 or values.shape[0] < 2 or values.shape[1] < 1:
            raise ValueError(
                f"Dense expects values of shape (n_in + 1, n_out), the biases as the last row; "
                f"got shape {values.shape}. Make them with `normal` or `uniform`."
            )
        if not np.issubdtype(values.dtype, np.inexact):
            raise ValueError(f"Dense expects floating-point values; got {values.dtype}")
        not_negative(decay=decay)
        self.values = values
        self.schedule = schedule if callable(schedule) else Schedule(schedule)
        self.optimiser = optimiser if optimiser is not None else Plain()
        self.decay = decay
        self.state = self.optimiser.init(values.shape, values.dtype)
        self.rate = 0.0
        self.updates = 0
        self.version = 0
        self.cores = ALONE

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "cores": ALONE}  # a copy works alone: threads cannot be copied

    @property
    def shape(self) -> tuple[int, int]:
        """(n_in, n_out), without the bias row."""
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
        return self.cores.matmul(x, self.matrix)

    __array_ufunc__ = None  # lets `array @ dense` reach __rmatmul__

    def update(self, outer: Outer) -> None:
        """Take one step of the optimiser along the mean of the outer products.

        Raises
        ------
        ValueError
            If the batch is empty, or the pace makes no sense: see `_next_pace`.
        """
        check_batch(outer.post.shape[0])
        pace, memory = self._next_pace(), self.optimiser.memory
        share = (pace.rate * memory.take if memory else 1.0) / outer.post.shape[0]
        mean = Outer(outer.pre, outer.post * self.values.dtype.type(share))
        each_block(mean, self.values.dtype, self.cores, partial(self._step, pace))
        self.version += 1

    def move(self, mean: NDArray) -> None:
        """Take one step of the optimiser along a mean gradient that has been formed already.

        Parameters
        ----------
        mean : (n_in + 1, n_out) array
            The biases' as the last row. It is overwritten.

        Raises
        ------
        ValueError
            If it has another shape.
        """
        if mean.shape != self.values.shape:
            raise ValueError(f"expected a gradient of shape {self.values.shape}; got {mean.shape}")
        pace, memory = self._next_pace(), self.optimiser.memory
        if memory:
            mean *= pace.rate * memory.take
        self._step(pace, slice(0, len(mean)), mean)
        self.version += 1

    def _step(self, pace: _Pace, rows: slice, gradient: NDArray) -> None:
        """Move some rows along the gradient; a memory's is already times ε and `take`."""
        increment = self._increment(tuple(s[rows] for s in self.state), gradient, pace)
        if self.decay:
            weights = self.matrix[rows]
            weights *= 1 - pace.rate * self.decay
        self.values[rows] += increment

    def _increment(self, state: tuple[NDArray, ...], gradient: NDArray, pace: _Pace) -> NDArray:
        """Return the optimiser's step; a memory is linear, so its state holds ``ε v``, not v."""
        memory = self.optimiser.memory
        if memory is None:
            return self.optimiser.step(state, gradient, pace.rate, pace.number)
        for v in state:
            v *= memory.keep * pace.ratio
            v += gradient
            return v
        return gradient

    def _next_pace(self) -> _Pace:
        """Count an update and return its pace; the first one's ratio is 1."""
        rate, before = self.schedule(self.updates), self.rate
        if not 0 < rate < np.inf:
            raise ValueError(
                f"expected a finite learning rate above 0 from the schedule; got {rate}"
            )
        check_decay(rate, self.decay)
        self.rate = rate
        self.updates += 1
        return _Pace(rate, rate / before if before else 1.0, self.updates)

    def add(self, outer: Outer) -> None:
        """Add the sum of the outer products unchanged: no rate, no decay, no optimiser."""
        each_block(outer, self.values.dtype, self.cores, self._add)
        self.version += 1

    def _add(self, rows: slice, product: NDArray) -> None:
        self.values[rows] += product

    def astype(self, dtype: DTypeLike) -> Dense:
        """Return a copy in another precision, only for answering: its optimiser is plain."""
        return Dense(self.values.astype(dtype))

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name; they are not copies."""
        states = {f"state{i}": s for i, s in enumerate(self.state)}
        place = {"updates": np.array(self.updates), "rate": np.array(self.rate)}
        return {"values": self.values, **place, **states}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place.

        Raises
        ------
        ValueError
            If the shapes are not those of these weights.
        """
        own = self.arrays()
        for name, mine in own.items():
            if arrays[name].shape != mine.shape:
                raise ValueError(f"{name}: expected shape {mine.shape}, got {arrays[name].shape}")
        for name, mine in own.items():
            mine[...] = arrays[name]
        self.updates, self.rate = int(arrays["updates"]), float(arrays["rate"])
        self.version += 1
