"""``ffnumpy train``: train a network, save it, go on with it, and write down what came out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy import checkpoint, records
from ffnumpy.commands import UsageError, percent
from ffnumpy.commands.journal import Journal, train_to_the_end
from ffnumpy.data import NAMES, Dataset, load
from ffnumpy.inference import Evaluation
from ffnumpy.recipes import CHOICES, PRESETS, Recipe
from ffnumpy.runs import Run

INTERRUPTED = 130
DEFAULT_EPOCHS = {"author": 60, "paper": 60, "pytorch-example": 1000}


def widths(text: str) -> tuple[int, ...]:
    """Read ``1000,1000`` as a tuple of widths."""
    return tuple(int(width) for width in text.split(","))


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which images."""
    parser.add_argument("--data", choices=NAMES, default="strokes", help="default: strokes")
    parser.add_argument("--data-dir", help="folder with the files; default: see `ffnumpy data`")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy train``."""
    add_data_arguments(parser)
    run = parser.add_argument_group("the run")
    run.add_argument("--preset", choices=PRESETS, default="author")
    run.add_argument("--epochs", type=int, help="in all, also after --resume; default 60")
    run.add_argument("--seed", type=int, default=0)
    run.add_argument("--save", metavar="MODEL.npz", help="written after every epoch")
    run.add_argument("--resume", metavar="MODEL.npz", help="go on with this run; saves there too")
    run.add_argument("--out", metavar="RUN.json", help="the record of the run")
    run.add_argument("--plots", metavar="DIR", help="write figures into this folder")
    run.add_argument("--train-images", type=int, metavar="N", help="use the first N only")
    run.add_argument(
        "--validation",
        type=int,
        default=0,
        metavar="N",
        help="hold out the last N training images and evaluate on them, never on the test images",
    )
    run.add_argument(
        "--evaluate-every",
        type=int,
        default=5,
        metavar="K",
        help="evaluate after every K epochs, and at the end; default 5; 0: only at the end",
    )
    add_recipe_arguments(parser)


def add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one option for every choice of a recipe; those not given stay as in the preset."""
    group = parser.add_argument_group("choices that replace the preset's")
    unset = argparse.SUPPRESS
    for name, allowed in CHOICES.items():
        if name != "pixels":
            group.add_argument(f"--{name}", choices=allowed, default=unset)
    group.add_argument("--hidden", type=widths, metavar="N,N,…", default=unset)
    group.add_argument("--batch", type=int, default=unset)
    for name in ("rate", "decay", "peer", "threshold", "temperature", "strength"):
        group.add_argument(f"--{name}", type=float, default=unset)


def recipe_of(args: argparse.Namespace) -> Recipe:
    """Return the preset with the choices given on the command line."""
    preset = PRESETS[args.preset]
    given = {name: getattr(args, name) for name in preset.flat() if hasattr(args, name)}
    try:
        return preset.changed(**given)
    except ValueError as error:
        raise UsageError(str(error)) from None


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


def new_run(args: argparse.Namespace, data: Dataset, rows: NDArray, labels: NDArray) -> Run:
    """Start a run as the command line says."""
    epochs = DEFAULT_EPOCHS[args.preset] if args.epochs is None else args.epochs
    if epochs < 0:
        raise UsageError(f"--epochs: expected 0 or more, got {epochs}")
    return Run(recipe_of(args), rows, labels, data.classes, epochs, args.seed)


def check_folders(args: argparse.Namespace) -> None:
    """Refuse, before any training, to write into a folder that does not exist."""
    for option in ("save", "out"):
        path = getattr(args, option)
        if path and not Path(path).parent.is_dir():
            raise UsageError(f"--{option} {path}: there is no folder {Path(path).parent}; make it")


def run(args: argparse.Namespace) -> int:
    """Train, and return the exit status: 0, or 130 after Ctrl-C."""
    check_folders(args)
    data = load(args.data, args.data_dir)
    rows, labels, unseen, truth = split(data, args)
    if args.resume:
        notes = checked_notes(args, data)
        training = checkpoint.restore(args.resume, rows, labels, args.epochs)
    else:
        notes, training = None, new_run(args, data, rows, labels)
    journal = Journal(training, unseen, truth, args.evaluate_every, notes)
    if train_to_the_end(journal, lambda: save(args, data, journal)):
        where = target(args)
        print("interrupted; " + (f"go on with --resume {where}" if where else "nothing was saved"))
        return INTERRUPTED
    conclude(args, data, journal)
    return 0


def target(args: argparse.Namespace) -> str | None:
    """Return where to save: --save, or else the file that was resumed."""
    return args.save or args.resume


def checked_notes(args: argparse.Namespace, data: Dataset) -> dict[str, Any]:
    """Return the notes of the file to be resumed, if it was trained on this data set."""
    notes: dict[str, Any] = checkpoint.load_notes(args.resume)["notes"]
    if notes["data"] != data.name:
        raise UsageError(
            f"{args.resume} was trained on {notes['data']}; give --data {notes['data']}"
        )
    return notes


def save(args: argparse.Namespace, data: Dataset, journal: Journal) -> None:
    """Save the run, if it is to be saved."""
    path = target(args)
    if path:
        notes = {
            "data": data.name,
            "shape": list(data.shape),
            **journal.notes(),
        }
        checkpoint.save(path, journal.run, notes)


def conclude(args: argparse.Namespace, data: Dataset, journal: Journal) -> None:
    """Evaluate once more if need be; write the record and the figures."""
    result = journal.last or journal.run.model.evaluate(journal.rows, journal.labels)
    what = "validation" if args.validation else "test"
    print(
        f"{what} error: {percent(result.error)} by goodness for every label, "
        f"{percent(result.error_softmax)} in one softmax pass"
    )
    if args.out:
        checkpoint.write_json(args.out, record(data, journal, result, what))
    if args.plots:
        from ffnumpy import plotting

        plotting.training_figures(Path(args.plots), journal.run.model, data, journal.epochs)


def record(data: Dataset, journal: Journal, result: Evaluation, what: str) -> dict[str, Any]:
    """Return the record of a finished run."""
    training = journal.run
    return {
        **records.header(training.seed),
        "data": data.name,
        "train_images": len(training.cases.rows),
        "recipe": training.recipe.flat(),
        f"{what}_error": result.error if result.error is not None else result.error_softmax,
        f"{what}_error_softmax": result.error_softmax,
        f"{what}_error_by_layer": list(result.error_by_layer),
        "confusion": np.asarray(result.confusion).tolist(),
        "seconds": round(journal.seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
        "epochs": journal.epochs,
    }
