"""Weights from elsewhere, written into a chip that is only used: pulse, compare, pulse again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import Encoding, OneHot
from hardware_sim.chip.decision import Decision, answer
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.devices.device import Device
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.retention import PcmRetention
from hardware_sim.energy.costs import Cost, with_conductance
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.learners import Learner, image_dac
from hardware_sim.updates.write_verify import write_verify

__all__ = ["ProgrammedLearner", "Programming", "age", "program"]


class Programming(NamedTuple):
    """How the programming of a chip went.

    Attributes
    ----------
    cost : Cost
        Of a cell.
    clipped, missed : list of float
        Part of each layer's weights that lies outside the device's range, and part of its cells
        that are not within half a pulse of what they were to be.
    scales : list of float
        Weight of a device at w = 1, by layer.
    """

    cost: Cost
    clipped: list[float]
    missed: list[float]
    scales: list[float]


class ProgrammedLearner(Learner):
    """A chip that was programmed and does not learn.

    Parameters
    ----------
    chip : list of AnalogLayer
    dac : Dac
    decision : Decision
    ledger : Ledger
        Of its use, not of its programming.
    encoding : Encoding
    """

    def __init__(
        self,
        chip: list[AnalogLayer],
        dac: Dac,
        decision: Decision,
        ledger: Ledger,
        encoding: Encoding,
    ) -> None:
        self.chip, self.dac, self.decision, self.ledger = chip, dac, decision, ledger
        self.layers, self.encoding = [dac, *chip], encoding

    def strongest(self, x: Any) -> int:
        """Return what the winner-take-all picks."""
        return answer(self.dac, self.chip, x, self.decision)


def program(
    weights: Sequence[NDArray],
    design: Design,
    device: Device | Pair,
    rng: np.random.Generator,
    quantile: float = 0.999,
    rounds: int | None = None,
    encoding: Encoding | None = None,
) -> tuple[ProgrammedLearner, Programming]:
    """Write given weights into a freshly manufactured chip, all of whose cells are at w = 0.

    Each layer gets a scale of its own, which is the choice of its amplifiers' resistors: the
    device's range stands for the `quantile` of the layer's ``|weights|``. What is larger is clipped
    to the range; 1 takes the largest weight and clips none, but makes every pulse a coarser step.
    Individual cells may have a narrower range yet.

    Parameters
    ----------
    weights : sequence of (n_in + 1, n_out) arrays
        The biases as the last row.
    design : Design
        `lines` and `scale.weight` are taken from the weights.
    device : Device or Pair
    rng : numpy.random.Generator
    quantile : float
    rounds : int, optional
        Of pulses and comparisons at most; by default four times what the range takes, or 5,000.
    encoding : Encoding, optional

    Raises
    ------
    ValueError
        If the quantile is outside its range, or pulses would move cells that forget.
    """
    encoding = encoding or OneHot()
    if isinstance(device, FastSlow):
        raise ValueError(
            "device: expected cells that keep what is written; pulses would move the fast ones of "
            "these. Program the slow device by itself."
        )
    if not 0 < quantile <= 1:
        raise ValueError(f"quantile: expected above 0, 1 at most; got {quantile}")
    use, spent, chip = Ledger(), Ledger(), []
    found = []
    limit = rounds or min(4 * ceil(device.reach / device.mean_step), 5000)
    for matrix in weights:
        largest = float(np.quantile(np.abs(matrix), quantile)) or 1.0
        scale = replace(design.scale, weight=largest / device.reach)
        drawing = replace(design, lines=(len(matrix) - 1, matrix.shape[1]), scale=scale)
        (layer,) = manufacture(drawing, device, rng, use)
        layer.array.cells.set(np.zeros(matrix.shape))
        inside = np.clip(matrix, -largest, largest)
        missed = write_verify(layer.array, inside, scale, rng, spent, limit)
        layer.drive("rows")
        chip.append(layer)
        found.append((float(np.mean(inside != matrix)), missed, scale.weight))
    chip[-1].drive(None)
    cells = sum(matrix.size for matrix in weights)
    lines = (len(weights[0]) - 1, *(matrix.shape[1] for matrix in weights))
    decision = Decision.draw(replace(design, lines=lines), encoding.classes, rng)
    parts = image_dac(replace(design, lines=lines), use), decision, use, encoding
    cost = Cost(with_conductance(spent, device.cell.conductance), cells)
    clipped, missing, scales = (list(each) for each in zip(*found, strict=True))
    return ProgrammedLearner(chip, *parts), Programming(cost, clipped, missing, scales)


def age(
    chip: Sequence[AnalogLayer], memory: PcmRetention, seconds: float, rng: np.random.Generator
) -> None:
    """Let time pass over a programmed chip: its conductances drift, and their noise has grown.

    Parameters
    ----------
    chip : sequence of AnalogLayer
        As `program` left it; changed in place.
    memory : PcmRetention
    seconds : float
        Since the programming [s].
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If the time is before the earliest that the model knows of.
    """
    for layer in chip:
        layer.array.cells.age(partial(memory.aged, seconds=seconds, rng=rng))
        layer.array.changed()
