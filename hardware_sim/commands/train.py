"""``hardware-sim train``: a chip that learns one image at a time, and its floating-point twin."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from ffnumpy.commands import INTERRUPTED, UsageError, guessing, percent
from ffnumpy.commands.terminal import wrapped
from ffnumpy.commands.training import interrupt_message
from ffnumpy.data import Dataset, checksum
from ffnumpy.runs import checkpoint, records
from ffnumpy.runs.files import write_json
from ffnumpy.runs.journal import Journal, train_to_the_end
from ffnumpy.runs.progress import watched
from hardware_sim.commands.options.asked import bias, stored_in, trial_of
from hardware_sim.commands.options.choices import plan_of
from hardware_sim.commands.options.devices import saved_table
from hardware_sim.commands.options.given import check, notes_of, resolve_defaults
from hardware_sim.commands.options.images import bench_of, loaded
from hardware_sim.commands.options.train import AGGREGATED, RECORDED, USUAL, add_arguments
from hardware_sim.energy.prices import FIRST
from hardware_sim.energy.report import bill
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import from_format_1, measured_on, single_run
from hardware_sim.studies import training
from hardware_sim.studies.trials import cost_on

__all__ = ["add_arguments", "run"]

EXAMPLE = "--data mnist --hidden 256,256 --epochs 5 --save chip.npz"
TOOK = "eight minutes on an idle machine"


def run(args: argparse.Namespace) -> int:
    """Train, and return the exit status: 0, or 130 after Ctrl-C."""
    before = notes_of(args.resume) if args.resume else None
    resolve_defaults(args, before)
    check(args)
    data = loaded(args)
    bench = bench_of(args, data)
    task = plan_of(args, data, args.epochs)
    trial = trial_of(args, task, bench.encoding.inputs(data.train_images.shape[1]))
    learner = trial.learner(len(bench.rows), bench.encoding)
    single = single_run(learner, bench.rows, bench.labels, task)
    measured_on(single, bench.unseen, bench.truth)
    if args.updates == AGGREGATED:
        print(f"aggregated: a typical cell moves wrongly by up to {bias(args):.2g} pulses")
    notes = {"class_names": list(data.class_names), "checksum": checksum(data)}
    if before is not None:
        check_same_data(args.resume, before, data)
        checkpoint.restore(args.resume, single, from_format_1)
    journal = Journal(single, 1, training.journal_notes(before), "image", "pass")
    if train_to_the_end(journal, partial(save, args, journal, notes)):
        print(wrapped(interrupt_message(args)))
        return INTERRUPTED
    twin = None if args.no_twin else training.twin_error(task, trial.design, single, bench, watched)
    trained = training.trained_chip(single, bench, twin)
    finish(args, journal, task, trained, (bench.rows, bench.labels))
    return 0


TWIN_FAILS = (
    "Its floating-point twin does no better, so the devices are not to blame: more --epochs or "
    "--train-images, wider --hidden, another --rate."
)
CHIP_FAILS = (
    "Its floating-point twin learns, so the chip is to blame: compare devices by hardware-sim "
    "ablate, or take another --rate or --weight."
)
UNKNOWN = "Leave out --no-twin to see whether the devices are to blame."


def remedy(trained: training.Trained) -> str:
    """Return what to do about a chip that is no better than guessing."""
    if trained.twin is None:
        return UNKNOWN
    return TWIN_FAILS if guessing.is_no_better(trained.twin, trained.truth) else CHIP_FAILS


def check_same_data(path: Path, before: dict[str, Any], data: Dataset) -> None:
    """Refuse to go on with other images than those that the run was started with."""
    if before.get("checksum", checksum(data)) != checksum(data):
        raise UsageError(
            f"{path}: {data.name} holds other data than those it was started with. Give the old "
            f"ones, or start a new run."
        )


def save(args: argparse.Namespace, journal: Journal, notes: dict[str, Any]) -> None:
    """Save the chip, if it is to be saved, with notes on its data."""
    path = args.save or args.resume
    if path:
        kept = {name: getattr(args, name) for name in USUAL}
        kept["device_csv"] = args.device_csv and str(args.device_csv)
        encoding = journal.run.network.encoding
        about = {"experiment": "chip", "options": kept, "classes": encoding.classes, **notes}
        about |= {"overwrite": encoding.overwrite, "journal": journal.notes()}
        about["device_table"] = saved_table(args.device_table)
        checkpoint.save(path, journal.run, about)


def finish(
    args: argparse.Namespace, journal: Journal, task: Plan, trained: training.Trained, shown: Any
) -> None:
    """Print what came out, and write the record."""
    spent, images = trained.spent.without(FIRST), len(shown[0]) * max(journal.run.cases.epoch, 1)
    print(
        f"test error: {percent(trained.error)} on the chip, {percent(trained.twin)} for its "
        f"floating-point twin\nA-to-D conversions: {spent.count('adc')}; "
        f"{spent.joules() / images * 1e9:.1f} nJ an image, and once "
        f"{trained.spent.blocks().get(FIRST, 0.0) * 1e6:.1f} µJ for the first weights"
    )
    print("\n".join(bill(cost_on(stored_in(args), spent, images))))
    print(guessing.verdict(trained.error, trained.truth, remedy(trained)))
    if args.out:
        chip = training.record(trained, task, stored_in(args), shown)
        said = {name: getattr(args, name) for name in RECORDED}
        said |= {"aggregation_bias": bias(args)}
        seconds = {"seconds": round(sum(epoch["seconds"] for epoch in journal.epochs), 3)}
        passes = {"passes": training.passes_of(journal.epochs)}
        write_json(args.out, {**records.header(args.seed), **said, **chip, **seconds, **passes})
