"""What a command leaves behind: its record, and the time that things took."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from ffnumpy.runs import records
from ffnumpy.runs.files import write_atomically, write_json

__all__ = ["timed", "write_record", "write_text"]

Item = TypeVar("Item")


def timed(items: Iterable[Item]) -> Iterator[tuple[Item, float]]:
    """Yield items with the seconds that each of them took to come."""
    begun = time.perf_counter()
    for item in items:
        seconds = time.perf_counter() - begun
        yield item, seconds
        begun = time.perf_counter()


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
