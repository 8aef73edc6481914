"""The cosine contrastive loss: what a case claims to be against what such cases looked like.

A case with activity y claims a class c. Its likeness is the cosine of y and of m_c, the mean
direction of earlier positive cases of that class, which is a memory and taken as given:

    s = y·m_c / (‖y‖ ‖m_c‖)        ∂s/∂y = (m_c/‖m_c‖ − s · y/‖y‖) / ‖y‖

A pair is an image that claims its true class and the same image with a wrong one. The log
probability to be raised is that of telling them apart, ``log σ(α (s₊ − s₋))``; its slope in
s₊ and s₋ is ``± α σ(−α (s₊ − s₋))``, as in `ffnumpy.losses.SoftplusMargin`. The slope in y is
perpendicular to y, because a cosine knows no length.

It is VFF-style, after the idea of a cosine contrastive loss in place of the goodness, but these
formulas are ours. Source: [Lee2025] for the idea.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ffnumpy.goodness import sum_of_squares
from ffnumpy.losses import Loss, SoftplusMargin
from ffnumpy.validation import above_zero, check_fraction, whole

__all__ = ["ClassMeans", "CosineContrast", "claimed", "cosines", "unit"]

TINY = 1e-30  # keeps the direction of an all-zero row at zero


def _length(y: NDArray) -> NDArray:
    return np.sqrt(sum_of_squares.value(y) + TINY)[:, np.newaxis]


def unit(y: NDArray) -> NDArray:
    """Return every row with length 1, of y's shape; a row of zeros stays zero."""
    return y / _length(y)


def cosines(y: NDArray, means: NDArray) -> NDArray:
    """Return the cosine of every row with every mean, (batch, classes)."""
    return unit(y) @ unit(means).T


def claimed(likeness: NDArray) -> NDArray:
    """Return each image's cosine with the class that each of its rows claims, (batch, classes).

    Parameters
    ----------
    likeness : (classes · batch, classes) array
        Cosines of all images that claim class 0, then of all that claim class 1, and so on.

    Examples
    --------
    >>> claimed(np.array([[0.1, 0.2], [0.3, 0.4]]))
    array([[0.1, 0.4]])
    """
    classes = likeness.shape[1]
    return np.einsum("cbc->bc", likeness.reshape(classes, -1, classes))


@dataclass(frozen=True)
class CosineContrast:
    """Pairs told apart by the cosine of each case with the mean that its label names.

    Attributes
    ----------
    alpha : float
        α: how steeply the log probability of a pair, ``log σ(α (s₊ − s₋))``, rises.

    Raises
    ------
    ValueError
        If α is not a number above 0.
    """

    alpha: float = 10.0

    def __post_init__(self) -> None:
        above_zero(alpha=self.alpha)

    @property
    def loss(self) -> Loss:
        """The loss of the cosines, on stacked pairs."""
        return SoftplusMargin(self.alpha)

    def value(self, y: NDArray, means: NDArray) -> NDArray:
        """Return the log probability of every pair, (batch/2,); analytic.

        Parameters
        ----------
        y : (batch, width) array
            First half positive, second half the same images' negatives.
        means : (batch, width) array
            The mean of the class that each row claims, of any length.
        """
        s = np.sum(unit(y) * unit(means), axis=1)
        return self.loss.value(s, _signs(y))

    def slope(self, y: NDArray, means: NDArray) -> NDArray:
        """Return the derivative of the pairs' sum in y, (batch, width).

        A row of zeros has no direction; what is returned there meets ReLU slopes of 0.
        """
        length, m = _length(y), unit(means)
        u = y / length
        s = np.sum(u * m, axis=1)
        push = self.loss.slope(s, _signs(y)).astype(y.dtype)[:, np.newaxis]
        return push * (m - s[:, np.newaxis] * u) / length


def _signs(y: NDArray) -> NDArray:
    return np.repeat([1.0, -1.0], [len(y) - len(y) // 2, len(y) // 2])


class ClassMeans:
    """The mean direction of each class's positive cases, forgetting the older ones.

    ``M_c ← keep · M_c + Σ y/‖y‖`` over a batch's positive cases of class c. Only the direction
    of M_c is used, so the sum stands for the mean; a class that has not been seen has M_c = 0, and
    every cosine with it is 0.

    Parameters
    ----------
    classes, width : int
    keep : float
        What is kept from one batch to the next.

    Raises
    ------
    ValueError
        If a number is below 1, or `keep` is not in [0, 1).
    """

    def __init__(self, classes: int, width: int, keep: float = 0.95) -> None:
        whole(classes=classes, width=width)
        check_fraction("keep", keep)
        self.keep = keep
        self.sums: NDArray = np.zeros((classes, width), np.float32)

    def take(self, y: NDArray, labels: NDArray) -> None:
        """Take positive cases into the memory: their activities and their classes."""
        self.sums *= self.keep
        np.add.at(self.sums, labels, unit(y).astype(self.sums.dtype))

    def arrays(self) -> dict[str, NDArray]:
        """Return the memory."""
        return {"sums": self.sums}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place."""
        self.sums[...] = arrays["sums"]
