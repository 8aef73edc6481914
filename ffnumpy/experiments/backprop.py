"""Section 3.1: the baseline, backpropagation by hand through fully connected ReLU layers.

The paper: about 1.4 % test error on permutation-invariant MNIST.

What differs from Forward-Forward besides the rule: activities are not normalised between layers,
and a softmax of the last layer takes the place of the goodness. Inputs are those of a neutral pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.baselines.backprop import Backprop, ClassCases
from ffnumpy.baselines.classes import ByClass
from ffnumpy.cases.batches import batches_in
from ffnumpy.cases.encoding import Encoding
from ffnumpy.data import Dataset
from ffnumpy.optimisers import Optimiser, Schedule, Smoothed
from ffnumpy.runs.run import Run
from ffnumpy.supervised import BYTES, Pixels
from ffnumpy.training import together
from ffnumpy.validation import above_zero, check_decay, check_labels, not_negative, whole, widths
from ffnumpy.weights.dense import Dense, normal

SECTION, PAPER, REACH, MINUTES = "3.1", "about 1.4 %", 0.014, 6
DIFFERS = "widths and schedule of the author's Forward-Forward program; ε by held-back images"


@dataclass(frozen=True)
class Moving:
    """How weights move: rate ε, decay in units of ε, optimiser, and whether the rate falls."""

    rate: float = 0.01
    decay: float = 0.001
    optimiser: Optimiser = field(default_factory=Smoothed)
    falling: bool = True

    def __post_init__(self) -> None:
        above_zero(rate=self.rate)
        not_negative(decay=self.decay)
        check_decay(self.rate, self.decay)


@dataclass(frozen=True)
class Inputs:
    """What is shown: rows in a batch, the neutral label's strength, pixels, squared length."""

    batch: int = 100
    strength: float = 1.0
    pixels: Pixels = BYTES
    overwrite: bool = True
    length: float | None = None

    def __post_init__(self) -> None:
        whole(batch=self.batch)
        above_zero(strength=self.strength)

    def encoding(self, classes: int) -> Encoding:
        """Return how rows become inputs."""
        return self.pixels.one_hot(classes, self.strength, self.overwrite, self.length)


@dataclass(frozen=True)
class Setting:
    """Widths of the hidden layers, epochs, first weights, how they move, and what is shown."""

    hidden: tuple[int, ...] = (1000, 1000, 1000)
    epochs: int = 60
    initial: Callable[..., NDArray] = normal
    moving: Moving = field(default_factory=Moving)
    inputs: Inputs = Inputs()

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs)


FULL = Setting(epochs=20, moving=Moving(rate=0.3))
QUICK = Setting(hidden=(200, 200), epochs=6)


class Network(ByClass):
    """The layers, and how they name a class."""

    def parts(self) -> dict[str, Any]:
        """Return the layers' weights."""
        return {f"layer{i}": weights for i, weights in enumerate(self.learner.weights, 1)}


def network(
    setting: Setting, columns: int, classes: int, rng: np.random.Generator, updates: int = 1
) -> Network:
    """Return a freshly drawn network for rows of this width; an epoch has `updates` updates."""
    moving, encoding = setting.moving, setting.inputs.encoding(classes)
    schedule = Schedule(moving.rate, setting.epochs if moving.falling else 0, updates)
    sizes = (encoding.inputs(columns), *setting.hidden, classes)
    layers = [
        Dense(setting.initial(a, b, rng), schedule, moving.optimiser, moving.decay)
        for a, b in pairwise(sizes)
    ]
    return Network(Backprop(layers), encoding)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains a network on a data set and measures it on the test images."""
    rows, labels, rng = data.train_images, data.train_labels, np.random.default_rng(seed)
    check_labels(len(rows), labels, data.classes)
    batch = setting.inputs.batch
    net = network(setting, rows.shape[1], data.classes, rng, batches_in(len(rows), batch))
    cases = ClassCases(rows, labels, net.encoding, batch, seed)
    measure = partial(net.measure, data.test_images, data.test_labels)
    learners = together([net.learner], setting.epochs)
    return Run(learners, cases, setting.epochs, measure, net.parts(), rng, net)
