"""64 chips in a cluster: a worker is killed, the sweep is stopped and resumed; nothing may change.

The chips, which differ in their seed, learn 1,000 of the library's digits. First this process makes
and trains all of them, one after another. Then two workers of a dask cluster on this machine do:
after the 16th chip one of them is killed, while it trains another chip; after the 32nd the sweep
stops; then it is resumed from its file, beside a new worker. The records have to be the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ffnumpy.cases.encoding import OneHot
from ffnumpy.data import load
from ffnumpy.runs import records
from ffnumpy.runs.cluster import cluster
from ffnumpy.runs.files import write_json
from ffnumpy.runs.progress import watched
from ffnumpy.runs.sweep import saver, sweep
from ffnumpy.runs.workers import one_thread
from hardware_sim.chip.design import Design
from hardware_sim.devices.presets import preset
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench
from hardware_sim.scale import Scale
from hardware_sim.studies.trials import Trial, run_trial

CHIPS, KILLED_AFTER, STOPPED_AFTER = 64, 16, 32
IMAGES, UNSEEN, HIDDEN = 1000, 500, (100,)
Entry = dict[str, Any]


def measured(bench: Bench, trial: Trial) -> Entry:
    """Return what a chip that was made, trained and tested comes to."""
    return asdict(run_trial(trial, bench))


def task(chips: int) -> tuple[dict[str, Trial], Bench]:
    """Return the trials of all chips, and the digits."""
    data, chip = load("strokes"), preset("gokmen-vlasov")
    design = Design((data.train_images.shape[1], *HIDDEN), Scale(weight=chip.weight).at(26.0))
    trials = {
        f"chip {n}": Trial(Plan(HIDDEN, 0.01, passes=1, seed=n), design, chip.device)
        for n in range(chips)
    }
    seen = data.train_images[:IMAGES], data.train_labels[:IMAGES]
    return trials, Bench(*seen, data.test_images[:UNSEEN], data.test_labels[:UNSEEN], OneHot())


@contextmanager
def part(*words: str, ready: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a part of a cluster; yield it with the line by which it says that it is ready."""
    command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        yield process, next(line for line in process.stderr if ready in line)
        process.kill()


def worker(address: str) -> Any:
    """Start a worker that nobody starts again."""
    words = "worker", address, "--no-nanny", "--nthreads", "1"
    return part(*words, ready="Registered to")


def interrupted(path: Path, trials: dict[str, Trial], bench: Bench) -> list[Entry]:
    """Return the entries of a sweep in a cluster, with all that can happen to it on the way."""
    record: Entry = {"seconds": 0.0, "chips": []}
    words = "scheduler", "--host", "127.0.0.1", "--port", "0"
    with part(*words, ready="Scheduler at") as (_, said):
        address, evaluate = said.split()[-1], partial(measured, bench)
        with worker(address), worker(address) as (victim, _):
            found = sweep(trials, evaluate, record["chips"], engine=cluster(address))
            save = saver(path, record)
            for n, _ in enumerate(islice(found, len(trials) * STOPPED_AFTER // CHIPS), 1):
                save()
                if n == len(trials) * KILLED_AFTER // CHIPS:
                    victim.kill()
            found.close()
        record = json.loads(path.read_text())
        with worker(address), worker(address):
            save = saver(path, record)
            for _ in sweep(trials, evaluate, record["chips"], engine=cluster(address)):
                save()
    kept: list[Entry] = json.loads(path.read_text())["chips"]
    return kept


def main() -> int:
    """Run both sweeps, print and write what they took; return 1 if their records differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chips", type=int, default=CHIPS)
    parser.add_argument("--out", type=Path, metavar="RECORD.json")
    args = parser.parse_args()
    one_thread()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    trials, bench = task(args.chips)
    begun = time.perf_counter()
    serial: list[Entry] = []
    one_by_one = sweep(trials, partial(measured, bench), serial)
    deque(watched(one_by_one, "one process", len(trials), "chip"), maxlen=0)
    middle = time.perf_counter()
    with TemporaryDirectory() as folder:
        found = interrupted(Path(folder) / "sweep.json", trials, bench)
    took = {"one process": middle - begun, "cluster": time.perf_counter() - middle}
    print(f"{took}; {'identical' if found == serial else 'DIFFERENT'}")
    if args.out:
        record = {"seconds": took, "identical": found == serial, "chips": found}
        write_json(args.out, {**records.header(0), "train_images": IMAGES, **record})
    return int(found != serial)


if __name__ == "__main__":
    sys.exit(main())
