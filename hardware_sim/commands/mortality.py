"""``hardware-sim mortality``: what becomes of what a chip has learned."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import INTERRUPTED, guessing
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
from hardware_sim.studies import mortality
from hardware_sim.studies.mortality import FATES, LEVELS, Lesson
from hardware_sim.studies.trials import Trial, task_line

EXAMPLE = "--chips 8 --out mortality.json --figure mortality.png"
TOOK = "twenty minutes, of which a line after each chip says what is left; with --quick one"

KEPT = (
    "device spread cycle stuck data hidden train_images epochs test_images chips lesson seed rate "
    "candidates weight access"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim mortality``."""
    options.add_data(parser)
    add_device(parser, PRESETS)
    options.add_regime(parser)
    parser.add_argument("--chips", type=int, default=8, help="of each level; default: 8")
    parser.add_argument(
        "--lesson",
        type=int,
        metavar="N",
        help="images by which a chip teaches the next; default: a quarter of those in a pass",
    )
    options.add_seed(parser, "of the first chip; ")
    resuming.add_record(parser, "chip")
    options.add_figure(parser)
    choices = parser.add_argument_group("choices")
    options.add_learning(choices, rate=0.01)
    options.add_access(choices)


def run(args: argparse.Namespace) -> int:
    """Go through the chips that are left; return the exit status: 0, or 130 after Ctrl-C."""
    resolve_weight(args)
    options.resolve_regime(args)
    check_counts(args, {"train_images": 1, "test_images": 1, "epochs": 1, "chips": 2, "lesson": 1})
    check_positive(args, ("rate", "weight"))
    resuming.check_record(args)
    engine = engine_of(args)
    check_files(args, "out", "figure")
    data = loaded(args)
    base, bench = trial_of(args, data), bench_of(args, data)
    record = resuming.open_record(args, KEPT, base, bench, {"chips": []})
    print(
        f"{task_line(base, bench, args.data)}\n{args.device}, {args.chips} chips a level",
        flush=True,
    )
    print(guessing.header(bench.truth), flush=True)
    if not resuming.ended(args, lambda: run_points(args, base, bench, record, engine)):
        return INTERRUPTED
    found = errors(record["chips"])
    print("\n" + table(found))
    if args.figure:
        from ffnumpy.plotting import save
        from hardware_sim.plotting.mortality import mortality_sheet

        save(mortality_sheet(found), args.figure)
    return 0


def run_points(
    args: argparse.Namespace,
    base: Trial,
    bench: Bench,
    record: dict[str, Any],
    engine: Engine | None,
) -> None:
    """Measure the chips that the record lacks."""
    entries, shown = record["chips"], iter if engine else watched
    lesson = Lesson(min(args.lesson or len(bench.rows) // 4, len(bench.rows)))
    found = mortality.run_points(base, bench, args.chips, lesson, entries, shown, engine)
    resuming.fill(args, record, entries, len(LEVELS) * args.chips, line, found)


def line(entry: dict[str, Any]) -> str:
    """Return the errors of a chip as a line."""
    return f"{entry['name']:<24}" + "  ".join(f"{fate} {100 * entry[fate]:.1f} %" for fate in FATES)


def errors(entries: Sequence[dict[str, Any]]) -> dict[float, dict[str, NDArray]]:
    """Return the errors by level and fate, (chips,)."""
    return {
        level: {fate: np.array([e[fate] for e in entries if e["level"] == level]) for fate in FATES}
        for level in LEVELS
    }


def table(found: dict[float, dict[str, NDArray]]) -> str:
    """Return mean errors with their 95 % intervals, a line for each fate."""
    head = f"{'test error [%], mean ± 95 %':<28}"
    head += "".join(f"{f'variation {level:g}':>18}" for level in found)
    rows = [
        f"{fate:<28}"
        + "".join(f"{cell(mortality.interval(found[level][fate])):>18}" for level in found)
        for fate in FATES
    ]
    return "\n".join([head, *rows])


def cell(interval: tuple[float, float]) -> str:
    """Return a mean and its interval."""
    return f"{100 * interval[0]:.2f} ± {100 * interval[1]:.2f}"
