"""Options that several commands have in common."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy.commands import datasets, file_path, seed, whole_numbers
from ffnumpy.commands.renamed import add_old_name
from hardware_sim.arrays.access import ACCESSES, HalfVoltage
from hardware_sim.studies.comparison import Rivals

CROSS_POINT = HalfVoltage.name

LEARNING: dict[str, Any] = {
    "hidden": (150, 150),
    "train_images": None,
    "epochs": 3,
    "test_images": 2000,
}
"""A regime in which chips have learned: 8.4 % error on strokes, and 7.6 % for the twin (seed 0)."""
QUICK: dict[str, Any] = {"hidden": (64,), "train_images": 5000, "epochs": 1, "test_images": 500}
"""One in which they learn in four seconds: to 29 % (seed 0)."""


def add_data(
    parser: argparse.ArgumentParser, default: str | None = "strokes", said: str = ""
) -> None:
    """Add --data and --data-dir; `said` is what the help says of the default."""
    datasets.add_data(parser, default, said)


def add_count(parser: Any, option: str, usual: int, text: str = "", **more: Any) -> None:
    """Add an option whose usual number, in a set that has fewer, `images.loaded` lowers."""
    parser.add_argument(
        option, type=int, help=f"{text}; default: {usual}" if text else f"default: {usual}", **more
    )
    name = option.strip("-").replace("-", "_")
    parser.set_defaults(usual={**(parser.get_default("usual") or {}), name: usual})


def add_hidden(parser: argparse.ArgumentParser, default: tuple[int, ...] | None, text: str) -> None:
    """Add --hidden."""
    parser.add_argument(
        "--hidden", type=whole_numbers, default=default, metavar="N,N,…", help=f"default: {text}"
    )


def add_images(
    parser: argparse.ArgumentParser, passes: int, tested: int | None, trained: int | None = None
) -> None:
    """Add --train-images, --epochs and --test-images."""
    parser.add_argument(
        "--train-images",
        type=int,
        default=trained,
        metavar="N",
        help=f"images in a pass; default: {trained or 'all'}",
    )
    parser.add_argument("--epochs", type=int, default=passes, help=f"default: {passes}")
    if tested is None:
        parser.add_argument("--test-images", type=int, metavar="N", help="default: all")
    else:
        add_count(parser, "--test-images", tested, metavar="N")
    add_old_images(parser)


def add_regime(parser: argparse.ArgumentParser) -> None:
    """Add --hidden, the numbers of images and passes, and --quick, which makes them few."""
    parser.add_argument(
        "--quick",
        action="store_true",
        help="few images and narrow layers: to see how it works, not what it finds",
    )
    texts = {
        name: f"default: {_shown(value)}; with --quick {_shown(QUICK[name])}"
        for name, value in LEARNING.items()
    }
    parser.add_argument("--hidden", type=whole_numbers, metavar="N,N,…", help=texts["hidden"])
    parser.add_argument("--train-images", type=int, metavar="N", help=texts["train_images"])
    parser.add_argument("--epochs", type=int, help=texts["epochs"])
    parser.add_argument("--test-images", type=int, metavar="N", help=texts["test_images"])
    add_old_images(parser)


def add_old_images(parser: Any) -> None:
    """Add what the numbers of images and of passes through them were called."""
    add_old_name(parser, "--samples", "--train-images", type=int)
    add_old_name(parser, "--passes", "--epochs", type=int)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "all" if value is None else str(value)


def resolve_regime(args: argparse.Namespace) -> None:
    """Fill in how much is learned, where it was not given; what a small set lacks is no matter."""
    regime = QUICK if args.quick else LEARNING
    counts = {name: regime[name] for name in ("train_images", "test_images") if regime[name]}
    args.usual = {**args.usual, **counts}
    for name in ("hidden", "epochs"):
        if getattr(args, name) is None:
            setattr(args, name, regime[name])


def add_seed(parser: argparse.ArgumentParser, which: str = "which chip, which cases; ") -> None:
    """Add --seed; `which` says what it chooses."""
    parser.add_argument("--seed", type=seed, default=0, help=f"{which}default: 0")


def add_learning(choices: Any, rate: float) -> None:
    """Add --rate, --candidates and --weight."""
    choices.add_argument(
        "--rate", type=float, default=rate, help=f"ε at the start; default: {rate:g}"
    )
    add_count(choices, "--candidates", 3, "wrong labels of which the strongest is shown")
    choices.add_argument(
        "--weight", type=float, help="weight of a cell at w = 1; default: what suits the device"
    )


def add_backprop_rate(choices: Any) -> None:
    """Add --backprop-rate."""
    usual = Rivals.backprop_rate
    choices.add_argument(
        "--backprop-rate", type=float, default=usual, help=f"of backpropagation; default: {usual:g}"
    )


def add_access(choices: Any) -> None:
    """Add --access, whose default stays None, as where older records do not name it."""
    choices.add_argument(
        "--access",
        choices=tuple(ACCESSES),
        help="how lines reach the cells that they write: bare, with half of the voltage on a row "
        "and half on a column, or with thirds; or a transistor in each cell, whose gate is on the "
        f"row; default: {CROSS_POINT}",
    )


def add_out(parser: argparse.ArgumentParser, text: str = "the record") -> None:
    """Add --out."""
    parser.add_argument("--out", type=file_path, metavar="RUN.json", help=text)


def add_figure(parser: argparse.ArgumentParser, text: str | None = None) -> None:
    """Add --figure."""
    parser.add_argument("--figure", type=file_path, metavar="FILE.png", help=text)
