"""``ffnumpy experiment``: list the experiments of the paper, and run one."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy import experiments
from ffnumpy.commands import UsageError, check_new, example
from ffnumpy.commands.datasets import add_data, kind, loaded, with_room
from ffnumpy.commands.options import add_options, defaults_of, given, setting_of
from ffnumpy.commands.points import add_points_options, check_points_options, launch_points
from ffnumpy.commands.run_options import (
    add_model_options,
    add_run_options,
    check_run_options,
    fill_in,
    refuse_other,
    split,
)
from ffnumpy.commands.training import Launch, launch
from ffnumpy.data import TEXTS, Dataset
from ffnumpy.experiments import saved
from ffnumpy.runs import checkpoint, records
from ffnumpy.runs.journal import percent
from ffnumpy.supervised.names import flat

EXAMPLE = "run local_fields --out run.json"
TOOK = "seconds; with --scale full as `list` says"

LOOKS = 10  # evaluations in a run of the usual length
SCALES = {"quick": "strokes", "full": "mnist"}  # and the data set of each, of images
USUAL = {"scale": "quick", "seed": 0, "data": None, "validation": 0, "train_images": None}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their options."""
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    listing = actions.add_parser(
        "list",
        help="names, sections, numbers and times",
        epilog=example("ffnumpy experiment list", "a second"),
    )
    listing.set_defaults(perform=_list)
    running = actions.add_parser(
        "run",
        help="run one, at quick or full scale",
        epilog=example(f"ffnumpy experiment {EXAMPLE}", TOOK),
    )
    named = running.add_subparsers(title="experiments", required=True, metavar="NAME")
    for name in experiments.names():
        _add_experiment(named, name)


def _add_experiment(parsers: Any, name: str) -> None:
    module = experiments.named(name)
    purpose = (module.__doc__ or "").partition("\n")[0]
    minutes = f"seconds; with --scale full about {module.MINUTES} minutes"
    shown = example(f"ffnumpy experiment run {name} --out run.json", minutes)
    parser = parsers.add_parser(name, help=purpose, description=module.__doc__, epilog=shown)
    parser.add_argument("--scale", choices=SCALES, help="default: quick, or as it was started")
    usual = getattr(module, "DATA", SCALES)
    said = f"{usual['quick']} if quick, {usual['full']} if full"
    add_data(parser, None, said, usual.values() if set(usual.values()) <= set(TEXTS) else None)
    add_run_options(parser, f"the record; the project's is results/experiments/{name}.json")
    if hasattr(module, "points"):
        add_points_options(parser)
    else:
        add_model_options(parser, "ten times")
    choices = parser.add_argument_group("choices of this experiment")
    compared = getattr(module, "COMPARED", ())
    values = defaults_of(quick=module.QUICK, full=module.FULL)
    add_options(choices, module.FULL, without=compared, defaults=values)
    parser.set_defaults(perform=_run, experiment=name)


def run(args: argparse.Namespace) -> int:
    """Perform the action that was asked for; return the exit status."""
    status: int = args.perform(args)
    return status


def _list(args: argparse.Namespace) -> int:
    print(f"{'name':<24} {'section':<8} {'paper':<12} {'to reach':<9} {'full run':>9}")
    for name in experiments.names():
        module = experiments.named(name)
        purpose = (module.__doc__ or "").partition("\n")[0]
        words = f"{name:<24} {module.SECTION:<8} {module.PAPER:<12}"
        goal = percent(getattr(module, "REACH", None))
        print(f"{words} {goal:<9} {module.MINUTES:>5} min\n    {purpose}")
    return 0


def _run(args: argparse.Namespace) -> int:
    module = experiments.named(args.experiment)
    if hasattr(module, "points"):
        return _run_points(args, module)
    check_run_options(args)
    before = checkpoint.about(args.resume) if args.resume else None
    if before is None:
        check_new("--save", args.save)
    fill_in(args, {**USUAL, "evaluate_every": None}, before)
    base = _base(args, module) if before is None else saved.setting_of(args.resume, before)
    setting = setting_of(base, given(args, base))
    if before is not None:
        _check_unchanged(args, before, flat(base), flat(setting))
    if args.evaluate_every is None:
        args.evaluate_every = max(1, setting.epochs // LOOKS)
    begun = records.command_line() if before is None else before.get("started_by")
    notes = {"evaluate_every": args.evaluate_every, "started_by": begun}
    notes |= {"validation": args.validation, "train_images": args.train_images}
    data = split(_data(args), args)
    if before is None:
        setting = with_room(setting, data, given(args, setting))
    what = Launch(args.experiment, args.scale, setting, data, args.seed, notes)
    return launch(args, what, before)


def _run_points(args: argparse.Namespace, module: Any) -> int:
    """Run an experiment of several points; --resume takes its record."""
    check_points_options(args)
    fill_in(args, USUAL, None)
    base = _base(args, module)
    notes, data = {"validation": args.validation}, split(_data(args), args)
    setting = with_room(setting_of(base, given(args, base)), data, given(args, base))
    try:
        points = module.points(setting, args.seed)
    except ValueError as error:
        raise UsageError(str(error)) from None
    what = Launch(args.experiment, args.scale, setting, data, args.seed, notes)
    return launch_points(args, what, points)


def _base(args: argparse.Namespace, module: Any) -> Any:
    return module.QUICK if args.scale == "quick" else module.FULL


def _data(args: argparse.Namespace) -> Dataset:
    usual = getattr(experiments.named(args.experiment), "DATA", SCALES)
    return loaded(args.data or usual[args.scale], args.data_dir)


def _check_unchanged(
    args: argparse.Namespace, before: dict[str, Any], began: dict[str, Any], now: dict[str, Any]
) -> None:
    """Refuse options that contradict the run to be resumed."""
    named = ("scale", "data", "seed")
    own = {"experiment": saved.experiment_of(args.resume, before)}
    own |= {name: before.get(name, getattr(args, name)) for name in named}
    asked = {"experiment": args.experiment, **{name: getattr(args, name) for name in named}}
    for choices in (own, asked):
        choices["data"] = choices["data"] and kind(choices["data"])
    refuse_other(args.resume, {**own, **began}, {**asked, **now})
