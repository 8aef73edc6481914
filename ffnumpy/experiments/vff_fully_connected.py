"""VFF-style: a noise pattern per label, a cosine contrastive loss, groups of layers that vote.

VFF-Net mixes a noise pattern of the class with the whole image, the true class's for positive cases
and another's for negative ones. A cosine contrastive loss takes the place of the goodness, layers
of equal width learn together as a group, and the groups vote. On MNIST, three fully connected
layers have a test error of 1.70 %. Source: [Lee2025].

What differs: the formulas are not public text; these are ours. A label's score in a group is the
cosine of the output, that label's pattern on the image, with the mean direction of earlier positive
cases of the label (`ffnumpy.contrastive`). Wrong labels are sampled by a softmax readout.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise
from typing import Any, cast

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ffnumpy.cases import Claims, Features, HardWrong, NoisePatterns, batches_in, noise_patterns
from ffnumpy.contrastive import ClassMeans, CosineContrast, claimed
from ffnumpy.data import Dataset
from ffnumpy.inference import Votes
from ffnumpy.layers import Group, ReadoutLayer, untrained
from ffnumpy.optimisers import Adam, Schedule
from ffnumpy.runs import Run
from ffnumpy.supervised.two_ways import TwoWays
from ffnumpy.training import together
from ffnumpy.validation import above_zero, check_fraction, whole, widths
from ffnumpy.weights import Dense, normal

SECTION, PAPER, REACH, MINUTES = "–", "1.70 %", 0.016, 10
DIFFERS = "VFF-style: the paper's formulas are not public, these are ours"
BATCH = 100


@dataclass(frozen=True)
class Setting:
    """Widths, epochs, Adam's ε, the loss's α, a pattern's root mean square, what means keep."""

    hidden: tuple[int, ...] = (500, 500, 250)
    epochs: int = 20
    rate: float = 0.001
    alpha: float = 10.0
    strength: float = 0.3
    keep: float = 0.99

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs)
        above_zero(rate=self.rate, alpha=self.alpha, strength=self.strength)
        check_fraction("keep", self.keep)


FULL, QUICK = Setting(), Setting((100, 100, 50), epochs=6)


class Grouped(TwoWays):
    """Groups of layers of equal width that vote, and a softmax of the neutral pass."""

    def __init__(
        self, setting: Setting, columns: int, classes: int, rng: Generator, updates: int = 1
    ) -> None:
        self.encoding = NoisePatterns(noise_patterns(classes, columns, setting.strength, rng))
        schedule = Schedule(setting.rate, setting.epochs, updates)
        sizes, contrast = (columns, *setting.hidden), CosineContrast(setting.alpha)
        drawn = [Dense(normal(a, b, rng), schedule, Adam()) for a, b in pairwise(sizes)]
        self.groups = [
            Group(list(alike), ClassMeans(classes, width, setting.keep), contrast)
            for width, alike in groupby(drawn, lambda dense: dense.shape[1])
        ]
        read = sum(group.width for group in self.groups)
        self.readout = untrained(read, classes, setting.epochs, updates)
        self.reader = ReadoutLayer(self.readout, self._neutral)

    def _neutral(self, features: Features) -> list[NDArray]:
        x: Any = self.encoding.neutral(features)
        return [x := group.forward(x)[0] for group in self.groups]

    @property
    def log_odds(self) -> float:
        """α, which multiplies a cosine in the loss."""
        return self.groups[-1].contrast.alpha

    def votes(self, features: Features) -> Votes:
        """Return every label's cosine, added up over the groups, and that of each group."""
        x, by_group = cast(Any, self.encoding.every_label(features)), []
        for group in self.groups:
            x, likeness = group.forward(x)
            by_group.append(claimed(likeness))
        return Votes(np.sum(by_group, axis=0), np.stack(by_group))

    def parts(self) -> dict[str, Any]:
        """Return the patterns, the groups and the readout's weights, by name."""
        groups = {f"group{n}": group for n, group in enumerate(self.groups, 1)}
        return {"patterns": self.encoding, **groups, "readout": self.readout.weights}


network = Grouped


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains the groups and the readout."""
    rows, labels, rng = data.train_images, data.train_labels, np.random.default_rng(seed)
    net = network(setting, rows.shape[1], data.classes, rng, batches_in(len(rows), BATCH))
    cases = Claims(rows, labels, net.encoding, HardWrong(net.reader.logits, rng), BATCH, seed)
    measure = partial(net.measure, data.test_images, data.test_labels)
    learners = together([net.reader, *net.groups], setting.epochs)
    return Run(learners, cases, setting.epochs, measure, net.parts(), rng, net)
