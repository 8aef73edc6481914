"""Two towers: image and label go through separate linear maps whose outputs are added.

Two linear maps whose outputs are added are one map on both inputs side by side, so the towers are
the first layer's own weights: its first rows are the label's, the others the image's. No pixel is
overwritten, the image has the same length whatever the label, and a `Labelled` multiplies it once
for all labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.normalisation import normalise
from ffnumpy.validation import above_zero, check_numbers, check_pixels, check_rows, finite, whole

__all__ = ["TwoTowers"]


@dataclass(frozen=True)
class TwoTowers:
    """All pixels, normalised on their own to mean square 1, beside a one-hot label: an `Encoding`.

    Attributes
    ----------
    classes : int
    strength : float
        Length of a label. Relative to the image's, √pixels, it sets the label's weight.
    gain, offset : float
        A pixel p becomes ``(p − offset) · gain`` before its image is normalised.
    """

    classes: int = 10
    strength: float = 10.0
    gain: float = 1 / 255
    offset: float = 0.0

    def __post_init__(self) -> None:
        whole(2, classes=self.classes)
        finite(offset=self.offset)
        above_zero(strength=self.strength, gain=self.gain)

    def inputs(self, columns: int) -> int:
        """Return the number of inputs for rows of `columns` pixels."""
        return self.classes + columns

    def check(self, rows: NDArray) -> None:
        """Raise a ValueError unless rows are finite; their scale is free if `offset` is 0."""
        (check_pixels if self.offset else check_rows)(rows)

    def check_room(self, rows: NDArray) -> None:
        """Accept any rows: no pixel is set aside for a label."""

    def features(self, rows: NDArray) -> Features:
        """Return the images, float32, each of mean square 1."""
        check_numbers("rows", rows)
        centred = rows.astype(np.float32) - np.float32(self.offset)
        return Features(normalise(centred * np.float32(self.gain)))

    def labelled(self, features: Features, *labels: NDArray) -> Labelled:
        """Return the images with each of several label vectors, stacked."""
        stacked = np.concatenate(labels)
        codes = np.eye(self.classes, dtype=np.float32)[stacked] * np.float32(self.strength)
        return self._beside(features, codes, stacked)

    def neutral(self, features: Features) -> Labelled:
        """Return the images with an equal share of every label."""
        shape = (len(features.rows), self.classes)
        return self._beside(features, np.full(shape, self.strength / self.classes, np.float32))

    def every_label(self, features: Features) -> Labelled:
        """Return the images with label 0, then all with label 1, and so on."""
        return self.labelled(features, np.repeat(np.arange(self.classes), len(features.rows)))

    def _beside(
        self, features: Features, codes: NDArray, labels: NDArray | None = None
    ) -> Labelled:
        """Return both side by side, neither rescaled."""
        length = features.rows.shape[1] + float(np.sum(codes[0] ** 2))
        return Labelled(features, codes, length, labels)
