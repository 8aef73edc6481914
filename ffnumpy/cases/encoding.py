"""How rows of data and class labels become inputs of the first layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.validation import (
    BRIGHTEST,
    above_zero,
    check_blank,
    check_numbers,
    check_pixels,
    check_rows,
    whole,
)

__all__ = ["Encoding", "OneHot"]

BRIGHT_FEATURE = 5  # a gain that makes less of the brightest byte is made for bytes


class Encoding(Protocol):
    """What cases and inference need of a way to put labels beside data."""

    @property
    def classes(self) -> int:
        """Number of classes."""

    def inputs(self, columns: int) -> int:
        """Return the number of inputs for rows of this many columns."""

    def check(self, rows: NDArray) -> None:
        """Raise a ValueError unless these are rows of a data set that can be encoded."""

    def check_room(self, rows: NDArray) -> None:
        """Raise a ValueError unless rows to learn from leave room for the label."""

    def features(self, rows: NDArray) -> Features:
        """Return rows of the data set as the first layer takes them, without a label."""

    def labelled(self, features: Features, *labels: NDArray) -> Labelled:
        """Return the features with each of several label vectors, stacked."""

    def neutral(self, features: Features) -> Labelled:
        """Return the features with a label that favours no class."""

    def every_label(self, features: Features) -> Labelled:
        """Return the features with label 0, then all with label 1, and so on."""


@dataclass(frozen=True)
class OneHot:
    """One input for each class, among the pixels or before the columns: an `Encoding`.

    A data value v becomes ``(v − offset) · gain``; the label is one-hot with the given
    strength, or ``strength/classes`` everywhere for the neutral label.

    Attributes
    ----------
    classes : int
    strength : float
        Value of the true label's input. Source: [HintonCode], 1.
    overwrite : bool
        Images: the label takes the place of the first pixels, which are blank. Tables: False, the
        label is put before the columns.
    target : float or None
        Squared length of an input; None means mean square 1.
    offset, gain : float or (n_features,) array
        The default turns bytes into 0…1.

    Raises
    ------
    ValueError
        If there are fewer than two classes, or the strength is not above 0.
    """

    classes: int = 10
    strength: float = 1.0
    overwrite: bool = True
    target: float | None = None
    offset: ArrayLike = 0.0
    gain: ArrayLike = 1 / 255

    def __post_init__(self) -> None:
        whole(2, classes=self.classes)
        above_zero(strength=self.strength)

    @classmethod
    def fitting(cls, rows: NDArray, classes: int, strength: float = 1.0) -> OneHot:
        """Return the encoding for such rows: the label in their first pixels if these are blank.

        If they are not, or there are no more than that, the label is put before them.
        """
        inside = cls(classes, strength)
        try:
            inside.inputs(rows.shape[1])
            inside.check_room(rows)
        except ValueError:
            return replace(inside, overwrite=False)
        return inside

    def inputs(self, columns: int) -> int:
        """Return the number of inputs for rows of this many columns.

        Raises
        ------
        ValueError
            If the label would overwrite every pixel.
        """
        if self.overwrite and columns <= self.classes:
            raise ValueError(
                f"expected images with more pixels than the {self.classes} that the label takes; "
                f"got {columns}. For a table, set overwrite to False."
            )
        return columns if self.overwrite else columns + self.classes

    def check(self, rows: NDArray) -> None:
        """Raise a ValueError unless rows are finite, and bytes if `gain` is made for bytes."""
        (check_pixels if self._takes_bytes else check_rows)(rows)

    @property
    def _takes_bytes(self) -> bool:
        return np.ndim(self.gain) == 0 and BRIGHTEST * float(np.abs(self.gain)) < BRIGHT_FEATURE

    def check_room(self, rows: NDArray) -> None:
        """Raise a ValueError if a label that takes the place of pixels would hide ink."""
        if self.overwrite:
            check_blank(rows, self.classes)

    def features(self, rows: NDArray) -> Features:
        """Return the rows, scaled, float32, without the pixels that the label takes."""
        check_numbers("rows", rows)
        kept = rows[:, self.classes :] if self.overwrite else rows
        scaled = kept.astype(np.float32)
        scaled -= np.asarray(self.offset, np.float32)
        scaled *= np.asarray(self.gain, np.float32)
        return Features(scaled)

    def one_hot(self, labels: NDArray) -> NDArray:
        """Return the labels' codes, (len(labels), classes)."""
        return np.eye(self.classes, dtype=np.float32)[labels] * np.float32(self.strength)

    def labelled(self, features: Features, *labels: NDArray) -> Labelled:
        """Return the features with each of several label vectors, stacked."""
        stacked = np.concatenate(labels)
        return Labelled(features, self.one_hot(stacked), self.target, stacked)

    def neutral(self, features: Features) -> Labelled:
        """Return the features with the neutral label."""
        shape = (len(features.rows), self.classes)
        codes = np.full(shape, self.strength / self.classes, np.float32)
        return Labelled(features, codes, self.target)

    def every_label(self, features: Features) -> Labelled:
        """Return the features with label 0, then all with label 1, and so on."""
        labels = np.repeat(np.arange(self.classes), len(features.rows))
        return self.labelled(features, labels)
