"""``hardware-sim fast``: how close the one-step rule comes on a chip, and how well it learns."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import Any

from numpy.typing import NDArray

from ffnumpy.commands import guessing
from hardware_sim.commands.options.choices import resolve_weight
from hardware_sim.commands.options.fast import add_arguments
from hardware_sim.commands.options.fast_task import base_of, cases_of, check, stream_of
from hardware_sim.commands.options.images import loaded
from hardware_sim.commands.writing import write_record
from hardware_sim.studies.one_step import ONE_CASE, Nearness, nearness
from hardware_sim.studies.streams import Streamed, rules, stream_line, stream_record, streamed
from hardware_sim.studies.text.one_step import nearness_line, nearness_record
from hardware_sim.studies.trials import Trial

__all__ = ["add_arguments", "run"]

EXAMPLE = "--out fast.json --figure fast.png"
TOOK = "two to thirteen minutes"


def run(args: argparse.Namespace) -> int:
    """Measure, print, and write the record and the figure."""
    resolve_weight(args)
    check(args)
    begun = time.perf_counter()
    data = loaded(args)
    base, stream = base_of(args, data), stream_of(args, data)
    near = print_nearness(base, cases_of(args, data))
    truth = stream.bench.truth
    print("running error at the end, asked again, test error", flush=True)
    print(guessing.header(truth), flush=True)
    streams = []
    for result in streamed(base, args.device, rules(args.shares, args.rates), stream):
        print(stream_line(result, args.window) + guessing.mark(result.unseen, truth), flush=True)
        streams.append(result)
    write_record(args, begun, record(args, near, streams))
    if args.figure:
        draw(args, near, streams)
    return 0


def print_nearness(base: Trial, x: NDArray) -> list[Nearness]:
    """Return what single cases reached at every point, with a line for each."""
    print(f"S reached/S*, {len(x)} cases: median [5 % … 95 %] raised, lowered; cosine", flush=True)
    results = []
    for near in nearness(base, x):
        print(nearness_line(near), flush=True)
        results.append(near)
    return results


def record(
    args: argparse.Namespace, near: list[Nearness], streams: list[Streamed]
) -> dict[str, Any]:
    """Return the record."""
    return {
        "device": args.device,
        "hidden": list(args.hidden),
        "weight": args.weight,
        "cases": args.cases,
        "one_case": asdict(ONE_CASE),
        "reached": list(map(nearness_record, near)),
        "stream_images": args.stream,
        "window": args.window,
        "test_images": args.test_images,
        "candidates": args.candidates,
        "goals": {"above": args.above, "below": args.below},
        "streams": [stream_record(result, args.window) for result in streams],
    }


def draw(args: argparse.Namespace, near: list[Nearness], streams: list[Streamed]) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.fast import fast_sheet

    save(fast_sheet(near, streams, args.window, args.device), args.figure)
