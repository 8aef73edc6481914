"""Backpropagation by hand through convolutions, max pooling, ReLU layers, dropout and a softmax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.activations import relu
from ffnumpy.layers.pooling import MaxPooling
from ffnumpy.layers.readout import Readout
from ffnumpy.validation import check_fraction
from ffnumpy.weights.convolution import TILE, Convolution
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.local_fields import Grid
from ffnumpy.weights.outer import Outer, Weights

__all__ = ["ConvolutionalBackprop", "PooledConvolution", "Rectified", "Seen", "fold", "route"]


class Seen(NamedTuple):
    """What a stage keeps until the error comes back: its input, z, and z after pooling."""

    x: NDArray
    z: NDArray
    top: NDArray


class Stage(Protocol):
    """Weights and a ReLU, and what slopes become on their way down through them."""

    @property
    def weights(self) -> Weights:
        """Of this stage."""

    def look(self, x: NDArray) -> Seen:
        """Return what the input makes of this stage; its output is ``relu(top)``."""

    def delta(self, seen: Seen, dy: NDArray) -> NDArray:
        """Return ``∂log p/∂z`` from ``∂log p/∂y``."""

    def below(self, delta: NDArray) -> NDArray:
        """Return ``∂log p/∂x`` from ``∂log p/∂z``."""


class Rectified:
    """``y = relu(x W + b)``, with ``∂/∂z = ∂/∂y · f'(z)`` and ``∂/∂x = ∂/∂z Wᵀ``."""

    def __init__(self, weights: Dense) -> None:
        self.weights = weights

    def look(self, x: NDArray) -> Seen:
        """Return the total input; nothing is pooled."""
        z = self.weights.forward(x)
        return Seen(x, z, z)

    def delta(self, seen: Seen, dy: NDArray) -> NDArray:
        """Return ``∂log p/∂z``, (batch, n_out)."""
        return dy * relu.slope(seen.z)

    def below(self, delta: NDArray) -> NDArray:
        """Return ``∂log p/∂x``, (batch, n_in)."""
        return self.weights.cores.matmul(delta, self.weights.matrix.T)


class PooledConvolution:
    """``y = relu(pool(z))`` with ``z`` a convolution of x: pooled first, which is the same.

    The slope of the maximum is 1 for the place that holds it and 0 for the others. Among equals it
    is the first: they are equal where they see equal patches, such as blank paper, and then move
    the kernel alike.
    """

    def __init__(self, weights: Convolution) -> None:
        self.weights = weights
        self.pool = MaxPooling(*weights.grid.shape, weights.kernel.shape[1])

    def look(self, x: NDArray) -> Seen:
        """Return the total input and its largest of every 2 × 2 places."""
        z = self.weights.forward(x)
        return Seen(x, z, self.pool(z))

    def delta(self, seen: Seen, dy: NDArray) -> NDArray:
        """Return ``∂log p/∂z``, (batch, places · channels)."""
        return route(self.pool, seen.z, seen.top, dy * relu.slope(seen.top))

    def below(self, delta: NDArray) -> NDArray:
        """Return ``∂log p/∂x``, (batch, n_in): every field adds its own ``∂/∂z Wᵀ``."""
        kernel, dx = self.weights.kernel, np.empty((len(delta), self.weights.shape[0]), delta.dtype)
        for start in range(0, len(delta), TILE):
            rows = delta[start : start + TILE].reshape(-1, kernel.shape[1]) @ kernel.matrix.T
            dx[start : start + TILE] = fold(self.weights.grid, rows)
        return dx


def route(pool: MaxPooling, z: NDArray, top: NDArray, slope: NDArray) -> NDArray:
    """Return what slopes by the pooled places are by all places, an array of z's shape.

    Parameters
    ----------
    pool : MaxPooling
    z : (batch, height · width · channels) array
    top : (batch, height/2 · width/2 · channels) array
        ``pool(z)``.
    slope : array of top's shape
    """
    down = np.empty_like(z)
    left = slope.copy()
    shape = (len(z), *pool.shape, pool.channels)
    left, top = left.reshape(shape), top.reshape(shape)
    for seen, here in zip(pool.corners(z), pool.corners(down), strict=True):
        np.multiply(left, seen == top, out=here)
        left -= here  # to exactly 0 where this corner has taken it
    return down


