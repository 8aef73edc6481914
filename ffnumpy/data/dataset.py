"""Labelled images or text in memory: what every loader returns and every experiment reads."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLASSES = 10
ADVICE = "the files do not belong together or are damaged; replace them with fresh copies"


class DataError(Exception):
    """Data that are missing, damaged or inconsistent.

    The message says what was expected, what was found and what to do; it can be shown to a
    person unchanged.
    """


@dataclass(frozen=True)
class Dataset:
    """Training and test images with their labels.

    A text is a set too: an "image" is a window of characters as codes, its label the next one.

    Attributes
    ----------
    name : str
    train_images, test_images : (n, pixels) uint8
        One image a row, row-major in `shape` [grey levels, 0 to 255].
    train_labels, test_labels : (n,) uint8
        Class indices, from 0 to `classes` - 1.
    shape : tuple of int
        Shape of one image: (28, 28), or (32, 32, 3) with red, green and blue last; (10,) for text.
    classes : int
        Number of classes: 10 in every set of images offered here, 30 symbols of a text.
    class_names : tuple of str
        What one's own classes are called, in the order of their indices; empty for the others.
    remarks : tuple of str
        What the reader of one's own files decided by itself.

    Raises
    ------
    DataError
        If images and labels differ in number, an image does not fill `shape`, an array is not
        uint8 or a label is not a class index.
    """

    name: str
    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]
    shape: tuple[int, ...]
    classes: int = CLASSES
    class_names: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def picture(self) -> tuple[int, ...]:
        """The shape in which a row is drawn: (height, width[, 3]), a table's a line of height 1."""
        return self.shape if len(self.shape) > 1 else (1, *self.shape)

    def __post_init__(self) -> None:
        for part, images, labels in (
            ("training set", self.train_images, self.train_labels),
            ("test set", self.test_images, self.test_labels),
        ):
            _check(f"{self.name}, {part}", images, labels, self.shape)
            _check_classes(f"{self.name}, {part}", labels, self.classes)


def _check(
    part: str, images: NDArray[np.uint8], labels: NDArray[np.uint8], shape: tuple[int, ...]
) -> None:
    """Raise DataError unless images and labels match each other and `shape`."""
    for what, array in (("images", images), ("labels", labels)):
        if array.dtype != np.uint8:
            raise DataError(f"{part}: expected uint8 {what}, got {array.dtype}")
    if images.shape[1:] != (math.prod(shape),):
        raise DataError(
            f"{part}: expected {math.prod(shape)} pixels an image, got an array of shape "
            f"{images.shape}; {ADVICE}"
        )
    if not len(images):
        raise DataError(f"{part}: expected images, got none; {ADVICE}")
    if labels.shape != images.shape[:1]:
        raise DataError(f"{part}: {len(images)} images but {len(labels)} labels; {ADVICE}")


def _check_classes(part: str, labels: NDArray[np.uint8], classes: int) -> None:
    """Raise DataError unless every label is a class index."""
    if labels.size and labels.max() >= classes:
        raise DataError(
            f"{part}: expected labels from 0 to {classes - 1}, got {labels.max()}; {ADVICE}"
        )
