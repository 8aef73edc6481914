"""A recipe on the command line: an option for every choice of a preset that may be replaced."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy.activations import relu
from ffnumpy.commands import UsageError, whole_numbers
from ffnumpy.experiments.supervised import CHOICES, FORWARD_FORWARD_ONLY, PRESETS, Recipe

__all__ = ["add_recipe_arguments", "given", "recipe_of"]

HELP = {
    "rule": "how it learns",
    "activation": "f(z) of the hidden layers",
    "initial": "distribution of the first weights",
    "length": "of the vectors that layers hand on",
    "goodness": "what a layer raises on positive cases",
    "loss": "how goodness becomes a probability",
    "optimiser": "what becomes of a gradient",
    "order": "which layers learn at a time",
    "negatives": "wrong labels: the readout's mistakes, any, or one for ever",
    "batch": "images, each shown as positive and as negative",
    "rate": "ε",
    "decay": "of the weights, in units of ε",
    "peer": "strength of peer normalisation, for ReLU only",
    "threshold": "θ",
    "temperature": "T; slopes shrink as 1/T: choose ε, decay and peer with it",
    "strength": "of the label among the inputs",
    "voters": "layers whose goodness is added up for every label",
}


def add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one option for every choice of a recipe; those not given stay as in the preset."""
    group = parser.add_argument_group("choices that replace the preset's")
    unset = argparse.SUPPRESS
    group.add_argument(
        "--hidden", type=whole_numbers, metavar="N,N,…", default=unset, help="widths"
    )
    for name, purpose in HELP.items():
        if name in CHOICES:
            group.add_argument(f"--{name}", choices=CHOICES[name], default=unset, help=purpose)
        else:
            kind = int if name == "batch" else float
            group.add_argument(f"--{name}", type=kind, default=unset, help=purpose)


def given(args: argparse.Namespace) -> dict[str, Any]:
    """Return the choices of a recipe that stand on the command line."""
    return {name: getattr(args, name) for name in Recipe().flat() if hasattr(args, name)}


def recipe_of(args: argparse.Namespace) -> Recipe:
    """Return the preset with the choices given on the command line."""
    try:
        recipe = PRESETS[args.preset or "author"].changed(**given(args))
    except ValueError as error:
        raise UsageError(str(error)) from None
    if recipe.network.activation != relu.name:
        if given(args).get("peer"):
            raise UsageError(
                f"--peer: pushes up the inputs of units less active than their peers, which makes "
                f"a {recipe.network.activation} unit no more active; leave it out"
            )
        recipe = recipe.changed(peer=0.0)
    idle = [name for name in FORWARD_FORWARD_ONLY if name in given(args)]
    if recipe.network.rule == "backprop" and idle:
        raise UsageError(f"--rule backprop takes no --{', --'.join(idle)}; leave it out")
    return recipe
