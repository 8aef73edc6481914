"""What ``hardware-sim fast`` says of streams: who errs how often on images never seen."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import percent
from ffnumpy.data import Dataset
from hardware_sim.chip.design import EXACT, UNLIMITED, Design
from hardware_sim.commands.options import device_of, lines_of, scale_of, unseen_images
from hardware_sim.devices.presets import IDEAL
from hardware_sim.learning.fast import ContinualPlan, FastLearner, Goals, as_it_comes
from hardware_sim.learning.learners import ChipLearner, Learner, TwinLearner
from hardware_sim.learning.run import SingleRun, error_rate

__all__ = ["Streamed", "plan_of", "running_error", "stream_record", "streamed", "what"]

NUMBERS, IDEAL_CHIP = "numbers", "ideal chip"


class Streamed(NamedTuple):
    """What came of one stream.

    Attributes
    ----------
    substrate, rule : str
        Rule "fast" or "slow".
    amount : float
        η of the fast rule, ε of the slow one.
    wrong : (n,) booleans
        Answers to the images of the stream, each before it was learnt.
    again : float
        Error on the last of them, asked again at the end.
    unseen : float
        Error on test images.
    seconds : float
    """

    substrate: str
    rule: str
    amount: float
    wrong: NDArray
    again: float
    unseen: float
    seconds: float


def plan_of(args: argparse.Namespace, rate: float) -> ContinualPlan:
    """Return what is learnt, with a rate for the slow rule."""
    return ContinualPlan(args.hidden, rate, args.candidates, 1, args.seed)


def streamed(args: argparse.Namespace, data: Dataset) -> Iterator[Streamed]:
    """Yield what every learner made of the same stream, with a line on the terminal for each."""
    print("running error at the end, asked again, test error", flush=True)
    for substrate in (NUMBERS, IDEAL_CHIP, args.device):
        for rule, amount in ways(args):
            found = one_stream(args, data, substrate, rule, amount)
            print(line(args, found), flush=True)
            yield found


def ways(args: argparse.Namespace) -> Iterator[tuple[str, float]]:
    """Yield every rule with every amount."""
    yield from (("fast", share) for share in args.shares)
    yield from (("slow", rate) for rate in args.rates)


def learner_of(args: argparse.Namespace, data: Dataset, substrate: str, rate: float) -> Learner:
    """Manufacture a learner that knows nothing, the same for every rule."""
    plan, lines, scale = plan_of(args, rate), lines_of(args, data), scale_of(args)
    if substrate == NUMBERS:
        return TwinLearner(plan, Design(lines, scale), args.stream)
    if substrate == IDEAL_CHIP:
        return ChipLearner(plan, Design(lines, scale, EXACT, limits=UNLIMITED), IDEAL, args.stream)
    return ChipLearner(plan, Design(lines, scale), device_of(substrate), args.stream)


def one_stream(
    args: argparse.Namespace, data: Dataset, substrate: str, rule: str, amount: float
) -> Streamed:
    """Show the stream to one learner."""
    rows, labels = data.train_images[: args.stream], data.train_labels[: args.stream]
    rate = amount if rule == "slow" else args.rates[0]
    learner = learner_of(args, data, substrate, rate)
    if rule == "fast":
        learner = FastLearner(learner, Goals(args.above, args.below, amount))
    begun = time.perf_counter()
    stream = list(as_it_comes(SingleRun(learner, rows, labels, plan_of(args, rate))))
    seconds = time.perf_counter() - begun
    last = [where for where, _ in stream[-args.window :]]
    wrong = np.array([missed for _, missed in stream])
    again = error_rate(learner, rows[last], labels[last])
    unseen = error_rate(learner, *unseen_images(args, data))
    return Streamed(substrate, rule, amount, wrong, again, unseen, seconds)


def what(found: Streamed) -> str:
    """Return a rule and its amount for people."""
    return f"{found.rule}, {'η' if found.rule == 'fast' else 'ε'} = {found.amount:g}"


def line(args: argparse.Namespace, found: Streamed) -> str:
    """Return the line on the terminal."""
    errors = (float(found.wrong[-args.window :].mean()), found.again, found.unseen)
    numbers = "  ".join(f"{percent(error):>8}" for error in errors)
    return f"{found.substrate:<16} {what(found):<16} {numbers}   ({found.seconds:.0f} s)"


def stream_record(args: argparse.Namespace, found: Streamed) -> dict[str, Any]:
    """Return what came of a stream, for the record; the running error once every 50 images."""
    running = running_error(found.wrong, args.window)
    return {
        "substrate": found.substrate,
        "rule": found.rule,
        "share" if found.rule == "fast" else "rate": found.amount,
        "stream_error": float(found.wrong.mean()),
        "last_error": float(running[-1]),
        "last_error_asked_again": found.again,
        "test_error": found.unseen,
        "running_error": running[49::50].tolist(),
        "seconds": round(found.seconds, 3),
    }


def running_error(wrong: NDArray, window: int) -> NDArray:
    """Return after each image the error on the last `window`, or on all while there are fewer.

    Examples
    --------
    >>> running_error(np.array([True, True, False, False]), 2).tolist()
    [1.0, 1.0, 0.5, 0.0]
    """
    total = np.concatenate([[0], np.cumsum(wrong)])
    end = np.arange(1, len(wrong) + 1)
    start = np.maximum(end - window, 0)
    return (total[end] - total[start]) / (end - start)
