"""``hardware-sim fast``: the one-step rule on a chip: how near it comes, and how well it learns."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy import records
from ffnumpy.checkpoint import write_json
from ffnumpy.commands import UsageError, check_figure, check_target, percent, seed, whole_numbers
from ffnumpy.data import Dataset, load
from ffnumpy.inputs import Encoding
from hardware_sim.commands.options import add_data, device_of, scale_of, settle_weight
from hardware_sim.fast_learning import (
    Condition,
    ContinualPlan,
    FastLearner,
    Goals,
    Reached,
    as_it_comes,
    conditions,
    reached,
    real_chip,
    single_cases,
)
from hardware_sim.layout import EXACT, UNLIMITED, Layout
from hardware_sim.presets import IDEAL, PRESETS
from hardware_sim.runs import ChipLearner, Learner, NumberLearner, SingleRun, error_rate

ONE_CASE = Goals(1.5, 1 / 6)  # an untrained S is near N/2: three times as much, and a third of it
QUANTILES = (5, 50, 95)
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


def decimals(text: str) -> tuple[float, ...]:
    """Read ``1,0.3`` as a tuple."""
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError:
        message = f"expected numbers with commas between; got {text}"
        raise argparse.ArgumentTypeError(message) from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim fast``."""
    add_data(parser)
    parser.add_argument(
        "--hidden", type=whole_numbers, default=(256, 256), metavar="N,N,…", help="default: 256,256"
    )
    parser.add_argument("--device", choices=tuple(PRESETS), default="gokmen-vlasov")
    parser.add_argument(
        "--cases", type=int, default=40, metavar="N", help="single cases a condition; default: 40"
    )
    parser.add_argument(
        "--stream", type=int, default=2000, metavar="N", help="images seen once; default: 2000"
    )
    parser.add_argument("--seed", type=seed, default=0, help="which chips, which cases; default: 0")
    parser.add_argument("--out", type=Path, metavar="RUN.json", help="the record")
    parser.add_argument("--figure", type=Path, metavar="FILE.png", help="distributions and errors")
    _add_choices(parser.add_argument_group("choices"))


def _add_choices(choices: Any) -> None:
    choices.add_argument(
        "--shares",
        type=decimals,
        default=(1.0, 0.5, 0.2),
        metavar="η,η,…",
        help="of the way that a case of the stream goes; default: 1,0.5,0.2",
    )
    choices.add_argument(
        "--rates",
        type=decimals,
        default=(0.005, 0.01),
        metavar="ε,ε,…",
        help="of the slow rule on the same stream; default: 0.005,0.01",
    )
    choices.add_argument("--above", type=float, default=1.5, help="S*/N of positives; default: 1.5")
    choices.add_argument("--below", type=float, default=0.5, help="S*/N of negatives; default: 0.5")
    choices.add_argument("--candidates", type=int, default=3, help="wrong labels; default: 3")
    choices.add_argument("--weight", type=float, help="at w = 1; default: what suits the device")
    choices.add_argument(
        "--window", type=int, default=200, help="images of the running error; default: 200"
    )
    choices.add_argument("--test-images", type=int, default=500, help="default: 500")


