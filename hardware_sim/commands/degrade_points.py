"""The points of ``hardware-sim degrade``: printed, trained and saved one by one, and drawn."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ffnumpy.commands import UsageError, guessing
from ffnumpy.runs.progress import TimeLeft, watched
from ffnumpy.runs.sweep import saver
from ffnumpy.runs.workers import Engine
from hardware_sim.learning.run import Bench
from hardware_sim.studies import degradation
from hardware_sim.studies.degradation import points_of, unknown_values
from hardware_sim.studies.nonidealities import Quantity
from hardware_sim.studies.text.degradation import finding_line, point_line, spread
from hardware_sim.studies.trials import Trial

Record = dict[str, Any]


def check_values(args: argparse.Namespace, record: Record, quantities: Sequence[Quantity]) -> None:
    """Refuse a record with values that no curve has."""
    for name, values in unknown_values(record, quantities).items():
        gone = ", ".join(map(str, values))
        raise UsageError(f"{args.out}: {name} has no value {gone} any more. Begin another record.")


def run_points(
    args: argparse.Namespace,
    quantities: Sequence[Quantity],
    base: Trial,
    bench: Bench,
    record: Record,
    engine: Engine | None,
) -> None:
    """Add to the record what it lacks, and save it after every point."""
    save = saver(args.out, record)
    if not record["twins"]:
        record["twins"] = degradation.twins(base, bench, args.chips, watched)
        save()
    print(f"{'floating-point twins':<28} {spread(record['twins'])}", flush=True)
    done = sum(len(kept["points"]) for kept in record["quantities"].values())
    left = TimeLeft(sum(len(quantity.values) for quantity in quantities) - done)
    for quantity in quantities:
        kept = record["quantities"].setdefault(quantity.name, quantity.record())
        for point in points_of(quantity, record):
            print(told(quantity, point, bench), flush=True)
        run_curve(quantity, base, bench, args.chips, kept["points"], (save, left, engine))


def run_curve(
    quantity: Quantity,
    base: Trial,
    bench: Bench,
    chips: int,
    entries: list[Record],
    means: tuple[Callable[[], None], TimeLeft, Engine | None],
) -> None:
    """Add the missing points of one quantity, with a line for each."""
    save, left, engine = means
    shown = iter if engine else watched
    for point in degradation.curve(quantity, base, bench, chips, shown, entries, engine):
        save()
        print(f"{told(quantity, point, bench)}   ({left.after_one()})", flush=True)


def told(quantity: Quantity, point: degradation.Point, bench: Bench) -> str:
    """Return a point as one line, which says so if its mean error is no better than guessing."""
    return f"{point_line(quantity, point)}{guessing.mark(point.error[0], bench.truth):<2}"


def print_findings(quantities: Sequence[Quantity], record: Record) -> None:
    """Print what the curves show."""
    print()
    for quantity in quantities:
        print(finding_line(quantity, points_of(quantity, record)))


def draw(path: Path, quantities: Sequence[Quantity], record: Record) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.degradation import degradation_sheet

    curves = [(quantity, points_of(quantity, record)) for quantity in quantities]
    save(degradation_sheet(curves, record["twins"]), path)
