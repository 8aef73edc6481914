"""``hardware-sim demo``: the network of ``ffnumpy demo`` learns on a chip, without converters."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ffnumpy.commands.demo import HIDDEN, TARGET
from ffnumpy.data import Dataset, load
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from hardware_sim.commands import options
from hardware_sim.commands.checks import check_files
from hardware_sim.commands.images import encoding_of, lines_of
from hardware_sim.learning.run import Bench
from hardware_sim.studies import demonstration
from hardware_sim.studies.demonstration import OneStep, Training
from hardware_sim.studies.demonstration_text import (
    bill,
    demonstration_record,
    headline,
    part_line,
    step_text,
)

IMAGES = {"strokes": 10_000, "mnist": 10_000, "fashion-mnist": 10_000, "cifar-10": 3_000}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim demo``."""
    options.add_data(parser)
    options.add_seed(parser)
    for option, name in (
        ("--out", "hardware-sim-demo.json"),
        ("--figure", "hardware-sim-demo.png"),
    ):
        parser.add_argument(
            option, metavar="FILE", type=Path, default=Path(name), help=f"default: {name}"
        )


def run(args: argparse.Namespace) -> int:
    """Train a chip, count, take one step, and write the record and the figure."""
    check_files(args, "out", "figure")
    begun = time.perf_counter()
    data = load(args.data, args.data_dir)
    bench = bench_of(data)
    training = trained(data, bench, args.seed)
    print(bill(training))
    step = demonstration.take_one_step(training, bench, TARGET)
    print(step_text(step))
    draw(args.figure, data.name, training, step)
    head = {**records.header(args.seed), "data": args.data}
    peak, seconds = records.peak_rss_bytes(), round(time.perf_counter() - begun, 3)
    tail = {"peak_rss_bytes": peak, "seconds_of_all": seconds}
    write_json(args.out, {**head, **demonstration_record(training, step), **tail})
    print(f"   written: {args.figure}, {args.out}   ({seconds:.0f} s)")
    return 0


def bench_of(data: Dataset) -> Bench:
    """Return the images of the demonstration."""
    n, unseen = IMAGES[data.name], (data.test_images, data.test_labels)
    return Bench(data.train_images[:n], data.train_labels[:n], *unseen, encoding_of(data))


def trained(data: Dataset, bench: Bench, seed: int) -> Training:
    """Train a chip one image at a time, with a line after each part."""
    inputs, *hidden = lines_of(data, HIDDEN)
    base = demonstration.trial(inputs, tuple(hidden), seed)
    single = demonstration.started(base, bench)
    print(headline(base, single, data.name), flush=True)
    parts = []
    for part in demonstration.by_parts(single, bench):
        print(part_line(part, single.learner.ledger), flush=True)
        parts.append(part)
    return demonstration.measured(base, single, parts, bench)


def draw(path: Path, data: str, training: Training, step: OneStep) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.demonstration import demonstration_sheet

    save(demonstration_sheet(data, training, step), path)
