"""Pages that live elsewhere in the repository, brought into the site with their links mended.

They are copied to ``repository/``. In every Markdown page a link to a file of the repository leads
to where that file is on the site: its page, the page of a tutorial, or the file as a download.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from lessons import write_if_new

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
COPIES = "repository"
NAMES = (
    "RESULTS.md",
    "REFERENCES.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "benchmarks/README.md",
    "results/compare-strokes.md",
)
LIVE = {"draw_a_digit.html": "draw.md", "take_a_step.html": "step.md"}
"""The pages of docs/live, and the page of the site from which each is opened."""

LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


def originals() -> dict[str, Path]:
    """Return the files that become pages, by the name of the page."""
    paths = [ROOT / name for name in NAMES] + sorted((ROOT / "teaching").rglob("*.md"))
    return {_page(path): path for path in paths}


def _page(path: Path) -> str:
    return f"{COPIES}/" + "-".join(path.relative_to(ROOT).with_suffix("").parts).lower()


def copy(app: Any) -> None:
    """Write the copies."""
    (DOCS / COPIES).mkdir(exist_ok=True)
    for page, path in originals().items():
        write_if_new(DOCS / f"{page}.md", _titled(path))


def _titled(path: Path) -> str:
    """Return a page, which begins with a title even if the file does not."""
    text = path.read_text(encoding="utf-8")
    return text if text.startswith("# ") else f"# {path.stem}\n\n{text}"


def mend(app: Any, page: str, source: list[str]) -> None:
    """Let the links of a page lead to where the files of the repository are on the site."""
    path = originals().get(page, DOCS / f"{page}.md")
    if path.exists():
        source[0] = LINK.sub(lambda link: _mended(link, path, page), source[0])


def _mended(link: re.Match[str], path: Path, page: str) -> str:
    target, _, anchor = link["target"].partition("#")
    file = Path(os.path.normpath(path.parent / target))
    if not target or ":" in target or not file.is_relative_to(ROOT):
        return link[0]
    if file.is_dir():
        return link["text"]
    place = os.path.relpath(_on_the_site(file), (DOCS / page).parent)
    return f"{link['image']}[{link['text']}]({place}{'#' * bool(anchor)}{anchor})"


def _on_the_site(file: Path) -> Path:
    """Return where a file of the repository is, as a path among the pages."""
    for page, original in originals().items():
        if file == original:
            return DOCS / f"{page}.md"
    if file.parent == DOCS / "live" and file.name in LIVE:
        return DOCS / LIVE[file.name]
    if file.parent == ROOT / "tutorials" and file.suffix == ".py":
        return DOCS / "tutorials" / f"{file.stem}.rst"
    return file


def setup(app: Any) -> dict[str, Any]:
    """Copy first, then mend every page that is read."""
    app.connect("builder-inited", copy, priority=50)
    app.connect("source-read", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
