"""Layers that learn without labels, and a softmax readout that names the classes afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.hybrid import HybridCases
from ffnumpy.data import Dataset
from ffnumpy.inference import Scores, by_parts, scored
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.readout import Readout, log_softmax
from ffnumpy.runs.run import Run
from ffnumpy.training import Learners
from ffnumpy.weights.outer import Weights

__all__ = ["Unsupervised"]


class Unsupervised:
    """A stack of layers and a readout of the last ones. `learn` trains the readout alone.

    Parameters
    ----------
    layers : sequence of Layer
    readout : Readout
    read : int
        The readout reads the last `read` layers.
    inputs : callable, (n, columns) rows of the data set -> (n, n_in) array
        What the first layer takes.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        readout: Readout,
        read: int,
        inputs: Callable[[NDArray], NDArray],
    ) -> None:
        self.layers, self.readout, self.read, self.inputs = list(layers), readout, read, inputs

    @property
    def weights(self) -> list[Weights]:
        """All weights, of the layers and of the readout."""
        return [*(layer.weights for layer in self.layers), self.readout.weights]

    def activities(self, x: Any) -> list[NDArray]:
        """Return the normalised activities that the readout reads."""
        passed = []
        for layer in self.layers:
            x = layer.forward(x)[0]
            passed.append(x)
        return passed[-self.read :]

    def forward(self, x: Any) -> tuple[NDArray, None]:
        """Return the readout's logits, (batch, classes), and no goodness."""
        return self.readout.forward(self.activities(x)), None

    def learn(self, x: Any, labels: NDArray) -> NDArray:
        """Train the readout alone; return its logits from before the step."""
        return self.readout.learn(self.activities(x), labels)

    def learners(self, unlabelled: int) -> Learners:
        """Return what learns in each epoch: the layers for `unlabelled` ones, then the readout."""
        return lambda epoch: self.layers if epoch < unlabelled else [self]

    def run(
        self,
        data: Dataset,
        lengths: tuple[int, int],
        blurs: int,
        rng: np.random.Generator,
        batch: int = 100,
        seed: int = 0,
    ) -> Run:
        """Return a run that trains the layers on hybrids of images, and then the readout.

        Parameters
        ----------
        data : Dataset
            The run is measured on its test images.
        lengths : (int, int)
            Epochs of the layers, and of the readout after them.
        blurs, rng, batch, seed
            As in `ffnumpy.cases.hybrid.HybridCases`.
        """
        images, (epochs, more) = (data.train_images, data.train_labels), lengths
        cases = HybridCases(*images, data.shape, epochs, blurs, rng, batch, seed)
        measure = partial(self.measure, data.test_images, data.test_labels)
        return Run(self.learners(epochs), cases, epochs + more, measure, self.parts(), rng, self)

    def predict(self, rows: NDArray) -> NDArray:
        """Return the most probable classes of rows as the data set holds them, (n,)."""
        return self._logits(rows).argmax(axis=1)

    def scores(self, rows: NDArray) -> Scores:
        """Return the readout's logits, None before it has learned; no label has a goodness."""
        return Scores(None, self._logits(rows) if self.readout.weights.updates else None)

    def log_probabilities(self, rows: NDArray) -> NDArray:
        """Return the log probabilities of the classes of rows of the data set, (n, classes)."""
        return log_softmax(self._logits(rows))

    def _logits(self, rows: NDArray) -> NDArray:
        return by_parts(lambda part: self.forward(self.inputs(part))[0], rows)

    def measure(self, rows: NDArray, labels: NDArray) -> dict[str, Any]:
        """Return the readout's error, a fraction, and the confusion matrix.

        As long as the readout has learned nothing, there is no error: None.
        """
        if not self.readout.weights.updates:
            return {"error": None, "confusion": []}
        return scored(labels, self.predict(rows), self.readout.weights.shape[1])

    def parts(self) -> dict[str, Any]:
        """Return the layers and the readout's weights, by name."""
        layers: dict[str, Any] = {f"layer{n}": layer for n, layer in enumerate(self.layers, 1)}
        return {**layers, "readout": self.readout.weights}
