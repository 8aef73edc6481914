"""``ffnumpy train``: train a network, save it, go on with it, and write down what came out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import (
    UsageError,
    check_apart,
    check_folder,
    check_target,
    seed,
    whole_numbers,
)
from ffnumpy.commands.options import add_recipe_arguments, given, recipe_of
from ffnumpy.data import NAMES, Dataset, load
from ffnumpy.experiments.supervised import FORWARD_FORWARD_ONLY, PRESETS
from ffnumpy.inference import Evaluation
from ffnumpy.runs import checkpoint, records
from ffnumpy.runs.files import write_json
from ffnumpy.runs.journal import Journal, told, train_to_the_end
from ffnumpy.runs.run import Run

INTERRUPTED = 130
EPOCHS = {"author": 60, "paper": 60, "pytorch-example": 1000}


def add_data_arguments(parser: argparse.ArgumentParser, default: str | None = "strokes") -> None:
    """Add the options that say which images."""
    named = default or "those that the model was trained on"
    parser.add_argument("--data", choices=NAMES, default=default, help=f"default: {named}")
    parser.add_argument("--data-dir", help="folder with the files; default: see `ffnumpy data`")


def add_count_argument(parser: argparse._ActionsContainer) -> None:
    """Add the option that says which layers vote."""
    parser.add_argument(
        "--count-layers",
        metavar="K,K,…",
        type=whole_numbers,
        help="layers whose goodness is added up, from 1; default: as the recipe says, or as the "
        "run was started",
    )


def counted(args: argparse.Namespace, n_layers: int) -> list[int] | None:
    """Return the layers to count, from 0, or None for those of the recipe.

    Raises
    ------
    UsageError
        If no layer has a goodness, or one that is wanted does not exist or is named twice.
    """
    wanted = args.count_layers
    if wanted is None:
        return None
    if not n_layers:
        raise UsageError(
            "--count-layers: a network trained by backpropagation has no goodness; leave it out"
        )
    if len(set(wanted)) < len(wanted) or not all(1 <= k <= n_layers for k in wanted):
        raise UsageError(
            f"--count-layers: expected layers 1 … {n_layers} of this model, each at most once; "
            f"got {','.join(map(str, wanted))}"
        )
    return [k - 1 for k in wanted]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy train``."""
    add_data_arguments(parser)
    parser.set_defaults(data=None, started_by=None)
    run = parser.add_argument_group("the run")
    run.add_argument("--preset", choices=PRESETS, help="default: author")
    run.add_argument(
        "--epochs",
        type=int,
        help="in all, also with --resume; of each layer if they learn one after another; "
        "default: 60, pytorch-example 1000. The author's rate falls towards the last of them, so a "
        "run that was made longer is not the one that was as long from the start",
    )
    run.add_argument("--seed", type=seed, help="default: 0")
    run.add_argument("--save", metavar="MODEL.npz", help="written after every epoch")
    run.add_argument("--resume", metavar="MODEL.npz", help="go on with this run; saves there too")
    run.add_argument("--out", metavar="RUN.json", help="the record of the run")
    run.add_argument("--plots", metavar="DIR", help="write figures into this folder")
    run.add_argument("--train-images", type=int, metavar="N", help="use the first N only")
    run.add_argument(
        "--validation",
        type=int,
        metavar="N",
        help="hold out the last N training images and evaluate on them, never on the test images",
    )
    run.add_argument(
        "--evaluate-every",
        type=int,
        metavar="K",
        help="evaluate after every K epochs, and at the end; default: 5, or as the run was "
        "started; 0: only at the end",
    )
    add_count_argument(run)
    add_recipe_arguments(parser)


