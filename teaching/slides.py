"""Makes one HTML file of slides.md and of the figures that the tutorials draw.

    python teaching/slides.py                  # runs the tutorials that it needs, about two minutes
    python teaching/slides.py --figures DIR    # takes figures that were made already

The page needs no network. ← and → or a swipe turn the slides, N shows the notes.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
TUTORIALS = HERE.parent / "tutorials"
ITEM = re.compile(r"- (figure|equation|say|ask): (.*)")


@dataclass
class Slide:
    """A title, and texts by the kind of their item."""

    title: str
    items: dict[str, list[str]] = field(default_factory=dict)

    @property
    def figure(self) -> tuple[str, str] | None:
        """The name of the figure and what it shows."""
        if "figure" not in self.items:
            return None
        name, _, shows = self.items["figure"][0].partition(": ")
        return name, shows


def slides(text: str) -> list[Slide]:
    """Return the slides of a text; an item may go on in lines that are indented."""
    found = []
    for part in re.split(r"^## ", re.sub(r"\n  +(?=\S)", " ", text), flags=re.MULTILINE)[1:]:
        title, *lines = part.splitlines()
        slide = Slide(title)
        for line in filter(None, lines):
            if not (item := ITEM.fullmatch(line)):
                raise SystemExit(f"{title}: expected - figure, - equation, - say or - ask; {line}")
            slide.items.setdefault(item[1], []).append(item[2])
        found.append(slide)
    return found


def draw(names: list[str], folder: Path) -> None:
    """Run the tutorials that make these figures."""
    for stem in sorted({name.rpartition("_")[0] for name in names}):
        print(f"{stem} …", flush=True)
        subprocess.run(
            [sys.executable, f"{stem}.py"],
            cwd=TUTORIALS,
            env={"MPLBACKEND": "Agg", **os.environ, "FFNUMPY_FIGURES": str(folder)},
            stdout=subprocess.DEVNULL,
            check=True,
        )


def image(slide: Slide, folder: Path) -> str:
    """Return the figure of a slide as an element that holds its own bytes."""
    if slide.figure is None:
        return ""
    name, shows = slide.figure
    path = folder / f"{name}.png"
    if not path.exists():
        raise SystemExit(
            f"{slide.title}: there is no figure {path}; leave out --figures to draw it"
        )
    data = path.read_bytes()
    width, height = (int.from_bytes(data[at : at + 4]) for at in (16, 20))  # a PNG begins so
    kind = "figure wide" if width > 2.2 * height else "figure"
    code = base64.b64encode(data).decode()
    picture = f'<img alt="{escape(shows)}" src="data:image/png;base64,{code}">'
    return f'<div class="{kind}">{picture}</div>'


def section(number: int, slide: Slide, folder: Path) -> str:
    """Return a slide as a section of the page."""
    lines = {
        "equation": [
            f'<p class="equation">{escape(e)}</p>' for e in slide.items.get("equation", [])
        ],
        "say": [f"<p>{escape(text)}</p>" for text in slide.items.get("say", [])],
        "ask": [f"<p>{escape(text)}</p>" for text in slide.items.get("ask", [])],
    }
    rank = "h1" if number == 1 else "h2"
    return f"""\
<section id="s{number}" aria-labelledby="t{number}">
<{rank} id="t{number}" tabindex="-1">{escape(slide.title)}</{rank}>
{image(slide, folder)}
<div class="text">{"".join(lines["equation"] + lines["say"])}</div>
<aside aria-label="Notes"><strong>To the class</strong>{"".join(lines["ask"])}</aside>
</section>"""


def page(found: list[Slide], folder: Path) -> str:
    """Return the whole page."""
    body = "\n".join(section(n, slide, folder) for n, slide in enumerate(found, 1))
    shell = (HERE / "slides.template.html").read_text(encoding="utf-8")
    return shell.replace("<!-- slides -->", body)


def main(arguments: list[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--figures", type=Path, metavar="DIR", help="take the figures from here")
    parser.add_argument("--out", type=Path, default=Path("slides.html"), metavar="FILE.html")
    options = parser.parse_args(arguments)
    found = slides((HERE / "slides.md").read_text(encoding="utf-8"))
    with TemporaryDirectory() as made:
        folder = options.figures or Path(made)
        if options.figures is None:
            draw([slide.figure[0] for slide in found if slide.figure], folder)
        options.out.write_text(page(found, folder), encoding="utf-8")
    print(f"{options.out}: {len(found)} slides")


if __name__ == "__main__":
    main()
