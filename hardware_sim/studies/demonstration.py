"""The demonstration: a chip learns from voltages, then takes one step towards a goodness.

It is the network of ``ffnumpy demo`` as a chip, without a converter on the way. Everything that is
measured beside the training is read by probe, and no test is in the bill.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.runs.run import Run
from hardware_sim.chip.decision import label_goodness
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import reach_together
from hardware_sim.circuits.converters import Probe
from hardware_sim.devices.presets import preset
from hardware_sim.energy.costs import Cost
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import FIRST
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, error_on_the_bench, single_run
from hardware_sim.scale import Scale
from hardware_sim.studies.trials import Trial, cost_on

__all__ = [
    "CANDIDATES",
    "DEVICE",
    "PROBED",
    "TESTED",
    "OneStep",
    "Training",
    "blocks",
    "by_parts",
    "cost_of",
    "measured",
    "started",
    "take_one_step",
    "trial",
]

DEVICE, WEIGHT = "gokmen-vlasov", 0.6
TEMPERATURE = 52.0  # T of the loss: θ = 500 is then 0.06 V
RATE, CANDIDATES = 0.02, 3
PARTS = 5  # of the training, with a test after each
TESTED, PROBED = 1000, 300  # images
READS = 200  # of one goodness on the bench
Span = tuple[float, float, float]


class Training(NamedTuple):
    """The result of the training.

    Attributes
    ----------
    trial : Trial
    bench : Bench
    learner : ChipLearner
    spent : Ledger
        Of the training alone, without the first weights.
    parts : list of dict
        Images shown, error and seconds after each part.
    voltages : tuple of two (images,) arrays
        Held voltages that the winner-take-all compares: of the true label's goodness, and of the
        strongest wrong one's [V].
    """

    trial: Trial
    bench: Bench
    learner: ChipLearner
    spent: Ledger
    parts: list[dict[str, Any]]
    voltages: tuple[NDArray, NDArray]

    @property
    def error(self) -> float:
        """The error at the end."""
        return float(self.parts[-1]["error"])


class OneStep(NamedTuple):
    """One step for one case, as read on the bench.

    Attributes
    ----------
    target : float
        Goodness wanted of every layer.
    before, after : (layers, reads) arrays
        Goodness.
    cosine : float
        Between the last layer's outputs before and after.
    spent : Ledger
    """

    target: float
    before: NDArray
    after: NDArray
    cosine: float
    spent: Ledger


def trial(inputs: int, hidden: tuple[int, ...], seed: int, classes: int = 10) -> Trial:
    """Return the chip of the demonstration."""
    plan = Plan(hidden, RATE, min(CANDIDATES, classes - 1), passes=1, seed=seed)
    scale = Scale(weight=WEIGHT).at(TEMPERATURE)
    return Trial(plan, Design((inputs, *hidden), scale), preset(DEVICE).device)


def started(base: Trial, bench: Bench) -> Run:
    """Make the chip, and return its run before the first image."""
    learner = base.learner(len(bench.rows), bench.encoding)
    return single_run(learner, bench.rows, bench.labels, base.plan)


def by_parts(run: Run, bench: Bench) -> Iterator[dict[str, Any]]:
    """Train; after each part yield the images shown, the error and the seconds so far."""
    begun, images = time.perf_counter(), len(bench.rows)
    marks = {images * part // PARTS for part in range(1, PARTS + 1)}
    for shown in run.steps():
        if shown in marks:
            error = error_on_the_bench(run.network, bench.unseen[:TESTED], bench.truth[:TESTED])
            seconds = time.perf_counter() - begun
            yield {"images": shown, "error": error, "seconds": round(seconds, 3)}


def measured(
    base: Trial, bench: Bench, learner: ChipLearner, parts: list[dict[str, Any]]
) -> Training:
    """Return the result of a training that is over, with the label voltages read by probe."""
    spent = learner.ledger.without(FIRST)
    return Training(base, bench, learner, spent, parts, label_voltages(learner, bench))


def label_voltages(learner: ChipLearner, bench: Bench) -> tuple[NDArray, NDArray]:
    """Return the held voltages of the true label and of the strongest wrong one, (images,) [V]."""
    encoding, probe = bench.encoding, Probe(learner.ledger)
    true, wrong = [], []
    for row, label in zip(bench.unseen[:PROBED], bench.truth[:PROBED], strict=True):
        x = encoding.every_label(encoding.features(row[np.newaxis]))
        held = label_goodness(learner.dac, learner.chip, x, hold=learner.decision.hold)
        volts = probe.read(held)[:, 0]
        true.append(volts[label])
        wrong.append(np.delete(volts, label).max())
    return np.array(true), np.array(wrong)


def cost_of(training: Training) -> Cost:
    """Return the cost of training on one image."""
    return cost_on(training.trial.device, training.spent, len(training.bench.rows))


def blocks(training: Training) -> dict[str, Span]:
    """Return each block's energy for an image at low, nominal and high constants [J]."""
    spans = cost_of(training).blocks()
    return dict(sorted(spans.items(), key=lambda block: -block[1][1]))


def take_one_step(training: Training, target: float) -> OneStep:
    """Take every layer to the goodness wanted, for one test image with its true label."""
    learner, bench, encoding = training.learner, training.bench, training.bench.encoding
    features = encoding.features(bench.unseen[:1])
    x = encoding.labelled(features, bench.truth[:1].astype(int)).toarray()
    before, direction = on_the_bench(learner, x)
    start = learner.ledger.copy()
    reach_together(learner.dac, learner.chip, x, target)
    spent = learner.ledger.since(start)
    after, moved = on_the_bench(learner, x)
    cosine = direction @ moved / np.sqrt((direction @ direction) * (moved @ moved))
    return OneStep(target, before, after, float(cosine), spent)


def on_the_bench(learner: ChipLearner, x: NDArray) -> tuple[NDArray, NDArray]:
    """Read the goodness of every layer, (layers, reads), and the last one's mean output, by probe.

    Every reading has the chip's noise in it.
    """
    probe, readings = Probe(learner.ledger), []
    voltage = learner.dac.forward(np.repeat(x, READS, axis=0))[0]
    for layer in learner.chip:
        voltage, goodness = layer.forward(voltage)
        readings.append(probe.read(goodness)[:, 0] / layer.scale.goodness)
    return np.array(readings), probe.read(voltage).mean(axis=0)
