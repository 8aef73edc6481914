"""Section 3.4: a recurrent net, the image below, the label on top, goodness over iterations.

The paper: a video of one still image. Two or three hidden layers of 2000 start with one
bottom-up pass, then take 8 synchronous iterations, each driven by the normalised layers above and
below; a state keeps 0.3 of itself. The goodness of a label is averaged over iterations 3 to 5.
Negative labels are sampled from one pass's class probabilities. Test error 1.31 % after 60 epochs.

What differs: the paper states neither rates nor the label's strength, nor which iterations learn;
here all of them do, and the weights move once per case, by their mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import Features, HardWrong, LabelledCases, TwoTowers, batches_in
from ffnumpy.data import Dataset
from ffnumpy.inference import ByLogits, Votes, answers, scored
from ffnumpy.layers import Driven, Readout, ReadoutLayer, Recurrent
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.runs import Run
from ffnumpy.training import together
from ffnumpy.validation import above_zero, whole, widths
from ffnumpy.weights import Dense, normal

SECTION, PAPER, REACH, MINUTES = "3.4", "1.31 %", 0.0131, 300
DIFFERS = "rates, the label's strength and which iterations learn, which the paper does not state"
BATCH, DECAY, READOUT_RATE, READOUT_DECAY = 100, 0.001, 0.1, 0.003  # Source: [HintonCode]


@dataclass(frozen=True)
class Setting:
    """Widths, epochs, ε, the label's length, whether layers drive those below, when they learn."""

    hidden: tuple[int, ...] = (2000, 2000)
    epochs: int = 60
    rate: float = 0.02
    strength: float = 10.0
    downward: bool = True
    at_every_iteration: bool = False

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs)
        above_zero(rate=self.rate, strength=self.strength)


FULL, QUICK = Setting(), Setting((100, 100), epochs=8)


class TopDown:
    """Hidden layers that are iterated, and a softmax of one bottom-up pass."""

    def __init__(
        self, setting: Setting, columns: int, classes: int, rng: np.random.Generator, updates: int
    ) -> None:
        self.encoding = TwoTowers(classes, setting.strength)
        sizes = (columns, *setting.hidden, classes)
        schedule = Schedule(setting.rate, setting.epochs, updates)

        def dense(n_in: int, n_out: int) -> Dense:
            return Dense(normal(n_in, n_out, rng), schedule, Smoothed(), DECAY)

        def driven(n: int) -> Driven:
            below, width, above = sizes[n : n + 3]
            connected = setting.downward or n == len(setting.hidden) - 1
            return Driven(dense(below, width), dense(above, width) if connected else None)

        layers = [driven(n) for n in range(len(setting.hidden))]
        self.layer = Recurrent(layers, at_every_iteration=setting.at_every_iteration)
        own = Schedule(READOUT_RATE, setting.epochs, updates)
        values = np.zeros((sum(setting.hidden) + 1, classes), np.float32)
        self.readout = Readout(Dense(values, own, Smoothed(), READOUT_DECAY))
        self.reader = ReadoutLayer(self.readout, self.layer.normalised)

    def votes(self, features: Features) -> Votes:
        """Return every label's goodness, added up over the layers, and that of each layer."""
        goodness = self.layer.forward(self.encoding.every_label(features))[1]
        by_layer = goodness.reshape(len(goodness), self.encoding.classes, -1).transpose(0, 2, 1)
        return Votes(by_layer.sum(axis=0), by_layer)

    def predict(self, rows: NDArray) -> NDArray:
        """Return the labels with the largest goodness, (n,)."""
        return answers(self, self.encoding, rows)[0]

    def measure(self, rows: NDArray, labels: NDArray) -> dict[str, Any]:
        """Return the errors by goodness, by layer and in one pass, and the confusion matrix."""
        named, by_layer = answers(self, self.encoding, rows)
        read = answers(ByLogits(self.reader.logits), self.encoding, rows)[0]
        measured = scored(labels, named, self.encoding.classes)
        measured["error_by_layer"] = np.mean(by_layer != labels, axis=1).tolist()
        return {**measured, "error_softmax": float(np.mean(read != labels))}

    def parts(self) -> dict[str, Any]:
        """Return the layers and the readout's weights, by name."""
        layers: dict[str, Any] = {f"layer{n}": one for n, one in enumerate(self.layer.layers, 1)}
        return {**layers, "readout": self.readout.weights}


def network(
    setting: Setting, columns: int, classes: int, rng: np.random.Generator, updates: int = 1
) -> TopDown:
    """Return a freshly drawn network for rows of this width; an epoch has `updates` updates."""
    return TopDown(setting, columns, classes, rng, updates)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains a recurrent net."""
    rows, labels, rng = data.train_images, data.train_labels, np.random.default_rng(seed)
    net = network(setting, rows.shape[1], data.classes, rng, batches_in(len(rows), BATCH))
    negatives = HardWrong(net.reader.logits, rng)
    cases = LabelledCases(rows, labels, net.encoding, negatives, BATCH, seed)
    measure = partial(net.measure, data.test_images, data.test_labels)
    learners = together([net.reader, net.layer], setting.epochs)
    return Run(learners, cases, setting.epochs, measure, net.parts(), rng, net)
