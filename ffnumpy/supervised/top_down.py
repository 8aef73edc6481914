"""A recurrent net that learns labels: image below, label on top, and a softmax of one pass."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ffnumpy.cases.batches import LabelledCases
from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features
from ffnumpy.cases.negatives import HardWrong
from ffnumpy.data import Dataset
from ffnumpy.inference import Votes
from ffnumpy.layers.readout import Readout, ReadoutLayer
from ffnumpy.layers.recurrent import Recurrent
from ffnumpy.runs.run import Run
from ffnumpy.supervised.two_ways import TwoWays
from ffnumpy.training import together

__all__ = ["TopDown"]


class TopDown(TwoWays):
    """Hidden layers that are iterated, and a softmax of one bottom-up pass.

    Parameters
    ----------
    encoding : Encoding
    layer : Recurrent
    readout : Readout
        Of all hidden layers.

    Attributes
    ----------
    reader : ReadoutLayer
        The readout as a layer of the list.
    """

    def __init__(self, encoding: Encoding, layer: Recurrent, readout: Readout) -> None:
        self.encoding, self.layer, self.readout = encoding, layer, readout
        self.reader = ReadoutLayer(readout, layer.normalised)

    @property
    def log_odds(self) -> float:
        """Width over T of the last layer: goodness is in units of a layer's width."""
        last = self.layer.layers[-1]
        return last.width / last.goodness.temperature(last.width)

    def votes(self, features: Features) -> Votes:
        """Return every label's goodness, added up over the layers, and that of each layer."""
        goodness = self.layer.forward(self.encoding.every_label(features))[1]
        by_layer = goodness.reshape(len(goodness), self.encoding.classes, -1).transpose(0, 2, 1)
        return Votes(by_layer.sum(axis=0), by_layer)

    def parts(self) -> dict[str, Any]:
        """Return the layers and the readout's weights, by name."""
        layers: dict[str, Any] = {f"layer{n}": one for n, one in enumerate(self.layer.layers, 1)}
        return {**layers, "readout": self.readout.weights}

    def run(
        self, data: Dataset, epochs: int, rng: np.random.Generator, batch: int, seed: int
    ) -> Run:
        """Return a run that trains the net on likely wrong labels and measures it."""
        negatives = HardWrong(self.reader.logits, rng)
        shown = (data.train_images, data.train_labels)
        cases = LabelledCases(*shown, self.encoding, negatives, batch, seed)
        measure = partial(self.measure, data.test_images, data.test_labels)
        learners = together([self.reader, self.layer], epochs)
        return Run(learners, cases, epochs, measure, self.parts(), rng, self)
