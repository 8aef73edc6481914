"""What a command leaves behind: its record, and the time that things took."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from ffnumpy.runs import records
from ffnumpy.runs.files import write_atomically, write_json

__all__ = ["TimeLeft", "timed", "write_record", "write_text"]

Item = TypeVar("Item")


def timed(items: Iterable[Item]) -> Iterator[tuple[Item, float]]:
    """Yield items with the seconds that each of them took to come."""
    begun = time.perf_counter()
    for item in items:
        seconds = time.perf_counter() - begun
        yield item, seconds
        begun = time.perf_counter()


class TimeLeft:
    """How long the rest of a study takes if its points take as long as those before.

    Parameters
    ----------
    points : int
        That are still to be done.
    """

    def __init__(self, points: int) -> None:
        self.points, self.done = points, 0
        self.begun = self.last = time.perf_counter()

    def after_one(self) -> str:
        """Count a point; return its seconds, and about how long the others will take."""
        now = time.perf_counter()
        seconds, self.last = now - self.last, now
        self.done += 1
        rest = (now - self.begun) / self.done * (self.points - self.done)
        left = f"{rest / 60:.0f} min" if rest > 99 else f"{rest:.0f} s"
        return f"{seconds:.0f} s" + (f"; {left} left" if self.points > self.done else "")


def write_record(args: argparse.Namespace, begun: float, content: dict[str, Any]) -> None:
    """Write the content to --out, if it was given, with what every record says of its run.

    `begun` is the reading of `time.perf_counter` at the start.
    """
    if args.out:
        seconds = round(time.perf_counter() - begun, 3)
        head = {**records.header(args.seed), "data": args.data, "seconds": seconds}
        write_json(args.out, {**head, "peak_rss_bytes": records.peak_rss_bytes(), **content})


def write_text(path: Path | None, text: str) -> None:
    """Write a text, if it has a file."""
    if path:
        write_atomically(path, lambda file: file.write(text.encode()))
