"""The options of a run: what they are, what they refuse, and the images that they leave."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from ffnumpy.commands import (
    UsageError,
    check_apart,
    check_folder,
    check_target,
    file_path,
    folder_path,
    seed,
)
from ffnumpy.data import Dataset

__all__ = [
    "add_model_options",
    "add_run_options",
    "check_run_options",
    "fill_in",
    "refuse_other",
    "split",
]


def add_run_options(parser: Any, out: str) -> None:
    """Add the options of a single network and of many."""
    parser.add_argument("--seed", type=seed, help="default: 0")
    parser.add_argument("--out", type=file_path, metavar="RUN.json", help=out)
    parser.add_argument("--train-images", type=int, metavar="N", help="use the first N only")
    parser.add_argument(
        "--validation",
        type=int,
        metavar="N",
        help="hold out the last N training images and evaluate on them, never on the test images",
    )


def add_model_options(parser: Any, every: str = "5") -> None:
    """Add the options of a run that trains a single network."""
    model = {"type": file_path, "metavar": "MODEL.npz"}
    parser.add_argument("--save", help="written after every epoch", **model)
    parser.add_argument(
        "--resume", help="go on with this run; saves there, or where --save", **model
    )
    parser.add_argument(
        "--plots", type=folder_path, metavar="DIR", help="write figures into this folder"
    )
    parser.add_argument(
        "--evaluate-every",
        type=int,
        metavar="K",
        help="evaluate after every K epochs, and at the end; 0: only at the end; default: "
        f"{every}, or as the run was started",
    )


def check_run_options(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    for option in ("save", "resume", "out"):
        check_target(f"--{option}", getattr(args, option))
    check_apart({"--save": args.save, "--out": args.out})
    check_apart({"--resume": args.resume, "--out": args.out})
    if args.plots:
        check_folder("--plots", args.plots)
    for option in ("epochs", "evaluate_every"):
        value = getattr(args, option, None)
        if value is not None and value < 0:
            raise UsageError(f"--{option.replace('_', '-')}: expected 0 or more, got {value}")


def fill_in(args: argparse.Namespace, usual: dict[str, Any], before: dict[str, Any] | None) -> None:
    """Give options that were not given: as the run to be resumed was started, or as usual."""
    if before is not None:
        usual = {name: before.get(name, value) for name, value in usual.items()}
        usual["train_images"] = before["rows"]
    for name, value in usual.items():
        if getattr(args, name) is None:
            setattr(args, name, value)


def refuse_other(path: str, began: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse options that contradict the run to be resumed; the epochs may be others."""
    for name, value in now.items():
        value = list(value) if isinstance(value, tuple) else value
        if name != "epochs" and value != began[name]:
            raise UsageError(
                f"{path}: was started with {name} {began[name]}; got {value}. "
                f"A resumed run keeps its options: repeat it or leave it out."
            )


def split(data: Dataset, args: argparse.Namespace) -> Dataset:
    """Return the images to train on, and as test images those to evaluate on."""
    total = len(data.train_labels)
    if not 0 <= args.validation < total:
        raise UsageError(f"--validation: expected 0 … {total - 1}, got {args.validation}")
    kept = total - args.validation
    used = kept if args.train_images is None else args.train_images
    if not 0 < used <= kept:
        raise UsageError(f"--train-images: expected 1 … {kept}, got {used}")
    rows, labels = data.train_images, data.train_labels
    part = replace(data, train_images=rows[:used], train_labels=labels[:used])
    if not args.validation:
        return part
    return replace(part, test_images=rows[kept:], test_labels=labels[kept:])
