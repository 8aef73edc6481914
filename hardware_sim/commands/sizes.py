"""``hardware-sim sizes``: energy against the size of the arrays."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ffnumpy.commands import INTERRUPTED, UsageError, whole_numbers
from ffnumpy.commands.workers import engine_of
from ffnumpy.runs.progress import watched
from ffnumpy.runs.workers import Engine
from hardware_sim.commands import resuming
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts, check_files, check_positive
from hardware_sim.commands.options.choices import resolve_weight, trial_of
from hardware_sim.commands.options.devices import add_device
from hardware_sim.commands.options.images import bench_of, loaded
from hardware_sim.devices.presets import PRESETS
from hardware_sim.learning.run import Bench
from hardware_sim.studies import sizes
from hardware_sim.studies.comparison import Rivals
from hardware_sim.studies.trials import Trial

EXAMPLE = "--sizes 64,128 --out sizes.json --figure sizes.png"
TOOK = "minutes, of which a line after each size says what is left"

KEPT = (
    "device spread cycle stuck data train_images epochs test_images seed rate candidates weight "
    "access backprop_rate"
)
HEAD = f"{'':<5}   {'training [nJ an image]':<26}   {'use [nJ an image]':<26}   test errors\n" + (
    f"{'units':>5}   {'chip':>9} {'backprop':>9} {'ratio':>6}   {'chip':>9} {'backprop':>9} "
    f"{'ratio':>6}   chip      backprop"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim sizes``."""
    usual = ",".join(map(str, sizes.SIZES))
    parser.add_argument(
        "--sizes",
        type=whole_numbers,
        default=sizes.SIZES,
        metavar="N,N,…",
        help=f"units of both layers; default: {usual}",
    )
    options.add_data(parser)
    add_device(parser, PRESETS)
    options.add_images(parser, passes=1, tested=500, trained=4000)
    options.add_seed(parser)
    resuming.add_record(parser, "size")
    options.add_figure(parser)
    choices = parser.add_argument_group("choices")
    options.add_learning(choices, rate=0.01)
    options.add_access(choices)
    options.add_backprop_rate(choices)


def run(args: argparse.Namespace) -> int:
    """Go through the sizes that are left; return the exit status: 0, or 130 after Ctrl-C."""
    resolve_weight(args)
    args.hidden = (max(args.sizes, default=0),) * 2
    check_counts(args, {"train_images": 1, "test_images": 1, "epochs": 1})
    check_positive(args, ("rate", "backprop_rate", "weight"))
    if min(args.sizes, default=0) < 1 or len(set(args.sizes)) < len(args.sizes):
        raise UsageError(f"--sizes: expected widths above 0, each once; got {args.sizes}")
    resuming.check_record(args)
    check_files(args, "out", "figure")
    engine, data = engine_of(args), loaded(args)
    base, bench = trial_of(args, data), bench_of(args, data)
    record = resuming.open_record(args, KEPT, base, bench, {"sizes": []})
    print(f"{args.device} on {args.data}, {len(bench.rows)} images\n{HEAD}", flush=True)
    if not resuming.ended(args, lambda: run_points(args, base, bench, record, engine)):
        return INTERRUPTED
    if args.figure:
        draw(args.figure, record["sizes"])
    return 0


def run_points(
    args: argparse.Namespace,
    base: Trial,
    bench: Bench,
    record: dict[str, Any],
    engine: Engine | None,
) -> None:
    """Measure the sizes that the record lacks."""
    entries, shown = record["sizes"], iter if engine else watched
    trials, rivals = sizes.points(base, args.sizes), Rivals(args.backprop_rate)
    found = sizes.run_points(trials, bench, rivals, entries, shown, engine)
    resuming.fill(args, record, entries, len(trials), sizes.line, found)


def draw(path: Path, entries: list[dict[str, Any]]) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.sizes import sizes_sheet

    save(sizes_sheet(entries), path)
