"""``ffnumpy data``: which sets of images and text there are, where they are, how to get them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ffnumpy.commands import check_figure, example, file_path, folder_path, seed
from ffnumpy.commands.datasets import data_name, loaded
from ffnumpy.data import NAMES, TEXTS, downloads, folders, source

EXAMPLE = "show strokes --out sheet.png"
TOOK = "a few seconds"

CONTENTS = {  # number, what, size of one, origin
    "strokes": ("12,000", "images", "28 x 28", "digits drawn by the library"),
    "mnist": ("70,000", "images", "28 x 28", "handwritten digits"),
    "fashion-mnist": ("70,000", "images", "28 x 28", "photographs of clothes"),
    "cifar-10": ("60,000", "images", "32 x 32 x 3", "photographs of animals and vehicles"),
    "cifar-10-grey": ("60,000", "images", "32 x 32", "the same in grey"),
    "tales": ("100", "texts", "10 a window", "little tales told by the library"),
    "aesop": ("284", "texts", "10 a window", "Aesop's Fables, of Project Gutenberg"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their arguments."""
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    _add_list(_action(actions, "list", "every set, and where it is", "", "a second"))
    _add_get(
        _action(actions, "get", "download a set", "mnist", "seconds to minutes, by the connection")
    )
    _add_show(
        _action(
            actions,
            "show",
            "draw positive, negative and neutral images",
            "strokes --out sheet.png",
            TOOK,
        )
    )


def _action(actions: Any, name: str, purpose: str, rest: str, took: str) -> Any:
    """Return the parser of an action, whose help ends with an example."""
    shown = example(f"ffnumpy data {name} {rest}".rstrip(), took)
    return actions.add_parser(name, help=purpose, description=purpose, epilog=shown)


def run(args: argparse.Namespace) -> int:
    """Perform the action that was asked for; return the exit status."""
    status: int = args.perform(args)
    return status


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(perform=_list)


def _list(args: argparse.Namespace) -> int:
    for name in NAMES + TEXTS:
        number, what, size, origin = CONTENTS[name]
        print(f"{name:<14} {number} {what}, {size}: {origin}\n{'':<14} {_place(name)}")
    return 0


def _place(name: str) -> str:
    """Say where a set is, or how to get it."""
    files = source(name)
    if files not in downloads.REMOTES:
        return "nothing to fetch"
    folder = folders.find(files) or downloads.cached(files)
    return str(folder or f"not here: ffnumpy data get {files}")


def _add_get(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=tuple(downloads.REMOTES), help="the set to download")
    parser.add_argument(
        "--data-dir",
        type=folder_path,
        metavar="DIR",
        help="folder to hold the set; default: the cache",
    )
    parser.set_defaults(perform=_get)


def _get(args: argparse.Namespace) -> int:
    print(f"{args.name} is in {downloads.fetch(args.name, args.data_dir)}")
    return 0


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", type=data_name, metavar="DATA", help="the set to look at, by its name or its path"
    )
    parser.add_argument(
        "--data-dir", type=folder_path, metavar="DIR", help="folder that holds the set"
    )
    parser.add_argument("--out", type=file_path, metavar="SHEET.png", help="default: NAME.png")
    parser.add_argument("--seed", type=seed, default=0, help="which images, which wrong labels")
    parser.set_defaults(perform=_show)


def _show(args: argparse.Namespace) -> int:
    from ffnumpy import plotting

    path = args.out or Path(f"{Path(args.name).stem}.png")
    check_figure("--out", path)
    figure = plotting.case_sheet(loaded(args.name, args.data_dir), np.random.default_rng(args.seed))
    plotting.save(figure, path)
    print(f"positive, negative and neutral images: {path}")
    return 0
