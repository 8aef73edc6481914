"""The options of ``hardware-sim train``: what they are, and what holds where one is missing."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ffnumpy.commands import UsageError, check_apart, check_target, file_path
from ffnumpy.commands.datasets import kind
from ffnumpy.commands.renamed import RENAMED, add_old_name, with_new_names
from ffnumpy.runs import checkpoint
from hardware_sim.arrays.access import ACCESSES
from hardware_sim.chip.design import Design, Limits, Tolerances
from hardware_sim.commands.options.arguments import (
    CROSS_POINT,
    add_access,
    add_data,
    add_hidden,
    add_learning,
    add_old_images,
    add_seed,
)
from hardware_sim.commands.options.checks import check_counts, check_positive
from hardware_sim.commands.options.choices import resolve_weight, scale_of
from hardware_sim.commands.options.devices import (
    VARIATIONS,
    add_device,
    device_of,
    loaded_table,
    resolve_device,
    table,
)
from hardware_sim.constants import ROOM
from hardware_sim.devices.device import Device
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import PRESETS
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.several import Several
from hardware_sim.learning.plan import Plan
from hardware_sim.scale import Scale
from hardware_sim.studies.aggregation import aggregation_bias
from hardware_sim.studies.trials import Trial
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Engine

__all__ = [
    "AGGREGATED",
    "USUAL",
    "add_arguments",
    "bias",
    "check",
    "design_of",
    "engine_of",
    "notes_of",
    "resolve_defaults",
    "stored_in",
]

MIN_BITS, MAX_BITS = 2, 16
SEQUENTIAL, AGGREGATED = "sequential", "aggregated"
FIXED, MOVING = "fixed", "moving"

USUAL: dict[str, Any] = {
    "data": "strokes",
    "device": None,
    "device_csv": None,
    **dict.fromkeys(VARIATIONS),
    "reference": FIXED,
    "cells": 1,
    "fast": None,
    "chop": 0,
    "train_images": None,
    **with_new_names(vars(Plan()), RENAMED),
    "candidates": None,
    "weight": None,
    "train_length": Coincidence.longest,
    "updates": SEQUENTIAL,
    "bits": 0,
    "kelvin": Limits().temperature,
    "amplifier_noise": Tolerances().noise,
    "offset": Tolerances().offset,
    "volt": Scale().volt,
    "access": CROSS_POINT,
}
"""What is done where neither an option nor the run to be resumed says anything else."""

RECORDED = (
    "data",
    "device",
    *VARIATIONS,
    "reference",
    "cells",
    "fast",
    "chop",
    "weight",
    "updates",
    "bits",
    "train_length",
    "kelvin",
    "volt",
    "amplifier_noise",
    "offset",
    "access",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim train``; one that is not given stays None."""
    add_data(parser)
    add_hidden(parser, None, shown(USUAL["hidden"]))
    add_device(parser, tuple(PRESETS))
    parser.add_argument(
        "--train-images", type=int, metavar="N", help="images in a pass; default: all"
    )
    add_number(parser, "epochs", "passes through the images")
    add_seed(parser)
    parser.add_argument(
        "--save", type=file_path, metavar="CHIP.npz", help="written after every pass"
    )
    parser.add_argument("--resume", type=file_path, metavar="CHIP.npz", help="go on with this chip")
    parser.add_argument("--out", type=file_path, metavar="RUN.json", help="the record of the run")
    choices = parser.add_argument_group("choices")
    add_learning(choices, USUAL["rate"])
    add_access(choices)
    choices.add_argument(
        "--reference",
        choices=(FIXED, MOVING),
        help="what a cell is compared with: a fixed conductance, or another cell that every pulse "
        f"moves the other way, at twice the energy and time of writing; default: {FIXED}",
    )
    add_number(choices, "cells", "in parallel for each weight, of which a pulse moves one")
    choices.add_argument(
        "--fast",
        choices=tuple(name for name in PRESETS if PRESETS[name].device.cell.follows_charge),
        help="a second cell for each weight, which learns; what it holds is taken over by the "
        "first one in bursts of pulses, every thousand updates; default: none",
    )
    add_number(
        choices,
        "chop",
        "refreshes after which the fast cells are emptied into the others and count on the other "
        "side, so that what is uneven about them cancels; 0: never",
    )
    add_number(choices, "train_length", "slots of the longest train")
    choices.add_argument(
        "--updates",
        choices=(SEQUENTIAL, AGGREGATED),
        help="pulses of a train one after another, which is the truth, or all those of a cell at "
        f"once, whose bias is printed; default: {SEQUENTIAL}",
    )
    add_number(choices, "bits", "of an ADC and a DAC between the layers; 0 means none")
    add_circuits(choices)
    choices.add_argument("--no-twin", action="store_true", help="leave out the twin in numbers")
    add_old_images(parser)
    add_old_name(parser, "--temperature", "--kelvin", type=float)
    parser.set_defaults(test_images=None, **dict.fromkeys(USUAL))


