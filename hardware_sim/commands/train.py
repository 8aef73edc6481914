"""``hardware-sim train``: a chip that learns one image at a time, and its twin in numbers."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ffnumpy.commands import UsageError, check_apart, check_target, percent, seed, whole_numbers
from ffnumpy.data import Dataset, load
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from ffnumpy.runs.journal import interruptible
from hardware_sim.chip.design import Design, Limits, Tolerances
from hardware_sim.commands.options import (
    add_data,
    add_device,
    add_learning,
    check_counts,
    check_positive,
    plan,
    scale_of,
    shown_images,
)
from hardware_sim.commands.progress import watched
from hardware_sim.commands.train_options import (
    AGGREGATED,
    FIXED,
    MOVING,
    SEQUENTIAL,
    USUAL,
    notes_of,
    settle,
)
from hardware_sim.constants import ROOM
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import PRESETS, preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.energy.costs import with_conductance
from hardware_sim.learning import checkpoint
from hardware_sim.learning.learners import ChipLearner, Learner, TwinLearner, rms_before_rectifier
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import SingleRun, error_rate
from hardware_sim.scale import Scale
from hardware_sim.studies.aggregation import aggregation_bias
from hardware_sim.updates.coincidence import Coincidence

INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim train``."""
    add_data(parser)
    parser.add_argument(
        "--hidden", type=whole_numbers, default=(256, 256), metavar="N,N,…", help="default: 256,256"
    )
    add_device(parser, tuple(PRESETS))
    parser.add_argument("--samples", type=int, metavar="N", help="images in a pass; default: all")
    parser.add_argument("--passes", type=int, default=3, help="default: 3")
    parser.add_argument("--seed", type=seed, default=0, help="which chip, which cases; default: 0")
    parser.add_argument("--save", type=Path, metavar="CHIP.npz", help="written after every pass")
    parser.add_argument("--resume", type=Path, metavar="CHIP.npz", help="go on with this chip")
    parser.add_argument("--out", type=Path, metavar="RUN.json", help="the record of the run")
    choices = parser.add_argument_group("choices")
    add_learning(choices, rate=0.008)
    choices.add_argument(
        "--reference",
        choices=(FIXED, MOVING),
        help="what a cell is compared with: a fixed conductance, or another cell that every pulse "
        "moves the other way, at twice the energy and time of writing; default: fixed",
    )
    choices.add_argument(
        "--train-length", type=int, default=31, help="slots of the longest train; default: 31"
    )
    choices.add_argument(
        "--updates",
        choices=(SEQUENTIAL, AGGREGATED),
        default=SEQUENTIAL,
        help="pulses of a train one after another, which is the truth, or all those of a cell at "
        "once, whose bias is printed; default: sequential",
    )
    add_circuits(choices)
    choices.add_argument("--no-twin", action="store_true", help="leave out the twin in numbers")
    parser.set_defaults(**dict.fromkeys(USUAL))


def add_circuits(choices: Any) -> None:
    """Add what is said of the chip's circuits."""
    usual = Tolerances()
    choices.add_argument(
        "--temperature",
        type=float,
        default=ROOM,
        metavar="K",
        help="of the chip's gates and noise, while the conductances stay, of whose temperature "
        f"the presets say nothing; its twin stays at {ROOM:g}; default: {ROOM:g}",
    )
    choices.add_argument(
        "--amplifier-noise", type=float, help=f"in activities; default: {usual.noise:g}"
    )
    choices.add_argument(
        "--offset", type=float, help=f"of the amplifiers, likewise; default: {usual.offset:g}"
    )
    choices.add_argument(
        "--volt",
        type=float,
        help="of an activity of 1: the lower, the later amplifiers saturate, and the more thermal "
        f"noise counts; default: {Scale().volt:g}",
    )


def run(args: argparse.Namespace) -> int:
    """Train, and return the exit status: 0, or 130 after Ctrl-C."""
    settle(args)
    check(args)
    data = load(args.data, args.data_dir)
    rows, labels = shown_images(args, data)
    task = plan(args, args.hidden, args.passes)
    single = SingleRun(chip_learner(args, task, data, len(rows)), rows, labels, task)
    if args.updates == AGGREGATED:
        print(f"aggregated: a typical cell moves wrongly by up to {bias(args):.2g} pulses")
    notes = resumed(args, single) if args.resume else {"seconds": 0.0, "passes": []}
    if to_the_end(single, data, notes, lambda: save(args, single, notes)):
        where = args.save or args.resume
        left = f"go on with --resume {where}" if where else "nothing was saved"
        record = f"; no record was written to {args.out}" if args.out else ""
        print(f"interrupted; {left}{record}")
        return INTERRUPTED
    conclude(args, data, single, notes)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    for option in ("save", "resume", "out"):
        check_target(f"--{option}", getattr(args, option))
    check_apart({"--save": args.save, "--out": args.out})
    check_apart({"--resume": args.resume, "--out": args.out})
    check_counts(args, {"samples": 1, "train_length": 1, "passes": 0})
    check_positive(args, ("rate", "weight", "temperature", "volt"))
    for option in ("amplifier_noise", "offset"):
        if not 0 <= getattr(args, option) < np.inf:
            name = option.replace("_", "-")
            raise UsageError(f"--{name}: expected 0 or more, got {getattr(args, option)}")


def design_of(args: argparse.Namespace, data: Dataset) -> Design:
    """Return the drawing of the chip."""
    lines = (data.train_images.shape[1], *args.hidden)
    off = Tolerances(noise=args.amplifier_noise, offset=args.offset)
    scale = replace(scale_of(args), volt=args.volt)
    return Design(lines, scale, off, Limits(args.temperature))


