"""The record of a command that has finished."""

from __future__ import annotations

import argparse
import time
from typing import Any

from ffnumpy.runs import records
from ffnumpy.runs.files import write_json

__all__ = ["write_record"]


def write_record(args: argparse.Namespace, begun: float, content: dict[str, Any]) -> None:
    """Write the content to --out, if it was given, with what every record says of its run.

    `begun` is the reading of `time.perf_counter` at the start.
    """
    if not args.out:
        return
    head = {**records.header(args.seed), "data": args.data, "device": args.device}
    seconds = round(time.perf_counter() - begun, 3)
    tail = {"seconds": seconds, "peak_rss_bytes": records.peak_rss_bytes()}
    write_json(args.out, {**head, **content, **tail})