def add_circuits(choices: Any) -> None:
    """Add what is said of the chip's circuits."""
    add_number(
        choices,
        "kelvin",
        "of the chip's gates and noise, while the conductances stay, of whose temperature the "
        f"presets say nothing; its twin stays at {ROOM:g}",
        metavar="K",
    )
    add_number(choices, "amplifier_noise", "in activities")
    add_number(choices, "offset", "of the amplifiers, at their inputs [V]")
    add_number(
        choices,
        "volt",
        "on a row, of an activity of 1: the lower, the less current cells take, and the more their "
        "noise counts",
    )


def add_number(choices: Any, name: str, text: str, **more: Any) -> None:
    """Add an option of the type that its usual value has; the help names that value."""
    usual = USUAL[name]
    help_ = f"{text}; default: {usual:g}" if text else f"default: {usual:g}"
    option = f"--{name.replace('_', '-')}"
    choices.add_argument(option, type=type(usual), help=help_, **more)


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    for option in ("save", "resume", "out"):
        check_target(f"--{option}", getattr(args, option))
    check_apart({"--save": args.save, "--out": args.out})
    check_apart({"--resume": args.resume, "--out": args.out})
    check_counts(args, {"train_images": 1, "train_length": 1, "epochs": 0, "cells": 1})
    check_positive(args, ("rate", "weight", "kelvin", "volt"))
    if args.bits and not MIN_BITS <= args.bits <= MAX_BITS:
        raise UsageError(f"--bits: expected 0, or {MIN_BITS} … {MAX_BITS}; got {args.bits}")
    for option in ("amplifier_noise", "offset"):
        if not 0 <= getattr(args, option) < np.inf:
            name = option.replace("_", "-")
            raise UsageError(f"--{name}: expected 0 or more, got {getattr(args, option)}")


def resolve_defaults(args: argparse.Namespace, before: dict[str, Any] | None) -> None:
    """Fill in what was not given: from the run to go on with, or the usual."""
    begun = with_new_names(before["options"], RENAMED) if before else USUAL
    given = {name: getattr(args, name) for name in USUAL if getattr(args, name) is not None}
    for name, usual in USUAL.items():
        setattr(args, name, given.get(name, begun.get(name, usual)))
    args.hidden = tuple(args.hidden)
    args.device_csv = args.device_csv and Path(args.device_csv)
    args.device_table = loaded_table(before.get("device_table")) if before else None
    if args.resume:
        agree(args, begun, given)
    resolve_pair_weight(args)
    check_chop(args)
    check_trains(args, given)


def resolve_pair_weight(args: argparse.Namespace) -> None:
    """Put the weight where none was given: half of a cell's for pairs, whose range is twice it."""
    resolve_device(args)
    if args.reference == MOVING and isinstance(device_of(args), Pair):
        raise UsageError(
            f"--reference: {args.device} has two cells a weight as it is; leave it out"
        )
    halve = args.weight is None and args.reference == MOVING
    resolve_weight(args)
    args.weight *= 0.5 if halve else 1.0


