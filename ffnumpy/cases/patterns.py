"""A noise pattern for each class, mixed with the whole image: no pixel is set aside for a label.

An image enters the first layer as ``x = f + p_c``, with f its pixels and p_c the fixed pattern of
the class that it claims. Patterns enter linearly, as labels do: ``x W = f W + p_c W``, so images
are multiplied once for all their labels, and there is one more row to multiply for each class.

Source: [Lee2025] for the idea of label-wise noise; the mixture is ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import LabelledCases
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.normalisation import normalise, squared_length
from ffnumpy.validation import above_zero, check_floating, check_numbers, check_rows, whole

__all__ = ["Claims", "NoisePatterns", "Patterned", "noise_patterns"]


def noise_patterns(
    classes: int, columns: int, strength: float, rng: np.random.Generator
) -> NDArray:
    """Draw a pattern of normal noise for each class, (classes, columns), float32.

    Parameters
    ----------
    classes, columns : int
    strength : float
        Root mean square of a pattern; that of an image is 1.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If there are fewer than two classes, no columns, or the strength is not above 0.
    """
    whole(2, classes=classes)
    whole(columns=columns)
    above_zero(strength=strength)
    noise = rng.standard_normal((classes, columns)).astype(np.float32)
    return normalise(noise) * np.float32(strength)


class Patterned(Labelled):
    """Inputs ``f + code · patterns``: k codes for each of B rows of features, stacked.

    Parameters
    ----------
    features : Features
        B rows.
    codes : (k·B, classes) array
        How much of each pattern a row carries; one-hot for a label.
    patterns : (classes, n_features) array
    labels : (k·B,) int array, optional
        What the codes stand for.

    Raises
    ------
    ValueError
        If the number of codes is not a multiple of the number of rows.
    """

    def __init__(
        self,
        features: Features,
        codes: NDArray,
        patterns: NDArray,
        labels: NDArray | None = None,
    ) -> None:
        super().__init__(features, codes, labels=labels)
        self.codes, self.patterns = codes, patterns
        self.shape = (len(codes), patterns.shape[1])

    def squared_length(self) -> NDArray:
        """Return ‖x‖² of every row, (k·B,)."""
        return squared_length(self.toarray())

    def toarray(self) -> NDArray:
        """Return the same inputs as one plain (k·B, n_in) array."""
        return np.tile(self.features.rows, (self.copies, 1)) + self.codes @ self.patterns

    def __matmul__(self, weights: Any) -> NDArray:
        matrix = getattr(weights, "matrix", weights)
        product = self.features.times(matrix, None if matrix is weights else weights)
        z = self.codes @ (self.patterns @ matrix)
        self._by_copy(z)[...] += product
        return z

    def factors(self, delta: NDArray) -> list[tuple[NDArray, NDArray]]:
        """Return ``x.T @ delta`` as one product of plain arrays: images above patterns.

        The deltas of an image's copies, and those of a pattern's images, are added up before.
        """
        post = [self._by_copy(delta).sum(axis=0), self.codes.T @ delta]
        return [(np.vstack([self.features.rows, self.patterns]), np.vstack(post))]


class NoisePatterns:
    """All pixels, normalised to mean square 1, with the pattern of a class on them: an `Encoding`.

    It is a part of a run: its patterns are saved and restored.

    Parameters
    ----------
    patterns : (classes, columns) array
        See `noise_patterns`.
    gain : float
        Multiplies a pixel before its image is normalised.

    Raises
    ------
    ValueError
        If the patterns are not a table of floating-point numbers, or the gain is not above 0.
    """

    def __init__(self, patterns: NDArray, gain: float = 1 / 255) -> None:
        check_floating("patterns", patterns)
        above_zero(gain=gain)
        self.patterns, self.gain = patterns, gain

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.patterns)

    def inputs(self, columns: int) -> int:
        """Return the number of inputs for rows of `columns` pixels: as many.

        Raises
        ------
        ValueError
            If the patterns have another size.
        """
        if columns != self.patterns.shape[1]:
            raise ValueError(
                f"expected rows of {self.patterns.shape[1]} pixels, as the patterns have; got "
                f"{columns}"
            )
        return columns

    def check(self, rows: NDArray) -> None:
        """Raise a ValueError unless rows are finite; their scale is free."""
        check_rows(rows)

    def check_room(self, rows: NDArray) -> None:
        """Accept any rows: no pixel is set aside for a label."""

    def features(self, rows: NDArray) -> Features:
        """Return the images, float32, each of mean square 1."""
        check_numbers("rows", rows)
        return Features(normalise(rows.astype(np.float32) * np.float32(self.gain)))

    def labelled(self, features: Features, *labels: NDArray) -> Patterned:
        """Return the images with the patterns of each of several label vectors, stacked."""
        stacked = np.concatenate(labels)
        codes = np.eye(self.classes, dtype=self.patterns.dtype)[stacked]
        return Patterned(features, codes, self.patterns, stacked)

    def neutral(self, features: Features) -> Patterned:
        """Return the images with the mean of all patterns."""
        shape = (len(features.rows), self.classes)
        codes = np.full(shape, 1 / self.classes, self.patterns.dtype)
        return Patterned(features, codes, self.patterns)

    def every_label(self, features: Features) -> Patterned:
        """Return the images with pattern 0, then all with pattern 1, and so on."""
        return self.labelled(features, np.repeat(np.arange(self.classes), len(features.rows)))

    def arrays(self) -> dict[str, NDArray]:
        """Return the patterns."""
        return {"patterns": self.patterns}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place."""
        self.patterns[...] = arrays["patterns"]


class Claims(LabelledCases):
    """Stacked positives and negatives, each with the class that it claims instead of a sign."""

    def stacked(self, index: NDArray) -> tuple[Labelled, NDArray]:
        """Return these rows as positives, then as negatives, and their claims, (2·len(index),)."""
        features = self.encoding.features(self.view.rows(index, self.epoch))
        true = self.labels[index]
        claims = [true, self.negatives(features, true, index)]
        return self.encoding.labelled(features, *claims), np.concatenate(claims)
