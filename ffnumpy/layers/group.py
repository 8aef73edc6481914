"""A group of layers that learns as one: slopes cross layers inside it and never leave it.

The last layer's activity is judged by a cosine contrastive loss (`ffnumpy.contrastive`). Inside the
group the chain rule carries its slope down, ``δ_l = (δ_{l+1} W_{l+1}ᵀ) · f'(z_l)``; the input of
the group gets none. Seen from outside, a group is a layer with two verbs.

Source: [Lee2025] for groups of layers of equal width, each trained locally; the formulas are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from ffnumpy.activations import relu
from ffnumpy.contrastive import ClassMeans, CosineContrast, cosines
from ffnumpy.normalisation import normalise
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer

__all__ = ["Group", "chained", "passed"]


def passed(weights: Sequence[Dense], x: Any) -> tuple[list[Any], list[NDArray]]:
    """Return every ReLU layer's input, with the last one's output after them, and all totals z."""
    inputs, totals = [x], []
    for dense in weights:
        totals.append(dense.forward(inputs[-1]))
        inputs.append(relu.value(totals[-1]))
    return inputs, totals


def chained(weights: Sequence[Dense], totals: Sequence[NDArray], last: NDArray) -> list[NDArray]:
    """Return the slope in every layer's z, given that in the last one's: the chain rule."""
    deltas = [last]
    for dense, z in zip(weights[:0:-1], totals[-2::-1], strict=True):
        down = dense.cores.matmul(deltas[-1], dense.matrix.T)
        deltas.append(down * relu.slope(z))
    return deltas[::-1]


class Group:
    """ReLU layers that learn together to tell a true claim from a false one.

    The second argument of `learn` is the class that each case claims, positives first, then the
    negatives of the same images.

    Parameters
    ----------
    weights : sequence of Dense
        From the lowest layer up.
    means : ClassMeans
        Of the last layer's width.
    contrast : CosineContrast, optional

    Raises
    ------
    ValueError
        If there is no layer, or the means have another width than the last one.
    """

    def __init__(
        self, weights: Sequence[Dense], means: ClassMeans, contrast: CosineContrast | None = None
    ) -> None:
        widths = [dense.shape[1] for dense in weights]
        if widths[-1:] != [means.sums.shape[1]]:
            raise ValueError(
                f"expected at least one layer, and means as wide as the last one; got widths "
                f"{widths} and means of {means.sums.shape[1]}"
            )
        self.weights, self.means = list(weights), means
        self.contrast = CosineContrast() if contrast is None else contrast

    @property
    def width(self) -> int:
        """Units of the last layer."""
        return self.weights[-1].shape[1]

    def forward(self, x: Any) -> tuple[NDArray, NDArray]:
        """Return the normalised activity, (batch, width), and all cosines, (batch, classes)."""
        y = passed(self.weights, x)[0][-1]
        return normalise(y), cosines(y, self.means.sums)

    def learn(self, x: Any, claimed: NDArray) -> NDArray:
        """Move all weights of the group, then the means; return the activity from before.

        Raises
        ------
        ValueError
            If there is not one class for each case, or the cases are not pairs.
        """
        if len(claimed) != x.shape[0] or len(claimed) % 2:
            raise ValueError(
                f"expected pairs, positives first and then their negatives, and a class for each "
                f"case; got {x.shape[0]} cases and {len(claimed)} classes"
            )
        inputs, totals = passed(self.weights, x)
        y = inputs[-1]
        last = self.contrast.slope(y, self.means.sums[claimed]) * relu.slope(totals[-1])
        deltas = chained(self.weights, totals, last)
        for dense, pre, post in zip(self.weights, inputs, deltas, strict=False):
            dense.update(Outer(pre, post))
        half = len(y) // 2
        self.means.take(y[:half], claimed[:half])
        return normalise(y, out=y)

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name."""
        return {f"{n}_{k}": a for n, part in self._named() for k, a in part.arrays().items()}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place."""
        for name, part in self._named():
            part.restore({key: arrays[f"{name}_{key}"] for key in part.arrays()})

    def _named(self) -> list[tuple[str, Dense | ClassMeans]]:
        layers = [(f"layer{n}", dense) for n, dense in enumerate(self.weights, 1)]
        return [*layers, ("means", self.means)]
