"""The machine's matrix-product rate, and how a benchmark compares itself with it."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import ThreadpoolController

from ffnumpy.runs import records
from ffnumpy.runs.files import write_json

SIZE = 2048
RATIOS = """\
Ratios are operations needed ÷ time ÷ rate of a 2048³ product on as many threads as BLAS has.
"of peak": the median task and the best product of the whole run. "at best": the best task and that
product. "beside": the median task of each turn and the products timed just before and after it, the
better of two each; its median, and quartiles, over the turns. A machine whose speed changes from
minute to minute moves the first, and this but little."""


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


class Task(NamedTuple):
    """What is timed: its name, the operations that it needs, and what does it a number of times."""

    name: str
    operations: float
    draw: Callable[[], Iterable[object]]


class Turn(NamedTuple):
    """The product's rate beside a task, in operations a second, and how long each task took [s]."""

    rate: float
    seconds: list[float]


def compare(tasks: Sequence[Task], rounds: int) -> list[dict[str, Any]]:
    """Time the tasks in turn, `rounds` times, and the product before and after each turn.

    Returns a row for each task, see `row`.
    """
    peak, turns = Peak(), [list[Turn]() for _ in tasks]
    for task in tasks:
        deque(task.draw(), maxlen=0)
    before = peak.sample()
    for _ in range(rounds):
        for task, mine in zip(tasks, turns, strict=True):
            seconds, after = list(laps(task.draw())), peak.sample()
            mine.append(Turn((before + after) / 2, seconds))
            before = after
    return [row(task, mine, peak.rate) for task, mine in zip(tasks, turns, strict=True)]


def laps(tasks: Iterable[object]) -> Iterator[float]:
    """Draw all tasks and yield how long each took [s]."""
    begun = time.perf_counter()
    for _ in tasks:
        done = time.perf_counter()
        yield done - begun
        begun = time.perf_counter()


def row(task: Task, turns: Sequence[Turn], peak: float) -> dict[str, Any]:
    """Return what a table says of a task; `peak` is the best product's operations a second."""
    seconds = [s for turn in turns for s in turn.seconds]
    median, best = statistics.median(seconds), min(seconds)
    beside = [task.operations / statistics.median(t.seconds) / t.rate for t in turns]
    low, middle, high = np.percentile(beside, [25, 50, 75]).tolist()
    return {
        "what": task.name,
        "operations": task.operations,
        "median_ms": 1e3 * median,
        "best_ms": 1e3 * best,
        "peak_gflops": peak / 1e9,
        "ratio_median": task.operations / median / peak,
        "ratio_beside": middle,
        "ratio_beside_quartiles": [low, high],
        "ratio_best": task.operations / best / peak,
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
