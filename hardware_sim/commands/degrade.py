"""``hardware-sim degrade``: how the error grows with one imperfection of the chip after another."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ffnumpy.commands import UsageError, check_apart, check_figure, seed, whole_numbers
from ffnumpy.data import load
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from hardware_sim.commands.continued import (
    add_record,
    check_record,
    continued,
    interrupted,
    unchangeable,
)
from hardware_sim.commands.options import (
    add_data,
    add_device,
    add_learning,
    bench_of,
    check_counts,
    check_positive,
    settle_weight,
    specimen_of,
)
from hardware_sim.commands.progress import watched
from hardware_sim.devices.presets import PRESETS
from hardware_sim.energy.report import NANO
from hardware_sim.learning.run import Bench
from hardware_sim.studies import degradation
from hardware_sim.studies.degradation import Point
from hardware_sim.studies.nonidealities import QUANTITIES, Quantity
from hardware_sim.studies.trials import Outcome, Specimen

OPTIONS = "quantity data hidden device samples passes test_images chips seed rate candidates weight"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim degrade``."""
    parser.add_argument(
        "--quantity", choices=(*QUANTITIES, "all"), default="all", help="default: all, one by one"
    )
    add_data(parser)
    parser.add_argument(
        "--hidden", type=whole_numbers, default=(64, 64), metavar="N,N,…", help="default: 64,64"
    )
    add_device(parser, tuple(PRESETS))
    parser.add_argument("--samples", type=int, metavar="N", help="images in a pass; default: all")
    parser.add_argument("--passes", type=int, default=2, help="default: 2")
    parser.add_argument("--test-images", type=int, default=2000, metavar="N", help="default: 2000")
    parser.add_argument("--chips", type=int, default=3, help="at every value; default: 3")
    parser.add_argument("--seed", type=seed, default=0, help="of the first chip; default: 0")
    add_record(parser, "point")
    parser.add_argument("--figure", type=Path, metavar="FILE.png")
    choices = parser.add_argument_group("choices")
    add_learning(choices, rate=0.01)


@dataclass(frozen=True)
class Task:
    """What is to be done.

    Attributes
    ----------
    base : Specimen
    bench : Bench
    chips : int
    quantities : list of Quantity
    out : Path or None
    """

    base: Specimen
    bench: Bench
    chips: int
    quantities: list[Quantity]
    out: Path | None


def run(args: argparse.Namespace) -> int:
    """Go through the points that are left; return the exit status: 0, or 130 after Ctrl-C."""
    settle_weight(args)
    check(args)
    data = load(args.data, args.data_dir)
    base = specimen_of(args, data)
    task = Task(base, bench_of(args, data), args.chips, quantities_of(args, base), args.out)
    record = continued(args, new_record(args, task))
    check_values(args, record)
    print(describe(args, task), flush=True)
    try:
        go_on(task, record)
    except KeyboardInterrupt:
        return interrupted(args)
    conclude(args, task, record)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    check_counts(args, {"samples": 1, "test_images": 1, "passes": 1, "chips": 2})
    check_positive(args, ("rate", "weight"))
    check_record(args)
    if args.figure:
        check_figure("--figure", args.figure)
    check_apart({"--out": args.out, "--figure": args.figure})


def quantities_of(args: argparse.Namespace, base: Specimen) -> list[Quantity]:
    """Return the quantities asked for; of all, those that the device has."""
    asked = QUANTITIES if args.quantity == "all" else [args.quantity]
    found = []
    for quantity in (QUANTITIES[name] for name in asked):
        try:
            quantity.at(base, quantity.ideal)
            found.append(quantity)
        except ValueError as error:
            if args.quantity != "all":
                raise UsageError(f"--quantity {error}") from None
            print(f"left out: {error}")
    return found


def new_record(args: argparse.Namespace, task: Task) -> dict[str, Any]:
    """Return a record without a point."""
    return {
        **records.header(args.seed),
        "options": unchangeable(args, OPTIONS.split()),
        "data": args.data,
        "train_images": len(task.bench.rows),
        "test_images": len(task.bench.truth),
        "device": args.device,
        "plan": asdict(task.base.plan),
        "scale": asdict(task.base.design.scale),
        "tolerances": asdict(task.base.design.tolerances),
        "seconds": 0.0,
        "twins": [],
        "quantities": {},
    }


