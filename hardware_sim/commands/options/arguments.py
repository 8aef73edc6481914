"""Options that several commands have in common."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from ffnumpy.commands import datasets, file_path, one_of, seed, whole_numbers

DEVICE = "gokmen-vlasov"


def add_data(parser: argparse.ArgumentParser, default: str | None = "strokes") -> None:
    """Add --data and --data-dir."""
    datasets.add_data(parser, default)


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


def add_device(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Add --device."""
    parser.add_argument(
        "--device",
        default=DEVICE,
        **one_of(names, f"of all arrays, see `hardware-sim presets`; default: {DEVICE}"),
    )


def add_images(parser: argparse.ArgumentParser, passes: int, tested: int | None) -> None:
    """Add --samples, --passes and --test-images."""
    parser.add_argument("--samples", type=int, metavar="N", help="images in a pass; default: all")
    parser.add_argument("--passes", type=int, default=passes, help=f"default: {passes}")
    if tested is None:
        parser.add_argument("--test-images", type=int, metavar="N", help="default: all")
    else:
        add_count(parser, "--test-images", tested, metavar="N")


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


def add_out(parser: argparse.ArgumentParser) -> None:
    """Add --out."""
    parser.add_argument("--out", type=file_path, metavar="RUN.json", help="the record")


def add_figure(parser: argparse.ArgumentParser, text: str | None = None) -> None:
    """Add --figure."""
    parser.add_argument("--figure", type=file_path, metavar="FILE.png", help=text)
