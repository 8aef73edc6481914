"""The perceptron: one layer of weights, moved by mistakes alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer

__all__ = ["Perceptron"]


class Perceptron:
    """A weighted sum per class; after a mistake the true class gains x and the named one loses it.

    Parameters
    ----------
    weights : Dense
        Of shape (n_in, classes).

    Source: [Rosenblatt1958], with a unit for each class.
    """

    def __init__(self, weights: Dense) -> None:
        self.weights = weights

    def forward(self, x: NDArray) -> tuple[NDArray, None]:
        """Return the weighted sums, (batch, classes), and no goodness."""
        return self.weights.forward(x), None

    def learn(self, x: NDArray, labels: NDArray) -> NDArray:
        """Move the weights where the class with the largest sum is wrong; return the sums."""
        sums = self.weights.forward(x)
        n = np.arange(len(sums))
        delta = np.zeros_like(sums)
        delta[n, labels] += 1
        delta[n, sums.argmax(axis=1)] -= 1
        if delta.any():
            self.weights.update(Outer(x, delta))
        return sums
