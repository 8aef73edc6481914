"""A recurrent net: hidden layers that drive one another, an image below them and a label on top.

It is a layer that contains layers. Image and label are clamped; every hidden layer is driven by the
normalised states of its neighbours, as they were one iteration before:

    z = norm(state below) U + norm(state above) V + biases
    state ← keep · state + (1 − keep) · ReLU(z)

Each layer has its own goodness at every iteration, and what it learns there is local in space
and time: the neighbours' states and its own old one are taken as given, so ``∂state/∂z`` is
``(1 − keep) · ReLU′(z)`` and no slope crosses a layer or an iteration.
Source: [Hinton2022] Section 3.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy import rule
from ffnumpy.activations import relu
from ffnumpy.goodness import Goodness, sum_of_squares
from ffnumpy.layers.peers import PeerNormalisation
from ffnumpy.losses import Logistic, Loss
from ffnumpy.normalisation import normalise
from ffnumpy.validation import check_fraction
from ffnumpy.weights.outer import Outer, Weights

__all__ = ["Clamped", "Driven", "Moment", "Recurrent"]


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


class Recurrent:
    """Hidden layers that are iterated together, as one layer of the list.

    Its input is a `ffnumpy.cases.Labelled`, whose features and codes it uses separately: the
    features normalised by themselves, the codes as long as their encoding made them.

    Parameters
    ----------
    layers : sequence of Driven
        From the image's up to the label's.
    counted : sequence of int
        Iterations, from 1, whose goodness is averaged, and in which the layers learn. The first
        follows a bottom-up pass.
    keep : float
        Fraction of a state that is kept.
    at_every_iteration : bool
        Move the weights at every counted iteration, instead of once by their mean.

    Raises
    ------
    ValueError
        If no iteration is counted, or one before the first, or `keep` is not in [0, 1).

    Source: [Hinton2022] Section 3.4, which counts iterations 3 to 5 of 8 and keeps 0.3, but does
    not say at which iterations the weights learn. Here nobody reads those after the last counted
    one. In the first, the label has not yet come down to any layer but the top one, so that the
    others' positive and negative cases are the same: to learn there is only noise.
    """

    def __init__(
        self,
        layers: Sequence[Driven],
        counted: Sequence[int] = (3, 4, 5),
        keep: float = 0.3,
        at_every_iteration: bool = False,
    ) -> None:
        if not counted or min(counted) < 1:
            raise ValueError(f"counted: expected numbers of iterations from 1; got {counted}")
        check_fraction("keep", keep)
        self.layers, self.counted = list(layers), tuple(counted)
        self.keep, self.at_every_iteration = keep, at_every_iteration

    @property
    def weights(self) -> list[Weights]:
        """All matrices."""
        both = [dense for layer in self.layers for dense in (layer.bottom_up, layer.top_down)]
        return [dense for dense in both if dense is not None]

    def initial(self, features: Any) -> list[NDArray]:
        """Return the states after one bottom-up pass, which sees no label."""
        states, x = [], normalise(features.rows)
        for layer in self.layers:
            states.append(relu.value(layer.bottom_up.forward(x)))
            x = normalise(states[-1])
        return states

    def normalised(self, features: Any) -> list[NDArray]:
        """Return the normalised initial states: what a readout reads."""
        return [normalise(state) for state in self.initial(features)]

    def iterate(self, x: Any) -> Iterator[list[Moment]]:
        """Yield every layer after each iteration, from the first; change nothing."""
        image = Clamped(normalise(x.features.rows), x.copies)
        label = Clamped(x.codes / x.scale)
        states = [np.tile(state, (x.copies, 1)) for state in self.initial(x.features)]
        while True:
            moments = self.once(image, label, states)
            yield moments
            states = [moment.state for moment in moments]

    def once(self, image: Any, label: Any, states: Sequence[NDArray]) -> list[Moment]:
        """Return every layer one iteration after these states, between image and label."""
        drives = [image, *(Passing(normalise(state)) for state in states), label]
        return [
            layer.respond(drives[n], drives[n + 2], states[n], self.keep)
            for n, layer in enumerate(self.layers)
        ]

    def forward(self, x: Any) -> tuple[list[NDArray], NDArray]:
        """Return the last counted states, and every layer's goodness, (layers, batch).

        It is in units of the layer's width, and a mean over the counted iterations.
        """
        run = list(islice(self.iterate(x), max(self.counted)))
        counted = [run[number - 1] for number in self.counted]
        goodness = [list(map(Driven.goodness_of, self.layers, moments)) for moments in counted]
        return [moment.state for moment in run[-1]], np.mean(goodness, axis=0)

    def learn(self, x: Any, sign: NDArray) -> list[NDArray]:
        """Move the weights by the slopes of the counted iterations; return the last states."""
        history = []
        for number, moments in enumerate(islice(self.iterate(x), max(self.counted)), 1):
            if number in self.counted:
                history.append(moments)
                if self.at_every_iteration:
                    self._teach([moments], sign)
        if not self.at_every_iteration:
            self._teach(history, sign)
        return [moment.state for moment in moments]

    def _teach(self, history: Sequence[Sequence[Moment]], sign: NDArray) -> None:
        """Let every layer learn from its own moments."""
        for layer, moments in zip(self.layers, zip(*history, strict=True), strict=True):
            layer.teach(moments, [layer.delta(moment, sign, self.keep) for moment in moments])
