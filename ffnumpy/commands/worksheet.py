"""``ffnumpy worksheet``: a sheet to work out by hand, and its key."""

from __future__ import annotations

import argparse
from pathlib import Path

from ffnumpy.commands import (
    UsageError,
    check_apart,
    check_new,
    check_target,
    file_path,
    one_of,
    seed,
)
from ffnumpy.runs.files import write_atomically
from ffnumpy.worksheets import TOPICS, draw
from ffnumpy.worksheets.notebook import notebook
from ffnumpy.worksheets.sheets import key, page

EXAMPLE = "--topic rule --seed 3 --out sheet.pdf --key key.pdf"
TOOK = "a second"

KINDS = (".md", ".pdf")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy worksheet``."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--topic", **one_of(TOPICS, "what it is about"))
    which.add_argument(
        "--notebook",
        type=file_path,
        metavar="FILE.ipynb",
        help="the exercises of `ffnumpy check` as a notebook that grades itself, and for nbgrader",
    )
    parser.add_argument("--seed", type=seed, default=0, help="another sheet for each; default: 0")
    for option, what in (("--out", "the sheet"), ("--key", "the answers, apart")):
        text = f"{what}; default: printed as Markdown" if option == "--out" else what
        parser.add_argument(option, type=file_path, metavar="FILE.md|.pdf", help=text)


def run(args: argparse.Namespace) -> int:
    """Write the sheet and its key."""
    if args.notebook:
        return write_notebook(args.notebook)
    for option in ("out", "key"):
        check_kind(f"--{option}", getattr(args, option))
    check_apart({"--out": args.out, "--key": args.key})
    sheet = draw(args.topic, args.seed)
    if args.out:
        write(args.out, page(sheet, args.seed))
    else:
        print(page(sheet, args.seed))
    if args.key:
        write(args.key, key(sheet, args.seed))
    return 0


def write_notebook(path: Path) -> int:
    """Write the exercises as a notebook."""
    if path.suffix.lower() != ".ipynb":
        raise UsageError(f"--notebook {path}: expected a name that ends in .ipynb")
    check_new("--notebook", path, resumable=False)
    check_target("--notebook", path)
    write_atomically(path, lambda file: file.write(notebook().encode()))
    print(path)
    return 0


def check_kind(option: str, path: Path | None) -> None:
    """Refuse a file that cannot be written, or of another kind."""
    check_target(option, path)
    if path is not None and path.suffix.lower() not in KINDS:
        raise UsageError(f"{option} {path}: expected a name that ends in {' or '.join(KINDS)}")


def write(path: Path, text: str) -> None:
    """Write a text as Markdown, or as pages."""
    if path.suffix.lower() == ".pdf":
        from ffnumpy.worksheets.pages import write_pdf

        write_pdf(path, [text])
    else:
        write_atomically(path, lambda file: file.write(text.encode()))
    print(path)
