"""A network trained by backpropagation through stages, from pictures to a class."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.baselines.staged import StagedBackprop
from ffnumpy.cases.pictures import Pictures
from ffnumpy.data import Dataset
from ffnumpy.inference import Scores, by_parts, scored
from ffnumpy.runs.run import Run
from ffnumpy.training import together

__all__ = ["StagedNetwork"]


class StagedNetwork:
    """The learner, and how it names a class.

    Parameters
    ----------
    learner : StagedBackprop
    inputs : callable, (n, columns) rows of the data set -> (n, n_in) array
        What the first stage takes.
    """

    def __init__(self, learner: StagedBackprop, inputs: Callable[[NDArray], NDArray]) -> None:
        self.learner, self.inputs = learner, inputs

    def predict(self, rows: NDArray) -> NDArray:
        """Return the classes of rows as the data set holds them, (n,)."""
        return self._logits(rows).argmax(axis=1)

    def scores(self, rows: NDArray) -> Scores:
        """Return the logits; there is no goodness."""
        return Scores(None, self._logits(rows))

    def _logits(self, rows: NDArray) -> NDArray:
        return by_parts(lambda part: self.learner.forward(self.inputs(part))[0], rows)

    def measure(self, rows: NDArray, labels: NDArray) -> dict[str, Any]:
        """Return the error, a fraction, and the confusion matrix; there is no goodness."""
        return scored(labels, self.predict(rows), self.learner.readout.shape[1])

    def parts(self) -> dict[str, Any]:
        """Return the weights of the stages and of the softmax."""
        return {f"layer{i}": weights for i, weights in enumerate(self.learner.weights, 1)}

    def run(
        self, data: Dataset, epochs: int, rng: np.random.Generator, batch: int, seed: int
    ) -> Run:
        """Return a run that trains the network and measures it on the test images."""
        shown = (data.train_images, data.train_labels, data.classes)
        cases = Pictures(*shown, batch, seed, self.inputs)
        measure = partial(self.measure, data.test_images, data.test_labels)
        return Run(
            together([self.learner], epochs), cases, epochs, measure, self.parts(), rng, self
        )
