"""A progress bar where someone is watching."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["watched"]


def watched(
    steps: Iterator[Any], name: str | None = None, left: int | None = None, unit: str = "image"
) -> Iterable[Any]:
    """Return the steps, `left` of them, behind a progress bar if someone is watching."""
    if not sys.stderr.isatty():
        return steps
    from tqdm import tqdm

    return tqdm(steps, name, left, leave=False, unit=unit)