def run(args: argparse.Namespace) -> int:
    """Measure, print, and write what came out."""
    settle_weight(args)
    check(args)
    begun = time.perf_counter()
    data = load(args.data, args.data_dir)
    near = list(nearness(args, data))
    streams = list(streamed(args, data))
    if args.out:
        write_json(args.out, record(args, near, streams, time.perf_counter() - begun))
    if args.figure:
        draw(args, near, streams)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any work."""
    check_target("--out", args.out)
    if args.figure:
        check_figure("--figure", args.figure)
    for option in ("stream", "window", "test_images"):
        if getattr(args, option) < 1:
            name = option.replace("_", "-")
            raise UsageError(f"--{name}: expected 1 or more, got {getattr(args, option)}")
    if args.cases < 2:
        raise UsageError(f"--cases: expected 2 or more, one of each sign; got {args.cases}")
    if not 1 <= args.candidates <= 9:
        raise UsageError(f"--candidates: expected 1 … 9 wrong labels, got {args.candidates}")
    try:
        for share in args.shares:
            Goals(args.above, args.below, share)
        for rate in args.rates:
            plan_of(args, rate)
        scale_of(args)
    except ValueError as error:
        raise UsageError(str(error)) from None


def plan_of(args: argparse.Namespace, rate: float) -> ContinualPlan:
    """Return what is learnt, with a rate for the slow rule."""
    return ContinualPlan(args.hidden, rate, args.candidates, 1, args.seed)


def lines_of(args: argparse.Namespace, data: Dataset) -> tuple[int, ...]:
    """Return the inputs, then the neurons of each layer."""
    return (Encoding().inputs(data.train_images.shape[1]), *args.hidden)


# How near


def nearness(args: argparse.Namespace, data: Dataset) -> Iterator[tuple[Condition, Reached]]:
    """Yield what single cases reached under every condition, with a line on the terminal."""
    x = single_cases(data.train_images, data.train_labels, cases=args.cases)
    scale, lines = scale_of(args), lines_of(args, data)
    print(f"S reached/S*, {len(x)} cases: median [5 % … 95 %] raised, lowered; cosine", flush=True)
    for condition in (*conditions(lines, scale), real_chip(lines, scale, device_of(args.device))):
        found = reached(condition, ONE_CASE, x, args.seed)
        print(f"{named(condition):<32} {spread(found)}", flush=True)
        yield condition, found


def named(condition: Condition) -> str:
    """Return a condition for people."""
    return f"{condition.group} {shown(condition.value)}"


def shown(value: float) -> str:
    """Return a value for people."""
    return "∞" if value == inf else f"{value:g}"


def spread(found: Reached) -> str:
    """Return the distributions of all layers together, for people."""
    parts = []
    for ratio in (found.ratio[found.up], found.ratio[~found.up]):
        low, middle, high = np.percentile(ratio, QUANTILES)
        parts.append(f"{middle:.3f} [{low:.3f} … {high:.3f}]")
    return "   ".join([*parts, f"{np.median(found.cosine):.5f}"])


def quantiles(values: NDArray) -> dict[str, list[float]]:
    """Return quantiles over the cases, one number for each layer."""
    found = np.percentile(values, QUANTILES, axis=0)
    return {f"{q} %": line.tolist() for q, line in zip(QUANTILES, found, strict=True)}


def near_record(condition: Condition, found: Reached) -> dict[str, Any]:
    """Return a condition and what was reached, layer by layer, for the record."""
    return {
        "varied": condition.group,
        "value": "inf" if condition.value == inf else condition.value,
        "raised": quantiles(found.ratio[found.up]),
        "lowered": quantiles(found.ratio[~found.up]),
        "largest_relative_error": np.abs(found.ratio - 1).max(axis=0).tolist(),
        "cosine": quantiles(found.cosine),
        "cosine_of_two_reads": quantiles(found.unmoved),
    }


# A stream


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
        return NumberLearner(plan, Layout(lines, scale), args.stream)
    if substrate == IDEAL_CHIP:
        return ChipLearner(plan, Layout(lines, scale, EXACT, limits=UNLIMITED), IDEAL, args.stream)
    return ChipLearner(plan, Layout(lines, scale), device_of(substrate), args.stream)


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
    asked = slice(args.test_images)
    unseen = error_rate(learner, data.test_images[asked], data.test_labels[asked])
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


# On paper


def record(
    args: argparse.Namespace,
    near: list[tuple[Condition, Reached]],
    streams: list[Streamed],
    seconds: float,
) -> dict[str, Any]:
    """Return the record."""
    return {
        **records.header(args.seed),
        "data": args.data,
        "hidden": list(args.hidden),
        "device": args.device,
        "weight": args.weight,
        "cases": args.cases,
        "one_case": asdict(ONE_CASE),
        "reached": [near_record(*pair) for pair in near],
        "stream_images": args.stream,
        "window": args.window,
        "test_images": args.test_images,
        "candidates": args.candidates,
        "goals": {"above": args.above, "below": args.below},
        "streams": [stream_record(args, found) for found in streams],
        "seconds": round(seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
    }


def draw(
    args: argparse.Namespace, near: list[tuple[Condition, Reached]], streams: list[Streamed]
) -> None:
    """Write the figure."""
    from hardware_sim.plotting.fast import fast_sheet

    spreads: dict[str, dict[str, tuple[NDArray, NDArray]]] = {}
    for condition, found in near:
        both = found.ratio[found.up].ravel(), found.ratio[~found.up].ravel()
        spreads.setdefault(condition.group, {})[shown(condition.value)] = both
    curves: dict[str, dict[str, NDArray]] = {}
    for stream in streams:
        running = running_error(stream.wrong, args.window)
        curves.setdefault(stream.substrate, {})[what(stream)] = running
    real = spreads.pop("chip as manufactured")
    figure = fast_sheet(spreads, curves, args.window)
    (ratio,) = (np.concatenate(both) for both in real.values())
    low, middle, high = np.percentile(ratio, QUANTILES)
    figure.suptitle(
        f"One step on a {args.device} chip with all its errors reaches {middle:.2f} S*, in 90 % "
        f"of cases {low:.2f} … {high:.2f}"
    )
    figure.savefig(args.figure, dpi=120)
