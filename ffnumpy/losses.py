"""Losses: the log probability ``log p`` that training raises, and its slope in the goodness.

A loss is the only thing that reads a case's `sign`, +1 for a positive case and −1 for a negative
one. Both losses here have ``value`` and ``slope``; training calls ``slope`` and never ``value``,
and `ffnumpy.proofs` proves that one is the derivative of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from ffnumpy.goodness import Goodness
from ffnumpy.validation import above_zero

__all__ = ["Logistic", "Loss", "SoftplusMargin", "log_sigmoid", "sigmoid", "stacked_positives"]


def log_sigmoid(t: NDArray) -> NDArray:
    """Return ``log σ(t) = min(t, 0) − log(1 + e^−|t|)``, without overflow; analytic except at 0.

    At exactly zero the two branches agree in value and slope, so it is not a kink.
    """
    t = np.asarray(t)
    falling = t.real < 0
    return np.where(falling, t, 0) - np.log1p(np.exp(np.where(falling, t, -t)))


def sigmoid(t: NDArray) -> NDArray:
    """Return ``σ(t) = exp(log σ(t))``, to a few units in the last place in both tails."""
    return np.exp(log_sigmoid(t))


class Loss(Protocol):
    """What a layer needs from a loss."""

    def value(self, G: NDArray, sign: NDArray) -> NDArray:
        """Return the log probabilities to be raised; their sum is the objective."""

    def slope(self, G: NDArray, sign: NDArray) -> NDArray:
        """Return the derivative of that sum in each goodness, shape (batch,)."""

    def positives(self, sign: NDArray) -> slice:
        """Return which cases are positive: those whose activity peer normalisation watches."""


def stacked_positives(sign: NDArray) -> slice:
    """Return the positive cases of a stacked batch: positive cases first, negative ones after.

    Raises
    ------
    ValueError
        If a positive case comes after a negative one.
    """
    positives = int(np.count_nonzero(sign > 0))
    if not np.all(sign[:positives] > 0):
        raise ValueError(f"expected positive cases first, negative ones after; got signs {sign}")
    return slice(positives)


@dataclass(frozen=True)
class Logistic:
    """``p(positive) = σ((G − θ)/T)``, each case on its own.

    ``log p = log σ(s (G − θ)/T)`` with s = ±1, so ``∂log p/∂G = (s/T) σ(−s (G − θ)/T)``: (1 − p)/T
    on a positive case and −p/T on a negative one. Source: [Hinton2022] Eq. 1.

    Raises
    ------
    ValueError
        If `temperature` is not positive.
    """

    threshold: float
    temperature: float = 1.0

    def __post_init__(self) -> None:
        above_zero(temperature=self.temperature)

    @classmethod
    def usual(
        cls,
        goodness: Goodness,
        width: int,
        threshold: float | None = None,
        temperature: float | None = None,
    ) -> Self:
        """Return the loss of a layer of this width; None means the goodness's usual value."""
        return cls(
            goodness.threshold(width) if threshold is None else threshold,
            goodness.temperature(width) if temperature is None else temperature,
        )

    def positives(self, sign: NDArray) -> slice:
        """Return which cases are positive, as `stacked_positives` does."""
        return stacked_positives(sign)

    def _argument(self, G: NDArray, sign: NDArray) -> NDArray:
        return sign * (G - self.threshold) / self.temperature

    def value(self, G: NDArray, sign: NDArray) -> NDArray:
        """Return log p of classifying each case correctly, shape (batch,)."""
        return log_sigmoid(self._argument(G, sign))

    def slope(self, G: NDArray, sign: NDArray) -> NDArray:
        """Return ∂log p/∂G, shape (batch,)."""
        return sign * sigmoid(-self._argument(G, sign)) / self.temperature


@dataclass(frozen=True)
class SoftplusMargin:
    """``log σ(α (G₊ − G₋))`` on pairs: a positive case against the negative of the same row.

    The batch is stacked, positives first, then their negatives in the same order. The slope is
    ``± α σ(−α (G₊ − G₋))``. Source: [Lee2023], with α = 4.

    Raises
    ------
    ValueError
        If `alpha` is not positive, or (in use) the batch is not stacked pairs.
    """

    alpha: float = 4.0

    def __post_init__(self) -> None:
        above_zero(alpha=self.alpha)

    @classmethod
    def usual(
        cls,
        goodness: Goodness,
        width: int,
        threshold: float | None = None,
        temperature: float | None = None,
    ) -> Self:
        """Return the loss with α = 1/T, so that one rate ε suits both losses.

        Raises
        ------
        ValueError
            If a threshold is given: pairs have none.
        """
        if threshold is not None:
            raise ValueError(
                "threshold: the softplus margin compares pairs and has none; leave it out"
            )
        return cls(1 / (goodness.temperature(width) if temperature is None else temperature))

    def positives(self, sign: NDArray) -> slice:
        """Return which cases are positive, as `stacked_positives` does."""
        return stacked_positives(sign)

    def _margin(self, G: NDArray, sign: NDArray) -> NDArray:
        half = len(G) // 2
        if len(G) % 2 or not (np.all(sign[:half] > 0) and np.all(sign[half:] < 0)):
            raise ValueError(
                f"the softplus margin compares pairs: it expects a batch whose first half is "
                f"positive and whose second half is the same rows' negatives; got signs {sign}. "
                f"Use the logistic loss for single cases."
            )
        return self.alpha * (G[:half] - G[half:])

    def value(self, G: NDArray, sign: NDArray) -> NDArray:
        """Return the log probability that each pair is in order, shape (batch/2,)."""
        return log_sigmoid(self._margin(G, sign))

    def slope(self, G: NDArray, sign: NDArray) -> NDArray:
        """Return the derivative of the pairs' sum in each goodness, shape (batch,)."""
        push = self.alpha * sigmoid(-self._margin(G, sign))
        return np.concatenate([push, -push])
