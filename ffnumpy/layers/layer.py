"""A layer has two verbs: `forward` looks and changes nothing, `learn` adjusts and hands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy import rule
from ffnumpy.activations import Activation, relu
from ffnumpy.cases.labelled import TINY, check_floating, squared_length
from ffnumpy.goodness import Goodness, sum_of_squares
from ffnumpy.losses import Logistic, Loss
from ffnumpy.optimisers import check_fraction
from ffnumpy.weights.dense import Dense, Outer, Weights

__all__ = [
    "Frozen",
    "Layer",
    "LayerLike",
    "PeerNormalisation",
    "in_float64",
    "normalise",
    "one_step",
]


class LayerLike(Protocol):
    """The seam: anything with these two verbs is a layer."""

    def forward(self, x: Any) -> tuple[Any, Any]:
        """Return the normalised activity and the goodness."""

    def learn(self, x: Any, sign: Any) -> Any:
        """Adjust the layer to this batch and return the normalised activity."""


def normalise(y: NDArray, target: float | None = None, out: NDArray | None = None) -> NDArray:
    """Return y with its length removed: only the direction goes on to the next layer.

    Parameters
    ----------
    y : (batch, width) array
    target : float, optional
        Squared length of the result. By default the width, so that the mean square is 1, as in
        the author's program; the paper's Section 8 uses length 1.
    out : (batch, width) array, optional
        Where to put the result; y itself, if it is needed no more.

    Returns
    -------
    (batch, width) array
        A row of zeros stays zero. Source: [Hinton2022] Section 2, [HintonCode].

    Raises
    ------
    ValueError
        If y is no table of floating-point numbers.
    """
    check_floating("normalise", y)
    target = y.shape[1] if target is None else target
    scale = np.sqrt(target / (squared_length(y) + TINY))[:, np.newaxis]
    return np.multiply(y, scale, out=out)


class PeerNormalisation:
    """A push that brings the units' mean activities together, so that none dies or dominates.

    ``m_j ← delay · m_j + (1 − delay) · mean of y_j`` over the positive cases, and
    ``strength · (mean(m) − m_j)`` is added to ``∂log p/∂z_j`` of every positive case, also where
    unit j is off. It is the gradient of nothing that one case could measure: m is a memory.

    Parameters
    ----------
    width : int
    strength : float
        The author's 0.03 belongs to slopes without Eq. 3's factor 2; with it, 0.06.
    delay : float

    Raises
    ------
    ValueError
        If the width is below 1, the strength below 0 or the delay not in [0, 1).

    Source: [HintonCode].
    """

    def __init__(self, width: int, strength: float = 0.06, delay: float = 0.9) -> None:
        if width < 1:
            raise ValueError(f"width: expected at least one unit; got {width}")
        if not 0 <= strength < np.inf:
            raise ValueError(f"strength: expected 0 or more; got {strength}")
        check_fraction("delay", delay)
        self.strength, self.delay = strength, delay
        self.mean = np.full(width, 0.5)

    def push(self, y: NDArray) -> NDArray:
        """Take the positive cases' activities into the mean; return the push, (width,)."""
        self.mean *= self.delay
        self.mean += (1 - self.delay) * y.mean(axis=0)
        return (self.strength * (self.mean.mean() - self.mean)).astype(y.dtype)


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


def one_step(layers: Sequence[Layer], x: Any, target: float | Sequence[float]) -> list[float]:
    """Take every layer to a desired goodness Σ y² at once, from one case.

    Each layer adds ``Δw_j = ε y_j x`` with ``ε = (√(S*/S) − 1)/‖x‖²``, a bias counting as an input
    of 1. No layer waits for the one below: its input keeps its direction and is normalised.

    Parameters
    ----------
    layers : sequence of Layer
        ReLU layers on `Dense` weights whose goodness is Σ y². Changed in place, all of them or (on
        error) none.
    x : (1, n_in) array or Labelled
        One case.
    target : float or one float per layer
        S*.

    Returns
    -------
    list of float
        The goodness S that each layer had before the step.

    Raises
    ------
    ValueError
        If there is more than one case, or a layer is silent (S = 0) or has another activation or
        goodness; the message names the layer.

    Source: [Hinton2022] Section 8.
    """
    if x.shape[0] != 1:
        raise ValueError(f"one_step takes one case; got {x.shape[0]}. Pass x[:1].")
    targets = np.broadcast_to(np.asarray(target, float), (len(layers),))
    steps, goodness = [], []
    for number, (layer, wanted) in enumerate(zip(layers, targets, strict=True), 1):
        if layer.activation.name != relu.name:
            raise ValueError(f"layer {number}: one_step needs ReLU; got {layer.activation.name}")
        if layer.goodness.name != sum_of_squares.name:
            raise ValueError(
                f"layer {number}: one_step takes Σ y² to its target; got {layer.goodness.name}"
            )
        y = layer.activation.value(layer.weights.forward(x))
        S = float(squared_length(y)[0])
        try:
            rate = rule.one_step_rate(S, float(wanted), float(squared_length(x)[0]) + 1.0)
        except ValueError as error:
            raise ValueError(f"layer {number}: {error}") from None
        steps.append((_dense(layer.weights), Outer(x, rate * y)))
        goodness.append(S)
        x = normalise(y, layer.target)
    for weights, outer in steps:
        weights.add(outer)
    return goodness


def _dense(weights: Weights) -> Dense:
    if not isinstance(weights, Dense):
        raise TypeError(f"expected Dense weights; got {type(weights).__name__}")
    return weights
