"""The options of ``hardware-sim train`` as they were given: filled in, and refused in time."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ffnumpy.commands import UsageError, check_apart, check_target
from ffnumpy.commands.datasets import kind
from ffnumpy.commands.renamed import RENAMED, with_new_names
from ffnumpy.runs import checkpoint
from hardware_sim.commands.options.asked import stored_in
from hardware_sim.commands.options.checks import check_counts, check_positive
from hardware_sim.commands.options.choices import resolve_weight
from hardware_sim.commands.options.devices import device_of, loaded_table, resolve_device, table
from hardware_sim.commands.options.train import MOVING, USUAL, shown
from hardware_sim.devices.pairs import Pair

__all__ = ["check", "notes_of", "resolve_defaults"]

MIN_BITS, MAX_BITS = 2, 16


def notes_of(path: Path) -> dict[str, Any]:
    """Return the notes of the run to be resumed."""
    notes = checkpoint.about(path)
    if not {"options", "journal"} <= notes.keys():
        raise UsageError(
            f"{path}: was not saved by `hardware-sim train`; go on in Python, or with the program "
            f"that saved it"
        )
    return notes


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
