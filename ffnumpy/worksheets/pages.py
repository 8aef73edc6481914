"""A sheet's Markdown as pages of a PDF, drawn as text."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import Any

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from ffnumpy.runs.files import write_atomically

__all__ = ["write_pdf"]

A4 = (8.27, 11.69)  # [inch]
COLUMNS, LINES = 88, 58  # of a page


def write_pdf(path: Path, texts: list[str]) -> None:
    """Write texts as pages, each beginning on a page of its own."""
    pages = [page for text in texts for page in _pages(_lines(text))]
    write_atomically(path, lambda file: _write(file, pages))


def _lines(text: str) -> list[str]:
    """Return the lines of a text without its marks, none longer than a page is wide."""
    found: list[str] = []
    for line in text.split("\n"):
        plain = line.lstrip("# ") if line.startswith("#") else line
        if plain.strip() != "```":
            indent = " " * (len(plain) - len(plain.lstrip()))
            fits = len(plain) <= COLUMNS
            found += [plain] if fits else wrap(plain, COLUMNS, subsequent_indent=indent)
    return found


def _pages(lines: list[str]) -> list[list[str]]:
    return [lines[first : first + LINES] for first in range(0, len(lines), LINES)]


def _write(file: Any, pages: list[list[str]]) -> None:
    with PdfPages(file) as pdf:
        for number, lines in enumerate(pages, 1):
            figure = Figure(figsize=A4)
            text = "\n".join(lines)
            figure.text(0.09, 0.95, text, family="monospace", size=9, va="top", linespacing=1.35)
            figure.text(0.5, 0.03, str(number), size=8, ha="center")
            pdf.savefig(figure)
