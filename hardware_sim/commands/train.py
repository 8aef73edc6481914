"""``hardware-sim train``: a chip that learns one image at a time, and its floating-point twin."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from ffnumpy.commands import INTERRUPTED, percent
from ffnumpy.commands.terminal import wrapped
from ffnumpy.commands.training import interrupt_message
from ffnumpy.data import load
from ffnumpy.runs import checkpoint, records
from ffnumpy.runs.files import write_json
from ffnumpy.runs.journal import Journal, train_to_the_end
from ffnumpy.runs.progress import watched
from hardware_sim.commands.options import train as options
from hardware_sim.commands.options.choices import plan_of
from hardware_sim.commands.options.images import bench_of
from hardware_sim.commands.options.train import add_arguments
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import from_format_1, measured_on, single_run
from hardware_sim.studies import training

__all__ = ["add_arguments", "run"]

EXAMPLE = "--data mnist --hidden 256,256 --passes 5 --save chip.npz"
TOOK = "about eight minutes"


def run(args: argparse.Namespace) -> int:
    """Train, and return the exit status: 0, or 130 after Ctrl-C."""
    before = options.notes_of(args.resume) if args.resume else None
    options.resolve_defaults(args, before)
    options.check(args)
    data = load(args.data, args.data_dir)
    args.data = data.name
    bench = bench_of(args, data)
    task = plan_of(args, data, args.passes)
    design = options.design_of(args, data.train_images.shape[1])
    device, engine = options.stored_in(args), options.engine_of(args, design)
    learner = ChipLearner(task, design, device, len(bench.rows), engine, bench.encoding)
    single = single_run(learner, bench.rows, bench.labels, task)
    measured_on(single, bench.unseen, bench.truth)
    if args.updates == options.AGGREGATED:
        print(f"aggregated: a typical cell moves wrongly by up to {options.bias(args):.2g} pulses")
    if before is not None:
        checkpoint.restore(args.resume, single, from_format_1)
    journal = Journal(single, 1, training.journal_notes(before), "image", "pass")
    if train_to_the_end(journal, partial(save, args, journal)):
        print(wrapped(interrupt_message(args)))
        return INTERRUPTED
    twin = None if args.no_twin else training.twin_error(task, design, single, bench, watched)
    trained = training.trained_chip(single, bench, twin)
    finish(args, journal, task, trained, (bench.rows, bench.labels))
    return 0


def save(args: argparse.Namespace, journal: Journal) -> None:
    """Save the chip, if it is to be saved."""
    path = args.save or args.resume
    if path:
        kept = {name: getattr(args, name) for name in options.USUAL}
        classes = journal.run.network.encoding.classes
        about = {"experiment": "chip", "options": kept, "classes": classes}
        about |= {"journal": journal.notes()}
        checkpoint.save(path, journal.run, about)


def finish(
    args: argparse.Namespace, journal: Journal, task: Plan, trained: training.Trained, shown: Any
) -> None:
    """Print what came out, and write the record."""
    spent, images = trained.spent, len(shown[0]) * max(journal.run.cases.epoch, 1)
    print(
        f"test error: {percent(trained.error)} on the chip, {percent(trained.twin)} for its "
        f"floating-point twin\nA-to-D conversions: {spent.count('adc')}; "
        f"{spent.joules() / images * 1e9:.1f} nJ an image"
    )
    if args.out:
        chip = training.record(trained, task, options.stored_in(args), shown)
        said = {name: getattr(args, name) for name in options.RECORDED}
        said |= {"aggregation_bias": options.bias(args)}
        seconds = {"seconds": round(sum(epoch["seconds"] for epoch in journal.epochs), 3)}
        passes = {"passes": training.passes_of(journal.epochs)}
        write_json(args.out, {**records.header(args.seed), **said, **chip, **seconds, **passes})
