"""How a network that learns labels is made and trained: every choice, as an object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.activations import Activation, relu
from ffnumpy.cases.encoding import OneHot
from ffnumpy.cases.negatives import FixedWrong, HardWrong, Negatives, UniformWrong
from ffnumpy.goodness import Goodness, sum_of_squares
from ffnumpy.inference import Voters, all_but_first, first_counted
from ffnumpy.layers.dropout import Dropout
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.peers import PeerNormalisation
from ffnumpy.layers.readout import Readout, untrained
from ffnumpy.losses import Logistic, SoftplusMargin
from ffnumpy.optimisers import Optimiser, Schedule, Smoothed
from ffnumpy.training import Order, together
from ffnumpy.validation import (
    above_zero,
    check_decay,
    check_fraction,
    finite,
    not_negative,
    whole,
    widths,
)
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.outer import Weights

__all__ = [
    "AS_THEY_ARE",
    "BYTES",
    "STANDARDISED",
    "Feeding",
    "Learning",
    "Objective",
    "Pixels",
    "Setting",
    "Units",
    "WrongLabels",
    "fixed",
    "hard",
    "uniform_labels",
]

MNIST_MEAN, MNIST_DEVIATION = 0.1307, 0.3081  # of pixels in 0…1, as [Pezeshki2022] rounds them


class Pixels(NamedTuple):
    """How data values become features, ``(v − offset) · gain``, and the brightest feature."""

    offset: float
    gain: float
    brightest: float

    def one_hot(
        self, classes: int, strength: float, overwrite: bool, length: float | None
    ) -> OneHot:
        """Return the encoding; a label's strength is relative to the brightest pixel."""
        bright = strength * self.brightest
        return OneHot(classes, bright, overwrite, length, self.offset, self.gain)


BYTES = Pixels(0.0, 1 / 255, 1.0)
STANDARDISED = Pixels(
    255 * MNIST_MEAN, 1 / (255 * MNIST_DEVIATION), (1 - MNIST_MEAN) / MNIST_DEVIATION
)
AS_THEY_ARE = Pixels(0.0, 1.0, 1.0)


@dataclass(frozen=True)
class WrongLabels:
    """Where a network's wrong labels come from: ``wrong(network, labels, rng)`` returns them.

    Attributes
    ----------
    negatives : callable, (network, labels, rng) -> Negatives
    has_readout : bool
        Whether such a network has a softmax readout.
    """

    negatives: Callable[[Any, NDArray, np.random.Generator], Negatives]
    has_readout: bool = True

    def __call__(self, network: Any, labels: NDArray, rng: np.random.Generator) -> Negatives:
        """Return the negatives of a training set with these labels."""
        return self.negatives(network, labels, rng)


def _hard(network: Any, labels: NDArray, rng: np.random.Generator) -> Negatives:
    return HardWrong(network.reader.logits, rng)


def _uniform(network: Any, labels: NDArray, rng: np.random.Generator) -> Negatives:
    return UniformWrong(network.encoding.classes, rng)


def _fixed(network: Any, labels: NDArray, rng: np.random.Generator) -> Negatives:
    return FixedWrong(labels, network.encoding.classes, rng)


hard = WrongLabels(_hard)
"""Sampled from the readout's mistakes."""
uniform_labels = WrongLabels(_uniform)
"""Drawn evenly from the wrong labels of each batch."""
fixed = WrongLabels(_fixed, has_readout=False)
"""One for each row, drawn once for all epochs."""


@dataclass(frozen=True)
class Units:
    """What a layer is made of.

    Attributes
    ----------
    activation : Activation
    initial : callable, (n_in, n_out, rng) -> first weights
    length : float or None
        Squared length of normalised vectors; None means mean square 1.
    voters : callable, number of layers -> layers whose goodness is added up for every label
    dropout : float
        Fraction of its units that a layer switches off while it learns.
    layer : callable
        `Layer`, or a class of one's own that is made and learns as it does.
    """

    activation: Activation = relu
    initial: Callable[..., NDArray] = normal
    length: float | None = None
    voters: Voters = all_but_first
    dropout: float = 0.0
    layer: Callable[..., Layer] = Layer

    def __post_init__(self) -> None:
        check_fraction("dropout", self.dropout)


