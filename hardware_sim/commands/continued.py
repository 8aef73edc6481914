"""Records that grow while a command works, so that a stopped run can go on with what it has."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ffnumpy.commands import UsageError, check_target

__all__ = ["add_record", "check_record", "continued", "interrupted", "unchangeable"]

INTERRUPTED = 130
SAME = ("scale", "tolerances")  # what the chips of one record have in common


def add_record(parser: argparse.ArgumentParser, after: str) -> None:
    """Add --out and --resume; `after` says how often the record is written."""
    parser.add_argument(
        "--out", type=Path, metavar="RUN.json", help=f"the record, written after every {after}"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the record of --out")


def check_record(args: argparse.Namespace) -> None:
    """Refuse a record that cannot be written, would be lost, or is not there to go on with."""
    check_target("--out", args.out)
    if args.resume and args.out is None:
        raise UsageError("--resume: name the record to go on with by --out")
    there = args.out is not None and args.out.exists()
    if args.resume and not there:
        raise UsageError(
            f"--resume: expected the record of an earlier run in --out; got {args.out}, which is "
            f"not there. Name it, or begin without --resume."
        )
    if there and not args.resume:
        raise UsageError(
            f"--out {args.out}: is there already; go on with --resume, or name another file"
        )


def unchangeable(args: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Return the options that a resumed run must not change, as JSON gives them back."""
    given: dict[str, Any] = json.loads(json.dumps({name: getattr(args, name) for name in names}))
    return given


def continued(args: argparse.Namespace, fresh: dict[str, Any]) -> dict[str, Any]:
    """Return the record to add to: a fresh one or, with --resume, that of --out.

    Raises
    ------
    UsageError
        If the file is no such record, or of other options, versions or chips than the fresh one.
    """
    if not args.resume:
        return fresh
    kept = _read(args.out, fresh)
    _same_versions(args.out, kept["versions"], fresh["versions"])
    _same_options(args.out, kept["options"], fresh["options"])
    for name in SAME:
        if kept[name] != fresh[name]:
            raise UsageError(
                f"{args.out}: its chips have {name} {kept[name]}; now they would have "
                f"{fresh[name]}. Begin another record."
            )
    return kept


def interrupted(args: argparse.Namespace) -> int:
    """Say what Ctrl-C left; return the exit status."""
    left = "go on with --resume" if args.out else "nothing was saved"
    print(f"interrupted; {left}", flush=True)
    return INTERRUPTED


def _read(path: Path, fresh: dict[str, Any]) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads(path.read_text())
        alike = all(isinstance(kept[name], type(value)) for name, value in fresh.items())
    except (ValueError, LookupError, TypeError):
        alike = False
    if not alike:
        raise UsageError(
            f"{path}: expected a record that an earlier run of this command has written; this is "
            f"none, or one of a version that did not tell enough. Name another file, and begin "
            f"without --resume."
        )
    return kept


def _same_versions(path: Path, before: dict[str, str], here: dict[str, str]) -> None:
    """Compare what the record tells; an older one may tell less."""
    for what, version in before.items():
        if here.get(what) != version:
            raise UsageError(
                f"{path}: was made with {what} {version}; here it is {here.get(what)}. Points "
                f"of one record come from one place: go on there, or begin another record."
            )


def _same_options(path: Path, before: dict[str, Any], now: dict[str, Any]) -> None:
    for name, value in now.items():
        if before.get(name) != value:
            raise UsageError(
                f"{path}: was started with --{name.replace('_', '-')} {before.get(name)}; got "
                f"{value}. A run goes on as it began: repeat its options."
            )
