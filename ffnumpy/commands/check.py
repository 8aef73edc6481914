"""``ffnumpy check``: grades a student's own functions, and says what is wrong with them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

from ffnumpy.commands import UsageError, check_new, file_path, seed
from ffnumpy.commands.terminal import wrapped
from ffnumpy.grading.judge import Verdict, grade
from ffnumpy.grading.tasks import TASKS, TRAINING, Task, Training
from ffnumpy.runs.files import write_atomically

EXAMPLE = "mine.py"
TOOK = "seconds; a training loop up to a minute"

EMPTY = "raise NotImplementedError"
MARKS = {"right": "ok", "missing": "–", "empty": "–"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy check``."""
    parser.add_argument("file", type=file_path, metavar="FILE.py", help="with the functions")
    parser.add_argument(
        "--template", action="store_true", help="write FILE.py, with every function to be filled in"
    )
    parser.add_argument(
        "--only",
        metavar="NAME,NAME,…",
        help=f"of {', '.join((*TASKS, TRAINING.name))}; default: all",
    )
    parser.add_argument("--seed", type=seed, default=0, help="of the cases; default: 0")
    parser.add_argument("--json", action="store_true", help="print the grades as JSON")


def run(args: argparse.Namespace) -> int:
    """Grade; return 0 if all that is in the file is right, 1 if something is wrong."""
    if args.template:
        check_new("--template", args.file, resumable=False)
        write_atomically(args.file, lambda file: file.write(template().encode()))
        print(f"{args.file}: fill in what you want to have checked; ffnumpy check {args.file}")
        return 0
    try:
        verdicts = grade(readable(args.file), chosen(args.only), args.seed)
        check_written(args.file, verdicts)
    except UsageError as error:
        if args.json:
            print(as_json([], str(error)))
        raise
    print(as_json(verdicts) if args.json else as_text(verdicts))
    return 0 if all(verdict.passed for verdict in verdicts if verdict.written) else 1


def check_written(file: Path, verdicts: Sequence[Verdict]) -> None:
    """Refuse a file in which there is nothing to grade."""
    names = ", ".join(verdict.name for verdict in verdicts)
    if any(verdict.written for verdict in verdicts):
        return
    if any(verdict.status == "empty" for verdict in verdicts):
        raise UsageError(
            f"{file}: nothing is filled in yet; write what a function returns in the place of "
            f"`{EMPTY}`, one of {names}"
        )
    raise UsageError(
        f"{file}: has none of the functions {names}; begin with ffnumpy check NEW.py --template"
    )


def readable(file: Path) -> Path:
    """Refuse what is no file of Python."""
    if file.suffix == ".ipynb":
        raise UsageError(
            f"{file}: is a notebook, whose cells grade themselves; to grade it here, write it as "
            f"Python first: jupyter nbconvert --to script {file}"
        )
    try:
        compile(file.read_text(encoding="utf-8-sig"), str(file), "exec")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read ({error})") from None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UsageError(f"{file}: is not Python ({error})") from None
    return file


def chosen(only: str | None) -> list[str]:
    """Return the names that were asked for."""
    names = [name.strip() for name in (only or "").split(",") if name.strip()]
    unknown = [name for name in names if name not in (*TASKS, TRAINING.name)]
    if unknown:
        raise UsageError(f"--only: expected {', '.join((*TASKS, TRAINING.name))}; got {unknown[0]}")
    return names


def as_text(verdicts: Sequence[Verdict]) -> str:
    """Return the grades as lines, and how many of the functions are right."""
    lines = [wrapped(f"{MARKS.get(v.status, 'WRONG'):<6} {v.name:<16} {v.text}") for v in verdicts]
    there = [v for v in verdicts if v.written]
    return "\n".join([*lines, f"{sum(v.passed for v in there)} of {len(there)} are right"])


def as_json(verdicts: Sequence[Verdict], error: str | None = None) -> str:
    """Return the grades for a gradebook; `error` says why there are none."""
    graded = [{**v._asdict(), "passed": v.passed} for v in verdicts]
    return json.dumps(
        {
            "functions": graded,
            "right": sum(v.passed for v in verdicts),
            "written": sum(v.written for v in verdicts),
            **({} if error is None else {"error": error}),
        },
        indent=1,
    )


def template() -> str:
    """Return a file with every function, to be filled in."""
    parts = ['"""Functions to be checked by `ffnumpy check`."""\n\nimport numpy as np\n']
    tasks: list[Task | Training] = [*TASKS.values(), TRAINING]
    parts += [f"\n\n{task.head}\n{docstring(task.says)}\n    {EMPTY}\n" for task in tasks]
    return "".join(parts)


def docstring(says: str) -> str:
    """Return what a function returns, as its docstring."""
    return fill(f'"""Return {says}."""', 96, initial_indent="    ", subsequent_indent="    ")
