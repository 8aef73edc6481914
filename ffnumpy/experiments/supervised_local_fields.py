"""Supervised learning on the local fields of Section 3.2, which the paper did not try.

The layers are those of `local_fields`: 4 × 4 fields of 128 channels, 3 × 3 of 220, 2 × 2 of 512,
without weight sharing. A label has weights of its own to every unit of the first layer, or a field
that does not see the pixels with the label would learn nothing. The rest is as in `supervised`:
negative cases carry likely wrong labels, and the answer is the goodness of every label, or one pass
and a softmax.

What differs from the paper's supervised net: the fields, and a label beside the image instead of on
it. The rates were chosen on held-back images.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from ffnumpy.cases import TwoTowers, batches_in
from ffnumpy.data import Dataset
from ffnumpy.experiments.local_fields import grids
from ffnumpy.optimisers import Schedule
from ffnumpy.runs import Run
from ffnumpy.supervised import Setting as Network
from ffnumpy.supervised import Supervised
from ffnumpy.supervised.names import changed
from ffnumpy.validation import above_zero, check_picture, not_negative, whole, widths
from ffnumpy.weights import Weights
from ffnumpy.weights.beside import Beside
from ffnumpy.weights.local_fields import local_fields

SECTION, PAPER, REACH, MINUTES = "3.2", "not tried", 0.0125, 40
DIFFERS, BATCH = "the paper has no such network", 100


@dataclass(frozen=True)
class Setting:
    """Channels of the layers, epochs, ε, the label's length, peer strength, temperature."""

    hidden: tuple[int, ...] = (128, 220, 512)
    epochs: int = 60
    rate: float = 0.02
    strength: float = 5.0
    peer: float = 0.06
    temperature: float = 1.0

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs)
        above_zero(rate=self.rate, strength=self.strength, temperature=self.temperature)
        not_negative(peer=self.peer)


FULL, QUICK = Setting(), Setting((24, 32, 64), epochs=6)


def network(
    setting: Setting, columns: int, classes: int, rng: np.random.Generator, updates: int = 1
) -> Supervised:
    """Return a freshly drawn network for rows of this width; an epoch has `updates` updates."""
    stack = grids(setting.hidden, columns)
    sizes = [len(g.columns()) * c for g, c in zip(stack, setting.hidden, strict=True)]
    same = {name: getattr(setting, name) for name in ("epochs", "rate", "peer", "temperature")}
    own, parts = changed(Network(), hidden=tuple(sizes), **same), iter(stack)

    def weights(n_in: int, width: int, schedule: Schedule, rng: np.random.Generator) -> Weights:
        """Draw the fields of the next layer, and the label's weights to the first."""
        make = partial(own.dense, schedule=schedule, rng=rng)
        grid = next(parts)
        fields = local_fields(grid, width // len(grid.columns()), make)
        return fields if n_in == grid.inputs else Beside(make(classes, width), fields)

    encoding = TwoTowers(classes, setting.strength)
    return Supervised(own, columns, classes, rng, updates, encoding, weights)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains the layers and the readout together."""
    check_picture(data.shape, square=True)
    rng, (n, columns) = np.random.default_rng(seed), data.train_images.shape
    net = network(setting, columns, data.classes, rng, batches_in(n, BATCH))
    cases = net.cases(data.train_images, data.train_labels, rng, seed)
    measure = partial(net.measure, data.test_images, data.test_labels)
    return Run(net.learners(), cases, setting.epochs, measure, net.parts(), rng, net)
