"""Learners: a chip, or its floating-point twin, as the training loop of `ffnumpy` drives them.

A `Learner` has the layers that `ffnumpy.training.train` drives, and a way to find out which of
several labels its goodness favours: on the chip a winner-take-all, in the twin `argmax`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.inference import first_counted
from ffnumpy.layers.layer import Layer, LayerLike
from ffnumpy.losses import Logistic
from ffnumpy.weights.dense import Dense
from hardware_sim.chip.decision import Decision, answer
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import first_weights, manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.constants import thermal_voltage
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.plan import Plan
from hardware_sim.updates.engine import Engine

__all__ = [
    "IMAGE_BITS",
    "IMAGE_SCALE",
    "ChipLearner",
    "Learner",
    "TwinLearner",
    "image_dac",
    "rms_before_rectifier",
]


LABELS, IMAGE_BITS = 10, 8
IMAGE_SCALE = 28.0  # a row of 784 of mean square 1 has no larger pixel; digits reach 8


def image_dac(design: Design, ledger: Ledger) -> Dac:
    """Return the Dac that images come in by."""
    return Dac(ledger, design.scale.volt, IMAGE_BITS, IMAGE_SCALE, design.dtype)


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
    design : Design
    device : Device or Pair
    images : int
        In one pass, for the schedule.
    engine : Engine, optional
    """

    def __init__(
        self,
        plan: Plan,
        design: Design,
        device: Device | Pair,
        images: int,
        engine: Engine | None = None,
    ) -> None:
        self.ledger, self.rng = Ledger(), plan.generator(0)
        schedule = plan.schedule(images)
        self.chip: list[AnalogLayer] = manufacture(
            design, device, self.rng, self.ledger, schedule, engine
        )
        self.decision = Decision.draw(design, LABELS, self.rng)
        self.dac = image_dac(design, self.ledger)
        self.layers = [self.dac, *self.chip]

    def strongest(self, x: Any) -> int:
        """Return what the winner-take-all picks."""
        return answer(self.dac, self.chip, x, self.decision)


class TwinLearner(Learner):
    """The twin in float64: same first weights, same rule, no bounds, no noise.

    Parameters
    ----------
    plan : Plan
    design : Design
        Of the chip; its scale says what the loss's temperature is.
    images : int
    """

    def __init__(self, plan: Plan, design: Design, images: int) -> None:
        self.ledger = Ledger()
        temperature = thermal_voltage() / design.scale.goodness
        self.numbers = [
            Layer(
                Dense(weights, plan.schedule(images)), loss=Logistic(weights.shape[1], temperature)
            )
            for weights in first_weights(design.lines, plan.generator(0))
        ]
        self.layers = self.numbers

    def strongest(self, x: Any) -> int:
        """Return the `argmax` of the goodness of all layers but the first."""
        heard = []
        for layer in self.numbers:
            x, goodness = layer.forward(x)
            heard.append(goodness)
        return int(np.argmax(sum(heard[first_counted(len(heard)) :])))


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
