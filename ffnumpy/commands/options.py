"""Settings on the command line: an option for every leaf of a frozen dataclass, and back."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from ffnumpy.commands import UsageError, one_of, whole_numbers
from ffnumpy.supervised.names import NAMES, changed, flat, leaves

__all__ = ["add_options", "defaults_of", "given", "setting_of"]

HELP = {
    "activation": "f(z) of the hidden layers",
    "batch": "images, each shown as positive and as negative",
    "decay": "of the weights, in units of ε",
    "at_every_iteration": "move the weights at every iteration, not once for all of them",
    "awake": "groups of batches to one with a negative phase",
    "alpha": "sharpness of the contrastive loss",
    "amount": "η of the fast rule, ε of the others",
    "blurs": "of the random mask between two images",
    "delay": "part of the smoothed gradient that an update keeps",
    "depth": "hidden layers",
    "field": "side of a field in places, odd",
    "downward": "whether a hidden layer drives the one below",
    "dropout": "fraction of the units that are left out while they learn",
    "epochs": "of the layers; of each layer if they learn one after another",
    "group": "batches in a phase",
    "images": "of the stream",
    "keep": "part of a class's mean direction that a batch keeps",
    "goodness": "what a layer raises on positive cases",
    "hidden": "widths",
    "initial": "distribution of the first weights",
    "length": "of the vectors that layers pass on",
    "loss": "how goodness becomes a probability",
    "method": "what learns",
    "noise": "of the box, beside outputs of mean square 1",
    "negatives": "wrong labels: the readout's mistakes, any, or one fixed for each image",
    "optimiser": "how gradients become steps",
    "order": "which layers learn at the same time",
    "overwrite": "whether the label takes the place of the first pixels, or is put before them",
    "peer": "strength of peer normalisation, for ReLU only",
    "rate": "ε",
    "read": "layers that the readout reads, from the last",
    "readout_epochs": "of the readout, after those of the layers",
    "rule": "how it learns",
    "strength": "of the label among the inputs",
    "temperature": "T; slopes shrink as 1/T: match ε, decay, peer (hybrid_images does it)",
    "threshold": "θ",
    "towers": "whether the label has a tower of its own, or overwrites pixels",
    "voters": "layers whose goodness is added up for every label",
    "width": "units of each layer",
}
UNKNOWN: dict[str, Any] = {"threshold": float, "temperature": float}  # where the default is None
WITHOUT = ("falling", "pixels", "layer")  # they belong to the preset, or have no other name


def add_options(
    parser: Any,
    setting: Any,
    without: Iterable[str] = (),
    defaults: Mapping[str, str] | None = None,
) -> None:
    """Add an option for every leaf of a setting; options not given keep their values.

    Parameters
    ----------
    parser : argument parser or group
    setting : frozen dataclass
    without : iterable of str
        Leaves that get no option.
    defaults : mapping, optional
        From leaves to what the help says of their usual value.
    """
    for name, value in leaves(setting).items():
        if name not in (*WITHOUT, *without):
            usual = (defaults or {}).get(name)
            text = HELP.get(name, "") + (f"; default: {usual}" if usual else "")
            _add_option(parser, name, value, text.replace("%", "%%"))


def defaults_of(**settings: Any) -> dict[str, str]:
    """Return what a help says of every leaf's value in some settings, by the settings' names.

    Examples
    --------
    >>> from ffnumpy.supervised import Setting
    >>> defaults_of(quick=Setting(hidden=(20, 20)), full=Setting())["hidden"]
    'quick 20,20, full 1000,1000,1000'
    """
    values = {name: flat(setting) for name, setting in settings.items()}
    texts = {}
    for leaf in next(iter(values.values())):
        shown = {name: _shown(value[leaf]) for name, value in values.items()}
        alike = len(set(shown.values())) == 1
        both = ", ".join(f"{name} {text}" for name, text in shown.items())
        texts[leaf] = next(iter(shown.values())) if alike else both
    return texts


def _shown(value: Any) -> str:
    """Return a value as one types it, a switch as yes or no, and nothing for None."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value}"


def _add_option(parser: Any, name: str, value: Any, text: str) -> None:
    option = f"--{name.replace('_', '-')}"
    unset: dict[str, Any] = {"default": argparse.SUPPRESS, "help": text, "dest": name}
    if name in NAMES:
        parser.add_argument(option, **{**unset, **one_of(NAMES[name], text)})
    elif isinstance(value, bool):
        parser.add_argument(option, action=argparse.BooleanOptionalAction, **unset)
    elif isinstance(value, tuple):
        parser.add_argument(option, type=whole_numbers, metavar="N,N,…", **unset)
    else:
        parser.add_argument(option, type=UNKNOWN.get(name, type(value)), **unset)


def given(args: argparse.Namespace, setting: Any) -> dict[str, Any]:
    """Return the leaves of a setting that the command line gives."""
    return {name: getattr(args, name) for name in sorted(leaves(setting)) if hasattr(args, name)}


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
