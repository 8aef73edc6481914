"""Section 3.1: the other baseline, a small convolutional network trained by backpropagation.

The paper: sensibly engineered convolutional networks with a few hidden layers get about 0.6 % test
error on MNIST. It does not describe one.

What differs: the network is ours. Two convolutions of 5 × 5 pixels without a margin, each followed
by ReLU and max pooling of 2 × 2 places, a layer of ReLUs with dropout, and a softmax. Images are
not shifted or changed in any other way.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ffnumpy.baselines.staged import StagedBackprop
from ffnumpy.baselines.stages import PooledConvolution, Rectified
from ffnumpy.cases.batches import batches_in
from ffnumpy.cases.pictures import brightness
from ffnumpy.data import Dataset
from ffnumpy.optimisers import Adam, Optimiser, Schedule
from ffnumpy.runs.run import Run
from ffnumpy.supervised.staged import StagedNetwork
from ffnumpy.validation import (
    above_zero,
    check_decay,
    check_fraction,
    check_picture,
    not_negative,
    whole,
    widths,
)
from ffnumpy.weights.convolution import Convolution
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.local_fields import Grid

SECTION, PAPER, REACH, MINUTES = "3.1", "about 0.6 %", 0.007, 6
DIFFERS = "the network is ours, as the paper describes none; images are not shifted"
FIELD, BATCH = 5, 100


@dataclass(frozen=True)
class Setting:
    """Channels and, last, units; epochs; how weights move; the share of units dropped."""

    hidden: tuple[int, ...] = (32, 64, 256)
    epochs: int = 12
    rate: float = 0.001
    decay: float = 0.0
    optimiser: Optimiser = field(default_factory=Adam)
    dropout: float = 0.5

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs)
        above_zero(rate=self.rate)
        not_negative(decay=self.decay)
        check_decay(self.rate, self.decay)
        check_fraction("dropout", self.dropout)


FULL, QUICK = Setting(), Setting((8, 16, 64), epochs=4)


def network(
    setting: Setting, columns: int, classes: int, rng: np.random.Generator, updates: int = 1
) -> StagedNetwork:
    """Return a freshly drawn network for rows of this width; an epoch has `updates` updates."""
    schedule = Schedule(setting.rate, setting.epochs, updates)
    stages: list[PooledConvolution] = []

    def make(n_in: int, n_out: int) -> Dense:
        """Draw the weights of one layer."""
        return Dense(normal(n_in, n_out, rng), schedule, setting.optimiser, setting.decay)

    side = round(columns**0.5)
    if side * side != columns:
        raise ValueError(f"expected square grey pictures; got rows of {columns} numbers")
    shape, channels = (side, side), 1
    for above in setting.hidden[:-1]:
        if min(shape) < FIELD:
            raise ValueError(
                f"hidden: expected at most {len(stages)} convolutions on pictures of {side} × "
                f"{side}, then the ReLU layer's width; got {setting.hidden}"
            )
        grid = Grid(*shape, channels, FIELD, stride=1)
        stages.append(PooledConvolution(Convolution(grid, make(FIELD**2 * channels, above))))
        shape, channels = stages[-1].pool.shape, above
    units = setting.hidden[-1]
    dense = Rectified(make(shape[0] * shape[1] * channels, units))
    learner = StagedBackprop([*stages, dense], make(units, classes), rng, setting.dropout)
    return StagedNetwork(learner, brightness)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains a network and measures it on the test images."""
    check_picture(data.shape, square=True)
    rng, (n, columns) = np.random.default_rng(seed), data.train_images.shape
    net = network(setting, columns, data.classes, rng, batches_in(n, BATCH))
    return net.run(data, setting.epochs, rng, BATCH, seed)