def fold(grid: Grid, rows: NDArray) -> NDArray:
    """Return the sum at every place of what all fields say of it: the transpose of `unfold`.

    Parameters
    ----------
    grid : Grid
    rows : (batch · fields, numbers in a field) array

    Returns
    -------
    (batch, grid.inputs) array
    """
    (down, across), side, stride = grid.shape, grid.field, grid.stride
    fields = rows.reshape(-1, down, across, side, side, grid.channels)
    pictures = np.zeros((len(fields), grid.height, grid.width, grid.channels), rows.dtype)
    for i, j in np.ndindex(side, side):
        rows_i = slice(i, i + stride * (down - 1) + 1, stride)
        columns_j = slice(j, j + stride * (across - 1) + 1, stride)
        pictures[:, rows_i, columns_j] += fields[:, :, :, i, j]
    return pictures.reshape(len(fields), -1)


class ConvolutionalBackprop:
    """Stages below a softmax, trained on ``log p(label)`` by the chain rule.

    Like `ffnumpy.baselines.Backprop` it keeps every activity until the error comes back and reads
    transposed weights. It has a layer's two verbs.

    While it learns, each activity that the softmax reads is dropped with probability `dropout`, and
    the others are divided by ``1 − dropout``; `forward` drops none.

    Parameters
    ----------
    stages : sequence of PooledConvolution or Rectified
    readout : Dense
        Its width is the number of classes.
    rng : numpy.random.Generator
        Draws what is dropped.
    dropout : float

    Raises
    ------
    ValueError
        If `dropout` is not in [0, 1).

    Source: [LeCun1998] for the kind of network, [Srivastava2014] for dropout.
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        readout: Dense,
        rng: np.random.Generator,
        dropout: float = 0.0,
    ) -> None:
        check_fraction("dropout", dropout)
        self.stages, self.readout, self.rng, self.dropout = list(stages), readout, rng, dropout

    @property
    def weights(self) -> list[Weights]:
        """All weights, from the first stage's to the softmax's."""
        return [*(stage.weights for stage in self.stages), self.readout]

    def look(self, x: NDArray) -> list[Seen]:
        """Return what every stage sees."""
        seen = []
        for stage in self.stages:
            seen.append(stage.look(x))
            x = relu.value(seen[-1].top)
        return seen

    def kept(self, shape: tuple[int, ...], dtype: np.dtype) -> NDArray:
        """Draw a factor for each activity: 0, or ``1/(1 − dropout)``."""
        kept = self.rng.random(shape, np.float32) >= self.dropout
        return kept.astype(dtype) / dtype.type(1 - self.dropout)

    def logits(self, seen: Sequence[Seen], kept: NDArray | float = 1.0) -> NDArray:
        """Return the logits, (batch, classes)."""
        return self.readout.forward(relu.value(seen[-1].top) * kept)

    def forward(self, x: NDArray) -> tuple[NDArray, None]:
        """Return the logits, (batch, classes), and no goodness."""
        return self.logits(self.look(x)), None

    def backward(self, seen: Sequence[Seen], delta: NDArray, kept: NDArray) -> list[NDArray]:
        """Return ``∂log p/∂z`` of every stage, from the logits' `delta`."""
        dy = (delta @ self.readout.matrix.T) * kept
        deltas = [self.stages[-1].delta(seen[-1], dy)]
        pairs = zip(self.stages[:0:-1], self.stages[-2::-1], seen[-2::-1], strict=True)
        for above, stage, own in pairs:
            deltas.append(stage.delta(own, above.below(deltas[-1])))
        return deltas[::-1]

    def learn(self, x: NDArray, labels: NDArray) -> NDArray:
        """Raise the log probability of the labels; return the logits from before the step."""
        seen = self.look(x)
        kept = self.kept(seen[-1].top.shape, seen[-1].top.dtype)
        logits = self.logits(seen, kept)
        delta = Readout.delta(logits, labels)
        deltas = self.backward(seen, delta, kept)
        self.readout.update(Outer(relu.value(seen[-1].top) * kept, delta))
        for stage, own, post in zip(self.stages, seen, deltas, strict=True):
            stage.weights.update(Outer(own.x, post))
        return logits