def check_chop(args: argparse.Namespace) -> None:
    """Refuse to let cells change sides that are not there, or that keep what they hold."""
    check_counts(args, {"chop": 0})
    if args.chop and not args.fast:
        raise UsageError("--chop: fast cells change sides, and there are none; give --fast too")
    try:
        stored_in(args)
    except ValueError as error:
        raise UsageError(f"--{error}") from None


def check_trains(args: argparse.Namespace, given: dict[str, Any]) -> None:
    """Refuse what is said of trains where none are sent."""
    whole_pulses = {"train_length", "updates"} & given.keys()
    if stored_in(args).cell.follows_charge and whole_pulses:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(whole_pulses))
        raise UsageError(
            f"{named}: {args.fast or args.device} is written by one shaped pulse a cell, not by "
            f"trains; leave it out"
        )


def agree(args: argparse.Namespace, begun: dict[str, Any], given: dict[str, Any]) -> None:
    """Refuse options that contradict the run to go on with."""
    before = {name: tuple(v) if isinstance(v, list) else v for name, v in begun.items()}
    by_contents = ("data", "device_csv")
    wrong = {n: v for n, v in given.items() if n not in by_contents and before.get(n, v) != v}
    if kind(given.get("data", begun["data"])) != kind(begun["data"]):
        wrong["data"] = given["data"]
    saved = args.device_table
    if "device_csv" in given and table(args) != saved:
        wrong["device_csv"] = given["device_csv"]
    if wrong:
        raise UsageError(
            f"{args.resume}: was started with "
            + ", ".join(f"--{name.replace('_', '-')} {shown(before[name])}" for name in wrong)
            + "; got "
            + ", ".join(shown(value) for value in wrong.values())
            + ". A chip goes on as it began, its passes too, since the rate falls to 0 over them: "
            + "leave these options out."
        )


def shown(value: Any) -> str:
    """Return an option's value as one types it."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def notes_of(path: Path) -> dict[str, Any]:
    """Return the notes of the run to be resumed."""
    notes = checkpoint.about(path)
    if not {"options", "journal"} <= notes.keys():
        raise UsageError(
            f"{path}: was not saved by `hardware-sim train`; go on in Python, or with the program "
            f"that saved it"
        )
    return notes


def design_of(args: argparse.Namespace, inputs: int) -> Design:
    """Return the drawing of a chip for cases of so many inputs."""
    lines = (inputs, *args.hidden)
    off = Tolerances(noise=args.amplifier_noise, offset=args.offset)
    scale = replace(scale_of(args.weight), volt=args.volt)
    return Design(lines, scale, off, Limits(args.kelvin), access=ACCESSES[args.access])


def stored_in(args: argparse.Namespace) -> Device | Pair:
    """Return what stores a weight."""
    device = device_of(args)
    if args.reference == MOVING and not isinstance(device, Pair):
        device = PushPullPair(device)
    if args.cells > 1:
        device = Several.of(device, args.cells)
    if not args.fast:
        return device
    return FastSlow.of(device, PRESETS[args.fast].device.cell, chop=args.chop)


def bias(args: argparse.Namespace) -> float:
    """Return the bias of aggregated updates, 0 for sequential ones."""
    device = stored_in(args)
    if args.updates == SEQUENTIAL or device.cell.follows_charge:
        return 0.0
    return aggregation_bias(device, args.train_length)


def engine_of(args: argparse.Namespace, design: Design) -> Engine | None:
    """Return the engine that the options ask for; None means the device's usual one."""
    at_once = args.updates == AGGREGATED
    trains = Coincidence(design.scale, args.train_length, at_once)
    usual = args.bits and trains == Coincidence(design.scale)
    return None if usual or stored_in(args).cell.follows_charge else trains


def trial_of(args: argparse.Namespace, plan: Plan, inputs: int) -> Trial:
    """Return the chip that the options ask for, and how it is trained."""
    design = design_of(args, inputs)
    try:
        return Trial(plan, design, stored_in(args), engine_of(args, design), args.bits)
    except ValueError as error:
        raise UsageError(f"--bits: {error}") from None