def check_values(args: argparse.Namespace, record: dict[str, Any]) -> None:
    """Refuse a record with values that no curve has."""
    for name, kind in record["quantities"].items():
        unknown = {point["value"] for point in kind["points"]} - {*QUANTITIES[name].values}
        if unknown:
            raise UsageError(
                f"{args.out}: {name} has no value {', '.join(map(str, sorted(unknown)))} any more. "
                f"Begin another record."
            )


def describe(args: argparse.Namespace, task: Task) -> str:
    """Return one line that says what is done."""
    lines = "-".join(map(str, task.base.design.lines))
    passes = "once" if args.passes == 1 else f"{args.passes} times"
    return (
        f"{lines} on {args.data}, {len(task.bench.rows)} images shown {passes}, one at a time; "
        f"errors on {len(task.bench.truth)} others; {args.device}, {args.chips} chips a point"
    )


def go_on(task: Task, record: dict[str, Any]) -> None:
    """Add what is missing to the record, and write it after every point."""
    begun = time.perf_counter() - record["seconds"]
    if not record["twins"]:
        record["twins"] = degradation.twins(task.base, task.bench, task.chips, watched)
        keep(task, record, begun)
    print(f"{'twins in numbers':<28} {spread(record['twins'])}", flush=True)
    for quantity in task.quantities:
        go_through(quantity, task, record, begun)


def go_through(quantity: Quantity, task: Task, record: dict[str, Any], begun: float) -> None:
    """Add the missing points of one quantity."""
    named = {"words": quantity.words, "unit": quantity.unit, "points": []}
    points = record["quantities"].setdefault(quantity.name, named)["points"]
    for point in points_of(quantity, record):
        print(line(quantity, point), flush=True)
    done, before = {point["value"] for point in points}, time.perf_counter()
    missing = degradation.curve(quantity, task.base, task.bench, task.chips, watched, done)
    for point in missing:
        points.append(point_record(point))
        keep(task, record, begun)
        seconds, before = time.perf_counter() - before, time.perf_counter()
        print(f"{line(quantity, point)}   ({seconds:.0f} s)", flush=True)


def keep(task: Task, record: dict[str, Any], begun: float) -> None:
    """Write the record as it is now."""
    record["seconds"] = round(time.perf_counter() - begun, 3)
    if task.out:
        write_json(task.out, record)


def spread(errors: Sequence[float]) -> str:
    """Return mean and standard deviation for people."""
    mean, deviation = degradation.mean_and_deviation(errors)
    return f"{100 * mean:6.2f} ± {100 * deviation:.2f} %"


def line(quantity: Quantity, point: Point) -> str:
    """Return a line for the terminal."""
    return (
        f"{quantity.name:<16} {quantity.text(point.value):>11} {spread(point.errors)}   "
        f"{NANO * point.joules[0]:.3g} nJ and {point.conversions[0]:.3g} A-to-D an image"
    )


def point_record(point: Point) -> dict[str, Any]:
    """Return a point for the record."""
    names = {"error": point.error, "joules": point.joules, "conversions": point.conversions}
    means = {
        name: {"mean": mean, "deviation": deviation} for name, (mean, deviation) in names.items()
    }
    return {"value": point.value, **means, "chips": [asdict(chip) for chip in point.chips]}


def points_of(quantity: Quantity, record: dict[str, Any]) -> list[Point]:
    """Return the points of a record, in the order of the quantity's values."""
    kept = record["quantities"][quantity.name]["points"]
    points = [Point(p["value"], tuple(Outcome(**chip) for chip in p["chips"])) for p in kept]
    return sorted(points, key=lambda point: quantity.values.index(point.value))


def conclude(args: argparse.Namespace, task: Task, record: dict[str, Any]) -> None:
    """Say what was found; draw the figure."""
    curves = [(quantity, points_of(quantity, record)) for quantity in task.quantities]
    print()
    for quantity, points in curves:
        found = degradation.finding(quantity, points)
        print(f"{quantity.words}: {found[0].lower()}{found[1:]}")
    if args.figure:
        from ffnumpy.plotting import save
        from hardware_sim.plotting.degradation import degradation_sheet

        save(degradation_sheet(curves, record["twins"]), args.figure)
