"""What becomes of a gradient before it is added to the weights.

An optimiser is a pair of functions and a number. ``init(shape, dtype)`` returns its state, a tuple
of arrays as large as the weights; ``step(state, gradient, t)`` updates the state in place, may use
`gradient` as scratch, and returns the direction to go, to be read only. It expects the gradient
multiplied by ``gain``, which costs nothing on the factors of an outer product and a pass over
memory on the product. All of it is elementwise, so `ffnumpy.weights.Dense` can call ``step`` on
blocks of rows that fit in the cache. The learning rate is not here: it belongs to the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["BY_NAME", "Adam", "Momentum", "Optimiser", "Plain", "Schedule", "Smoothed"]

State = tuple[NDArray, ...]


class Optimiser(Protocol):
    """The pair of functions and the number; `t` counts the updates from 1."""

    @property
    def gain(self) -> float:
        """What `step` expects the gradient to be multiplied by."""

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return the state before the first step."""

    def step(self, state: State, gradient: NDArray, t: int) -> NDArray:
        """Return the direction to go; `gradient`, times `gain`, may be overwritten."""


@dataclass(frozen=True)
class Plain:
    """The gradient itself."""

    gain = 1.0

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return no state."""
        return ()

    def step(self, state: State, gradient: NDArray, t: int) -> NDArray:
        """Return `gradient`."""
        return gradient


@dataclass(frozen=True)
class Smoothed:
    """The author's "delay": ``g ← delay · g + (1 − delay) · gradient``. Source: [HintonCode]."""

    delay: float = 0.9

    @property
    def gain(self) -> float:
        """1 − delay."""
        return 1 - self.delay

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return g = 0."""
        return (np.zeros(shape, dtype),)

    def step(self, state: State, gradient: NDArray, t: int) -> NDArray:
        """Return g."""
        (g,) = state
        g *= self.delay
        g += gradient
        return g


@dataclass(frozen=True)
class Momentum:
    """Heavy ball: ``v ← momentum · v + gradient``."""

    momentum: float = 0.9
    gain = 1.0

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return v = 0."""
        return (np.zeros(shape, dtype),)

    def step(self, state: State, gradient: NDArray, t: int) -> NDArray:
        """Return v."""
        (v,) = state
        v *= self.momentum
        v += gradient
        return v


@dataclass(frozen=True)
class Adam:
    """Adam with bias correction. Source: [Kingma2015] Algorithm 1."""

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    gain = 1.0

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return m = v = 0."""
        return (np.zeros(shape, dtype), np.zeros(shape, dtype))

    def step(self, state: State, gradient: NDArray, t: int) -> NDArray:
        """Return m̂/(√v̂ + epsilon), written over `gradient`."""
        m, v = state
        m += (1 - self.beta1) * (gradient - m)
        gradient *= gradient
        v += (1 - self.beta2) * (gradient - v)
        np.divide(v, 1 - self.beta2**t, out=gradient)
        np.sqrt(gradient, out=gradient)
        gradient += self.epsilon
        np.divide(m, gradient, out=gradient)
        gradient /= 1 - self.beta1**t
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

    Examples
    --------
    >>> [round(Schedule(1.0, 4, 1)(t), 3) for t in range(5)]
    [1.0, 1.0, 0.75, 0.25, 0.25]
    """

    rate: float
    epochs: int = 0
    updates_per_epoch: int = 1

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
