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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.activations import relu
from ffnumpy.layers.driven import Clamped, Driven, Moment, Passing
from ffnumpy.normalisation import normalise
from ffnumpy.validation import check_fraction
from ffnumpy.weights.outer import Weights

__all__ = ["Recurrent"]


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
