"""Section 3.2: unsupervised learning, with hybrids of two images as negative cases.

The paper: 4 layers of 2000 ReLUs learn for 100 epochs to tell digits from hybrids of two digits,
one inside and one outside a mask of blurred random bits. A softmax of the normalised activities of
the last three layers then learns the labels. Test error 1.37 %.

What differs: images are normalised to mean square 1 before they are mixed, and hybrids once more,
of which the paper says nothing. It does not state the number of blurs, T, the rates, or how long
the softmax learns. Decay and readout are those of the author's program. On held-back images other
T, pushes of the peers and blurs did as well, but for chance (``results/validation-hybrid-*.json``).
The softmax reads all layers: without the first it erred more, on test images (`hybrid_blurs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ffnumpy.cases import batches_in
from ffnumpy.cases.hybrid import pixels_as_inputs
from ffnumpy.data import Dataset
from ffnumpy.goodness import sum_of_squares
from ffnumpy.layers import Layer, PeerNormalisation, untrained
from ffnumpy.losses import Logistic
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.runs import Run
from ffnumpy.unsupervised import Unsupervised
from ffnumpy.validation import above_zero, not_negative, whole, widths
from ffnumpy.weights import Dense, normal

SECTION, PAPER, REACH, MINUTES = "3.2", "1.37 %", 0.0137, 60
DIFFERS = "blurs, T, rates and the softmax's epochs, which the paper does not state; layers read"
DECAY = 0.001  # Source: [HintonCode]


@dataclass(frozen=True)
class Learning:
    """ε, T, and the strength of the peers' push, of every layer; the blurs of a hybrid's mask.

    ε and push are given as they are for T = 1. For another T, ε is T times as large, and push and
    decay T times smaller, so that all weigh as much beside the slopes.
    """

    rate: float = 0.02
    temperature: float = 30.0
    peer: float = 0.2
    blurs: int = 1

    def __post_init__(self) -> None:
        whole(0, blurs=self.blurs)
        above_zero(rate=self.rate, temperature=self.temperature)
        not_negative(peer=self.peer)


@dataclass(frozen=True)
class Setting:
    """Widths, epochs of the layers and of the readout, images in a batch, layers read, learning.

    The softmax reads the last `read` layers, or all if there are fewer.
    """

    hidden: tuple[int, ...] = (2000,) * 4
    epochs: int = 40
    readout_epochs: int = 20
    batch: int = 100
    read: int = 4
    learning: Learning = Learning()

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(batch=self.batch, read=self.read)
        whole(0, epochs=self.epochs, readout_epochs=self.readout_epochs)
        object.__setattr__(self, "read", min(self.read, len(self.hidden)))


AUTHOR = Learning(temperature=1.0, peer=0.06, blurs=6)  # but for the blurs: [HintonCode]
FULL = Setting()
QUICK = Setting((300, 300, 300), 6, 6, learning=AUTHOR)


def network(
    setting: Setting, columns: int, classes: int, rng: np.random.Generator, updates: int = 1
) -> Unsupervised:
    """Return a freshly drawn network for rows of this width; an epoch has `updates` updates."""
    T, read = setting.learning.temperature, setting.hidden[-setting.read :]
    schedule = Schedule(T * setting.learning.rate, setting.epochs, updates)
    layers = [
        Layer(
            Dense(normal(a, b, rng), schedule, Smoothed(), DECAY / T),
            loss=Logistic.usual(sum_of_squares, b, temperature=T),
            peer=PeerNormalisation(b, setting.learning.peer / T),
        )
        for a, b in pairwise((columns, *setting.hidden))
    ]
    readout = untrained(sum(read), classes, setting.readout_epochs, updates)
    return Unsupervised(layers, readout, len(read), pixels_as_inputs)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains the layers and then the readout."""
    rng, (n, columns) = np.random.default_rng(seed), data.train_images.shape
    net = network(setting, columns, data.classes, rng, batches_in(n, setting.batch))
    lengths = setting.epochs, setting.readout_epochs
    return net.run(data, lengths, setting.learning.blurs, rng, setting.batch, seed)
