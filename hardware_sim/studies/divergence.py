"""An ideal chip beside the same network in float64: step by step they agree, left free they part.

An ideal chip does its twin's arithmetic in another order, so a step from the same weights differs
by rounding alone. Run freely, each goes on from its own weights, and rounding adds up; a unit that
the last bit switches on in one of them, or a label that it makes the strongest, can turn it into
more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import single_rows
from ffnumpy.layers.layer import Layer
from ffnumpy.weights.dense import Dense
from hardware_sim.chip.design import EXACT, UNLIMITED, Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.circuits.converters import Dac
from hardware_sim.devices.presets import IDEAL
from hardware_sim.learning.learners import ChipLearner, TwinLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import SingleRun
from hardware_sim.scale import Scale

__all__ = ["differences"]


def differences(
    plan: Plan, scale: Scale, rows: NDArray, labels: NDArray, restart: bool
) -> Iterator[list[float]]:
    """Train an ideal chip and its twin on the same cases; yield how far apart their weights are.

    Parameters
    ----------
    plan : Plan
    scale : Scale
    rows, labels : arrays
        The training set; the chip chooses the negatives for both.
    restart : bool
        Give the twin the chip's weights before every step, instead of leaving it its own.

    Yields
    ------
    list of float
        After each case, for each layer: the largest difference of two weights, relative to the
        largest weight.
    """
    design = Design((rows.shape[1], *plan.hidden), scale, EXACT, UNLIMITED, dtype=np.float64)
    chip = ChipLearner(plan, design, IDEAL, len(rows))
    twin = TwinLearner(plan, design, len(rows))
    dac = Dac(chip.ledger, scale.volt, dtype=design.dtype)
    run = SingleRun(chip, rows, labels, plan)
    while not run.finished:
        for x, sign in single_rows(run.cases):
            if restart:
                _copy(chip.chip, twin.numbers)
            _learn(dac, chip.chip, twin.numbers, x, sign)
            yield [_apart(*pair) for pair in zip(chip.chip, twin.numbers, strict=True)]


def _learn(
    dac: Dac, chip: Sequence[AnalogLayer], twin: Sequence[Layer], x: NDArray, sign: NDArray
) -> None:
    """Show one case to both."""
    signal: Any = dac.learn(x, sign)
    for analog, layer in zip(chip, twin, strict=True):
        signal, x = analog.learn(signal, sign), layer.learn(x, sign)


def _copy(chip: Sequence[AnalogLayer], twin: Sequence[Layer]) -> None:
    """Give the twin the chip's weights."""
    for analog, layer in zip(chip, twin, strict=True):
        _values(layer)[...] = _weights(analog)


def _weights(layer: AnalogLayer) -> NDArray:
    return layer.array.cells.w * layer.scale.weight


def _values(layer: Layer) -> NDArray:
    assert isinstance(layer.weights, Dense)
    return layer.weights.values


def _apart(analog: AnalogLayer, layer: Layer) -> float:
    """Return the largest difference of two weights over the largest weight."""
    values = _values(layer)
    return float(np.abs(_weights(analog) - values).max() / np.abs(values).max())
