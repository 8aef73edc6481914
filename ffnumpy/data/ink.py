"""Inking a pen's path: from points on paper to grey levels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE = 28  # side of an image [pixels]
BOX = 20  # side of the box that the ink fills [pixels]
_BLOT = np.float32(0.7)  # standard deviation of a blot of ink [pixels]

Floats = NDArray[np.float32]


def ink(start: Floats, end: Floats, radius: Floats) -> NDArray[np.uint8]:
    """Ink short straight segments with a round pen, scaled and centred as in MNIST.

    The larger side of the ink fills 20 pixels; the result is moved by whole pixels until its
    centre of mass lies within half a pixel of pixel (14, 14), or the box of 20 x 20 pixels meets
    the edge of the image. A pixel's distance d from the trace
    follows from a sum of Gaussian blots of standard deviation b along it: beside a straight trace
    the sum is exp(-d^2 / 2b^2). Where traces cross or turn sharply it is larger, and the ink runs
    a little. The edge is anti-aliased: grey falls from 1 to 0 between half a pixel inside it and
    half a pixel outside.

    Parameters
    ----------
    start, end : (n, segments, 2) float32
        Ends of each segment, x to the right and y downwards [any unit].
    radius : (n,) float32
        Radius of the pen [pixels].

    Returns
    -------
    (n, 28, 28) uint8
    """
    start, end = _fill_box(start, end, radius)
    middle = start + np.float32(0.5) * (end - start)
    length = np.linalg.norm(end - start, axis=2)
    across = _blots(middle[:, :, 0])
    down = _blots(middle[:, :, 1]) * (length / (_BLOT * np.sqrt(2 * np.pi)))[:, None]
    field = down @ across.transpose(0, 2, 1)
    distance = _BLOT * np.sqrt(-2 * np.log(np.clip(field, 1e-12, 1)))
    grey = np.clip(radius[:, None, None] + 0.5 - distance, 0, 1)
    return _centre(np.rint(255 * grey).astype(np.uint8))


def _fill_box(start: Floats, end: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """Scale and move the segments so that the ink fills the box [pixels from its first]."""
    low = np.minimum(start, end).min(axis=1, keepdims=True)
    high = np.maximum(start, end).max(axis=1, keepdims=True)
    scale = (BOX - 2 * radius[:, None, None]) / (high - low).max(axis=2, keepdims=True)
    origin = (low + high) / 2 - (BOX - 1) / 2 / scale
    return scale * (start - origin), scale * (end - origin)


def _blots(position: Floats) -> Floats:
    """Return exp(-(pixel - position)^2 / 2b^2), (n, 20, segments)."""
    pixels = np.arange(BOX, dtype=np.float32)[:, None]
    return np.exp(-np.square((pixels - position[:, None, :]) / _BLOT) / 2)


def _centre(boxes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put each box, (n, 20, 20), so that its centre of mass is in the middle of the image."""
    images = np.zeros((len(boxes), SIDE, SIDE), np.uint8)
    pixels = np.arange(BOX)
    which = np.arange(len(boxes))[:, None, None]
    rows = pixels + _offset(boxes.sum(axis=2))
    columns = pixels + _offset(boxes.sum(axis=1))
    images[which, rows[:, :, None], columns[:, None, :]] = boxes
    return images


def _offset(mass: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return where a box begins in the image, (n, 1), given its mass by row or column."""
    centre = mass @ np.arange(BOX) / mass.sum(axis=1)
    offset: NDArray[np.intp] = np.rint(SIDE // 2 - centre).astype(np.intp)
    return np.clip(offset, 0, SIDE - BOX)[:, None]
