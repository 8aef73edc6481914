"""Section 5: positive and negative phases far apart in time, like waking and sleep.

The paper asks whether the negative phase can be done offline. An early draft reported that it can.
The published version withdraws the claim, which could not be repeated, and says that with the sum
of squares as goodness the phases can be separated only at a very low rate and very high momentum.

What differs: wrong labels are drawn evenly, there is no readout, and the goodness is measured for
every label. A batch of one phase moves the weights by the mean over its own cases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ffnumpy.cases.encoding import Encoding, OneHot
from ffnumpy.cases.phases import PhaseCases
from ffnumpy.data import Dataset
from ffnumpy.optimisers import Smoothed
from ffnumpy.runs import Run
from ffnumpy.supervised import Setting as Network
from ffnumpy.supervised import Supervised
from ffnumpy.supervised.names import changed
from ffnumpy.validation import above_zero, check_fraction, whole, widths

SECTION, PAPER, MINUTES = "5", "withdrawn", 60
COMPARED = ("group", "awake", "rate", "delay")
DIFFERS = "measured, because the paper withdraws its claim: nothing is to be reached"
GROUPS, WHOLE, SEEDS = (1, 3, 10, 30, 100), 10**6, 3
PACES = ((0.01, 0.9), (0.001, 0.9), (0.001, 0.99), (0.0003, 0.999))  # ε and delay


@dataclass(frozen=True)
class Setting:
    """Widths, epochs, batches in a phase, groups per negative phase, ε, the optimiser's delay."""

    hidden: tuple[int, ...] = (500, 500)
    epochs: int = 5
    group: int = 1
    awake: int = 1
    rate: float = 0.01
    delay: float = 0.9

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs)
        whole(group=self.group, awake=self.awake)
        above_zero(rate=self.rate)
        check_fraction("delay", self.delay)


FULL, QUICK = Setting(), Setting((100, 100), epochs=2)


def drawn(
    setting: Setting, columns: int, encoding: Encoding, rng: np.random.Generator, updates: int = 1
) -> Supervised:
    """Return a freshly drawn network without a readout."""
    moved = {"rate": setting.rate, "optimiser": Smoothed(setting.delay), "falling": False}
    own = changed(Network(), hidden=setting.hidden, negatives="fixed", **moved)
    return Supervised(own, columns, encoding.classes, rng, updates, encoding)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains a network in phases."""
    rows, labels, rng = data.train_images, data.train_labels, np.random.default_rng(seed)
    net = drawn(setting, rows.shape[1], OneHot.fitting(rows, data.classes), rng)
    cases = PhaseCases(rows, labels, net.encoding, setting.group, setting.awake, seed=seed)
    measure = partial(net.measure, data.test_images, data.test_labels)
    return Run(net.learners(), cases, setting.epochs, measure, net.parts(), rng, net)


def points(setting: Setting, seed: int) -> dict[str, tuple[Setting, int]]:
    """Return phases of every length at every pace, and the first that skips negative phases."""
    table = {}
    for rate, delay in PACES:
        for group in (*GROUPS, WHOLE):
            name = f"{'epoch' if group == WHOLE else group} a phase, ε {rate:g}, delay {delay:g}"
            table[name] = replace(setting, group=group, awake=1, rate=rate, delay=delay)
    first = table[next(iter(table))]
    for awake in (2, 5):
        table[f"negative phase once in {awake}"] = replace(first, awake=awake)
    return {
        f"{name}, seed {seed + number}": (one, seed + number)
        for name, one in table.items()
        for number in range(SEEDS)
    }