@dataclass(frozen=True)
class Objective:
    """What a layer raises; None means the goodness's usual threshold and temperature.

    Another temperature T scales every slope by 1/T, and so needs another rate.
    """

    goodness: Goodness = sum_of_squares
    loss: type[Logistic] | type[SoftplusMargin] = Logistic
    threshold: float | None = None
    temperature: float | None = None

    def __post_init__(self) -> None:
        if self.temperature is not None:
            above_zero(temperature=self.temperature)
        if self.threshold is not None:
            finite(threshold=self.threshold)
        self.loss_of(1)

    def temperature_of(self, width: int) -> float:
        """Return T of a layer of this width, the goodness that makes a log-odds of 1."""
        return self.goodness.temperature(width) if self.temperature is None else self.temperature

    def loss_of(self, width: int) -> Logistic | SoftplusMargin:
        """Return the loss of a layer of this width."""
        return self.loss.usual(self.goodness, width, self.threshold, self.temperature)


@dataclass(frozen=True)
class Learning:
    """How weights move: rate ε, decay in units of ε, optimiser, peer strength, order of layers.

    Peers are pushed up along z, which makes a ReLU more active; with a Student t set `peer` to 0.
    """

    rate: float = 0.01
    decay: float = 0.001
    optimiser: Optimiser = field(default_factory=Smoothed)
    peer: float = 0.06
    order: Order = together
    falling: bool = True

    def __post_init__(self) -> None:
        above_zero(rate=self.rate)
        not_negative(decay=self.decay, peer=self.peer)
        check_decay(self.rate, self.decay)
        _flag(falling=self.falling)

    def schedule(self, epochs: int, updates_per_epoch: int) -> Schedule:
        """Return the learning-rate schedule of a run of this many epochs."""
        return Schedule(self.rate, epochs if self.falling else 0, updates_per_epoch)


@dataclass(frozen=True)
class Feeding:
    """What is shown: rows in a batch, wrong labels, value of a label input, scale of pixels.

    Attributes
    ----------
    batch : int
    negatives : WrongLabels
        `hard`, `uniform_labels` or `fixed`; the last has no readout.
    strength : float
        Of the true label's input, relative to the brightest pixel.
    pixels : Pixels
    overwrite : bool
        Whether the label takes the place of the first pixels.
    """

    batch: int = 100
    negatives: WrongLabels = hard
    strength: float = 1.0
    pixels: Pixels = BYTES
    overwrite: bool = True

    def __post_init__(self) -> None:
        whole(batch=self.batch)
        above_zero(strength=self.strength)
        _flag(overwrite=self.overwrite)

    def encoding(self, classes: int, length: float | None) -> OneHot:
        """Return how rows and labels become inputs of this squared length."""
        return self.pixels.one_hot(classes, self.strength, self.overwrite, length)


def _flag(**values: Any) -> None:
    for name, value in values.items():
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"{name}: expected True or False; got {value!r}")


@dataclass(frozen=True)
class Setting:
    """How a network is made and trained. The defaults are the author's program, [HintonCode].

    What differs from it: every epoch has its own order (he never reshuffles), and the
    training set is what it is given (he holds out 10,000 of MNIST's 60,000 images).

    His ε = 0.01 drops Eq. 3's factor 2 and divides by the batch's positive cases; here the factor
    is kept and the mean is over positives and negatives, twice as many, so ε is the same 0.01.

    Attributes
    ----------
    hidden : tuple of int
        Widths.
    epochs : int
        E of the learning-rate schedule; of each layer when they learn one after another.
    units : Units
    objective : Objective
    learning : Learning
    feeding : Feeding
    """

    hidden: tuple[int, ...] = (1000, 1000, 1000)
    epochs: int = 60
    units: Units = Units()
    objective: Objective = Objective()
    learning: Learning = Learning()
    feeding: Feeding = Feeding()

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs)

    @property
    def has_readout(self) -> bool:
        """Whether there is a softmax readout: fixed negatives need none."""
        return self.feeding.negatives.has_readout

    @property
    def stages(self) -> int:
        """1 if all layers learn together, else one for each layer."""
        return self.learning.order.stages(len(self.hidden))

    def dense(self, n_in: int, width: int, schedule: Schedule, rng: np.random.Generator) -> Dense:
        """Return freshly drawn weights."""
        learning, values = self.learning, self.units.initial(n_in, width, rng)
        return Dense(values, schedule, learning.optimiser, learning.decay)

    def layer(self, weights: Weights, rng: np.random.Generator) -> Layer:
        """Return one hidden layer on these weights; rng draws what it drops."""
        width, units, peer = weights.shape[1], self.units, self.learning.peer
        return units.layer(
            weights,
            units.activation,
            self.objective.goodness,
            self.objective.loss_of(width),
            PeerNormalisation(width, peer) if peer else None,
            units.length,
            Dropout(units.dropout, rng) if units.dropout else None,
        )

    def readout(self, classes: int, schedule: Schedule) -> Readout:
        """Return a softmax readout with zero weights and its own rate."""
        read = self.hidden[first_counted(len(self.hidden)) :]
        return untrained(sum(read), classes, schedule.epochs, schedule.updates_per_epoch)
