"""``ffnumpy tutorials``: copies the tutorials out, as text and as notebooks."""

from __future__ import annotations

import argparse

from ffnumpy.commands import UsageError, check_folder, check_new, folder_path
from ffnumpy.runs.files import write_atomically
from ffnumpy.worksheets.lessons import as_notebook, lessons

EXAMPLE = "tutorials"
TOOK = "a second"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy tutorials``."""
    parser.add_argument("folder", type=folder_path, metavar="DIR", help="where to; made if need be")


def run(args: argparse.Namespace) -> int:
    """Write NAME.py and NAME.ipynb of every tutorial; overwrite nothing."""
    check_folder("DIR", args.folder)
    try:
        found = lessons()
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    targets = [args.folder / f"{p.stem}{kind}" for p in found for kind in (".py", ".ipynb")]
    for target in targets:
        check_new("DIR", target, resumable=False)
    args.folder.mkdir(parents=True, exist_ok=True)
    for path in found:
        text = path.read_text(encoding="utf-8")
        for kind, content in ((".py", text), (".ipynb", as_notebook(text))):
            target = args.folder / f"{path.stem}{kind}"
            write_atomically(target, lambda file, words=content: file.write(words.encode()))  # type: ignore[misc]
    print(f"{len(found)} tutorials, each as .py and .ipynb: {args.folder}")
    return 0
