"""Goodness functions: one number per case from a layer's activity, and its slope.

The paper's goodness is the sum of squares. Two others are named in its Section 11, and each may
be *minimised* on positive cases instead: that is its negative here, threshold included, so that
a goodness is always something to raise.

Sum and mean of squares are one goodness at two temperatures: ``(Σy² − N)/T`` equals
``(Σy²/N − 1)/(T/N)``. The default is the sum with ``θ = N`` and ``T = 1``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BY_NAME", "Goodness", "mean_of_squares", "negative", "sum_of_squares", "unsquared_sum"]

RECTIFIED_NORMAL_MEAN = 1.0 / np.sqrt(2.0 * np.pi)  # mean of max(z, 0) for a standard normal z


def _one(width: int) -> float:
    return 1.0


@dataclass(frozen=True)
class Goodness:
    """A goodness and its hand-derived slope.

    Attributes
    ----------
    name : str
    value : callable, (batch, width) -> (batch,)
        ``G(y)``; analytic, so that a complex step passes through it.
    slope : callable, (batch, width) -> (batch, width)
        ``∂G/∂y``.
    threshold : callable, width -> float
        The usual θ, made for ReLU. The unsquared sum's is what an untrained layer gives on input
        of mean square 1. The squares' is twice that, the author's choice, so that positive cases
        have room to rise; with another activation, choose by the untrained layer's goodness.
    temperature : callable, width -> float
        The usual T.
    """

    name: str
    value: Callable[[NDArray], NDArray]
    slope: Callable[[NDArray], NDArray]
    threshold: Callable[[int], float]
    temperature: Callable[[int], float] = _one

    def pull_back(self, y: NDArray, dlogp_dG: NDArray) -> NDArray:
        """Return ``∂log p/∂y = ∂log p/∂G · ∂G/∂y``, (batch, width), given ∂log p/∂G, (batch,).

        A goodness made of several numbers, one for each region or class, overrides this.
        """
        return self.slope(y) * dlogp_dG[:, np.newaxis]


def _squares(y: NDArray) -> NDArray:
    """Return Σ y² by row, as a stack of 1 × 1 matrix products: twice as fast as `einsum`.

    NumPy's `vecdot` would conjugate and so spoil the complex step.
    """
    return np.matmul(y[:, np.newaxis, :], y[:, :, np.newaxis])[:, 0, 0]


def _twice(y: NDArray) -> NDArray:
    return 2 * y


# G = Σ y²          ∂G/∂y = 2y                 Source: [Hinton2022] Eq. 1
sum_of_squares = Goodness("sum-of-squares", _squares, _twice, float)


def _mean_square(y: NDArray) -> NDArray:
    return _squares(y) / y.shape[1]


def _mean_square_slope(y: NDArray) -> NDArray:
    return y * (2 / y.shape[1])


def _one_over(width: int) -> float:
    return 1.0 / width


# G = Σ y²/N        ∂G/∂y = 2y/N               Source: [Pezeshki2022]
mean_of_squares = Goodness(
    "mean-of-squares",
    _mean_square,
    _mean_square_slope,
    threshold=_one,
    temperature=_one_over,
)


def _sum(y: NDArray) -> NDArray:
    return y.sum(axis=1)


def _untrained_sum(width: int) -> float:
    return float(RECTIFIED_NORMAL_MEAN * width)


# G = Σ y           ∂G/∂y = 1                  Source: [Hinton2022] Section 11
unsquared_sum = Goodness("unsquared-sum", _sum, np.ones_like, _untrained_sum)


@dataclass(frozen=True)
class _Negated:
    """The negative of a function; an object, because pickle cannot store a nested function."""

    function: Callable

    def __call__(self, argument: Any) -> Any:
        return -self.function(argument)


def negative(goodness: Goodness) -> Goodness:
    """Return −G with threshold −θ: ``p = σ((θ − G)/T)``, low activity for positive cases.

    Source: [Hinton2022] Section 11 (and Section 4, where it did better on CIFAR-10).

    Examples
    --------
    >>> negative(sum_of_squares).threshold(100)
    -100.0
    """
    return Goodness(
        f"negative-{goodness.name}",
        _Negated(goodness.value),
        _Negated(goodness.slope),
        _Negated(goodness.threshold),
        goodness.temperature,
    )


_POSITIVE = (sum_of_squares, mean_of_squares, unsquared_sum)
BY_NAME = {g.name: g for g in (*_POSITIVE, *map(negative, _POSITIVE))}
