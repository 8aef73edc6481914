"""The options of ``hardware-sim fast``."""

from __future__ import annotations

import argparse
from typing import Any

from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.devices import add_device
from hardware_sim.devices.presets import PRESETS


def decimals(text: str) -> tuple[float, ...]:
    """Read ``1,0.3`` as a tuple."""
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError:
        message = f"expected numbers with commas between; got {text}"
        raise argparse.ArgumentTypeError(message) from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim fast``."""
    options.add_data(parser)
    options.add_hidden(parser, (256, 256), "256,256")
    add_device(parser, PRESETS)
    for option, usual, text in (
        ("--cases", 40, "single cases at each point"),
        ("--stream", 2000, "images seen once"),
    ):
        options.add_count(parser, option, usual, text, metavar="N")
    options.add_seed(parser, "which chips, which cases; ")
    options.add_out(parser)
    options.add_figure(parser, "distributions and errors")
    _add_choices(parser.add_argument_group("choices"))


def _add_choices(choices: Any) -> None:
    choices.add_argument(
        "--shares",
        type=decimals,
        default=(1.0, 0.5, 0.2),
        metavar="η,η,…",
        help="of the way that a case of the stream goes; default: 1,0.5,0.2",
    )
    choices.add_argument(
        "--rates",
        type=decimals,
        default=(0.005, 0.01),
        metavar="ε,ε,…",
        help="of the slow rule on the same stream; default: 0.005,0.01",
    )
    for option, kind, usual, text in (
        ("--above", float, 1.5, "S*/N of positives"),
        ("--below", float, 0.5, "S*/N of negatives"),
        ("--window", int, 200, "images of the running error"),
    ):
        help_ = f"{text}; default: {usual}" if text else f"default: {usual}"
        choices.add_argument(option, type=kind, default=usual, help=help_)
    options.add_count(choices, "--candidates", 3, "wrong labels")
    options.add_count(choices, "--test-images", 500)
    choices.add_argument("--weight", type=float, help="at w = 1; default: what suits the device")
