"""What is trained and how: the settings that a chip shares with its floating-point twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ffnumpy.validation import above_zero, whole, widths

__all__ = [
    "Plan",
    "falling",
]


def falling(rate: float, total: int) -> Callable[[int], float]:
    """Return a rate that falls linearly from `rate` to 0 in `total` updates.

    Examples
    --------
    >>> falling(0.1, 200)(100)
    0.05
    """
    return lambda updates: rate * max(1 - updates / total, 0.0)


@dataclass(frozen=True)
class Plan:
    """What is trained and how, the same for a chip and for its twin in numbers.

    Attributes
    ----------
    hidden : tuple of int
        Widths.
    rate : float
        ε of Eq. 3 at the start, for weights in their own unit; it falls linearly to 0.
    candidates : int
        Wrong labels of which the strongest becomes the negative.
    passes : int
        Times that every image is shown.
    seed : int
    """

    hidden: tuple[int, ...] = (256, 256)
    rate: float = 0.008
    candidates: int = 3
    passes: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        above_zero(rate=self.rate)
        whole(candidates=self.candidates)
        whole(0, passes=self.passes, seed=self.seed)

    def schedule(self, images: int) -> Callable[[int], float]:
        """Return ε by the number of updates, two for each of so many images a pass."""
        return falling(self.rate, max(2 * images * self.passes, 1))

    def generator(self, purpose: int) -> np.random.Generator:
        """Return a generator of this run: 0 for the first weights and the chip, 1 for negatives."""
        return np.random.Generator(np.random.SFC64([self.seed, purpose]))
