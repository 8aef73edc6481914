"""Settings on the command line: an option for every leaf of a frozen dataclass, and back."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy.commands import UsageError, whole_numbers
from ffnumpy.supervised.names import NAMES, changed, leaves

__all__ = ["add_options", "given", "setting_of"]

HELP = {
    "activation": "f(z) of the hidden layers",
    "batch": "images, each shown as positive and as negative",
    "decay": "of the weights, in units of ε",
    "epochs": "in all; of each layer if they learn one after another",
    "goodness": "what a layer raises on positive cases",
    "hidden": "widths",
    "initial": "distribution of the first weights",
    "length": "of the vectors that layers pass on",
    "loss": "how goodness becomes a probability",
    "negatives": "wrong labels: the readout's mistakes, any, or one fixed for each image",
    "optimiser": "how gradients become steps",
    "order": "which layers learn at the same time",
    "peer": "strength of peer normalisation, for ReLU only",
    "rate": "ε",
    "strength": "of the label among the inputs",
    "temperature": "T; slopes shrink as 1/T: choose ε, decay and peer to match",
    "threshold": "θ",
    "voters": "layers whose goodness is added up for every label",
}
UNKNOWN: dict[str, Any] = {"threshold": float, "temperature": float}  # where the default is None
WITHOUT = ("falling", "overwrite", "pixels")  # they belong to the data and the preset


def add_options(parser: Any, *settings: Any, without: tuple[str, ...] = ()) -> None:
    """Add an option for every leaf of some settings; options not given keep their values."""
    known: dict[str, Any] = {}
    for setting in settings:
        known = {**leaves(setting), **known}
    for name, value in known.items():
        if name not in (*WITHOUT, *without):
            _add_option(parser, name, value)


def _add_option(parser: Any, name: str, value: Any) -> None:
    option, text = f"--{name.replace('_', '-')}", HELP.get(name)
    unset: dict[str, Any] = {"default": argparse.SUPPRESS, "help": text, "dest": name}
    if name in NAMES:
        parser.add_argument(option, choices=tuple(NAMES[name]), **unset)
    elif isinstance(value, bool):
        parser.add_argument(option, action=argparse.BooleanOptionalAction, **unset)
    elif isinstance(value, tuple):
        parser.add_argument(option, type=whole_numbers, metavar="N,N,…", **unset)
    else:
        parser.add_argument(option, type=UNKNOWN.get(name, type(value)), **unset)


def given(args: argparse.Namespace, *settings: Any) -> dict[str, Any]:
    """Return the leaves of some settings that the command line gives."""
    names = {name for setting in settings for name in leaves(setting)}
    return {name: getattr(args, name) for name in sorted(names) if hasattr(args, name)}


def setting_of(setting: Any, choices: dict[str, Any]) -> Any:
    """Return a setting with these choices.

    Raises
    ------
    UsageError
        If a choice makes no sense.
    """
    try:
        return changed(setting, **choices)
    except ValueError as error:
        raise UsageError(str(error)) from None
