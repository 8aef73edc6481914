"""Wrong labels for negative cases; never the true one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.validation import whole

__all__ = [
    "FixedWrong",
    "HardWrong",
    "Negatives",
    "StrongestWrong",
    "UniformWrong",
    "hard_wrong",
    "uniform_wrong",
]


class Negatives(Protocol):
    """Something that names a wrong label for every row of a batch."""

    def __call__(self, features: Features, labels: NDArray, index: NDArray) -> NDArray:
        """Return wrong labels, (batch,); `index` gives the rows' places in the data set."""


def uniform_wrong(labels: NDArray, classes: int, rng: np.random.Generator) -> NDArray:
    """Return labels drawn evenly from the other classes, (batch,)."""
    return (labels + rng.integers(1, classes, len(labels))) % classes


def hard_wrong(logits: NDArray, labels: NDArray, rng: np.random.Generator) -> NDArray:
    """Return labels *sampled* from the softmax of the logits with the true label excluded.

    Adding Gumbel noise to the logits and taking the largest samples from their softmax, and stays
    exact where every other probability underflows. Source: [HintonCode].

    Parameters
    ----------
    logits : (batch, classes) array
    labels : (batch,) array of int
    rng : numpy.random.Generator
    """
    noisy = np.maximum(logits + rng.gumbel(size=logits.shape), np.finfo(float).min)
    noisy[np.arange(len(labels)), labels] = -np.inf
    return noisy.argmax(axis=1)


class UniformWrong:
    """Labels drawn evenly from the other classes, anew for every batch."""

    def __init__(self, classes: int, rng: np.random.Generator) -> None:
        self.classes, self.rng = classes, rng

    def __call__(self, features: Features, labels: NDArray, index: NDArray) -> NDArray:
        """Return wrong labels, (batch,)."""
        return uniform_wrong(labels, self.classes, self.rng)


class FixedWrong:
    """One wrong label per row, drawn once for all epochs. Source: [Pezeshki2022]."""

    def __init__(self, labels: NDArray, classes: int, rng: np.random.Generator) -> None:
        self.wrong = uniform_wrong(labels, classes, rng)

    def __call__(self, features: Features, labels: NDArray, index: NDArray) -> NDArray:
        """Return the rows' wrong labels, (batch,)."""
        return self.wrong[index]


class StrongestWrong:
    """The wrong label that the network believes most, of a few drawn without repetition.

    It needs neither readout nor softmax, so a chip can do it: its own goodness and a
    winner-take-all choose.

    Parameters
    ----------
    encoding : Encoding
    strongest : callable, Labelled -> int
        Which row of a `Labelled`, one image with several labels, has the largest goodness.
    candidates : int
        Wrong labels drawn; 1 is the same as `UniformWrong`.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If there are fewer wrong labels than candidates, or no candidates.
    """

    def __init__(
        self,
        encoding: Encoding,
        strongest: Callable[[Labelled], int],
        candidates: int,
        rng: np.random.Generator,
    ) -> None:
        whole(candidates=candidates)
        if not candidates < encoding.classes:
            raise ValueError(
                f"candidates: expected 1 … {encoding.classes - 1} wrong labels to choose from; got "
                f"{candidates}"
            )
        self.encoding, self.strongest = encoding, strongest
        self.candidates, self.rng = candidates, rng

    def __call__(self, features: Features, labels: NDArray, index: NDArray) -> NDArray:
        """Return wrong labels, (batch,)."""
        rows = zip(features.rows, labels, strict=True)
        return np.array([self._of(Features(row[np.newaxis]), label) for row, label in rows])

    def _of(self, features: Features, label: int) -> int:
        shifts = self.rng.permutation(self.encoding.classes - 1)[: self.candidates]
        drawn = (label + 1 + shifts) % self.encoding.classes
        if len(drawn) == 1:
            return int(drawn[0])
        each = self.encoding.labelled(features, drawn)
        return int(drawn[self.strongest(each)])


class HardWrong:
    """Wrong labels sampled from a readout's likely mistakes.

    It only asks for proposals and changes no weight: the readout learns in the loop, as a layer.

    Parameters
    ----------
    logits : callable, Features -> (batch, classes) array
        The proposals, such as `ffnumpy.layers.ReadoutLayer.logits`.
    rng : numpy.random.Generator

    Source: [HintonCode].
    """

    def __init__(self, logits: Callable[[Features], NDArray], rng: np.random.Generator) -> None:
        self.logits, self.rng = logits, rng

    def __call__(self, features: Features, labels: NDArray, index: NDArray) -> NDArray:
        """Return wrong labels, (batch,)."""
        return hard_wrong(self.logits(features), labels, self.rng)
