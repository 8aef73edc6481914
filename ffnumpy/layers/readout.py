"""A linear softmax head that reads the hidden layers and sends nothing back to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer

__all__ = ["Readout", "log_softmax", "softmax"]


def log_softmax(logits: NDArray) -> NDArray:
    """Return ``logits − log Σ exp(logits)`` by row, (batch, classes); analytic."""
    shifted = logits - logits.real.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(logits: NDArray) -> NDArray:
    """Return the class probabilities by row, (batch, classes)."""
    return np.exp(log_softmax(logits))


class Readout:
    """Softmax regression on the normalised activities of several layers, side by side.

    Parameters
    ----------
    weights : Dense
        Shape (sum of the widths that are read, classes).
    """

    def __init__(self, weights: Dense) -> None:
        self.weights = weights

    def forward(self, activities: Sequence[NDArray]) -> NDArray:
        """Return the logits, (batch, classes)."""
        return self.weights.forward(np.hstack(activities))

    def apart(self, activities: Sequence[NDArray]) -> NDArray:
        """Return the logits that each layer's own weights make, (layers, batch, classes)."""
        ends = np.cumsum([activity.shape[1] for activity in activities])
        blocks = np.split(self.weights.matrix, ends[:-1])
        logits = [x @ own for x, own in zip(activities, blocks, strict=True)]
        return np.stack(logits) + self.weights.bias

    def learn(self, activities: Sequence[NDArray], labels: NDArray) -> NDArray:
        """Raise the log probability of the labels; return the logits from before the step.

        ``∂log p/∂logit_k = [k = label] − softmax_k``. Source: [HintonCode].
        """
        x = np.hstack(activities)
        logits = self.weights.forward(x)
        self.weights.update(Outer(x, self.delta(logits, labels)))
        return logits

    @staticmethod
    def delta(logits: NDArray, labels: NDArray) -> NDArray:
        """Return ``∂log p(label)/∂logits``, (batch, classes)."""
        slope = -softmax(logits)
        slope[np.arange(len(labels)), labels] += 1
        return slope
