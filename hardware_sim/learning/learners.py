"""Training one image at a time, on a chip or in numbers, by the very loop of `ffnumpy`.

Whoever takes part is a `Learner`: the layers that `ffnumpy.training.train` drives, and a way to
find out which of several labels its goodness favours. The chip's way is a winner-take-all; its
twin's, `argmax`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.labelled import Encoding
from ffnumpy.cases.negatives import StrongestWrong
from ffnumpy.inference import first_counted
from ffnumpy.layers.layer import Layer, LayerLike
from ffnumpy.losses import Logistic
from ffnumpy.training import LabelledCases, single_rows, train
from ffnumpy.weights.dense import Dense
from hardware_sim.chip.decision import Decision, answer
from hardware_sim.chip.design import Layout
from hardware_sim.chip.layer import AnalogLayer, first_weights, manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.circuits.goodness import thermal_voltage
from hardware_sim.devices.device import Device
from hardware_sim.devices.push_pull import Pair
from hardware_sim.energy.ledger import Ledger
from hardware_sim.updates.coincidence import Engine

LABELS, IMAGE_BITS = 10, 8
IMAGE_SCALE = 28.0  # a row of 784 of mean square 1 has no larger pixel; digits reach 8

__all__ = [
    "IMAGE_BITS",
    "IMAGE_SCALE",
    "ChipLearner",
    "Learner",
    "NumberLearner",
    "Plan",
    "SingleRun",
    "error_rate",
    "falling",
    "image_dac",
    "rms_before_rectifier",
]


def falling(rate: float, total: int) -> Callable[[int], float]:
    """Return a rate that falls linearly from `rate` to 0 in `total` updates.

    Examples
    --------
    >>> falling(0.1, 200)(100)
    0.05
    """
    return lambda updates: rate * max(1 - updates / total, 0.0)


@dataclass(frozen=True)
class Plan:
    """What is trained and how, the same for a chip and for its twin in numbers.

    Attributes
    ----------
    hidden : tuple of int
        Widths.
    rate : float
        ε of Eq. 3 at the start, for weights in their own unit; it falls linearly to 0.
    candidates : int
        Wrong labels of which the strongest becomes the negative.
    passes : int
        Times that every image is shown.
    seed : int
    """

    hidden: tuple[int, ...] = (256, 256)
    rate: float = 0.008
    candidates: int = 3
    passes: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.hidden or min(self.hidden) < 1:
            raise ValueError(f"hidden: expected widths of 1 or more; got {self.hidden}")
        if not (self.rate > 0 and self.passes >= 0):
            raise ValueError(
                f"expected a rate above 0 and passes of 0 or more; got {self.rate}, {self.passes}"
            )

    def schedule(self, images: int) -> Callable[[int], float]:
        """Return ε by the number of updates, two for each of so many images a pass."""
        return falling(self.rate, max(2 * images * self.passes, 1))

    def generator(self, purpose: int) -> np.random.Generator:
        """Return a generator of this run: 0 for the first weights and the chip, 1 for negatives."""
        return np.random.Generator(np.random.SFC64([self.seed, purpose]))


def image_dac(layout: Layout, ledger: Ledger) -> Dac:
    """Return the Dac that images come in by."""
    return Dac(ledger, layout.scale.volt, IMAGE_BITS, IMAGE_SCALE, layout.dtype)


class Learner(ABC):
    """Someone who learns by Forward-Forward, one image at a time.

    Attributes
    ----------
    layers : list of layers
        For `train`; the first takes plain rows.
    ledger : Ledger
    """

    layers: Sequence[LayerLike]
    ledger: Ledger

    @abstractmethod
    def strongest(self, x: Any) -> int:
        """Return which row of `x`, labels of one image, has the largest goodness."""


class ChipLearner(Learner):
    """A chip, in volts.

    Parameters
    ----------
    plan : Plan
    layout : Layout
    device : Device or Pair
    images : int
        In one pass, for the schedule.
    engine : Engine, optional
    """

    def __init__(
        self,
        plan: Plan,
        layout: Layout,
        device: Device | Pair,
        images: int,
        engine: Engine | None = None,
    ) -> None:
        self.ledger, self.rng = Ledger(), plan.generator(0)
        schedule = plan.schedule(images)
        self.chip: list[AnalogLayer] = manufacture(
            layout, device, self.rng, self.ledger, schedule, engine
        )
        self.decision = Decision.draw(layout, LABELS, self.rng)
        self.dac = image_dac(layout, self.ledger)
        self.layers = [self.dac, *self.chip]

    def strongest(self, x: Any) -> int:
        """Return what the winner-take-all picks."""
        return answer(self.dac, self.chip, x, self.decision)


class NumberLearner(Learner):
    """The twin in float64: same first weights, same rule, no bounds, no noise.

    Parameters
    ----------
    plan : Plan
    layout : Layout
        Of the chip; its scale says what the loss's temperature is.
    images : int
    """

    def __init__(self, plan: Plan, layout: Layout, images: int) -> None:
        self.ledger = Ledger()
        temperature = thermal_voltage() / layout.scale.goodness
        self.numbers = [
            Layer(
                Dense(weights, plan.schedule(images)), loss=Logistic(weights.shape[1], temperature)
            )
            for weights in first_weights(layout.lines, plan.generator(0))
        ]
        self.layers = self.numbers

    def strongest(self, x: Any) -> int:
        """Return the `argmax` of the goodness of all layers but the first."""
        heard = []
        for layer in self.numbers:
            x, goodness = layer.forward(x)
            heard.append(goodness)
        return int(np.argmax(sum(heard[first_counted(len(heard)) :])))


@dataclass
class SingleRun:
    """A training run, one image at a time: each with its true label, then with a wrong one.

    Attributes
    ----------
    learner : Learner
    rows : (n, columns) array
        Images as the data set holds them.
    labels : (n,) array of int
    plan : Plan
    encoding : Encoding
    """

    learner: Learner
    rows: NDArray
    labels: NDArray
    plan: Plan
    encoding: Encoding = field(default_factory=Encoding)

    def __post_init__(self) -> None:
        self.rng = self.plan.generator(1)
        negatives = StrongestWrong(
            self.encoding, self.learner.strongest, self.plan.candidates, self.rng
        )
        self.cases = LabelledCases(
            self.rows, self.labels, self.encoding, negatives, 1, self.plan.seed
        )

    @property
    def finished(self) -> bool:
        """Whether all passes are done."""
        return self.cases.epoch >= self.plan.passes

    def steps(self) -> Iterator[int]:
        """Train through the rest of the current pass; yield the number of images shown so far.

        It never stops between the two cases of an image, so that a saved run goes on bit for bit.
        """
        shown = train(self.learner.layers, single_rows(self.cases))
        return (cases // 2 for cases in shown if cases % 2 == 0)


def error_rate(
    learner: Learner, rows: NDArray, labels: NDArray, encoding: Encoding | None = None
) -> float:
    """Return the fraction of images whose label is not the learner's answer."""
    encoding = encoding or Encoding()
    wrong = 0
    for row, label in zip(rows, labels, strict=True):
        features = encoding.features(row[np.newaxis])
        wrong += learner.strongest(encoding.every_label(features)) != label
    return wrong / len(rows)


def rms_before_rectifier(
    chip: Sequence[AnalogLayer], rows: NDArray, labels: NDArray
) -> list[float]:
    """Return what amplifier noise compares with: each layer's rms before its rectifier.

    In activities, for images with their true labels; computed in numbers, free of errors and
    noise, from the conductances that a read sees.
    """
    encoding, found = Encoding(), []
    x: NDArray = encoding.labelled(encoding.features(rows), labels).toarray()
    for layer in chip:
        numbers = Layer(Dense(layer.array.cells.seen.astype(float) * layer.scale.weight))
        found.append(float(np.sqrt(np.mean(numbers.weights.forward(x) ** 2))))
        x = numbers.forward(x)[0]
    return found
