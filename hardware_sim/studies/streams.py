"""Streams: the error of fast and of slow learning on images that are each seen once."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import Encoding
from ffnumpy.cases.stream import running_error
from ffnumpy.commands import percent
from ffnumpy.layers.fast import Goals
from hardware_sim.chip.design import EXACT, UNLIMITED, Design
from hardware_sim.devices.presets import IDEAL
from hardware_sim.learning.fast import FastLearner, as_it_comes
from hardware_sim.learning.learners import Learner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, error_rate, single_run
from hardware_sim.studies.trials import Trial

__all__ = [
    "Fast",
    "Rule",
    "Slow",
    "Stream",
    "Streamed",
    "points",
    "rules",
    "stream_line",
    "stream_record",
    "streamed",
]

FLOATING_POINT, IDEAL_CHIP = "floating point", "ideal chip"
Make = Callable[[Trial, int, Encoding], Learner]


@dataclass(frozen=True)
class Rule(ABC):
    """A rule to learn by, and how much of it.

    Attributes
    ----------
    amount : float
    name, symbol, quantity : str
        Of the rule; of the amount in a line, and in a record.
    """

    amount: float

    name: ClassVar[str]
    symbol: ClassVar[str]
    quantity: ClassVar[str]

    def __str__(self) -> str:
        return f"{self.name}, {self.symbol} = {self.amount:g}"

    @abstractmethod
    def learner(self, make: Make, trial: Trial, stream: Stream) -> Learner:
        """Return a learner by this rule that has learnt nothing yet."""


class Fast(Rule):
    """The one-step rule: a share η of the way to the goal."""

    name, symbol, quantity = "fast", "η", "share"

    def learner(self, make: Make, trial: Trial, stream: Stream) -> Learner:
        """Return a learner by the one-step rule."""
        goals = replace(stream.goals, share=self.amount)
        return FastLearner(make(trial, *stream.size), goals)


class Slow(Rule):
    """Eq. 3 with a learning rate ε that stays."""

    name, symbol, quantity = "slow", "ε", "rate"

    def learner(self, make: Make, trial: Trial, stream: Stream) -> Learner:
        """Return a learner by Eq. 3."""
        return make(replace(trial, plan=replace(trial.plan, rate=self.amount)), *stream.size)


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

    @property
    def size(self) -> tuple[int, Encoding]:
        """The number of images, and their encoding: what a learner must know of them."""
        return len(self.bench.rows), self.bench.encoding


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


def points(base: Trial, device: str) -> dict[str, tuple[Make, Trial]]:
    """Return the substrates, each as what makes a learner of a trial, and the trial.

    They are the floating-point twin, an ideal chip, and the chip of a device.
    """
    drawing = Design(base.design.lines, base.design.scale, EXACT, limits=UNLIMITED)
    ideal = replace(base, design=drawing, device=IDEAL)
    return {
        FLOATING_POINT: (Trial.twin, base),
        IDEAL_CHIP: (Trial.learner, ideal),
        device: (Trial.learner, base),
    }


def rules(shares: Iterable[float], rates: Iterable[float]) -> list[Rule]:
    """Return the fast rule with every share, then the slow rule with every rate."""
    return [*map(Fast, shares), *map(Slow, rates)]


def streamed(
    base: Trial, device: str, wanted: Sequence[Rule], stream: Stream
) -> Iterator[Streamed]:
    """Yield the result of every substrate with every rule, all on the same stream."""
    for substrate, (make, trial) in points(base, device).items():
        for rule in wanted:
            yield one_stream(substrate, rule, rule.learner(make, trial, stream), trial.plan, stream)


def one_stream(
    substrate: str, rule: Rule, learner: Learner, plan: Plan, stream: Stream
) -> Streamed:
    """Show the stream to one learner, which has learnt nothing before."""
    bench, begun = stream.bench, time.perf_counter()
    answers = list(as_it_comes(single_run(learner, bench.rows, bench.labels, plan)))
    seconds = time.perf_counter() - begun
    last = [where for where, _ in answers[-stream.window :]]
    wrong = np.array([missed for _, missed in answers])
    again = error_rate(learner, bench.rows[last], bench.labels[last])
    unseen = error_rate(learner, bench.unseen, bench.truth)
    return Streamed(substrate, rule, wrong, again, unseen, seconds)


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
        result.rule.quantity: result.rule.amount,
        "stream_error": float(result.wrong.mean()),
        "last_error": float(running[-1]),
        "last_error_asked_again": result.again,
        "test_error": result.unseen,
        "running_error": running[49::50].tolist(),
        "seconds": round(result.seconds, 3),
    }
