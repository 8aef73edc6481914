"""Learners: a chip, or its floating-point twin, as the training loop of `ffnumpy` drives them.

A `Learner` has the layers that `ffnumpy.training.train` drives, and a way to find out which of
several labels its goodness favours: on the chip a winner-take-all, in the twin `argmax`. The
*floating-point twin* of a chip has the same first weights and learns by the same rule from the same
cases, in float64, without bounds and without noise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import Encoding, OneHot
from ffnumpy.inference import first_counted
from ffnumpy.layers import Layer, LayerLike
from ffnumpy.layers.fast import Goals, OneStepLayer
from ffnumpy.losses import Logistic
from ffnumpy.runs.checkpoint import SavedGenerator
from ffnumpy.runs.run import Saved
from ffnumpy.weights import Dense
from hardware_sim.chip.decision import Decision, answer
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import first_weights, manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.one_step import FastLayer
from hardware_sim.learning.plan import Plan
from hardware_sim.updates.engine import Engine, charge_first_weights

__all__ = [
    "IMAGE_BITS",
    "ChipLearner",
    "Learner",
    "TwinLearner",
    "image_dac",
    "image_full_scale",
    "rms_before_rectifier",
]


IMAGE_BITS = 8


def image_full_scale(design: Design) -> float:
    """Return the largest activity that an image's Dac makes: as much as the supply allows.

    A row of mean square 1 reaches √lines at most, if all its light is in one pixel. Digits of 784
    pixels, which could reach 28, reach 8.
    """
    return float(min(np.sqrt(design.lines[0]), design.limits.saturation / design.scale.volt))


def image_dac(design: Design, ledger: Ledger) -> Dac:
    """Return the Dac that images come in by."""
    return Dac(ledger, design.scale.volt, IMAGE_BITS, image_full_scale(design), design.dtype)


class Learner(ABC):
    """A network that learns by Forward-Forward, one image at a time.

    Attributes
    ----------
    layers : list of layers
        For `train`; the first takes plain rows.
    ledger : Ledger
    encoding : Encoding
        How rows and labels become inputs; it owns the number of classes.
    """

    layers: Sequence[LayerLike]
    ledger: Ledger
    encoding: Encoding

    @abstractmethod
    def strongest(self, x: Any) -> int:
        """Return which row of `x`, labels of one image, has the largest goodness."""

    def predict(self, rows: NDArray) -> NDArray:
        """Return the class that is the answer to each row, (n,), asked one row at a time.

        Parameters
        ----------
        rows : (n, columns) array
            As the data set holds them.
        """
        encoding = self.encoding
        shown = (encoding.features(row[np.newaxis]) for row in rows)
        return np.array([self.strongest(encoding.every_label(x)) for x in shown], int)

    def by_one_step(self, goals: Goals) -> Sequence[LayerLike]:
        """Return `layers`, the very same weights, taught by the one-step rule instead of Eq. 3.

        Raises
        ------
        TypeError
            If this kind of learner is not taught so.
        """
        raise TypeError(f"a {type(self).__name__} is not taught by the one-step rule")

    def parts(self) -> dict[str, Saved]:
        """Return everything that a resumed run needs the state of, by name."""
        return {}


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
    encoding : Encoding, optional
        By default that of images with ten classes.
    """

    def __init__(
        self,
        plan: Plan,
        design: Design,
        device: Device | Pair,
        images: int,
        engine: Engine | None = None,
        encoding: Encoding | None = None,
    ) -> None:
        self.ledger, self.rng = Ledger(), plan.generator(0)
        self.encoding = encoding or OneHot()
        schedule = plan.schedule(images)
        self.chip: list[AnalogLayer] = manufacture(
            design, device, self.rng, self.ledger, schedule, engine
        )
        for layer in self.chip:
            charge_first_weights(layer.array, self.ledger)
        self.decision = Decision.draw(design, self.encoding.classes, self.rng)
        self.dac = image_dac(design, self.ledger)
        self.layers = [self.dac, *self.chip]

    def strongest(self, x: Any) -> int:
        """Return what the winner-take-all picks."""
        return answer(self.dac, self.chip, x, self.decision)

    def by_one_step(self, goals: Goals) -> Sequence[LayerLike]:
        """Return the Dac and the layers of the chip, taught towards goals."""
        return [self.dac, *(FastLayer(layer, goals) for layer in self.chip)]

    def parts(self) -> dict[str, Saved]:
        """Return the layers, the generator of their noise and the ledger.

        The mismatch of the circuits is not among them: the same seed manufactures the same chip.
        """
        layers: dict[str, Saved] = {f"layer{n}": layer for n, layer in enumerate(self.chip, 1)}
        return {**layers, "noise": SavedGenerator(self.rng), "ledger": self.ledger}


class TwinLearner(Learner):
    """The floating-point twin: same first weights, same rule, no bounds, no noise.

    Parameters
    ----------
    plan : Plan
    design : Design
        Of the chip; its scale says what the loss's temperature is.
    images : int
    encoding : Encoding, optional
        By default that of images with ten classes.
    """

    def __init__(
        self, plan: Plan, design: Design, images: int, encoding: Encoding | None = None
    ) -> None:
        self.ledger, self.encoding = Ledger(), encoding or OneHot()
        temperature = design.scale.temperature
        self.twin = [
            Layer(
                Dense(weights, plan.schedule(images)), loss=Logistic(weights.shape[1], temperature)
            )
            for weights in first_weights(design.lines, plan.generator(0))
        ]
        self.layers = self.twin

    def strongest(self, x: Any) -> int:
        """Return the `argmax` of the goodness of all layers but the first."""
        by_layer = []
        for layer in self.twin:
            x, goodness = layer.forward(x)
            by_layer.append(goodness)
        return int(np.argmax(sum(by_layer[first_counted(len(by_layer)) :])))

    def by_one_step(self, goals: Goals) -> Sequence[LayerLike]:
        """Return the twin's layers, taught towards goals."""
        return [OneStepLayer(layer, goals) for layer in self.twin]

    def parts(self) -> dict[str, Saved]:
        """Return the layers."""
        return {f"layer{n}": layer for n, layer in enumerate(self.twin, 1)}


def rms_before_rectifier(
    chip: Sequence[AnalogLayer], rows: NDArray, labels: NDArray, encoding: Encoding
) -> list[float]:
    """Return what amplifier noise compares with: each layer's rms before its rectifier.

    In activities, for images with their true labels; computed in floating point, free of errors and
    noise, from the conductances that a read sees.
    """
    x: NDArray = encoding.labelled(encoding.features(rows), labels).toarray()
    rms = []
    for layer in chip:
        twin = Layer(Dense(layer.array.cells.seen.astype(float) * layer.scale.weight))
        rms.append(float(np.sqrt(np.mean(twin.weights.forward(x) ** 2))))
        x = twin.forward(x)[0]
    return rms
