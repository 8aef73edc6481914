"""``hardware-sim demo``: the network of ``ffnumpy demo`` learns on a chip, without converters."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ffnumpy.commands import file_path, guessing
from ffnumpy.commands.demo import HIDDEN, TARGET
from ffnumpy.data import Dataset, without_doubt
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_files
from hardware_sim.commands.options.images import encoding_of, lines_of, loaded
from hardware_sim.commands.writing import write_record
from hardware_sim.learning.run import Bench
from hardware_sim.studies import demonstration
from hardware_sim.studies.demonstration import OneStep, Training
from hardware_sim.studies.text import demonstration as demonstration_text

EXAMPLE = "--out demo.json --figure demo.png"
TOOK = "about a minute"

IMAGES = {
    "strokes": 10_000,
    "mnist": 10_000,
    "fashion-mnist": 10_000,
    "cifar-10": 3_000,
    "cifar-10-grey": 10_000,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim demo``."""
    options.add_data(parser)
    options.add_seed(parser)
    for option, suffix in (("--out", "json"), ("--figure", "png")):
        name = Path(f"hardware-sim-demo.{suffix}")
        parser.add_argument(
            option, metavar=f"DEMO.{suffix}", type=file_path, default=name, help=f"default: {name}"
        )


def run(args: argparse.Namespace) -> int:
    """Train a chip, count, take one step, and write the record and the figure."""
    check_files(args, "out", "figure")
    begun = time.perf_counter()
    data = loaded(args)
    bench = bench_of(data)
    training = trained(data, bench, args.seed)
    print(demonstration_text.bill(training))
    print(guessing.verdict(training.error, bench.truth))
    step = demonstration.take_one_step(training, TARGET)
    print(demonstration_text.step_text(step))
    draw(args.figure, data.name, training, step)
    seconds = round(time.perf_counter() - begun, 3)
    record = {**demonstration_text.demonstration_record(training, step), "seconds_of_all": seconds}
    write_record(args, begun, record)
    print(f"   written: {args.figure}, {args.out}   ({seconds:.0f} s)")
    return 0


def bench_of(data: Dataset) -> Bench:
    """Return the images of the demonstration."""
    n = IMAGES.get(without_doubt(data.name), len(data.train_labels))
    unseen = data.test_images, data.test_labels
    return Bench(data.train_images[:n], data.train_labels[:n], *unseen, encoding_of(data))


def trained(data: Dataset, bench: Bench, seed: int) -> Training:
    """Train a chip one image at a time, with a line after each part."""
    inputs, *hidden = lines_of(data, HIDDEN)
    base = demonstration.trial(inputs, tuple(hidden), seed, data.classes)
    single = demonstration.started(base, bench)
    print(demonstration_text.headline(base, bench, data.name), flush=True)
    parts = []
    for part in demonstration.by_parts(single, bench):
        print(demonstration_text.part_line(part, single.network.ledger), flush=True)
        parts.append(part)
    return demonstration.measured(base, bench, single.network, parts)


def draw(path: Path, data: str, training: Training, step: OneStep) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.demonstration import demonstration_sheet

    save(demonstration_sheet(data, training, step), path)
