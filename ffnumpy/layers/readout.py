"""A linear softmax readout that reads the hidden layers and sends nothing back to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer

__all__ = ["Readout", "ReadoutLayer", "log_softmax", "softmax", "untrained"]

RATE, DECAY = 0.1, 0.003  # Source: [HintonCode]


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

    def by_layer(self, activities: Sequence[NDArray]) -> NDArray:
        """Return the logits that each layer's own weights give, (layers, batch, classes)."""
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


def untrained(read: int, classes: int, epochs: int, updates: int = 1) -> Readout:
    """Return a readout of zeros, which learns as in the author's program, at a rate of its own.

    Parameters
    ----------
    read : int
        Activities that it reads.
    classes : int
    epochs, updates : int
        Epochs over which its rate falls, 0 if it does not, and updates in each.

    Source: [HintonCode].
    """
    values = np.zeros((read + 1, classes), np.float32)
    return Readout(Dense(values, Schedule(RATE, epochs, updates), Smoothed(), DECAY))


class ReadoutLayer:
    """The readout as a layer of the list: it learns in the loop and passes the case on unchanged.

    It comes before the layers that it reads, so that it learns from them as they were when the case
    was drawn. A source of cases may ask it for its logits first, to choose hard negatives: the
    neutral pass is run once for both.

    Parameters
    ----------
    readout : Readout
    activities : callable, features of a case -> list of arrays
        The neutral pass: the activities that the readout reads.
    """

    def __init__(self, readout: Readout, activities: Callable[[Any], Sequence[NDArray]]) -> None:
        self.readout, self.activities = readout, activities
        self._last: tuple[Any, Sequence[NDArray]] = (None, ())

    def logits(self, features: Any) -> NDArray:
        """Return the logits of some features, (batch, classes); change nothing."""
        return self.readout.forward(self._read(features))

    def forward(self, x: Any) -> tuple[Any, None]:
        """Return the case unchanged, and no goodness."""
        return x, None

    def learn(self, x: Any, sign: Any) -> Any:
        """Train the readout on the true labels of a batch; return the batch unchanged.

        `x` is a batch of positive cases and the negative ones of the same rows, such as a
        `ffnumpy.cases.Labelled`: its `features` and the first of its `labels` are read.
        """
        activities = self._read(x.features)
        self.readout.learn(activities, x.labels[: len(activities[0])])
        self._last = (None, ())
        return x

    def _read(self, features: Any) -> Sequence[NDArray]:
        if self._last[0] is not features:
            self._last = (features, self.activities(features))
        return self._last[1]
