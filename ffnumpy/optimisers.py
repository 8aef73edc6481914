"""How gradients become steps: a frozen dataclass per optimiser, with its textbook line in `step`.

``init(shape, dtype)`` returns an optimiser's state, a tuple of arrays of the weights' shape.
``step(state, gradient, rate, number)`` updates the state in place and returns the increment of
the weights. All of it is elementwise, so `ffnumpy.weights.Dense` can call it on blocks of rows
that fit in the cache, on two cores at once: an optimiser keeps nothing but that state. It does
not own the learning rate: that belongs to the weights.

Three of the four are one recursion, ``v ← keep·v + take·gradient`` with ``Δw = ε v``, and say so
in `memory`. `Dense` then keeps ``ε v``, so that neither ε nor `take` costs a pass over memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ffnumpy.validation import above_zero, check_fraction, whole

__all__ = ["BY_NAME", "Adam", "Memory", "Momentum", "Optimiser", "Plain", "Schedule", "Smoothed"]

State = tuple[NDArray, ...]


class Memory(NamedTuple):
    """The recursion ``v ← keep·v + take·gradient``, ``Δw = ε v``."""

    keep: float
    take: float


class Optimiser(Protocol):
    """What `ffnumpy.weights.Dense` needs from an optimiser."""

    @property
    def memory(self) -> Memory | None:
        """The recursion that `step` follows, or None if it follows another rule."""

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return the state before the first step."""

    def step(self, state: State, gradient: NDArray, rate: float, number: int) -> NDArray:
        """Update the state in place and return the increment of step `number`, from 1.

        It may use `gradient` as scratch.
        """


@dataclass(frozen=True)
class Plain:
    """``Δw = ε · gradient``."""

    memory = Memory(0.0, 1.0)

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return no state."""
        return ()

    def step(self, state: State, gradient: NDArray, rate: float, number: int) -> NDArray:
        """Return ``ε · gradient``."""
        return rate * gradient


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

    @property
    def memory(self) -> Memory:
        """All of the gradient is taken."""
        return Memory(self.momentum, 1.0)

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return v = 0."""
        return (np.zeros(shape, dtype),)

    def step(self, state: State, gradient: NDArray, rate: float, number: int) -> NDArray:
        """Return ``ε v``."""
        (v,) = state
        v *= self.momentum
        v += gradient
        return rate * v


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

    @property
    def memory(self) -> Memory:
        """A weighted mean of past gradients."""
        return Memory(self.delay, 1 - self.delay)

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return g = 0."""
        return (np.zeros(shape, dtype),)

    def step(self, state: State, gradient: NDArray, rate: float, number: int) -> NDArray:
        """Return ``ε g``."""
        (g,) = state
        g *= self.delay
        g += (1 - self.delay) * gradient
        return rate * g


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

    memory = None

    def __post_init__(self) -> None:
        check_fraction("beta1", self.beta1)
        check_fraction("beta2", self.beta2)
        above_zero(epsilon=self.epsilon)

    def init(self, shape: tuple[int, ...], dtype: DTypeLike) -> State:
        """Return m = v = 0."""
        return (np.zeros(shape, dtype), np.zeros(shape, dtype))

    def step(self, state: State, gradient: NDArray, rate: float, number: int) -> NDArray:
        """Return the increment, written over the gradient."""
        m, v = state
        m += (1 - self.beta1) * (gradient - m)
        gradient *= gradient
        v += (1 - self.beta2) * (gradient - v)
        np.divide(v, 1 - self.beta2**number, out=gradient)
        np.sqrt(gradient, out=gradient)
        gradient += self.epsilon
        np.divide(m, gradient, out=gradient)
        gradient *= rate / (1 - self.beta1**number)
        return gradient


@dataclass(frozen=True)
class Schedule:
    """The author's learning rate: constant for half the epochs, then falling to 1/E of it.

    In epoch e of E, counted from 1, beyond the first half, the rate is multiplied by
    ``(1 + 2 (E − e))/E``. ``epochs = 0`` keeps the rate constant.
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
        above_zero(rate=self.rate)
        whole(0, epochs=self.epochs)
        whole(updates_per_epoch=self.updates_per_epoch)

    def __call__(self, updates: int) -> float:
        """Return the rate after this many updates."""
        epoch = min(updates // self.updates_per_epoch + 1, self.epochs)
        falling = 2 * epoch > self.epochs > 0
        return self.rate * ((1 + 2 * (self.epochs - epoch)) / self.epochs if falling else 1.0)


BY_NAME: dict[str, Optimiser] = {
    "plain": Plain(),
    "smoothed": Smoothed(),
    "momentum": Momentum(),
    "adam": Adam(),
}