def stored_in(args: argparse.Namespace) -> Device | Pair:
    """Return what stores a weight."""
    device = preset(args.device).device
    if args.reference == FIXED or isinstance(device, Pair):
        return device
    return PushPullPair(device)


def chip_learner(args: argparse.Namespace, task: Plan, data: Dataset, images: int) -> ChipLearner:
    """Manufacture the chip."""
    design, device = design_of(args, data), stored_in(args)
    at_once = args.updates == AGGREGATED
    trains = Coincidence(design.scale, args.train_length, at_once)
    engine = None if device.cell.follows_charge else trains
    return ChipLearner(task, design, device, images, engine)


def bias(args: argparse.Namespace) -> float:
    """Return the bias of aggregated updates, 0 for sequential ones."""
    device = stored_in(args)
    if args.updates == SEQUENTIAL or device.cell.follows_charge:
        return 0.0
    return aggregation_bias(device, args.train_length)


def options(args: argparse.Namespace) -> dict[str, Any]:
    """Return what a resumed run must not change."""
    return {name: getattr(args, name) for name in USUAL}


def resumed(args: argparse.Namespace, single: SingleRun) -> dict[str, Any]:
    """Put the run where the saved one stood; return its notes."""
    checkpoint.restore(args.resume, single)
    notes = notes_of(args)
    return {"seconds": notes["seconds"], "passes": notes["passes"]}


def save(args: argparse.Namespace, single: SingleRun, notes: dict[str, Any]) -> None:
    """Save the chip, if it is to be saved."""
    path = args.save or args.resume
    if path:
        checkpoint.save(path, single, {**notes, "options": options(args)})


def to_the_end(
    single: SingleRun, data: Dataset, notes: dict[str, Any], save: Callable[[], None]
) -> bool:
    """Run the passes that are left, saving after each; return whether Ctrl-C stopped it."""
    with interruptible() as caught:
        while not single.finished and not caught:
            begun = time.perf_counter()
            whole = all(not caught for _ in bar(single))
            notes["seconds"] += time.perf_counter() - begun
            if whole:
                notes["passes"].append(close_pass(single, data, notes["seconds"]))
            save()
    return bool(caught) and not single.finished


def bar(single: SingleRun) -> Iterable[int]:
    """Return the steps of a pass, behind a progress bar if someone is watching."""
    name, cases = f"pass {single.cases.epoch + 1}/{single.plan.passes}", single.cases
    return watched(single.steps(), name, cases.batches - cases.done)


def close_pass(single: SingleRun, data: Dataset, seconds: float) -> dict[str, Any]:
    """Test on the first thousand test images, unbilled; print a line, return it for the record."""
    with single.learner.ledger.unbilled():
        error = error_rate(single.learner, data.test_images[:1000], data.test_labels[:1000])
    number = single.cases.epoch
    print(
        f"pass {number}/{single.plan.passes}   {seconds:7.1f} s   {percent(error)} of the first "
        f"1000 test images",
        flush=True,
    )
    return {"pass": number, "seconds": round(seconds, 3), "error_of_1000": error}


def twin_error(args: argparse.Namespace, data: Dataset, single: SingleRun) -> float:
    """Train the twin on the same images in the same order; return its error."""
    twin = TwinLearner(single.plan, design_of(args, data), len(single.rows))
    run = SingleRun(twin, single.rows, single.labels, single.plan)
    while not run.finished:
        for _ in bar(run):
            pass
    return error_rate(twin, data.test_images, data.test_labels)


def conclude(
    args: argparse.Namespace, data: Dataset, single: SingleRun, notes: dict[str, Any]
) -> None:
    """Test, train the twin, print and write the record."""
    learner = single.learner
    trained = learner.ledger.copy()
    error = error_rate(learner, data.test_images, data.test_labels)
    twin = None if args.no_twin else twin_error(args, data, single)
    shown = len(single.rows) * max(single.cases.epoch, 1)
    print(f"test error: {percent(error)} on the chip, {percent(twin)} for its twin in numbers")
    print(
        f"A-to-D conversions: {trained.count('adc')}; "
        f"{trained.joules() / shown * 1e9:.1f} nJ an image"
    )
    if args.out:
        write_json(args.out, record(args, single, notes, trained, error, twin))


def record(
    args: argparse.Namespace,
    single: SingleRun,
    notes: dict[str, Any],
    trained: Any,
    error: float,
    twin: float | None,
) -> dict[str, Any]:
    """Return the record of a finished run; its ledger is that of the training alone."""
    learner: Learner = single.learner
    assert isinstance(learner, ChipLearner)
    return {
        **records.header(args.seed),
        "data": args.data,
        "train_images": len(single.rows),
        "device": args.device,
        "reference": args.reference,
        "plan": asdict(single.plan),
        "weight": args.weight,
        "updates": args.updates,
        "aggregation_bias": bias(args),
        "train_length": args.train_length,
        "temperature": args.temperature,
        "volt": args.volt,
        "amplifier_noise": args.amplifier_noise,
        "offset": args.offset,
        "test_error": error,
        "twin_test_error": twin,
        "adc_conversions": trained.count("adc"),
        "dac_conversions": trained.count("dac"),
        "comparator_decisions": trained.count("comparator"),
        "seconds": round(notes["seconds"], 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
        "joules": trained.joules(),
        "joules_by_block": trained.blocks(),
        "joules_bounds": list(with_conductance(trained, stored_in(args).cell.conductance).bounds()),
        "chip_seconds": trained.seconds(),
        "rms_before_rectifier": rms_before_rectifier(
            learner.chip, single.rows[:1000], single.labels[:1000]
        ),
        "cells_at_bounds": [layer.array.cells.at_bounds() for layer in learner.chip],
        "ledger": trained.lines(),
        "passes": notes["passes"],
    }
