"""An experiment of several points from the command line: one table, resumed by the point."""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial
from typing import Any

from numpy.typing import NDArray

from ffnumpy.commands import (
    INTERRUPTED,
    UsageError,
    check_new,
    check_target,
    file_path,
    guessing,
    interrupt_line,
)
from ffnumpy.commands.terminal import wrapped
from ffnumpy.commands.training import Launch, best_of, part_measured, started
from ffnumpy.commands.workers import add_workers, engine_of
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from ffnumpy.runs.journal import Journal, format_errors, train_to_the_end
from ffnumpy.runs.progress import TimeLeft
from ffnumpy.runs.sweep import resumed_record, saver, sweep
from ffnumpy.supervised.names import flat

__all__ = ["add_points_options", "check_points_options", "launch_points"]

OF_ONE_NETWORK = ("--save", "--plots", "--evaluate-every")
OF_ALL_POINTS = ("experiment", "scale", "data", "train_images", "validation")
Points = dict[str, tuple[Any, int]]


def add_points_options(parser: Any) -> None:
    """Add --resume and the workers; what a single network has is known, to be refused by name."""
    parser.add_argument(
        "--resume",
        type=file_path,
        metavar="RUN.json",
        help="go on with this record; saves there, or where --out",
    )
    add_workers(parser, "point")
    for name in OF_ONE_NETWORK:
        parser.add_argument(name, help=argparse.SUPPRESS)


def check_points_options(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    for name in OF_ONE_NETWORK:
        if getattr(args, name[2:].replace("-", "_")) is not None:
            raise UsageError(
                f"{name}: {args.experiment} trains several networks, keeps none of them and "
                f"measures each at its end; leave it out. --out saves the record after each, and "
                f"--resume continues it."
            )
    for name in ("resume", "out"):
        check_target(f"--{name}", getattr(args, name))
    if args.resume is None or args.out != args.resume:
        check_new("--out", args.out)


def launch_points(args: argparse.Namespace, what: Launch, points: Points) -> int:
    """Train and measure every point that the record lacks; return 0, or 130 after Ctrl-C.

    Parameters
    ----------
    args : Namespace
        `out` and `resume` are paths of records.
    what : Launch
        Its setting is what the points have in common; its notes have `validation`.
    points : dict
        From the name of each point to its setting and its seed.
    """
    path, engine = args.out or args.resume, engine_of(args)
    record = _new_record(what)
    if args.resume:
        record = resumed_record(args.resume, record, OF_ALL_POINTS)
        print(f"{args.resume}: {len(record['points'])} of {len(points)} points are done")
    labels = what.data.test_labels
    print(guessing.header(labels))
    print(f"{'point':<44} {part_measured(what)} error, in brackets by layer")
    save, left = saver(path, record), TimeLeft(len(points) - len(record["points"]))
    for entry in record["points"]:
        print(_line(entry, labels, f"{entry['seconds']:.0f} s"), flush=True)
    try:
        evaluate = partial(_evaluated, what)
        for entry in sweep(points, evaluate, record["points"], engine=engine):
            save()
            print(_line(entry, labels, left.after_one()), flush=True)
        if path:
            write_json(path, record)
    except KeyboardInterrupt:
        print(wrapped(interrupt_line(path and f"--resume {path}")))
        return INTERRUPTED
    return 0


def _new_record(what: Launch) -> dict[str, Any]:
    return {
        **records.header(what.seed),
        "experiment": what.experiment,
        "scale": what.scale,
        "setting": flat(what.setting),
        "options": {"seed": what.seed, **flat(what.setting)},
        "data": what.data.name,
        "train_images": len(what.data.train_labels),
        "validation": what.notes["validation"],
        "guessing_error": guessing.guessing_error(what.data.test_labels),
        "seconds": 0.0,
        "points": [],
    }


def _evaluated(what: Launch, point: tuple[Any, int]) -> dict[str, Any]:
    """Return the entry of a point: what was measured, and with which setting."""
    setting, seed = point
    journal = Journal(started(replace(what, setting=setting, seed=seed)), every=0, quiet=True)
    if train_to_the_end(journal):
        raise KeyboardInterrupt
    measured = {n: v for n, v in journal.measured().items() if n != "confusion"}
    own = {n: v for n, v in flat(setting).items() if v != flat(what.setting)[n]}
    return {"seed": seed, "changes": own, **measured, "seconds": round(journal.seconds, 3)}


def _line(entry: dict[str, Any], labels: NDArray, took: str) -> str:
    mark = guessing.mark(best_of(entry), labels)
    return f"{entry['name']:<44} {format_errors(entry)}   ({took}){mark}"
