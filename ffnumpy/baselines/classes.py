"""A learner that names the class of its largest output, and how it is measured."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.baselines.backprop import plain
from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features
from ffnumpy.inference import Scores, by_parts, scored

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

    def output(self, features: Features) -> NDArray:
        """Return the output for every class of a batch, (batch, classes)."""
        return np.asarray(self.learner.forward(plain(self.encoding, features))[0])

    def name(self, features: Features) -> NDArray:
        """Return the classes of a batch, (batch,)."""
        return self.output(features).argmax(axis=1)

    def predict(self, rows: NDArray) -> NDArray:
        """Return the classes of rows as the data set holds them, (n,)."""
        return self._outputs(rows).argmax(axis=1)

    def scores(self, rows: NDArray) -> Scores:
        """Return the outputs as logits; there is no goodness."""
        return Scores(None, self._outputs(rows))

    def _outputs(self, rows: NDArray) -> NDArray:
        self.encoding.check(rows)
        return by_parts(lambda part: self.output(self.encoding.features(part)), rows)

    def measure(self, rows: NDArray, labels: NDArray) -> dict[str, Any]:
        """Return the error, a fraction, and the confusion matrix; there is no goodness."""
        return scored(labels, self.predict(rows), self.encoding.classes)
