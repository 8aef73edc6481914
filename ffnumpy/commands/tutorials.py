"""``ffnumpy tutorials``: copies the tutorials out, as text and as notebooks, and their answers."""

from __future__ import annotations

import argparse
from pathlib import Path

from ffnumpy.commands import UsageError, check_folder, check_new, folder_path
from ffnumpy.runs.files import write_atomically
from ffnumpy.worksheets.lessons import ANSWERS, TUTORIALS, as_notebook, lessons

EXAMPLE = "tutorials"
TOOK = "a second"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy tutorials``."""
    parser.add_argument("folder", type=folder_path, metavar="DIR", help="where to; made if need be")
    parser.add_argument(
        "--answers", action="store_true", help="their exercises' answers too, into DIR/answers"
    )


def run(args: argparse.Namespace) -> int:
    """Write NAME.py and NAME.ipynb of every tutorial; overwrite nothing."""
    check_folder("DIR", args.folder)
    for target in (found := contents(args.folder, args.answers)):
        check_new("DIR", target, resumable=False)
    for target, text in found.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, lambda file, words=text: file.write(words.encode()))  # type: ignore[misc]
    print(f"{len(found) // 2} files, each as .py and .ipynb: {args.folder}")
    return 0


def contents(folder: Path, answers: bool) -> dict[Path, str]:
    """Return what is to be written, by its path."""
    kinds = {TUTORIALS: folder, **({ANSWERS: folder / "answers"} if answers else {})}
    try:
        found = [(path, to) for kind, to in kinds.items() for path in lessons(kind)]
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    texts = {to / path.name: path.read_text(encoding="utf-8") for path, to in found}
    notebooks = {path.with_suffix(".ipynb"): as_notebook(text) for path, text in texts.items()}
    return texts | notebooks
