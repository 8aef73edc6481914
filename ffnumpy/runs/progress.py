"""How far a piece of work is: a bar where someone is watching, and the time that is left."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["TimeLeft", "watched"]


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


class TimeLeft:
    """How long the rest of a sweep takes if its points take as long as those before.

    Parameters
    ----------
    points : int
        That are still to be done.
    """

    def __init__(self, points: int) -> None:
        self.points, self.done = points, 0
        self.begun = self.last = time.perf_counter()

    def after_one(self) -> str:
        """Count a point; return its seconds, and about how long the others will take."""
        now = time.perf_counter()
        seconds, self.last = now - self.last, now
        self.done += 1
        rest = (now - self.begun) / self.done * (self.points - self.done)
        left = f"{rest / 60:.0f} min" if rest > 99 else f"{rest:.0f} s"
        return f"{seconds:.0f} s" + (f"; {left} left" if self.points > self.done else "")
