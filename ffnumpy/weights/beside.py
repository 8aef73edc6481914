"""Two sets of weights for the two parts of a labelled image, their products added."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer, Weights
from ffnumpy.weights.threads import Cores

__all__ = ["Beside"]


class Beside:
    """``z = code L + features W``: a matrix for the label beside any weights for the image.

    So a label reaches every unit, whatever part of the image that unit sees. An image is multiplied
    once for all labels that it carries. The only biases are those of W.

    Parameters
    ----------
    label : Dense
        L; its biases are held at zero.
    image : Weights
        W, of the same width.

    Raises
    ------
    ValueError
        If the widths differ, or (in use) the label codes of a batch have different lengths and
        so scale an image differently.
    """

    def __init__(self, label: Dense, image: Any) -> None:
        if label.shape[1] != image.shape[1]:
            raise ValueError(
                f"expected weights of one width for label and image; got {label.shape[1]} and "
                f"{image.shape[1]}"
            )
        self.label, self.image = label, image
        self.label.bias[...] = 0
        self.shape = (label.shape[0] + image.shape[0], label.shape[1])

    @property
    def cores(self) -> Cores:
        """The cores that multiply and move the image's weights."""
        return self.image.cores

    @cores.setter
    def cores(self, cores: Cores) -> None:
        self.image.cores = cores

    def forward(self, x: Any) -> NDArray:
        """Return the total inputs of a `ffnumpy.cases.Labelled`, (batch, width)."""
        z = np.tile(self.image.forward(_images(x)), (x.copies, 1))
        z += self.label.forward(x.codes)
        return z

    def update(self, outer: Outer) -> None:
        """Take one step of both optimisers, each along the mean of its part."""
        self.image.update(Outer(_images(outer.pre), _by_image(outer) / outer.pre.copies))
        self.label.update(Outer(outer.pre.codes, outer.post))
        self.label.bias[...] = 0

    def add(self, outer: Outer) -> None:
        """Add both parts of the outer product unchanged."""
        self.image.add(Outer(_images(outer.pre), _by_image(outer)))
        self.label.add(Outer(outer.pre.codes, outer.post))
        self.label.bias[...] = 0

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name; they are not copies."""
        return {f"{n}_{k}": a for n, part in self._named() for k, a in part.arrays().items()}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place."""
        for name, part in self._named():
            part.restore({key: arrays[f"{name}_{key}"] for key in part.arrays()})

    def _named(self) -> list[tuple[str, Weights]]:
        return [("label", self.label), ("image", self.image)]


def _images(x: Any) -> NDArray:
    """Return the images of a labelled batch, scaled, each once, (images, n_features)."""
    scale = x.scale.reshape(x.copies, -1, 1)
    if not np.array_equal(scale, np.broadcast_to(scale[:1], scale.shape)):
        raise ValueError(
            "expected label codes of one length, so that an image is scaled alike beside each; "
            "got codes of several lengths"
        )
    return x.features.rows * scale[0]


def _by_image(outer: Outer) -> NDArray:
    """Return the sum of the deltas of each image's copies, (images, width)."""
    return outer.post.reshape(outer.pre.copies, -1, outer.post.shape[1]).sum(axis=0)
