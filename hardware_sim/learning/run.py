"""A training run of a chip, one image at a time, and its test error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import LabelledCases, single_rows
from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.negatives import StrongestWrong
from ffnumpy.training import train
from hardware_sim.learning.backprop import BackpropRun
from hardware_sim.learning.learners import Learner
from hardware_sim.learning.plan import Plan

__all__ = [
    "SingleRun",
    "error_rate",
    "Bench",
]


@dataclass
class SingleRun:
    """A training run, one image at a time: each with its true label, then with a wrong one.

    Attributes
    ----------
    learner : Learner
    rows : (n, columns) array
        Images as the data set holds them.
    labels : (n,) array of int
    plan : Plan
    encoding : Encoding
    """

    learner: Learner
    rows: NDArray
    labels: NDArray
    plan: Plan
    encoding: Encoding = field(default_factory=Encoding)

    def __post_init__(self) -> None:
        self.rng = self.plan.generator(1)
        negatives = StrongestWrong(
            self.encoding, self.learner.strongest, self.plan.candidates, self.rng
        )
        self.cases = LabelledCases(
            self.rows, self.labels, self.encoding, negatives, 1, self.plan.seed
        )

    @property
    def finished(self) -> bool:
        """Whether all passes are done."""
        return self.cases.epoch >= self.plan.passes

    def steps(self) -> Iterator[int]:
        """Train through the rest of the current pass; yield the number of images shown so far.

        It never stops between the two cases of an image, so that a saved run goes on bit for bit.
        """
        shown = train(self.learner.layers, single_rows(self.cases))
        return (cases // 2 for cases in shown if cases % 2 == 0)


def error_rate(
    learner: Learner, rows: NDArray, labels: NDArray, encoding: Encoding | None = None
) -> float:
    """Return the fraction of images whose label is not the learner's answer."""
    encoding = encoding or Encoding()
    wrong = 0
    for row, label in zip(rows, labels, strict=True):
        features = encoding.features(row[np.newaxis])
        wrong += learner.strongest(encoding.every_label(features)) != label
    return wrong / len(rows)


class Bench(NamedTuple):
    """Images and labels, as a data set holds them: to train on, and unseen ones."""

    rows: NDArray
    labels: NDArray
    unseen: NDArray
    truth: NDArray


Watch = Callable[[Iterator[int]], Iterable[int]]


def train_to_the_end(run: SingleRun | BackpropRun, watch: Watch = iter) -> None:
    """Train through all passes."""
    while not run.finished:
        for _ in watch(run.steps()):
            pass
