"""Records that grow while a command works, so that an interrupted run can be resumed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from typing import Any

from ffnumpy.commands import UsageError, check_target, file_path, interrupt_line
from ffnumpy.commands.renamed import RENAMED
from ffnumpy.commands.workers import add_workers
from ffnumpy.runs import records
from ffnumpy.runs.progress import TimeLeft
from ffnumpy.runs.sweep import resumed_record, saver
from hardware_sim.learning.run import Bench
from hardware_sim.studies.trials import Trial, trial_record

__all__ = ["add_record", "check_record", "ended", "fill", "open_record"]


def add_record(parser: argparse.ArgumentParser, after: str) -> None:
    """Add --out, --resume and the workers; `after` says how often the record is written."""
    parser.add_argument(
        "--out", type=file_path, metavar="RUN.json", help=f"the record, written after every {after}"
    )
    parser.add_argument("--resume", action="store_true", help="continue the record of --out")
    add_workers(parser, after)


def ended(args: argparse.Namespace, work: Callable[[], None]) -> bool:
    """Do the work of a study; return whether it came to its end, and say how to go on if not."""
    try:
        work()
    except KeyboardInterrupt:
        print(interrupt_line(args.out and "--resume"), flush=True)
        return False
    return True


def fill(
    args: argparse.Namespace,
    record: dict[str, Any],
    entries: list[dict[str, Any]],
    points: int,
    line: Callable[[dict[str, Any]], str],
    found: Iterable[dict[str, Any]],
) -> None:
    """Print the points that a record has; save the record and print a line for each new one.

    Parameters
    ----------
    args : Namespace
        `out` is the record's path.
    record : dict
    entries : list of dict
        Those of its points, to which `found` adds.
    points : int
        That there are in all.
    line : callable, entry -> str
    found : iterable of dict
        The entries of the points that are left, as a sweep yields them.
    """
    save, left = saver(args.out, record), TimeLeft(points - len(entries))
    for entry in list(entries):
        print(line(entry), flush=True)
    for entry in found:
        save()
        print(f"{line(entry)}   ({left.after_one()})", flush=True)


def check_record(args: argparse.Namespace) -> None:
    """Refuse a record that cannot be written, would be lost, or is not there to be continued."""
    check_target("--out", args.out)
    if args.resume and args.out is None:
        raise UsageError("--resume: name the record to continue by --out")
    there = args.out is not None and args.out.exists()
    if args.resume and not there:
        raise UsageError(
            f"--resume: expected the record of an earlier run in --out; got {args.out}, which is "
            f"not there. Name it, or begin without --resume."
        )
    if there and not args.resume:
        raise UsageError(
            f"--out {args.out}: exists already; continue it with --resume, or name another file"
        )


def open_record(
    args: argparse.Namespace, options: str, base: Trial, bench: Bench, empty: dict[str, Any]
) -> dict[str, Any]:
    """Return the record to add to: a fresh one or, with --resume, that of --out.

    `options` names those that a resumed run must not change, `empty` what the study adds.
    """
    given = {name: getattr(args, name) for name in options.split()}
    head = {"options": json.loads(json.dumps(given)), "data": args.data, "device": args.device}
    common = trial_record(base, bench)
    fresh = {**records.header(args.seed), **head, **common, "seconds": 0.0, **empty}
    if not args.resume:
        return fresh
    return resumed_record(args.out, fresh, ("scale", "tolerances"), RENAMED)
