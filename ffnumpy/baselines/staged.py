"""Backpropagation by hand through a convolutional network, with dropout below its softmax."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ffnumpy.activations import relu
from ffnumpy.baselines.stages import Seen, Stage
from ffnumpy.layers.readout import Readout
from ffnumpy.validation import check_fraction
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer, Weights

__all__ = ["StagedBackprop"]


class StagedBackprop:
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