def split(data: Dataset, args: argparse.Namespace) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Return rows and labels to train on, and rows and labels to evaluate on."""
    total = len(data.train_labels)
    if not 0 <= args.validation < total:
        raise UsageError(f"--validation: expected 0 … {total - 1}, got {args.validation}")
    kept = total - args.validation
    used = kept if args.train_images is None else args.train_images
    if not 0 < used <= kept:
        raise UsageError(f"--train-images: expected 1 … {kept}, got {used}")
    rows, labels = data.train_images, data.train_labels
    if args.validation:
        return rows[:used], labels[:used], rows[kept:], labels[kept:]
    return rows[:used], labels[:used], data.test_images, data.test_labels


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    for option in ("save", "resume", "out"):
        check_target(f"--{option}", getattr(args, option))
    check_apart({"--save": args.save, "--out": args.out})
    check_apart({"--resume": args.resume, "--out": args.out})
    if args.plots:
        check_folder("--plots", args.plots)
    if args.epochs is not None and args.epochs < 0:
        raise UsageError(f"--epochs: expected 0 or more, got {args.epochs}")
    if args.evaluate_every is not None and args.evaluate_every < 0:
        raise UsageError(f"--evaluate-every: expected 0 or more, got {args.evaluate_every}")


def run(args: argparse.Namespace) -> int:
    """Train, and return the exit status: 0, or 130 after Ctrl-C."""
    check(args)
    settle(args)
    data = load(args.data, args.data_dir)
    rows, labels, unseen, truth = split(data, args)
    if args.resume:
        place = checked_place(args, data)
        notes = place["notes"]
        training = checkpoint.restore(args.resume, rows, labels, args.epochs)
        print(standing(args, training, place["epochs"]), flush=True)
    else:
        notes, training = None, new_run(args, data, rows, labels)
    voting = counted(args, training.model.hidden_layers)
    journal = Journal(training, unseen, truth, args.evaluate_every, notes, voting)
    if train_to_the_end(journal, lambda: save(args, data, journal)):
        print(farewell(args))
        return INTERRUPTED
    conclude(args, data, journal)
    return 0


def settle(args: argparse.Namespace) -> None:
    """Fill in what was not said: as the run that goes on was started, or as usual."""
    usual: dict[str, Any] = {
        "data": "strokes",
        "validation": 0,
        "evaluate_every": 5,
        "count_layers": None,
        "train_images": None,
    }
    if args.resume:
        place = checkpoint.load_notes(args.resume)
        kept = {name: place["notes"].get(name, value) for name, value in usual.items()}
        usual = {**kept, "train_images": place.get("rows")}
        args.started_by = place["notes"].get("started_by")
    for name, value in usual.items():
        if getattr(args, name) is None:
            setattr(args, name, value)


def standing(args: argparse.Namespace, training: Run, before: int) -> str:
    """Return the lines that say where a run goes on, and what another total does to it."""
    done, total = training.cases.epoch, training.total_epochs
    line = f"{args.resume}: {done} of {total} epochs are done"
    if training.finished:
        return f"{line}; nothing is left to train"
    if training.epochs != before and training.recipe.learning.falling:
        line += (
            f"; they followed the falling rate of a run of {before}, so this is not what a run of "
            f"{training.epochs} from the start would be"
        )
    return line


def farewell(args: argparse.Namespace) -> str:
    """Return the line that says what a run leaves that was stopped."""
    where = args.save or args.resume
    line = "interrupted; " + (f"go on with --resume {where}" if where else "nothing was saved")
    return line + (f"; no record was written to {args.out}" if args.out else "")


def new_run(args: argparse.Namespace, data: Dataset, rows: NDArray, labels: NDArray) -> Run:
    """Start a run as the command line says."""
    epochs = EPOCHS[args.preset or "author"] if args.epochs is None else args.epochs
    return Run(recipe_of(args), rows, labels, data.classes, epochs, args.seed or 0)


def checked_place(args: argparse.Namespace, data: Dataset) -> dict[str, Any]:
    """Return what the file to be resumed says, if the command line does not contradict it."""
    place = checkpoint.load_notes(args.resume)
    notes: dict[str, Any] = place["notes"]
    if not {"data", "validation", "epochs"} <= notes.keys():
        raise UsageError(f"{args.resume}: was not saved by `ffnumpy train`; go on in Python")
    wanted = given(args) if args.preset is None else recipe_of(args).flat()
    wanted |= {"data": data.name, "validation": args.validation}
    wanted |= {} if args.seed is None else {"seed": args.seed}
    saved = {**place["recipe"], "seed": place["seed"], **notes}
    saved["hidden"] = tuple(saved["hidden"])
    for name, value in wanted.items():
        if value != saved[name]:
            raise UsageError(
                f"{args.resume}: was started with {name} {saved[name]}; got {value}. "
                f"A run goes on as it began: repeat it or leave it out."
            )
    return place


def save(args: argparse.Namespace, data: Dataset, journal: Journal) -> None:
    """Save the run, if it is to be saved."""
    path = args.save or args.resume
    if path:
        asked = ("validation", "evaluate_every", "count_layers")
        notes = {"data": data.name, "shape": list(data.shape)}
        notes |= {name: getattr(args, name) for name in asked}
        notes["started_by"] = args.started_by if args.resume else records.command_line()
        checkpoint.save(path, journal.run, {**notes, **journal.notes()})


def conclude(args: argparse.Namespace, data: Dataset, journal: Journal) -> None:
    """Evaluate once more if need be; write the record and the figures."""
    model = journal.run.model
    result = journal.last or journal.evaluate()
    what = "validation" if args.validation else "test"
    print(f"{what} error, in brackets by layer: {told(result)}")
    if args.out:
        earlier = {"started_by": args.started_by} if args.started_by else {}
        write_json(args.out, {**record(data, journal, result, what), **earlier})
    if args.plots:
        from ffnumpy import plotting

        unseen = journal.rows, journal.labels
        plotting.training_figures(Path(args.plots), model, data.shape, *unseen, journal.epochs)


def record(data: Dataset, journal: Journal, result: Evaluation, what: str) -> dict[str, Any]:
    """Return the record of a finished run."""
    training = journal.run
    recipe = training.recipe.flat()
    if recipe["rule"] == "backprop":
        recipe = {name: recipe[name] for name in recipe if name not in FORWARD_FORWARD_ONLY}
    return {
        **records.header(training.seed),
        "data": data.name,
        "train_images": len(training.cases.rows),
        "recipe": recipe,
        **({} if journal.counted is None else {"count_layers": [k + 1 for k in journal.counted]}),
        f"{what}_error": result.error if result.error is not None else result.error_softmax,
        f"{what}_error_softmax": result.error_softmax,
        f"{what}_error_by_layer": list(result.error_by_layer),
        f"{what}_error_softmax_by_layer": list(result.error_softmax_by_layer),
        "confusion": np.asarray(result.confusion).tolist(),
        "seconds": round(journal.seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
        "epochs": journal.epochs,
    }
