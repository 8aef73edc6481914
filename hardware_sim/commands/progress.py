"""A progress bar where someone is watching."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["watched"]


def watched(
    steps: Iterator[Any], name: str | None = None, left: int | None = None
) -> Iterable[Any]:
    """Return the steps of a pass, `left` of them, behind a counter if someone is watching."""
    if not sys.stderr.isatty():
        return steps
    from tqdm import tqdm

    return tqdm(steps, name, left, leave=False, unit="image")
