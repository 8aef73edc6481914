"""Max pooling: of every 2 × 2 places of a picture, only the largest number goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ffnumpy.validation import is_count

__all__ = ["MaxPooling"]


@dataclass(frozen=True)
class MaxPooling:
    """The largest of every 2 × 2 places, for each channel by itself.

    It has no weights. Between two layers, ``Through(MaxPooling(…), layer)`` makes a layer of it.
    For complex numbers the largest is the one with the largest real part, so that a complex step
    passes through it away from ties.

    Attributes
    ----------
    height, width, channels : int
        Of the picture below, which is a row with the channels of a place side by side.

    Raises
    ------
    ValueError
        If a number is below 1, or a side is odd.

    Source: [LeCun1998] adds the four places up, with a trained factor; the maximum came later.

    Examples
    --------
    >>> MaxPooling(2, 4, 1)(np.arange(8).reshape(1, 8))
    array([[5, 7]])
    """

    height: int
    width: int
    channels: int

    def __post_init__(self) -> None:
        counts = all(map(is_count, vars(self).values()))
        if not counts or self.height % 2 or self.width % 2:
            raise ValueError(
                f"pooling: expected even sides, so that 2 × 2 places fit, and at least one "
                f"channel; got {self}. Choose another field or stride below."
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the picture above."""
        return self.height // 2, self.width // 2

    def corners(self, z: NDArray) -> list[NDArray]:
        """Return four views, (batch, height/2, width/2, channels): the corners of every 2 × 2."""
        pictures = z.reshape(len(z), self.height, self.width, self.channels)
        return [pictures[:, down::2, right::2] for down in (0, 1) for right in (0, 1)]

    def __call__(self, z: NDArray) -> NDArray:
        """Return the largest of each, (batch, height/2 · width/2 · channels)."""
        a, b, c, d = self.corners(z)
        top = np.maximum(a, b)
        np.maximum(top, c, out=top)
        np.maximum(top, d, out=top)
        return top.reshape(len(z), -1)
