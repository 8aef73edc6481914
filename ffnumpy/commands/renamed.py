"""Old names of options and commands: they work for one version more, with a hint."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ffnumpy.commands.terminal import wrapped

__all__ = ["LAST", "RENAMED", "add_old_name", "told_new_name", "with_new_names"]

RENAMED = {"samples": "train_images", "passes": "epochs", "temperature": "kelvin"}
"""What the chip's options were called, and are now, in files of older programs too."""
LAST = "0.1"
"""The last version that knows the old names."""


class _Renamed(argparse.Action):
    """Store what an option's new name would store, and say what that is."""

    def __init__(self, new: str, **more: Any) -> None:
        super().__init__(**more)
        self.new = new

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        told_new_name(str(option_string), self.new)
        setattr(namespace, self.dest, values)


def add_old_name(parser: Any, old: str, new: str, **more: Any) -> None:
    """Add the old name of an option, which the help does not show.

    Parameters
    ----------
    parser : argument parser or group
    old, new : str
        As typed: ``--samples`` and ``--train-images``.
    **more
        What `add_argument` is told of the new one besides.
    """
    dest = new.strip("-").replace("-", "_")
    unset = {"default": argparse.SUPPRESS, "help": argparse.SUPPRESS, "dest": dest}
    parser.add_argument(old, action=_Renamed, new=new, **unset, **more)


def told_new_name(old: str, new: str) -> None:
    """Say that something is called otherwise now."""
    hint = f"{old} is now called {new}; version {LAST} is the last that knows {old}"
    print(wrapped(hint), file=sys.stderr)


def with_new_names(options: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return options that an older program kept, by their new names."""
    return {names.get(name, name): value for name, value in options.items()}
