"""A hidden layer between two neighbours, and what drives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy import rule
from ffnumpy.activations import relu
from ffnumpy.goodness import Goodness, sum_of_squares
from ffnumpy.layers.peers import PeerNormalisation
from ffnumpy.losses import Logistic, Loss
from ffnumpy.weights.outer import Outer, Weights

__all__ = ["Clamped", "Driven", "Moment", "Passing"]


class Moment(NamedTuple):
    """One hidden layer at one iteration, each array (batch, ·).

    Attributes
    ----------
    below, above : arrays
        What drove it: the neighbours' normalised states, or the image, or the label.
    z : array
        Total input.
    state : array
        Its state after the iteration.
    """

    below: NDArray
    above: NDArray
    z: NDArray
    state: NDArray


class Passing:
    """What drives a layer for one iteration: a neighbour's normalised state, (batch, n)."""

    def __init__(self, rows: NDArray) -> None:
        self.rows = rows

    def times(self, weights: Weights) -> NDArray:
        """Return the product with some weights."""
        return weights.forward(self.rows)


class Clamped:
    """What stays the same over the iterations: it is multiplied once, until the weights move.

    Parameters
    ----------
    once : (n, columns) array
    copies : int
        Of the array, one below the other.
    """

    def __init__(self, once: NDArray, copies: int = 1) -> None:
        self.once, self.rows, self.copies = once, np.tile(once, (copies, 1)), copies
        self._product: tuple[Any, int, NDArray] = (None, 0, once)

    def times(self, weights: Any) -> NDArray:
        """Return the product with some weights; remember it under their version."""
        if self._product[0] is not weights or self._product[1] != weights.version:
            self._product = weights, weights.version, weights.forward(self.once)
        return np.tile(self._product[2], (self.copies, 1))


class Driven:
    """A hidden layer between two neighbours.

    Parameters
    ----------
    bottom_up : Weights
        Weights U from the layer below, and biases.
    top_down : Weights or None
        Weights V from the layer above, and biases. None cuts the connection.
    goodness : Goodness
        Of the state.
    loss : Loss, optional
        By default logistic, with the goodness's usual threshold and temperature for this width.
    peer : PeerNormalisation, optional
    """

    def __init__(
        self,
        bottom_up: Weights,
        top_down: Weights | None,
        goodness: Goodness = sum_of_squares,
        loss: Loss | None = None,
        peer: PeerNormalisation | None = None,
    ) -> None:
        self.bottom_up, self.top_down, self.goodness, self.peer = (
            bottom_up,
            top_down,
            goodness,
            peer,
        )
        self.width = bottom_up.shape[1]
        self.loss = Logistic.usual(goodness, self.width) if loss is None else loss

    def respond(self, below: Any, above: Any, old: NDArray, keep: float) -> Moment:
        """Return the layer after one iteration, driven by two neighbours; change nothing."""
        z = below.times(self.bottom_up)
        if self.top_down is not None:
            z = z + above.times(self.top_down)
        return Moment(below.rows, above.rows, z, keep * old + (1 - keep) * relu.value(z))

    def goodness_of(self, moment: Moment) -> NDArray:
        """Return the goodness in units of the layer's width, (batch,)."""
        return self.goodness.value(moment.state) / self.width

    def delta(self, moment: Moment, sign: NDArray, keep: float) -> NDArray:
        """Return ``∂log p/∂z`` of one iteration, given the old state, (batch, width)."""
        y, slope = moment.state, (1 - keep) * relu.slope(moment.z)
        dlogp_dG = self.loss.slope(self.goodness.value(y), sign).astype(y.dtype)
        delta = rule.delta(self.goodness.pull_back(y, dlogp_dG), slope.astype(y.dtype))
        if self.peer is not None:
            self.peer.add_push(delta, y, self.loss.positives(sign))
        return delta

    def teach(self, moments: Sequence[Moment], deltas: Sequence[NDArray]) -> None:
        """Move the weights once, by the mean over these iterations."""
        self.bottom_up.update(_mean_outer([m.below for m in moments], deltas))
        if self.top_down is not None:
            self.top_down.update(_mean_outer([m.above for m in moments], deltas))

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name."""
        own = {} if self.peer is None else {"peer_mean": self.peer.mean}
        return own | {f"{n}_{k}": a for n, w in self._named() for k, a in w.arrays().items()}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place."""
        for name, dense in self._named():
            dense.restore({key: arrays[f"{name}_{key}"] for key in dense.arrays()})
        if self.peer is not None:
            self.peer.mean[...] = arrays["peer_mean"]

    def _named(self) -> list[tuple[str, Weights]]:
        pairs = (("bottom_up", self.bottom_up), ("top_down", self.top_down))
        return [(name, dense) for name, dense in pairs if dense is not None]


def _mean_outer(pre: Sequence[Any], deltas: Sequence[NDArray]) -> Outer:
    """Return the mean over iterations of outer products; what is clamped is the same in all."""
    if all(x is pre[0] for x in pre):
        return Outer(pre[0], np.mean(deltas, axis=0))
    return Outer(np.concatenate(pre), np.concatenate(deltas))
