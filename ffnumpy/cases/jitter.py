"""Images shifted at random by a few pixels, anew in every epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ffnumpy.draws import SHIFTS, generator
from ffnumpy.validation import check_picture, whole

__all__ = ["Jitter", "shifted"]


def shifted(images: NDArray, down: NDArray, right: NDArray) -> NDArray:
    """Return each image moved by its own number of pixels; uncovered pixels are blank.

    Parameters
    ----------
    images : (n, height, width) or (n, height, width, colours) array
    down, right : (n,) arrays of int
        Negative numbers move up and left.

    Examples
    --------
    >>> shifted(np.arange(4).reshape(1, 2, 2), np.array([1]), np.array([0]))[0].tolist()
    [[0, 0], [0, 1]]
    """
    most = int(max(np.abs(down).max(initial=0), np.abs(right).max(initial=0)))
    pad = [(0, 0), (most, most), (most, most), *[(0, 0)] * (images.ndim - 3)]
    padded, (height, width) = np.pad(images, pad), images.shape[1:3]
    rows = most - down[:, np.newaxis] + np.arange(height)
    columns = most - right[:, np.newaxis] + np.arange(width)
    n = np.arange(len(images))[:, np.newaxis, np.newaxis]
    return padded[n, rows[:, :, np.newaxis], columns[:, np.newaxis, :]]


class Jitter:
    """Rows that are images, each shifted by up to `most` pixels in both directions: a `Rows`.

    The shifts depend on the seed, the epoch and the row alone, so there is nothing to
    save.

    Parameters
    ----------
    array : (n, pixels) array
        Images as the data set holds them.
    shape : tuple of int
        Of one image: height, width, and perhaps colours.
    most : int
        Pixels; 2 means 25 different shifts.
    seed : int

    Raises
    ------
    ValueError
        If `most` is negative, or the rows are no pictures.

    Source: [Hinton2022] Section 3.3, with 2 pixels.
    """

    def __init__(self, array: NDArray, shape: tuple[int, ...], most: int, seed: int) -> None:
        whole(0, most=most)
        check_picture(shape)
        self.array, self.shape, self.most, self.seed = array, shape, most, seed
        self._drawn: tuple[int, NDArray] = (-1, np.empty((2, 0), int))

    def __len__(self) -> int:
        return len(self.array)

    def rows(self, index: NDArray, epoch: int) -> NDArray:
        """Return the rows at these places as an epoch shows them, (len(index), pixels)."""
        down, right = self._shifts(epoch)[:, index]
        images = self.array[index].reshape(len(index), *self.shape)
        return shifted(images, down, right).reshape(len(index), -1)

    def _shifts(self, epoch: int) -> NDArray:
        """Return the shifts of all rows in an epoch, (2, n)."""
        if self._drawn[0] != epoch:
            rng = generator(SHIFTS, self.seed, epoch)
            drawn = rng.integers(-self.most, self.most, (2, len(self.array)), endpoint=True)
            self._drawn = (epoch, drawn)
        return self._drawn[1]
