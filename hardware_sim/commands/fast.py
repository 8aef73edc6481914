"""``hardware-sim fast``: the one-step rule on a chip: how near it comes, and how well it learns."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import (
    UsageError,
    check_apart,
    check_figure,
    check_target,
    seed,
    whole_numbers,
)
from ffnumpy.data import load
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from hardware_sim.commands.nearness import ONE_CASE, QUANTILES, near_record, nearness, shown
from hardware_sim.commands.options import (
    add_data,
    add_device,
    scale_of,
    settle_weight,
    unseen_images,
)
from hardware_sim.devices.presets import PRESETS
from hardware_sim.learning.fast import Goals
from hardware_sim.studies.one_step import Condition, Reached
from hardware_sim.studies.streams import (
    Streamed,
    plan_of,
    running_error,
    stream_record,
    streamed,
    what,
)


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
    add_device(parser, tuple(PRESETS))
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
    unseen_images(args, data)  # refuses before any work
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
    check_apart({"--out": args.out, "--figure": args.figure})
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
    from ffnumpy.plotting import save
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
    save(figure, args.figure)
