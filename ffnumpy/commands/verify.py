"""``ffnumpy verify``: the table of proofs, or one worked example."""

from __future__ import annotations

import argparse
import json

from ffnumpy.commands import UsageError, seed
from ffnumpy.proofs import by_hand, table
from ffnumpy.proofs.rows import CENTRAL_LIMIT, COMPLEX_STEP_LIMIT, Row

EXAMPLE = "--by-hand --seed 3"
TOOK = "less than a second; without options about as long"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy verify``."""
    parser.add_argument("--seed", type=seed, default=0, help="of the draws; default: 0")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the table as JSON")
    form.add_argument(
        "--by-hand", action="store_true", help="print one update in small integers, with its proof"
    )
    parser.add_argument(
        "--blank", action="store_true", help="with --by-hand: the sheet without its answers"
    )
    parser.add_argument(
        "--key", action="store_true", help="with --by-hand --blank: the answers on a second page"
    )


def line(row: Row) -> str:
    """Return one line of the table."""
    central = "" if row.central is None else f"{row.central:.1e}"
    mark = "ok" if row.passed else "FAILS"
    return f"{row.what:<74} {row.complex_step:>7.1e} {central:>7}  {mark}"


def as_json(rows: list[Row]) -> str:
    """Return the table as JSON."""
    return json.dumps(
        {
            "limits": {"complex_step": COMPLEX_STEP_LIMIT, "central": CENTRAL_LIMIT},
            "rows": [{**row._asdict(), "passed": row.passed} for row in rows],
            "passed": all(row.passed for row in rows),
        },
        indent=1,
    )


def _by_hand(args: argparse.Namespace) -> int:
    """Print the sheet, blank or answered or both; return 1 if Eq. 3 is not the slope on it."""
    if args.blank:
        print(by_hand.sheet(args.seed, blank=True))
    if args.blank and args.key:
        print("\f", end="")
    if args.key or not args.blank:
        print(by_hand.sheet(args.seed))
    if by_hand.holds(args.seed):
        return 0
    print("FAILS: Eq. 3 is not the slope that the difference quotient finds")
    return 1


def run(args: argparse.Namespace) -> int:
    """Print the proofs; return 1 if one of them fails."""
    if args.by_hand:
        return _by_hand(args)
    if args.blank or args.key:
        raise UsageError("--blank, --key: they are about the sheet of --by-hand; add it")
    rows = table.all_proofs(args.seed)
    if args.json:
        print(as_json(rows))
    else:
        print(
            f"{'error relative to the largest slope, by complex step and by':<74} complex central"
        )
        print("\n".join(map(line, rows)))
        failed = sum(not row.passed for row in rows)
        print(
            f"{len(rows) - failed} of {len(rows)} hold (limits: complex step and laws "
            f"{COMPLEX_STEP_LIMIT:g}, central {CENTRAL_LIMIT:g})"
        )
    return 0 if all(row.passed for row in rows) else 1
