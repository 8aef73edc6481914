"""A progress bar where someone is watching."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["watched"]


def watched(
    steps: Iterator[Any],
    name: str | None = None,
    total: int | None = None,
    unit: str = "image",
    done: int = 0,
) -> Iterable[Any]:
    """Return the steps behind a progress bar if someone is watching.

    Parameters
    ----------
    steps : iterator
    name : str, optional
        The text before the bar.
    total : int, optional
        Number of steps, including those already done.
    unit : str
        What a step is.
    done : int
    """
    if getattr(sys.stderr, "closed", True) or not sys.stderr.isatty():  # a service has no stderr
        return steps
    from tqdm import tqdm

    return tqdm(steps, name, total, leave=False, unit=unit, initial=done)
