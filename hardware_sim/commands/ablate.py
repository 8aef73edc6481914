"""``hardware-sim ablate``: which of its imperfections keep a device from learning."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from ffnumpy.commands import INTERRUPTED, UsageError, guessing
from ffnumpy.commands.workers import engine_of
from ffnumpy.runs.progress import watched
from ffnumpy.runs.workers import Engine
from hardware_sim.commands import resuming
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts, check_positive
from hardware_sim.commands.options.choices import resolve_weight, trial_of
from hardware_sim.commands.options.devices import add_device
from hardware_sim.commands.options.images import bench_of, loaded
from hardware_sim.devices.presets import PRESETS
from hardware_sim.learning.run import Bench
from hardware_sim.studies import ablation
from hardware_sim.studies.trials import Trial

EXAMPLE = "--device pcm --out pcm.json"
TOOK = "twenty minutes, of which a line after each variant says what is left; with --quick one"

KEPT = (
    "device spread cycle stuck data hidden train_images epochs test_images seed rate candidates "
    "weight access"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim ablate``."""
    add_device(parser, PRESETS, default=None, required=True)
    options.add_data(parser)
    options.add_regime(parser)
    options.add_seed(parser, "")
    resuming.add_record(parser, "variant")
    choices = parser.add_argument_group("choices")
    options.add_learning(choices, rate=0.01)
    options.add_access(choices)


def run(args: argparse.Namespace) -> int:
    """Train the variants that are left; return the exit status: 0, or 130 after Ctrl-C."""
    resolve_weight(args)
    options.resolve_regime(args)
    check_counts(args, {"train_images": 1, "test_images": 1, "epochs": 1})
    check_positive(args, ("rate", "weight"))
    resuming.check_record(args)
    engine = engine_of(args)
    data = loaded(args)
    base, bench = trial_of(args, data), bench_of(args, data)
    record = resuming.open_record(args, KEPT, base, bench, {"weight": args.weight, "ablation": []})
    trials = ablation.points(base)
    check_devices(args, trials, record)
    print(ablation.headline(args.device, args.data, base, bench), flush=True)
    print(guessing.header(bench.truth), flush=True)
    if not resuming.ended(args, lambda: run_points(args, trials, bench, record, engine)):
        return INTERRUPTED
    return 0


def check_devices(
    args: argparse.Namespace, trials: dict[str, Trial], record: dict[str, Any]
) -> None:
    """Refuse a record of a variant whose device is another one now."""
    changed = ablation.changed_point(trials, record["ablation"])
    if changed:
        raise UsageError(
            f"{args.out}: its variant {changed!r} is another device now. Begin another record."
        )


def run_points(
    args: argparse.Namespace,
    trials: dict[str, Trial],
    bench: Bench,
    record: dict[str, Any],
    engine: Engine | None,
) -> None:
    """Train the variants that the record lacks."""
    entries, shown = record["ablation"], iter if engine else watched
    found = ablation.run_points(trials, bench, entries, shown, engine)
    resuming.fill(args, record, entries, len(trials), partial(line, bench), found)


def line(bench: Bench, entry: dict[str, Any]) -> str:
    """Return a variant and its error as a line."""
    return ablation.line(entry) + guessing.mark(entry["error"], bench.truth)
