"""A training step alone, and beside a second process that keeps one core busy.

BLAS's threads wait for each other by spinning, which a busy core makes long. The runs of `ffnumpy`
give small networks one thread, and let each core of large ones work on rows of its own.
Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from peak import Task, laps
from training_step import tasks

from ffnumpy.runs import records
from ffnumpy.runs.files import write_json

WIDTHS, BATCH, WARM_UP = (250, 500, 1000), 100, 1  # widths of three layers, rows, turns untimed
WORK = "import numpy as np\na = np.ones((500, 500))\nprint(flush=True)\nwhile True: a @ a"


@contextmanager
def busy_core() -> Iterator[None]:
    """Keep one core busy with a process of its own."""
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, "-c", WORK]
    with subprocess.Popen(command, env=alone, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()  # it has begun
        try:
            yield
        finally:
            worker.kill()


def median_ms(task: Task, rounds: int) -> float:
    """Return the median duration of a step [ms]."""
    turns = [list(laps(task.draw())) for _ in range(WARM_UP + rounds)]
    return 1e3 * statistics.median(s for turn in turns[WARM_UP:] for s in turn)


def measured(rounds: int) -> list[dict[str, Any]]:
    """Return both ways of each network, alone and beside the other process."""
    each = [task for width in WIDTHS for task in tasks((width,) * 3, BATCH)]
    rows = []
    for task in each:
        times = {}
        for name, surroundings in (("alone", nullcontext()), ("beside", busy_core())):
            with surroundings:
                times[f"{name}_ms"] = median_ms(task, rounds)
        rows.append({"task": task.name, **times, "ratio": times["beside_ms"] / times["alone_ms"]})
    return rows


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Print the rows."""
    print(f"{'':<35}{'alone':>12}{'beside':>12}{'ratio':>8}")
    for row in rows:
        times = f"{row['alone_ms']:>9.2f} ms{row['beside_ms']:>9.2f} ms"
        print(f"{row['task']:<35}{times}{row['ratio']:>8.1f}")


def main() -> int:
    """Measure three networks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, metavar="RECORD.json", help="write the record")
    parser.add_argument("--rounds", type=int, default=4, help="of 50 steps each")
    args = parser.parse_args()
    rows = measured(args.rounds)
    if args.out:
        write_json(args.out, {**records.header(seed=0), "busy": rows})
    show(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
