"""Refusals of options that ask for the impossible, before any work is done."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import numpy as np

from ffnumpy.commands import UsageError, check_apart, check_figure, check_target

__all__ = ["check_candidates", "check_counts", "check_files", "check_positive"]


def check_files(args: argparse.Namespace, *options: str) -> None:
    """Refuse files that cannot be written, figures of unknown formats, and one name for two."""
    for option in options:
        path = getattr(args, option)
        if option != "figure":
            check_target(f"--{option}", path)
        elif path:
            check_figure("--figure", path)
    check_apart({f"--{option}": getattr(args, option) for option in options})


def check_counts(args: argparse.Namespace, least: dict[str, int]) -> None:
    """Refuse numbers below the least that makes sense; an option that was not given passes."""
    for option, lowest in least.items():
        given = getattr(args, option)
        if given is not None and given < lowest:
            name = option.replace("_", "-")
            raise UsageError(f"--{name}: expected {lowest} or more, got {given}")


def check_positive(args: argparse.Namespace, options: Iterable[str]) -> None:
    """Refuse numbers that are not finite and above 0."""
    for option in options:
        given = getattr(args, option)
        if not 0 < given < np.inf:
            raise UsageError(f"--{option.replace('_', '-')}: expected above 0, got {given}")


def check_candidates(candidates: int, classes: int) -> None:
    """Refuse more wrong labels than a data set of so many classes has, and fewer than one."""
    if not 1 <= candidates < classes:
        raise UsageError(f"--candidates: expected 1 … {classes - 1} wrong labels, got {candidates}")
