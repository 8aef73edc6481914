"""Hybrid images: negative cases for learning without labels.

A mask of random bits, blurred repeatedly with [1/4, 1/2, 1/4] in both directions and thresholded at
1/2, takes its inside from one image and its outside from another. A hybrid has the short-range
statistics of images but not their shapes. Source: [Hinton2022] Section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import Cases
from ffnumpy.normalisation import normalise
from ffnumpy.validation import check_labels, check_picture, check_rows, whole

__all__ = ["HybridCases", "blurring", "hybrids", "pixels_as_inputs"]


def blurring(side: int, times: int) -> NDArray:
    """Return the (side, side) matrix that blurs a column `times` times; edges count twice.

    Examples
    --------
    >>> blurring(3, 1)
    array([[0.75, 0.25, 0.  ],
           [0.25, 0.5 , 0.25],
           [0.  , 0.25, 0.75]])
    """
    once = np.diag(np.full(side, 0.5)) + 0.25 * (np.eye(side, k=1) + np.eye(side, k=-1))
    once[0, 0] += 0.25
    once[-1, -1] += 0.25
    return np.linalg.matrix_power(once, times)


def hybrids(
    x: NDArray, other: NDArray, shape: tuple[int, ...], blurs: int, rng: np.random.Generator
) -> NDArray:
    """Return hybrids of each image, inside the mask, and another one, outside, (batch, pixels).

    Parameters
    ----------
    x, other : (batch, pixels) arrays
    shape : tuple of int
        Of one image: height, width, and perhaps colours, which share one mask.
    blurs : int
    rng : numpy.random.Generator
        Draws the bits.
    """
    down, across = (blurring(side, blurs) for side in shape[:2])
    bits = rng.integers(0, 2, (len(x), *shape[:2]))
    inside = (down @ bits @ across.T > 0.5).reshape(len(x), -1)
    inside = inside.repeat(x.shape[1] // inside.shape[1], axis=1)
    return np.where(inside, x, other)


def pixels_as_inputs(rows: NDArray) -> NDArray:
    """Return images as a first layer without labels takes them: 0…1, then mean square 1."""
    return normalise(rows.astype(np.float32) / 255)


class HybridCases(Cases):
    """Images stacked on their hybrids, with signs ±1; later, images and their labels.

    Images have mean square 1 before they are mixed, so that a bright one does not outshine the
    other; a hybrid is then normalised itself.

    Parameters
    ----------
    rows : (n, pixels) array
        Images as the data set holds them.
    labels : (n,) array of int
        Shown from epoch `unlabelled` on, to a readout.
    shape : tuple of int
        Of one image.
    unlabelled : int
        Epochs of images and hybrids.
    blurs : int
    rng : numpy.random.Generator
        Draws the masks.
    batch, seed : int
        As in `Cases`; each row of a batch is shown twice.

    Raises
    ------
    ValueError
        As `Cases` does, if rows are no pictures, there is only one image, the number of blurs is
        negative, or the labels are not one whole number from 0 for each image.
    """

    def __init__(
        self,
        rows: NDArray,
        labels: NDArray,
        shape: tuple[int, ...],
        unlabelled: int,
        blurs: int,
        rng: np.random.Generator,
        batch: int = 100,
        seed: int = 0,
    ) -> None:
        whole(0, blurs=blurs)
        check_picture(shape)
        check_rows(rows)
        check_labels(len(rows), labels, 1 + int(np.max(labels, initial=0)))
        if len(rows) < 2:
            raise ValueError("expected at least two images, to make hybrids of; got one")
        super().__init__(len(rows), batch, seed)
        self.rows, self.labels, self.shape = rows, labels, shape
        self.unlabelled, self.blurs, self.rng = unlabelled, blurs, rng

    def __iter__(self) -> Iterator[tuple[NDArray, NDArray]]:
        for index in self.indices():
            x = pixels_as_inputs(self.rows[index])
            if self.epoch < self.unlabelled:
                mixed = hybrids(x, self._others(index, x), self.shape, self.blurs, self.rng)
                negative = normalise(mixed)
                yield np.vstack([x, negative]), np.repeat(np.array([1, -1], np.float32), len(x))
            else:
                yield x, self.labels[index]

    def _others(self, index: NDArray, x: NDArray) -> NDArray:
        """Return the image before each in the batch; for an image alone, the next of the set."""
        if len(x) > 1:
            return np.roll(x, 1, axis=0)
        return pixels_as_inputs(self.rows[(index + 1) % self.n])
