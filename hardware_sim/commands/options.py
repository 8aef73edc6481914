"""What the commands' options have in common: how they read, what they refuse, what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.commands import UsageError
from ffnumpy.data import NAMES, Dataset
from hardware_sim.chip.design import Design
from hardware_sim.constants import thermal_voltage
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL, PRESETS
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench
from hardware_sim.scale import Scale
from hardware_sim.studies.trials import Specimen

__all__ = [
    "TEMPERATURE",
    "add_data",
    "add_device",
    "add_learning",
    "bench_of",
    "check_counts",
    "check_positive",
    "device_of",
    "lines_of",
    "plan",
    "scale_of",
    "settle_weight",
    "shown_images",
    "specimen_of",
    "unseen_images",
]

TEMPERATURE = 26.0  # T of the loss: a goodness of 1 is then 1 mV


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add --data and --data-dir."""
    parser.add_argument("--data", choices=NAMES, default="strokes", help="default: strokes")
    parser.add_argument("--data-dir", type=Path, help="folder with the files")


def add_device(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Add --device."""
    usual = "gokmen-vlasov"
    parser.add_argument(
        "--device",
        choices=tuple(names),
        default=usual,
        help=f"of all arrays, see `hardware-sim presets`; default: {usual}",
    )


def add_learning(choices: Any, rate: float) -> None:
    """Add --rate, --candidates and --weight."""
    choices.add_argument(
        "--rate", type=float, default=rate, help=f"ε at the start; default: {rate:g}"
    )
    choices.add_argument(
        "--candidates",
        type=int,
        default=3,
        help="wrong labels of which the strongest is shown; default: 3",
    )
    choices.add_argument(
        "--weight", type=float, help="weight of a cell at w = 1; default: what suits the device"
    )


def settle_weight(args: argparse.Namespace) -> None:
    """Put the device's own weight where none was given."""
    if args.weight is None:
        known = PRESETS.get(args.device)
        args.weight = known.weight if known else Scale().weight


def plan(args: argparse.Namespace, hidden: tuple[int, ...], passes: int) -> Plan:
    """Return what is trained."""
    try:
        return Plan(hidden, args.rate, args.candidates, passes, args.seed)
    except ValueError as error:
        raise UsageError(f"--{error}") from None


def check_counts(args: argparse.Namespace, least: dict[str, int]) -> None:
    """Refuse numbers below the least that makes sense; an option that was not given passes."""
    for option, lowest in least.items():
        given = getattr(args, option)
        if given is not None and given < lowest:
            name = option.replace("_", "-")
            raise UsageError(f"--{name}: expected {lowest} or more, got {given}")


def shown_images(args: argparse.Namespace, data: Dataset) -> tuple[NDArray, NDArray]:
    """Return the first --samples training images and their labels."""
    total = len(data.train_labels)
    if args.samples is not None and args.samples > total:
        raise UsageError(
            f"--samples: expected 1 … {total} for {data.name}, got {args.samples}; without the "
            f"option all are shown"
        )
    return data.train_images[: args.samples], data.train_labels[: args.samples]


def unseen_images(args: argparse.Namespace, data: Dataset) -> tuple[NDArray, NDArray]:
    """Return the first --test-images test images and their labels."""
    total = len(data.test_labels)
    if args.test_images is not None and args.test_images > total:
        raise UsageError(
            f"--test-images: expected 1 … {total} for {data.name}, got {args.test_images}"
        )
    return data.test_images[: args.test_images], data.test_labels[: args.test_images]


def bench_of(args: argparse.Namespace, data: Dataset) -> Bench:
    """Return the images that are used."""
    return Bench(*shown_images(args, data), *unseen_images(args, data))


def lines_of(args: argparse.Namespace, data: Dataset) -> tuple[int, ...]:
    """Return the inputs, then the neurons of each layer."""
    return (Encoding().inputs(data.train_images.shape[1]), *args.hidden)


def specimen_of(args: argparse.Namespace, data: Dataset) -> Specimen:
    """Return the chip, as published, that a command is to change."""
    task = plan(args, args.hidden, args.passes)
    return Specimen(task, Design(lines_of(args, data), scale_of(args)), device_of(args.device))


def check_positive(args: argparse.Namespace, options: Iterable[str]) -> None:
    """Refuse numbers that are not finite and above 0, and other than 1 … 9 candidates."""
    for option in options:
        given = getattr(args, option)
        if not 0 < given < np.inf:
            raise UsageError(f"--{option.replace('_', '-')}: expected above 0, got {given}")
    if not 1 <= args.candidates <= 9:
        raise UsageError(f"--candidates: expected 1 … 9 wrong labels, got {args.candidates}")


def device_of(name: str) -> Device | Pair:
    """Return a device by its name on the command line."""
    return IDEAL if name == "ideal" else PRESETS[name].device


def scale_of(args: argparse.Namespace) -> Scale:
    """Return what volts and conductances stand for."""
    return Scale(weight=args.weight, goodness=thermal_voltage() / TEMPERATURE)
