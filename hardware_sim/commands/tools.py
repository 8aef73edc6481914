"""``hardware-sim tools``: what each tool for poor devices is worth."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ffnumpy.commands import INTERRUPTED, guessing
from ffnumpy.commands.workers import engine_of
from ffnumpy.runs.progress import watched
from ffnumpy.runs.workers import Engine
from hardware_sim.commands import resuming
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts
from hardware_sim.commands.options.choices import resolve_weight, trial_of
from hardware_sim.commands.options.devices import add_device
from hardware_sim.commands.options.images import bench_of, loaded
from hardware_sim.devices.presets import PRESETS
from hardware_sim.learning.run import Bench
from hardware_sim.studies import tools
from hardware_sim.studies.trials import Trial, task_line

EXAMPLE = "--device reram-soft-bounds --quick --out tools.json"
TOOK = "minutes, of which a line after each chip says what is left"

KEPT = (
    "device spread cycle stuck data hidden train_images epochs test_images chips seed candidates "
    "rate weight access"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim tools``."""
    options.add_data(parser)
    add_device(parser, PRESETS, default=None, required=True)
    options.add_regime(parser)
    parser.add_argument("--chips", type=int, default=3, help="with every tool; default: 3")
    options.add_seed(parser, "of the first chip; ")
    resuming.add_record(parser, "chip")
    choices = parser.add_argument_group("choices")
    options.add_learning(choices, rate=tools.Rates.forward)
    options.add_access(choices)


def run(args: argparse.Namespace) -> int:
    """Train the chips that are left; return the exit status: 0, or 130 after Ctrl-C."""
    resolve_weight(args)
    options.resolve_regime(args)
    check_counts(args, {"train_images": 1, "test_images": 1, "epochs": 1, "chips": 1})
    resuming.check_record(args)
    engine, data = engine_of(args), loaded(args)
    base, bench = trial_of(args, data), bench_of(args, data)
    rates = tools.Rates(forward=args.rate)
    empty = {"rates": asdict(rates), "chips": []}
    record = resuming.open_record(args, KEPT, base, bench, empty)
    print(f"{task_line(base, bench, args.data)}\n{args.device}, {args.chips} chips a tool")
    print(guessing.header(bench.truth), flush=True)
    if not resuming.ended(args, lambda: run_points(args, base, bench, rates, record, engine)):
        return INTERRUPTED
    print(f"\n{'test error, mean ± deviation':<42} {tools.RULES[0]:<20} {tools.RULES[1]:<20}")
    for tool in tools.tools_of(base.device):
        print(tools.line(tool, [entry for entry in record["chips"] if entry["tool"] == tool]))
    return 0


def run_points(
    args: argparse.Namespace,
    base: Trial,
    bench: Bench,
    rates: tools.Rates,
    record: dict[str, Any],
    engine: Engine | None,
) -> None:
    """Train the chips that the record lacks."""
    entries, shown = record["chips"], iter if engine else watched
    found = tools.run_points(base, bench, args.chips, rates, entries, shown, engine)
    points = len(tools.points(base, args.chips))
    resuming.fill(args, record, entries, points, lambda e: tools.line(e["name"], [e]), found)
