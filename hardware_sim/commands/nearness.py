"""What ``hardware-sim fast`` says of single cases: how near each came to its goodness."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data import Dataset
from hardware_sim.commands.options import device_of, lines_of, scale_of
from hardware_sim.learning.fast import Goals
from hardware_sim.studies.one_step import (
    Condition,
    Reached,
    conditions,
    reached,
    real_chip,
    single_cases,
)

__all__ = ["ONE_CASE", "QUANTILES", "near_record", "nearness", "shown"]

ONE_CASE = Goals(1.5, 1 / 6)  # an untrained S is near N/2: three times as much, and a third of it
QUANTILES = (5, 50, 95)


def nearness(args: argparse.Namespace, data: Dataset) -> Iterator[tuple[Condition, Reached]]:
    """Yield what single cases reached under every condition, with a line on the terminal."""
    x = single_cases(data.train_images, data.train_labels, cases=args.cases)
    scale, lines = scale_of(args), lines_of(args, data)
    print(f"S reached/S*, {len(x)} cases: median [5 % … 95 %] raised, lowered; cosine", flush=True)
    for condition in (*conditions(lines, scale), real_chip(lines, scale, device_of(args.device))):
        found = reached(condition, ONE_CASE, x, args.seed)
        print(f"{named(condition):<32} {spread(found)}", flush=True)
        yield condition, found


def named(condition: Condition) -> str:
    """Return a condition for people."""
    return f"{condition.group} {shown(condition.value)}"


def shown(value: float) -> str:
    """Return a value for people."""
    return "∞" if value == inf else f"{value:g}"


def spread(found: Reached) -> str:
    """Return the distributions of all layers together, for people."""
    parts = []
    for ratio in (found.ratio[found.up], found.ratio[~found.up]):
        low, middle, high = np.percentile(ratio, QUANTILES)
        parts.append(f"{middle:.3f} [{low:.3f} … {high:.3f}]")
    return "   ".join([*parts, f"{np.median(found.cosine):.5f}"])


def quantiles(values: NDArray) -> dict[str, list[float]]:
    """Return quantiles over the cases, one number for each layer."""
    found = np.percentile(values, QUANTILES, axis=0)
    return {f"{q} %": line.tolist() for q, line in zip(QUANTILES, found, strict=True)}


def near_record(condition: Condition, found: Reached) -> dict[str, Any]:
    """Return a condition and what was reached, layer by layer, for the record."""
    return {
        "varied": condition.group,
        "value": "inf" if condition.value == inf else condition.value,
        "raised": quantiles(found.ratio[found.up]),
        "lowered": quantiles(found.ratio[~found.up]),
        "largest_relative_error": np.abs(found.ratio - 1).max(axis=0).tolist(),
        "cosine": quantiles(found.cosine),
        "cosine_of_two_reads": quantiles(found.unmoved),
    }
