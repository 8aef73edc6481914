"""A training run of a chip, one image at a time, and its test error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import Encoding, LabelledCases, StrongestWrong
from ffnumpy.cases.labelled import Features
from ffnumpy.cases.stream import OneByOne
from ffnumpy.runs.checkpoint import Arrays
from ffnumpy.runs.run import Run
from ffnumpy.training import together
from ffnumpy.validation import check_labels
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.learners import Learner
from hardware_sim.learning.plan import Plan

__all__ = [
    "Bench",
    "Progress",
    "error_on_the_bench",
    "error_rate",
    "from_format_1",
    "share_wrong",
    "single_run",
    "train_all_passes",
]

TESTED = 1000  # images of the test after each pass

Progress = Callable[[Iterator[int]], Iterable[int]]


class Bench(NamedTuple):
    """Images and labels as a data set holds them, to train and to test on, and their encoding."""

    rows: NDArray
    labels: NDArray
    unseen: NDArray
    truth: NDArray
    encoding: Encoding


def single_run(
    learner: Learner,
    rows: NDArray,
    labels: NDArray,
    plan: Plan,
    strongest: Callable[[Any], int] | None = None,
) -> Run:
    """Return a training run, one image at a time: each with its true label, then with a wrong one.

    It never stops between the two cases of an image, so that a saved run goes on bit for bit.

    Parameters
    ----------
    learner : Learner
    rows : (n, columns) array
        Images as the data set holds them.
    labels : (n,) array of int
    plan : Plan
    strongest : callable, optional
        Who says which of some wrong labels is the strongest; by default the learner itself.

    Raises
    ------
    ValueError
        If rows and labels do not fit each other.
    """
    rng, strongest = plan.generator(1), strongest or learner.strongest
    negatives = StrongestWrong(learner.encoding, strongest, plan.candidates, rng)
    cases = LabelledCases(rows, labels, learner.encoding, negatives, 1, plan.seed)
    return Run(
        together([OneByOne(learner.layers)], plan.passes),
        cases,
        plan.passes,
        dict,
        learner.parts(),
        rng,
        learner,
    )


def measured_on(run: Run, rows: NDArray, labels: NDArray) -> Run:
    """Return the run, to be measured on the first of some unseen images; the ledger forgets it."""
    run.measure = partial(_measured, run.network, rows[:TESTED], labels[:TESTED])
    return run


def _measured(learner: Learner, rows: NDArray, labels: NDArray) -> dict[str, Any]:
    return {f"error_of_{len(rows)}": error_on_the_bench(learner, rows, labels)}


def error_rate(learner: Learner, rows: NDArray, labels: NDArray) -> float:
    """Return the fraction of images whose label is not the learner's answer."""
    encoding = learner.encoding
    return share_wrong(lambda x: learner.strongest(encoding.every_label(x)), rows, labels, encoding)


def error_on_the_bench(learner: Learner, rows: NDArray, labels: NDArray) -> float:
    """Return `error_rate` as an observer measures it between two images: the ledger forgets it."""
    with learner.ledger.unbilled():
        return error_rate(learner, rows, labels)


def share_wrong(
    answer: Callable[[Features], int], rows: NDArray, labels: NDArray, encoding: Encoding
) -> float:
    """Return the fraction of images whose label is not the answer, asked one image at a time.

    Raises
    ------
    ValueError
        If there are no images, they cannot be encoded, or a label is not a class.
    """
    encoding.check(rows)
    check_labels(len(rows), labels, encoding.classes)
    pairs = zip(rows, labels, strict=True)
    wrong = sum(answer(encoding.features(row[np.newaxis])) != label for row, label in pairs)
    return float(wrong / len(rows))


def train_all_passes(run: Run, progress: Progress = iter) -> None:
    """Train through all passes, without a journal; `progress` gets the steps of each.

    Raises
    ------
    ffnumpy.runs.DivergedError
        If weights are no longer finite after a pass.
    """
    while not run.finished:
        for _ in progress(run.steps()):
            pass
        run.check_finite()


def from_format_1(place: dict[str, Any], arrays: Arrays) -> tuple[dict[str, Any], Arrays]:
    """Return what an older program saved of a chip, by the names that its parts have now.

    Arrays of layer 0 were called "0/…"; the ledger and both generators stood beside them.
    """
    about = place["about"]
    if "generators" not in about:
        return place, arrays
    renamed = {}
    for name, array in arrays.items():
        number, _, own = name.partition("/")
        renamed[f"layer{int(number) + 1}/{own}"] = array
    noise, cases = about["generators"]
    renamed["noise/state"] = np.frombuffer(json.dumps(noise).encode(), np.uint8)
    ledger = Ledger()
    ledger.restore_lines(about["ledger"])
    renamed |= {f"ledger/{name}": array for name, array in ledger.arrays().items()}
    return {**place, "generator": cases}, renamed
