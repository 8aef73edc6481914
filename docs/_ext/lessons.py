"""The tutorials for the gallery: its cells of prose are reStructuredText, ours are Markdown.

Before the gallery runs, every tutorial is written to ``_lessons`` with its prose converted. After
it, the files that a reader downloads become the tutorials as they are, as text and as notebooks.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypandoc

from ffnumpy.worksheets.lessons import CELL, as_notebook, lessons

HEADER = """\
Tutorials
=========

Nineteen lessons, to be read in this order. Each asks a question, answers it by the smallest
experiment, and ends with exercises. Each can be downloaded as a notebook; ``ffnumpy tutorials DIR``
copies all of them out.
"""
LINK = re.compile(r"\]\(([\w./-]+)\.(?:py|md)(#[\w-]*)?\)")


def converted(text: str) -> str:
    """Return a tutorial with its cells of prose in reStructuredText, the first as a docstring."""
    starts = list(CELL.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    cells = [
        _cell(start["kind"], text[start.end() : end], first=start is starts[0])
        for start, end in zip(starts, ends, strict=True)
    ]
    return "\n".join(cells)


def _cell(kind: str, body: str, first: bool) -> str:
    if "markdown" not in kind:
        return f"# %%{kind}\n{body.strip()}\n"
    prose = re.sub(r"^# ?", "", body.strip("\n"), flags=re.MULTILINE)
    rest = as_rest(LINK.sub(lambda link: f"]({page(link[1])}.html{link[2] or ''})", prose))
    if first:
        return f'r"""\n{rest}\n"""\n'
    commented = "\n".join(f"# {line}".rstrip() for line in rest.splitlines())
    return f"# %%\n{commented}\n"


def page(target: str) -> str:
    """Return where the page of a file is, seen from the page of a tutorial."""
    if target.startswith("../docs/"):
        return target.replace("docs/", "", 1)
    if target.startswith("../"):
        return "../repository/" + target.removeprefix("../").replace("/", "-").lower()
    return target


def as_rest(markdown: str) -> str:
    """Return Markdown as reStructuredText."""
    return str(pypandoc.convert_text(markdown, "rst", "gfm+tex_math_dollars", ["--wrap=none"]))


def write_if_new(path: Path, text: str) -> None:
    """Write a file unless it says so already, so that an unchanged tutorial need not run again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def before(app: Any) -> None:
    """Write the tutorials where the gallery looks for them."""
    folder = Path(app.srcdir, "_lessons")
    folder.mkdir(exist_ok=True)
    write_if_new(folder / "GALLERY_HEADER.rst", HEADER)
    found = lessons()
    for stale in {*folder.glob("*.py")} - {folder / path.name for path in found}:
        stale.unlink()
    for path in found:
        write_if_new(folder / path.name, converted(path.read_text(encoding="utf-8")))


def after(app: Any) -> None:
    """Put the tutorials themselves where the pages offer them for download."""
    folder = Path(app.srcdir, "tutorials")
    for path in lessons():
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text, encoding="utf-8")
        (folder / f"{path.stem}.ipynb").write_text(as_notebook(text), encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Run before and after the gallery, which runs at 500."""
    app.connect("builder-inited", before, priority=100)
    app.connect("builder-inited", after, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
