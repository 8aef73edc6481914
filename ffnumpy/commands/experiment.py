"""``ffnumpy experiment``: list the experiments of the paper, and run one."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy import experiments
from ffnumpy.commands import UsageError
from ffnumpy.commands.options import add_options, given, setting_of
from ffnumpy.commands.points import launch_points
from ffnumpy.commands.training import Launch, add_run_options, check_run_options, launch, split
from ffnumpy.data import NAMES, load
from ffnumpy.experiments import saved
from ffnumpy.runs import checkpoint, records
from ffnumpy.supervised.names import flat

LOOKS = 10  # evaluations in a run of the usual length
SCALES = {"quick": "strokes", "full": "mnist"}  # and the data set of each


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their options."""
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="name, section, the paper's number, full run's time")
    listing.set_defaults(perform=_list)
    running = actions.add_parser("run", help="run one, at quick or full scale")
    named = running.add_subparsers(title="experiments", required=True, metavar="NAME")
    for name in experiments.names():
        _add_experiment(named, name)


def _add_experiment(parsers: Any, name: str) -> None:
    module = experiments.named(name)
    purpose = (module.__doc__ or "").partition("\n")[0]
    parser = parsers.add_parser(name, help=purpose, description=module.__doc__, formatter_class=RAW)
    parser.add_argument("--scale", choices=SCALES, help="default: quick, or as it was started")
    parser.add_argument("--data", choices=NAMES, help="default: strokes if quick, mnist if full")
    parser.add_argument("--data-dir", help="folder with the files; default: see `ffnumpy data`")
    record = f"results/experiments/{name}.json"
    add_run_options(parser, f"the record; those of the project are {record}", "ten times")
    add_options(parser.add_argument_group("choices of this experiment"), module.FULL)
    parser.set_defaults(perform=_run, experiment=name)


RAW = argparse.RawDescriptionHelpFormatter


def run(args: argparse.Namespace) -> int:
    """Perform the action that was asked for; return the exit status."""
    status: int = args.perform(args)
    return status


def _list(args: argparse.Namespace) -> int:
    print(f"{'name':<20} {'section':<8} {'paper':<12} {'full run':>9}  what")
    for name in experiments.names():
        module = experiments.named(name)
        purpose = (module.__doc__ or "").partition("\n")[0]
        print(
            f"{name:<20} {module.SECTION:<8} {module.PAPER:<12} {module.MINUTES:>5} min  {purpose}"
        )
    return 0


def _run(args: argparse.Namespace) -> int:
    check_run_options(args)
    module = experiments.named(args.experiment)
    if hasattr(module, "points"):
        return _run_points(args, module)
    before = checkpoint.about(args.resume) if args.resume else None
    _resolve_defaults(args, before)
    data = load(args.data, args.data_dir)
    base: Any = module.QUICK if args.scale == "quick" else module.FULL
    if before is not None:
        base = saved.setting_of(args.resume, before)
    setting = setting_of(base, given(args, base))
    if args.evaluate_every is None:
        args.evaluate_every = max(1, setting.epochs // LOOKS)
    _check_unchanged(args, before, flat(setting))
    notes = {"evaluate_every": args.evaluate_every, "started_by": _begun(before)}
    notes |= {"validation": args.validation, "train_images": args.train_images}
    what = Launch(args.experiment, args.scale, setting, split(data, args), args.seed, notes)
    return launch(args, what, before)


def _run_points(args: argparse.Namespace, module: Any) -> int:
    """Run an experiment of several points; --resume takes its record."""
    if args.save or args.plots:
        raise UsageError(
            f"--save, --plots: {args.experiment} has several networks and keeps none of them; "
            f"leave them out. --out saves the record after each, and --resume continues it."
        )
    _resolve_defaults(args, None)
    base: Any = module.QUICK if args.scale == "quick" else module.FULL
    setting = setting_of(base, given(args, base))
    data = split(load(args.data, args.data_dir), args)
    what = Launch(args.experiment, args.scale, setting, data, args.seed, {})
    return launch_points(args, what, module.points(setting, args.seed))


def _begun(before: dict[str, Any] | None) -> Any:
    return records.command_line() if before is None else before.get("started_by")


def _resolve_defaults(args: argparse.Namespace, before: dict[str, Any] | None) -> None:
    """Fill in missing options: from the run to be resumed, or the usual values."""
    usual: dict[str, Any] = {"scale": "quick", "seed": 0, "data": None, "evaluate_every": None}
    usual |= {"validation": 0, "train_images": None}
    usual |= {name: before[name] for name in usual if before and name in before}
    for name, value in usual.items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    args.data = args.data or SCALES[args.scale]


def _check_unchanged(
    args: argparse.Namespace, before: dict[str, Any] | None, setting: dict[str, Any]
) -> None:
    """Refuse options that contradict the run to be resumed."""
    if before is None:
        return
    now = {"experiment": args.experiment, "scale": args.scale, "data": args.data}
    now |= {"seed": args.seed, **setting}
    began = {**before, **before["setting"]}
    for name, value in now.items():
        if name != "epochs" and began.get(name) != value:
            raise UsageError(
                f"{args.resume}: was started with {name} {began.get(name)}; got {value}. "
                f"A resumed run keeps its options: repeat it or leave it out."
            )
