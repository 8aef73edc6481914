"""What ``hardware-sim train`` does where an option is missing: the usual, or as the run began."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy.commands import UsageError
from hardware_sim.chip.design import Tolerances
from hardware_sim.commands.options import settle_weight
from hardware_sim.constants import ROOM
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import preset
from hardware_sim.learning import checkpoint
from hardware_sim.scale import Scale

__all__ = ["AGGREGATED", "FIXED", "MOVING", "SEQUENTIAL", "USUAL", "notes_of", "settle"]

SEQUENTIAL, AGGREGATED = "sequential", "aggregated"
FIXED, MOVING = "fixed", "moving"

USUAL: dict[str, Any] = {
    "data": "strokes",
    "hidden": (256, 256),
    "device": "gokmen-vlasov",
    "reference": FIXED,
    "samples": None,
    "passes": 3,
    "seed": 0,
    "rate": 0.008,
    "candidates": 3,
    "weight": None,
    "train_length": 31,
    "updates": SEQUENTIAL,
    "temperature": ROOM,
    "amplifier_noise": Tolerances().noise,
    "offset": Tolerances().offset,
    "volt": Scale().volt,
}
"""What is done where neither an option nor the run to go on with says anything else."""


def settle(args: argparse.Namespace) -> None:
    """Fill in what was not given: from the run to go on with, or the usual."""
    begun = notes_of(args)["options"] if args.resume else USUAL
    given = {name: getattr(args, name) for name in USUAL if getattr(args, name) is not None}
    for name, usual in USUAL.items():
        setattr(args, name, given.get(name, begun.get(name, usual)))
    args.hidden = tuple(args.hidden)
    if args.resume:
        agree(args, begun, given)
    settle_pair(args)
    check_trains(args, given)


def settle_pair(args: argparse.Namespace) -> None:
    """Put the weight where none was given: half of a cell's for pairs, whose range is twice it."""
    if args.reference == MOVING and isinstance(preset(args.device).device, Pair):
        raise UsageError(
            f"--reference: {args.device} has two cells a weight as it is; leave it out"
        )
    halve = args.weight is None and args.reference == MOVING
    settle_weight(args)
    args.weight *= 0.5 if halve else 1.0


def check_trains(args: argparse.Namespace, given: dict[str, Any]) -> None:
    """Refuse what is said of trains where none are sent."""
    whole_pulses = {"train_length", "updates"} & given.keys()
    if preset(args.device).device.cell.follows_charge and whole_pulses:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(whole_pulses))
        raise UsageError(
            f"{named}: {args.device} is written by one shaped pulse a cell, not by trains; leave "
            f"it out"
        )


def agree(args: argparse.Namespace, begun: dict[str, Any], given: dict[str, Any]) -> None:
    """Refuse options that contradict the run to go on with."""
    before = {name: tuple(v) if isinstance(v, list) else v for name, v in begun.items()}
    wrong = {name: value for name, value in given.items() if before.get(name, value) != value}
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


def notes_of(args: argparse.Namespace) -> dict[str, Any]:
    """Return the notes of the run to go on with."""
    notes = checkpoint.load_notes(args.resume)
    if not {"options", "seconds", "passes"} <= notes.keys():
        raise UsageError(f"{args.resume}: was not saved by `hardware-sim train`; go on in Python")
    return notes
