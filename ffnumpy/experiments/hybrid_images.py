"""Section 3.2: unsupervised learning, with hybrids of two images as negative cases.

The paper: 4 layers of 2000 ReLUs learn for 100 epochs to tell digits from hybrids of two digits,
one inside and one outside a mask of blurred random bits. A softmax of the normalised activities of
the last three layers then learns the labels. Test error 1.37 %.

What differs: images are normalised to mean square 1 before they are mixed, and hybrids once more,
of which the paper says nothing. It does not state the number of blurs, the rates, or how long the
softmax learns. Those here are first choices; decay and readout are those of the author's program.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ffnumpy.cases import batches_in
from ffnumpy.cases.hybrid import pixels_as_inputs
from ffnumpy.data import Dataset
from ffnumpy.layers import Layer, PeerNormalisation, untrained
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.runs import Run
from ffnumpy.unsupervised import Unsupervised
from ffnumpy.validation import above_zero, whole, widths
from ffnumpy.weights import Dense, normal

SECTION, PAPER, REACH, MINUTES = "3.2", "1.37 %", 0.0137, 150
DIFFERS = "blurs, rates and the softmax's epochs, which the paper does not state"
READ = 3  # layers the softmax reads, counted from the last
DECAY = 0.001  # Source: [HintonCode]


@dataclass(frozen=True)
class Setting:
    """Widths, epochs of the layers and of the readout after them, images in a batch, blurs, ε."""

    hidden: tuple[int, ...] = (2000,) * 4
    epochs: int = 100
    readout_epochs: int = 20
    batch: int = 100
    blurs: int = 6
    rate: float = 0.02

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(batch=self.batch)
        whole(0, epochs=self.epochs, readout_epochs=self.readout_epochs, blurs=self.blurs)
        above_zero(rate=self.rate)


FULL, QUICK = Setting(), Setting((300, 300, 300), epochs=6, readout_epochs=6)


def network(
    setting: Setting,
    columns: int,
    classes: int,
    rng: np.random.Generator,
    updates: int = 1,
    read: int = READ,
) -> Unsupervised:
    """Return a freshly drawn network for rows of this width; an epoch has `updates` updates."""
    schedule = Schedule(setting.rate, setting.epochs, updates)
    layers = [
        Layer(Dense(normal(a, b, rng), schedule, Smoothed(), DECAY), peer=PeerNormalisation(b))
        for a, b in pairwise((columns, *setting.hidden))
    ]
    readout = untrained(sum(setting.hidden[-read:]), classes, setting.readout_epochs, updates)
    return Unsupervised(layers, readout, read, pixels_as_inputs)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains the layers and then the readout."""
    rng, (n, columns) = np.random.default_rng(seed), data.train_images.shape
    net = network(setting, columns, data.classes, rng, batches_in(n, setting.batch))
    lengths = setting.epochs, setting.readout_epochs
    return net.run(data, lengths, setting.blurs, rng, setting.batch, seed)
