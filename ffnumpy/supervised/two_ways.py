"""Networks that answer by every label's votes, or in one pass by a softmax."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features
from ffnumpy.inference import ByLogits, Scores, Votes, answers, scored, votes
from ffnumpy.layers.readout import ReadoutLayer

__all__ = ["TwoWays"]


class TwoWays(ABC):
    """What a network with `votes` and a readout can say of rows.

    Attributes
    ----------
    encoding : Encoding
    reader : ReadoutLayer
        The readout as a layer of the list.
    """

    encoding: Encoding
    reader: ReadoutLayer

    @property
    @abstractmethod
    def log_odds(self) -> float:
        """The log-odds of one vote, which the networks of an ensemble have in common."""

    @abstractmethod
    def votes(self, features: Features) -> Votes:
        """Return what speaks for every label, in all and by layer."""

    def predict(self, rows: NDArray) -> NDArray:
        """Return the labels with the most votes, (n,)."""
        return answers(self, self.encoding, rows)[0]

    def scores(self, rows: NDArray) -> Scores:
        """Return the log-odds of every label's votes, and the logits of one pass."""
        read, voted = ByLogits(self.reader.logits), votes(self, self.encoding, rows)
        return Scores(self.log_odds * voted, votes(read, self.encoding, rows))

    def measure(self, rows: NDArray, labels: NDArray) -> dict[str, Any]:
        """Return the errors by votes, by layer and in one pass, and the confusion matrix."""
        named, by_layer = answers(self, self.encoding, rows)
        read = answers(ByLogits(self.reader.logits), self.encoding, rows)[0]
        measured = scored(labels, named, self.encoding.classes)
        measured["error_by_layer"] = np.mean(by_layer != labels, axis=1).tolist()
        return {**measured, "error_softmax": float(np.mean(read != labels))}
