"""A layer has two verbs: `forward` looks and changes nothing, `learn` adjusts and hands on."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy import rule
from ffnumpy.activations import Activation, relu
from ffnumpy.goodness import Goodness, sum_of_squares
from ffnumpy.layers.peers import PeerNormalisation
from ffnumpy.losses import Logistic, Loss
from ffnumpy.normalisation import normalise
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer, Weights

__all__ = [
    "Frozen",
    "Layer",
    "LayerLike",
    "in_float64",
]


class LayerLike(Protocol):
    """The seam: anything with these two verbs is a layer."""

    def forward(self, x: Any) -> tuple[Any, Any]:
        """Return the normalised activity and the goodness."""

    def learn(self, x: Any, sign: Any) -> Any:
        """Adjust the layer to this batch and return the normalised activity."""


class Layer:
    """Weights, an activation and a goodness, trained by the layer's own loss.

    Parameters
    ----------
    weights : Weights
    activation : Activation
    goodness : Goodness
    loss : Loss, optional
        By default logistic, with the goodness's usual threshold and temperature for this width.
    peer : PeerNormalisation, optional
    target : float, optional
        Squared length of the output, see `normalise`.
    """

    def __init__(
        self,
        weights: Weights,
        activation: Activation = relu,
        goodness: Goodness = sum_of_squares,
        loss: Loss | None = None,
        peer: PeerNormalisation | None = None,
        target: float | None = None,
    ) -> None:
        self.weights = weights
        self.activation = activation
        self.goodness = goodness
        width = weights.shape[1]
        if loss is None:
            loss = Logistic(goodness.threshold(width), goodness.temperature(width))
        self.loss = loss
        self.peer = peer
        self.target = target

    def forward(self, x: Any) -> tuple[NDArray, NDArray]:
        """Return the normalised activity, (batch, width), and the goodness, (batch,)."""
        y = self.activation.value(self.weights.forward(x))
        goodness = self.goodness.value(y)
        return normalise(y, self.target, out=y), goodness

    def learn(self, x: Any, sign: NDArray) -> NDArray:
        """Move the weights by Eq. 3; return the activity from before the move, normalised.

        `sign` is (batch,): positive cases (+1) first, negative ones (−1) after.
        """
        z = self.weights.forward(x)
        y = self.activation.value(z)
        slope = self.loss.slope(self.goodness.value(y), sign).astype(y.dtype)
        delta = rule.delta(slope, self.goodness.slope(y), self.activation.slope(z))
        if self.peer is not None:
            self._push_peers(self.peer, delta, y, sign)
        self.weights.update(Outer(x, delta))
        return normalise(y, self.target, out=y)

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; `Dense` weights only."""
        own = {} if self.peer is None else {"peer_mean": self.peer.mean}
        return {**own, **_dense(self.weights).arrays()}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place."""
        _dense(self.weights).restore(arrays)
        if self.peer is not None:
            self.peer.mean[...] = arrays["peer_mean"]

    @staticmethod
    def _push_peers(peer: PeerNormalisation, delta: NDArray, y: NDArray, sign: NDArray) -> None:
        positives = int(np.count_nonzero(sign > 0))
        if not np.all(sign[:positives] > 0):
            raise ValueError(
                f"expected positive cases first, negative ones after; got signs {sign}"
            )
        if positives:
            delta[:positives] += peer.push(y[:positives])


def in_float64(layer: Layer) -> Layer:
    """Return a copy of a layer on `Dense` weights that answers in double precision.

    What only `learn` needs, the peers and the optimiser, is left behind.
    """
    weights = Dense(_dense(layer.weights).values.astype(np.float64))
    return Layer(weights, layer.activation, layer.goodness, layer.loss, target=layer.target)


class Frozen:
    """A layer that has finished learning: its `learn` only hands on.

    While it is shown the very same batch again, it remembers what it said.
    """

    def __init__(self, layer: LayerLike) -> None:
        self.layer = layer
        self._last: tuple[Any, Any] = (None, None)

    def forward(self, x: Any) -> tuple[Any, Any]:
        """Return the layer's own forward."""
        return self.layer.forward(x)

    def learn(self, x: Any, sign: Any) -> Any:
        """Return the normalised activity; change nothing."""
        if self._last[0] is not x:
            self._last = (x, self.layer.forward(x)[0])
        return self._last[1]


def _dense(weights: Weights) -> Dense:
    if not isinstance(weights, Dense):
        raise TypeError(f"expected Dense weights; got {type(weights).__name__}")
    return weights
