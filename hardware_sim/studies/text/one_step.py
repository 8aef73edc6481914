"""What single cases reached, for people and for the record."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware_sim.studies.one_step import Nearness, Reached

__all__ = ["QUANTILES", "nearness_line", "nearness_record", "shown", "spread"]

QUANTILES = (5, 50, 95)


def shown(value: float) -> str:
    """Return the value of a point.

    Examples
    --------
    >>> shown(0.001), shown(inf)
    ('0.001', '∞')
    """
    return "∞" if value == inf else f"{value:g}"


def spread(reached: Reached) -> str:
    """Return the distributions over cases and layers: S/S* raised and lowered, and the cosine."""
    parts = []
    for ratio in (reached.ratio[reached.up], reached.ratio[~reached.up]):
        low, middle, high = np.percentile(ratio, QUANTILES)
        parts.append(f"{middle:.3f} [{low:.3f} … {high:.3f}]")
    return "   ".join([*parts, f"{np.median(reached.cosine):.5f}"])


def nearness_line(near: Nearness) -> str:
    """Return a point as one line."""
    name = f"{near.varied} {shown(near.value)}"
    return f"{name:<32} {spread(near.reached)}"


def quantiles(values: NDArray) -> dict[str, list[float]]:
    """Return quantiles over the cases, one number for each layer."""
    lines = np.percentile(values, QUANTILES, axis=0)
    return {f"{q} %": line.tolist() for q, line in zip(QUANTILES, lines, strict=True)}


def nearness_record(near: Nearness) -> dict[str, Any]:
    """Return a point for the record, layer by layer."""
    reached = near.reached
    return {
        "varied": near.varied,
        "value": "inf" if near.value == inf else near.value,
        "raised": quantiles(reached.ratio[reached.up]),
        "lowered": quantiles(reached.ratio[~reached.up]),
        "largest_relative_error": np.abs(reached.ratio - 1).max(axis=0).tolist(),
        "cosine": quantiles(reached.cosine),
        "cosine_of_two_reads": quantiles(reached.unmoved),
    }
