"""Streams: the error of fast and of slow learning on images that are each seen once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import Encoding
from ffnumpy.cases.stream import running_error
from ffnumpy.commands import percent
from ffnumpy.layers.fast import Goals
from hardware_sim.chip.design import EXACT, UNLIMITED, Design
from hardware_sim.devices.presets import IDEAL
from hardware_sim.learning.fast import FastLearner, as_it_comes
from hardware_sim.learning.learners import Learner, TwinLearner
from hardware_sim.learning.run import Bench, error_rate, single_run
from hardware_sim.studies.trials import Trial

__all__ = [
    "Rule",
    "Stream",
    "Streamed",
    "points",
    "rules",
    "stream_line",
    "stream_record",
    "streamed",
]

FLOATING_POINT, IDEAL_CHIP = "floating point", "ideal chip"
FAST, SLOW = "fast", "slow"


class Rule(NamedTuple):
    """A rule to learn by: "fast" by a share η of the way to the goal, "slow" by Eq. 3 with ε."""

    name: str
    amount: float

    def __str__(self) -> str:
        return f"{self.name}, {'η' if self.name == FAST else 'ε'} = {self.amount:g}"


class Stream(NamedTuple):
    """What every learner is shown.

    Attributes
    ----------
    bench : Bench
        Its rows are the stream.
    goals : Goals
        Of the fast rule, whose share each `Rule` sets.
    window : int
        Images of the running error.
    """

    bench: Bench
    goals: Goals
    window: int


class Streamed(NamedTuple):
    """The result of one learner on the stream.

    Attributes
    ----------
    substrate : str
    rule : Rule
    wrong : (n,) booleans
        Answers to the images of the stream, each from before it was learnt.
    again : float
        Error on the last of them, asked again at the end.
    unseen : float
        Error on test images.
    seconds : float
    """

    substrate: str
    rule: Rule
    wrong: NDArray
    again: float
    unseen: float
    seconds: float


def points(base: Trial, device: str) -> dict[str, Trial]:
    """Return the substrates: the floating-point twin, an ideal chip, and the chip of a device."""
    drawing = Design(base.design.lines, base.design.scale, EXACT, limits=UNLIMITED)
    ideal = replace(base, design=drawing, device=IDEAL)
    return {FLOATING_POINT: base, IDEAL_CHIP: ideal, device: base}


def rules(shares: Iterable[float], rates: Iterable[float]) -> list[Rule]:
    """Return the fast rule with every share, then the slow rule with every rate."""
    return [*(Rule(FAST, share) for share in shares), *(Rule(SLOW, rate) for rate in rates)]


def streamed(
    base: Trial, device: str, wanted: Sequence[Rule], stream: Stream
) -> Iterator[Streamed]:
    """Yield the result of every substrate with every rule, all on the same stream."""
    for substrate, trial in points(base, device).items():
        for rule in wanted:
            yield one_stream(substrate, trial, rule, stream)


def one_stream(substrate: str, trial: Trial, rule: Rule, stream: Stream) -> Streamed:
    """Show the stream to one learner, which has learnt nothing before."""
    if rule.name == SLOW:
        trial = replace(trial, plan=replace(trial.plan, rate=rule.amount))
    bench, encoding = stream.bench, stream.bench.encoding
    learner = untrained(substrate, trial, len(bench.rows), encoding)
    if rule.name == FAST:
        learner = FastLearner(learner, replace(stream.goals, share=rule.amount))
    begun = time.perf_counter()
    answers = list(as_it_comes(single_run(learner, bench.rows, bench.labels, trial.plan)))
    seconds = time.perf_counter() - begun
    last = [where for where, _ in answers[-stream.window :]]
    wrong = np.array([missed for _, missed in answers])
    again = error_rate(learner, bench.rows[last], bench.labels[last])
    unseen = error_rate(learner, bench.unseen, bench.truth)
    return Streamed(substrate, rule, wrong, again, unseen, seconds)


def untrained(substrate: str, trial: Trial, images: int, encoding: Encoding) -> Learner:
    """Return a learner that knows nothing, the same for every rule."""
    if substrate == FLOATING_POINT:
        return TwinLearner(trial.plan, trial.design, images, encoding)
    return trial.learner(images, encoding)


def stream_line(result: Streamed, window: int) -> str:
    """Return a result as one line: running error at the end, asked again, test error."""
    errors = (float(result.wrong[-window:].mean()), result.again, result.unseen)
    numbers = "  ".join(f"{percent(error):>8}" for error in errors)
    return f"{result.substrate:<16} {result.rule!s:<16} {numbers}   ({result.seconds:.0f} s)"


def stream_record(result: Streamed, window: int) -> dict[str, Any]:
    """Return a result for the record, with the running error after every 50 images."""
    running = running_error(result.wrong, window)
    return {
        "substrate": result.substrate,
        "rule": result.rule.name,
        "share" if result.rule.name == FAST else "rate": result.rule.amount,
        "stream_error": float(result.wrong.mean()),
        "last_error": float(running[-1]),
        "last_error_asked_again": result.again,
        "test_error": result.unseen,
        "running_error": running[49::50].tolist(),
        "seconds": round(result.seconds, 3),
    }
