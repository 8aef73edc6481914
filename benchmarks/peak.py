"""The machine's matrix-product rate, and how a benchmark compares itself with it."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import ThreadpoolController

from ffnumpy import records
from ffnumpy.checkpoint import write_json

SIZE = 2048
RATIOS = """\
Ratios are operations needed ÷ time ÷ rate of a 2048³ product on all cores. "of peak": the median
task and the best product of the run. "at best": the best task and the best product. "beside": each
round's median task and the product timed just before it, the median of all rounds; a clock that
changes from minute to minute moves the first, not this."""


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

    def sample(self) -> float:
        """Return the rate of the better of two products, on as many threads as BLAS had first."""
        with self.blas.limit(limits=self.threads):
            rate = 2 * SIZE**3 / min(laps(self._product() for _ in range(2)))
        self.rate = max(self.rate, rate)
        return rate

    def _product(self) -> None:
        np.matmul(self.a, self.b, out=self.out)


class Round(NamedTuple):
    """The product's rate, in operations a second, and how long the tasks after it took [s]."""

    rate: float
    seconds: list[float]


def compare(
    operations: float, ways: dict[str, Callable[[], Iterable[object]]], rounds: int
) -> list[dict[str, Any]]:
    """Time every way to do a task, and before each the product, in turn, `rounds` times.

    `ways` maps a name to what draws a number of tasks. Returns a row for each name, see `row`.
    """
    peak, timed = Peak(), {name: list[Round]() for name in ways}
    for tasks in ways.values():
        deque(tasks(), maxlen=0)
    for _ in range(rounds):
        for name, tasks in ways.items():
            timed[name].append(Round(peak.sample(), list(laps(tasks()))))
    return [row(name, operations, timed[name], peak.rate) for name in ways]


def laps(tasks: Iterable[object]) -> Iterator[float]:
    """Draw all tasks and yield how long each took [s]."""
    begun = time.perf_counter()
    for _ in tasks:
        done = time.perf_counter()
        yield done - begun
        begun = time.perf_counter()


def row(name: str, operations: float, timed: list[Round], peak: float) -> dict[str, Any]:
    """Return what a table says of one way; `peak` is the best product's operations a second."""
    seconds = [s for _, tasks in timed for s in tasks]
    median, best = statistics.median(seconds), min(seconds)
    beside = [operations / statistics.median(tasks) / rate for rate, tasks in timed]
    return {
        "what": name,
        "operations": operations,
        "median_ms": 1e3 * median,
        "best_ms": 1e3 * best,
        "peak_gflops": peak / 1e9,
        "ratio_median": operations / median / peak,
        "ratio_beside": statistics.median(beside),
        "ratio_best": operations / best / peak,
    }


def add_arguments(parser: argparse.ArgumentParser, rounds: int) -> None:
    """Add the options that the benchmarks share."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, metavar="RECORD.json", help="write the record")
    parser.add_argument("--rounds", type=int, default=rounds, help="of products and tasks")


def show(rows: list[dict[str, Any]], counting: str, args: argparse.Namespace) -> None:
    """Print the rows as a table or as JSON, with a word on how operations are counted."""
    notes = {"counting": counting, "ratios": RATIOS}
    if args.out:
        write_json(args.out, {**records.header(seed=0), **notes, "rows": rows})
    if args.json:
        print(json.dumps({**notes, "rows": rows}, indent=1))
        return
    print(
        f"{'':<35}{'median':>11}{'best':>11}{'peak':>14}{'of peak':>9}{'beside':>9}{'at best':>9}"
    )
    for row in rows:
        print(
            f"{row['what']:<35}{row['median_ms']:>8.2f} ms{row['best_ms']:>8.2f} ms"
            f"{row['peak_gflops']:>8.0f} GF/s{row['ratio_median']:>9.3f}{row['ratio_beside']:>9.3f}"
            f"{row['ratio_best']:>9.3f}"
        )
    print(counting, RATIOS, sep="\n")
