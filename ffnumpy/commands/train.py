"""``ffnumpy train``: train a network, save it, resume it, and record the results."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from ffnumpy.activations import relu
from ffnumpy.commands import UsageError, whole_numbers
from ffnumpy.commands.datasets import add_data, kind, loaded, with_room
from ffnumpy.commands.options import add_options, given, setting_of
from ffnumpy.commands.run_options import (
    add_model_options,
    add_run_options,
    check_run_options,
    fill_in,
    refuse_other,
    split,
)
from ffnumpy.commands.training import Launch, launch
from ffnumpy.data import Dataset
from ffnumpy.experiments import backprop, pytorch_example, saved, supervised
from ffnumpy.runs import checkpoint, records
from ffnumpy.supervised.names import flat, leaves

EXAMPLE = "--data mnist --epochs 30 --save m.npz --out run.json"
TOOK = "about four minutes"

PRESETS = {
    "author": supervised.AUTHOR,
    "paper": supervised.FULL,
    "pytorch-example": pytorch_example.FULL,
}
EXPERIMENTS = {"author": "supervised", "paper": "supervised", "pytorch-example": "pytorch_example"}
RULES = ("forward-forward", "backprop")
USUAL = {
    "data": "strokes",
    "validation": 0,
    "evaluate_every": 5,
    "count_layers": None,
    "train_images": None,
}


def add_count_argument(parser: Any) -> None:
    """Add the option that says which layers vote."""
    parser.add_argument(
        "--count-layers",
        metavar="K,K,…",
        type=whole_numbers,
        help="layers whose goodness is added up, from 1; default: as the setting says, or as the "
        "run was started",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy train``."""
    add_data(parser, None, f"{USUAL['data']}, or as the run was started")
    parser.set_defaults(rule=None)
    run = parser.add_argument_group("the run")
    run.add_argument("--preset", choices=PRESETS, help="default: author")
    run.add_argument(
        "--epochs",
        type=int,
        default=argparse.SUPPRESS,
        help="in all, also with --resume; of each layer if they learn one after another; "
        "default: 60, pytorch-example 1000. The author's rate falls towards the last of them, so a "
        "run extended later differs from one that long from the start",
    )
    add_model_options(run)
    add_run_options(run, "the record of the run")
    add_count_argument(run)
    choices = parser.add_argument_group("choices that replace the preset's")
    choices.add_argument("--rule", choices=RULES, help="how it learns; default: forward-forward")
    add_options(choices, supervised.AUTHOR, without=("epochs",))


def run(args: argparse.Namespace) -> int:
    """Train, and return the exit status: 0, or 130 after Ctrl-C."""
    check_run_options(args)
    before = checkpoint.about(args.resume) if args.resume else None
    if before is not None and not {"data", "validation", "journal"} <= before.keys():
        raise UsageError(
            f"{args.resume}: was not saved by `ffnumpy train`; go on in Python, or with the "
            f"command that saved it"
        )
    fill_in(args, USUAL, before)
    data = loaded(args.data, args.data_dir)
    notes: dict[str, Any] = {name: getattr(args, name) for name in USUAL if name != "data"}
    if before is None:
        notes["started_by"], scale = records.command_line(), args.preset or "author"
        name, setting, seed = chosen(args)
        setting = with_room(setting, data, given(args, setting))
    else:
        notes["started_by"] = before.get("started_by")
        scale = before.get("scale", args.preset or "author")
        name, setting, seed = resumed(args, data, before)
    what = Launch(name, scale, setting, split(data, args), seed, notes)
    return launch(args, what, before)


def chosen(args: argparse.Namespace) -> tuple[str, Any, int]:
    """Return experiment, setting and seed of a new run, as the command line says."""
    preset = PRESETS[args.preset or "author"]
    if args.rule != "backprop":
        setting = without_peers(args, setting_of(preset, given(args, preset)))
        return EXPERIMENTS[args.preset or "author"], setting, args.seed or 0
    rival = backprop.FULL
    idle = [name for name in given(args, preset) if name not in leaves(rival)]
    if idle:
        raise UsageError(f"--rule backprop takes no --{', --'.join(idle)}; leave it out")
    usual = {name: value for name, value in leaves(preset).items() if name in leaves(rival)}
    return "backprop", setting_of(rival, {**usual, **given(args, rival)}), args.seed or 0


def without_peers(args: argparse.Namespace, setting: Any) -> Any:
    """Return the setting, without peers for units that a push makes no more active."""
    if setting.units.activation.name == relu.name:
        return setting
    if given(args, setting).get("peer"):
        raise UsageError(
            f"--peer: pushes up the inputs of units less active than their peers, which makes "
            f"a {setting.units.activation.name} unit no more active; leave it out"
        )
    return replace(setting, learning=replace(setting.learning, peer=0.0))


def resumed(
    args: argparse.Namespace, data: Dataset, before: dict[str, Any]
) -> tuple[str, Any, int]:
    """Return experiment, setting and seed of a run that goes on; refuse what contradicts it."""
    name = saved.experiment_of(args.resume, before)
    setting = saved.setting_of(args.resume, before)
    asked = given(args, setting)
    epochs = asked.pop("epochs", setting.epochs)
    wanted = asked if args.preset is None else {**flat(chosen(args)[1]), **asked}
    wanted |= {"data": kind(data.name), "validation": args.validation}
    wanted |= {} if args.seed is None else {"seed": args.seed}
    began = {**flat(setting), **{n: before[n] for n in ("validation", "seed")}}
    began["data"] = kind(before["data"])
    if args.rule is not None:
        wanted["rule"] = args.rule
        began["rule"] = "backprop" if name == "backprop" else "forward-forward"
    refuse_other(args.resume, began, wanted)
    return name, replace(setting, epochs=epochs), before["seed"]
