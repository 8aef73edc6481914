"""A learner that names the class of its largest output, and how it is measured."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from ffnumpy.baselines.backprop import plain
from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features
from ffnumpy.inference import by_parts, scored

__all__ = ["ByClass"]


class ByClass:
    """Any layer whose `forward` returns an output for each class.

    Parameters
    ----------
    learner : layer
        Its inputs are those of a neutral pass, as one plain array.
    encoding : Encoding
    """

    def __init__(self, learner: Any, encoding: Encoding) -> None:
        self.learner, self.encoding = learner, encoding

    def name(self, features: Features) -> NDArray:
        """Return the classes of a batch, (batch,)."""
        return self.learner.forward(plain(self.encoding, features))[0].argmax(axis=1)

    def predict(self, rows: NDArray) -> NDArray:
        """Return the classes of rows as the data set holds them, (n,)."""
        self.encoding.check(rows)
        return by_parts(lambda part: self.name(self.encoding.features(part)), rows)

    def measure(self, rows: NDArray, labels: NDArray) -> dict[str, Any]:
        """Return the error, a fraction, and the confusion matrix; there is no goodness."""
        return scored(labels, self.predict(rows), self.encoding.classes)
