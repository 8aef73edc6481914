"""The machine's matrix-product rate, and how a benchmark compares itself with it."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from ffnumpy import records
from ffnumpy.checkpoint import write_json

SIZE = 2048


class Peak:
    """Times a SIZE³ float32 product on all cores whenever asked, and keeps the best rate."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.a = rng.random((SIZE, SIZE), np.float32)
        self.b = rng.random((SIZE, SIZE), np.float32)
        self.out = np.empty_like(self.a)
        self.rate = 0.0  # [floating-point operations a second]
        self.blas = ThreadpoolController().select(user_api="blas")
        self.threads = max(library.num_threads for library in self.blas.lib_controllers)

    def sample(self) -> None:
        """Time one product, on as many threads as BLAS had at first."""
        with self.blas.limit(limits=self.threads):
            begun = time.perf_counter()
            np.matmul(self.a, self.b, out=self.out)
            self.rate = max(self.rate, 2 * SIZE**3 / (time.perf_counter() - begun))


def compare(
    name: str, operations: float, tasks: Callable[[], Iterable[object]], rounds: int
) -> dict[str, Any]:
    """Time the product and then each of the tasks drawn from ``tasks()``, in turn, `rounds` times.

    Returns the median and the best time of a task, and both as a fraction of the best product:
    operations actually needed ÷ time ÷ peak.
    """
    peak, seconds = Peak(), []
    for _ in tasks():
        pass
    for _ in range(rounds):
        peak.sample()
        begun = time.perf_counter()
        for _ in tasks():
            seconds.append(time.perf_counter() - begun)
            begun = time.perf_counter()
    median, best = statistics.median(seconds), min(seconds)
    return {
        "what": name,
        "operations": operations,
        "median_ms": 1e3 * median,
        "best_ms": 1e3 * best,
        "peak_gflops": peak.rate / 1e9,
        "ratio_median": operations / median / peak.rate,
        "ratio_best": operations / best / peak.rate,
    }


def add_arguments(parser: argparse.ArgumentParser, rounds: int) -> None:
    """Add the options that the benchmarks share."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, metavar="RECORD.json", help="write the record")
    parser.add_argument("--rounds", type=int, default=rounds, help="of tasks and one product")


def show(rows: list[dict[str, Any]], counting: str, args: argparse.Namespace) -> None:
    """Print the rows as a table or as JSON, with a word on how operations are counted."""
    if args.out:
        write_json(args.out, {**records.header(seed=0), "counting": counting, "rows": rows})
    if args.json:
        print(json.dumps({"counting": counting, "rows": rows}, indent=1))
        return
    print(f"{'':<28}{'median':>11}{'best':>11}{'peak':>14}{'of peak':>9}{'at best':>9}")
    for row in rows:
        print(
            f"{row['what']:<28}{row['median_ms']:>8.2f} ms{row['best_ms']:>8.2f} ms"
            f"{row['peak_gflops']:>8.0f} GF/s{row['ratio_median']:>9.3f}{row['ratio_best']:>9.3f}"
        )
    print(counting)
