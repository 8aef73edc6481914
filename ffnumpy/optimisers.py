"""What becomes of a gradient before it is added to the weights.

An optimiser turns a gradient into the increment of one update. ``init(shape, dtype)`` returns its
state, a tuple of arrays as large as the weights. ``step(state, gradient, pace)`` updates the state
in place and returns the increment; it may use `gradient` as scratch. All of it is elementwise, so
`ffnumpy.weights.dense.Dense` can call it on blocks of rows that fit in the cache, on two cores at once:
an optimiser keeps nothing but that state.

The gradient arrives multiplied by ``gain(rate)``: a factor costs nothing on the two factors of an
outer product, and a pass over memory on the product. For the same reason `Smoothed` and `Momentum`
keep ``ε`` times the sum that they are named after; when ε changes, ``pace.ratio`` corrects what is
kept. The learning rate itself is not here: it belongs to the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["BY_NAME", "Adam", "Momentum", "Optimiser", "Pace", "Plain", "Schedule", "Smoothed"]

State = tuple[NDArray, ...]


def check_fraction(name: str, value: float) -> None:
    """Raise a ValueError unless a rate of forgetting is at least 0 and below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name}: expected at least 0 and less than 1; got {value}")


class Pace(NamedTuple):
    """Where an update stands: its rate ε, ε over that of the update before, its number from 1."""

    rate: float
    ratio: float
    number: int


class Optimiser(Protocol):
    """What `ffnumpy.weights.dense.Dense` asks of an optimiser."""

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return the state before the first step."""

    def gain(self, rate: float) -> float:
        """Return what `step` expects the gradient to be multiplied by."""

    def step(self, state: State, gradient: NDArray, pace: Pace) -> NDArray:
        """Return the increment of the weights, to be read only."""


@dataclass(frozen=True)
class Plain:
    """``Δw = ε · gradient``."""

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return no state."""
        return ()

    def gain(self, rate: float) -> float:
        """Return ε."""
        return rate

    def step(self, state: State, gradient: NDArray, pace: Pace) -> NDArray:
        """Return the gradient, already times ε."""
        return gradient


@dataclass(frozen=True)
class Momentum:
    """Heavy ball: ``v ← momentum · v + gradient``, ``Δw = ε v``.

    Raises
    ------
    ValueError
        If `momentum` is not in [0, 1).
    """

    momentum: float = 0.9

    def __post_init__(self) -> None:
        check_fraction("momentum", self.momentum)

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return ε v = 0."""
        return (np.zeros(shape, dtype),)

    def gain(self, rate: float) -> float:
        """Return ε."""
        return rate

    def step(self, state: State, gradient: NDArray, pace: Pace) -> NDArray:
        """Return ε v."""
        (v,) = state
        v *= self.momentum * pace.ratio
        v += gradient
        return v


@dataclass(frozen=True)
class Smoothed:
    """The author's "delay": ``g ← delay · g + (1 − delay) · gradient``, ``Δw = ε g``.

    Source: [HintonCode].

    Raises
    ------
    ValueError
        If `delay` is not in [0, 1).
    """

    delay: float = 0.9

    def __post_init__(self) -> None:
        check_fraction("delay", self.delay)

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return ε g = 0."""
        return (np.zeros(shape, dtype),)

    def gain(self, rate: float) -> float:
        """Return ε (1 − delay)."""
        return rate * (1 - self.delay)

    def step(self, state: State, gradient: NDArray, pace: Pace) -> NDArray:
        """Return ε g."""
        (g,) = state
        g *= self.delay * pace.ratio
        g += gradient
        return g


@dataclass(frozen=True)
class Adam:
    """``Δw = ε m̂/(√v̂ + epsilon)`` with bias correction. Source: [Kingma2015] Algorithm 1.

    Raises
    ------
    ValueError
        If a beta is not in [0, 1), or `epsilon` is not above 0.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        check_fraction("beta1", self.beta1)
        check_fraction("beta2", self.beta2)
        if not 0 < self.epsilon < inf:
            raise ValueError(f"epsilon: expected a number above 0; got {self.epsilon}")

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return m = v = 0."""
        return (np.zeros(shape, dtype), np.zeros(shape, dtype))

    def gain(self, rate: float) -> float:
        """Return 1: the gradient's scale cancels, so ε comes last."""
        return 1.0

    def step(self, state: State, gradient: NDArray, pace: Pace) -> NDArray:
        """Return the increment, written over the gradient."""
        m, v = state
        m += (1 - self.beta1) * (gradient - m)
        gradient *= gradient
        v += (1 - self.beta2) * (gradient - v)
        np.divide(v, 1 - self.beta2**pace.number, out=gradient)
        np.sqrt(gradient, out=gradient)
        gradient += self.epsilon
        np.divide(m, gradient, out=gradient)
        gradient *= pace.rate / (1 - self.beta1**pace.number)
        return gradient


@dataclass(frozen=True)
class Schedule:
    """The author's learning rate: constant for half the epochs, then falling to 1/E of it.

    In epoch e of E, counted from 1 and beyond the half, the rate is multiplied by
    ``(1 + 2 (E − e))/E``. ``epochs = 0`` keeps the rate constant for ever.
    Source: [HintonCode].

    Attributes
    ----------
    rate : float
        ε of the first half.
    epochs : int
        E, the total.
    updates_per_epoch : int

    Raises
    ------
    ValueError
        If the rate is not above 0, `epochs` is negative or an epoch has no updates.

    Examples
    --------
    >>> [round(Schedule(1.0, 4, 1)(t), 3) for t in range(5)]
    [1.0, 1.0, 0.75, 0.25, 0.25]
    """

    rate: float
    epochs: int = 0
    updates_per_epoch: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.rate < inf:
            raise ValueError(f"rate: expected a learning rate above 0; got {self.rate}")
        if self.epochs < 0:
            raise ValueError(f"epochs: expected 0 or more; got {self.epochs}")
        if self.updates_per_epoch < 1:
            raise ValueError(
                f"updates_per_epoch: expected at least 1; got {self.updates_per_epoch}. "
                f"Give the number of batches in an epoch."
            )

    def __call__(self, updates: int) -> float:
        """Return the rate after so many updates."""
        epoch = min(updates // self.updates_per_epoch + 1, self.epochs)
        falling = 2 * epoch > self.epochs > 0
        return self.rate * ((1 + 2 * (self.epochs - epoch)) / self.epochs if falling else 1.0)


BY_NAME: dict[str, Optimiser] = {
    "plain": Plain(),
    "smoothed": Smoothed(),
    "momentum": Momentum(),
    "adam": Adam(),
}
