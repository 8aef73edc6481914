"""The options of ``hardware-sim train``: what they are, and what holds where one is missing."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy.commands import file_path
from ffnumpy.commands.renamed import RENAMED, add_old_name, with_new_names
from hardware_sim.chip.design import Limits, Tolerances
from hardware_sim.commands.options.arguments import (
    CROSS_POINT,
    add_access,
    add_data,
    add_hidden,
    add_learning,
    add_old_images,
    add_seed,
)
from hardware_sim.commands.options.devices import VARIATIONS, add_device
from hardware_sim.constants import ROOM
from hardware_sim.devices.presets import PRESETS
from hardware_sim.learning.plan import Plan
from hardware_sim.scale import Scale
from hardware_sim.updates.coincidence import Coincidence

__all__ = [
    "AGGREGATED",
    "FIXED",
    "MOVING",
    "RECORDED",
    "SEQUENTIAL",
    "USUAL",
    "add_arguments",
    "shown",
]

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
    add_run(parser)
    choices = parser.add_argument_group("choices")
    add_learning(choices, USUAL["rate"])
    add_access(choices)
    add_cells(choices)
    add_updates(choices)
    add_number(choices, "bits", "of an ADC and a DAC between the layers; 0 means none")
    add_circuits(choices)
    choices.add_argument("--no-twin", action="store_true", help="leave out the twin in numbers")
    add_old_images(parser)
    add_old_name(parser, "--temperature", "--kelvin", type=float)
    parser.set_defaults(test_images=None, **dict.fromkeys(USUAL))


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add what is trained, on what, for how long, and which files there are."""
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


def add_cells(choices: Any) -> None:
    """Add which cells make up a weight."""
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


def add_updates(choices: Any) -> None:
    """Add how trains of pulses are sent."""
    add_number(choices, "train_length", "slots of the longest train")
    choices.add_argument(
        "--updates",
        choices=(SEQUENTIAL, AGGREGATED),
        help="pulses of a train one after another, which is the truth, or all those of a cell at "
        f"once, whose bias is printed; default: {SEQUENTIAL}",
    )


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


def shown(value: Any) -> str:
    """Return an option's value as one types it."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
