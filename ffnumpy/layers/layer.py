"""A layer has two verbs: `forward` changes nothing, `learn` adjusts; both return the output."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy import rule
from ffnumpy.activations import Activation, relu
from ffnumpy.goodness import Goodness, sum_of_squares
from ffnumpy.layers.dropout import Dropout
from ffnumpy.layers.peers import PeerNormalisation
from ffnumpy.losses import Logistic, Loss
from ffnumpy.normalisation import normalise
from ffnumpy.weights.outer import Outer, Weights

__all__ = ["Frozen", "Layer", "LayerLike", "in_float64"]


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
        Squared length of the output, see `ffnumpy.normalisation.normalise`.
    dropout : Dropout, optional
        Switches units off while the layer learns.
    """

    def __init__(
        self,
        weights: Weights,
        activation: Activation = relu,
        goodness: Goodness = sum_of_squares,
        loss: Loss | None = None,
        peer: PeerNormalisation | None = None,
        target: float | None = None,
        dropout: Dropout | None = None,
    ) -> None:
        self.weights, self.activation, self.goodness = weights, activation, goodness
        self.loss = Logistic.usual(goodness, weights.shape[1]) if loss is None else loss
        self.peer, self.target, self.dropout = peer, target, dropout

    def forward(self, x: Any) -> tuple[NDArray, NDArray]:
        """Return the normalised activity, (batch, width), and the goodness, (batch,)."""
        y = self.activation.value(self.weights.forward(x))
        goodness = self.goodness.value(y)
        return normalise(y, self.target, out=y), goodness

    def learn(self, x: Any, sign: NDArray) -> NDArray:
        """Move the weights by Eq. 3; return the normalised activity from before the move.

        `sign` is (batch,): positive cases (+1) first, negative ones (−1) after.
        """
        y, dy_dz = self._respond(self.weights.forward(x))
        dlogp_dG = self.loss.slope(self.goodness.value(y), sign).astype(y.dtype)
        delta = rule.delta(self.goodness.pull_back(y, dlogp_dG), dy_dz)
        if self.peer is not None:
            self.peer.add_push(delta, y, self.loss.positives(sign))
        self.weights.update(Outer(x, delta))
        return normalise(y, self.target, out=y)

    def _respond(self, z: NDArray) -> tuple[NDArray, NDArray]:
        """Return the activity of a layer that learns, and its slope ∂y/∂z."""
        y, dy_dz = self.activation.value(z), self.activation.slope(z)
        if self.dropout is not None:
            mask = self.dropout.mask(y)
            y *= mask
            dy_dz *= mask
        return y, dy_dz

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name."""
        own = {} if self.peer is None else {"peer_mean": self.peer.mean}
        return {**own, **self.weights.arrays()}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place."""
        self.weights.restore(arrays)
        if self.peer is not None:
            self.peer.mean[...] = arrays["peer_mean"]


def in_float64(layer: Layer) -> Layer:
    """Return a copy of a layer on `Dense` weights that answers in double precision.

    The peers, the dropout and the optimiser, which only `learn` needs, are left out.
    """
    weights: Any = layer.weights
    copy = weights.astype(np.float64)
    return Layer(copy, layer.activation, layer.goodness, layer.loss, target=layer.target)


class Frozen:
    """A layer that has finished learning: its `learn` only returns its output.

    It remembers its answer for as long as it is shown the same batch.
    """

    def __init__(self, layer: LayerLike) -> None:
        self.layer = layer
        self._last: tuple[Any, Any] = (None, None)

    def forward(self, x: Any) -> tuple[Any, Any]:
        """Return what the layer's own `forward` returns."""
        return self.layer.forward(x)

    def learn(self, x: Any, sign: Any) -> Any:
        """Return the normalised activity; change nothing."""
        if self._last[0] is not x:
            self._last = (x, self.layer.forward(x)[0])
        return self._last[1]
