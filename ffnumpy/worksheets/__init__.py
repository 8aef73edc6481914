"""Sheets to work out by hand, each with its key: another one for every seed, in small numbers.

`topics` draws them, `pages` writes them as Markdown and PDF.
"""

from __future__ import annotations

from ffnumpy.worksheets.sheets import Question, Sheet
from ffnumpy.worksheets.topics import TOPICS, draw

__all__ = ["TOPICS", "Question", "Sheet", "draw"]
