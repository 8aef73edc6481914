"""Backpropagation by hand, through the same ReLU layers and a softmax, on the same weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import Cases
from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features
from ffnumpy.layers.group import chained, passed
from ffnumpy.layers.readout import Readout
from ffnumpy.validation import check_labels
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer

__all__ = ["Backprop", "ClassCases", "plain"]


class Backprop:
    """ReLU layers and a softmax, trained on ``log p(label)`` by the chain rule.

    It keeps every layer's activity until the error comes back, and reads the transposed weights:
    the two things that Forward-Forward does without. It has a layer's `learn`, so
    `ffnumpy.training.train` drives it as a network of one layer.

    Parameters
    ----------
    weights : sequence of Dense
        The last one's width is the number of classes.
    """

    def __init__(self, weights: Sequence[Dense]) -> None:
        self.weights = list(weights)

    def layer_inputs(self, x: NDArray) -> tuple[list[NDArray], list[NDArray]]:
        """Return every layer's input and every layer's total input z; the last z is the logits."""
        inputs, totals = passed(self.weights, x)
        return inputs[:-1], totals

    def forward(self, x: NDArray) -> tuple[NDArray, None]:
        """Return the logits, (batch, classes), and no goodness."""
        return self.layer_inputs(x)[1][-1], None

    def backward(self, totals: Sequence[NDArray], labels: NDArray) -> list[NDArray]:
        """Return ``∂log p/∂z`` of every layer: ``δ_l = (δ_{l+1} W_{l+1}ᵀ) · f'(z_l)``."""
        return chained(self.weights, totals, Readout.delta(totals[-1], labels))

    def learn(self, x: NDArray, labels: NDArray) -> NDArray:
        """Raise the log probability of the labels; return the logits from before the step."""
        inputs, totals = self.layer_inputs(x)
        deltas = self.backward(totals, labels)
        for weights, pre, post in zip(self.weights, inputs, deltas, strict=True):
            weights.update(Outer(pre, post))
        return totals[-1]


def plain(encoding: Encoding, features: Features) -> NDArray:
    """Return the inputs that Forward-Forward's neutral pass sees, as one array."""
    return encoding.neutral(features).toarray()


class ClassCases(Cases):
    """The same images in the same order, each once, with its class as the case's second part.

    Parameters
    ----------
    rows : (n, columns) array
    labels : (n,) array of int
    encoding : Encoding
    batch, seed : int
        As in `ffnumpy.cases.Cases`.

    Raises
    ------
    ValueError
        As `ffnumpy.cases.LabelledCases` does.
    """

    def __init__(
        self,
        rows: NDArray,
        labels: NDArray,
        encoding: Encoding,
        batch: int = 100,
        seed: int = 0,
    ) -> None:
        encoding.check(rows)
        check_labels(len(rows), labels, encoding.classes)
        super().__init__(len(rows), batch, seed)
        self.rows, self.labels, self.encoding = rows, labels.astype(np.intp), encoding

    def __iter__(self) -> Iterator[tuple[NDArray, NDArray]]:
        for index in self.indices():
            features = self.encoding.features(self.rows[index])
            yield plain(self.encoding, features), self.labels[index]
