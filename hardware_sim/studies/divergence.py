"""An ideal chip beside its floating-point twin: single steps agree, free runs drift apart.

An ideal chip does its twin's arithmetic in another order, so a step from the same weights differs
by rounding alone. In a free run each continues from its own weights, and rounding accumulates. It
can grow into more where the last bit decides whether a unit is active or which label is strongest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import Encoding
from ffnumpy.cases.batches import single_rows
from ffnumpy.layers.layer import Layer
from hardware_sim.chip.design import EXACT, UNLIMITED, Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.circuits.converters import Dac
from hardware_sim.devices.presets import IDEAL
from hardware_sim.learning.learners import ChipLearner, TwinLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import single_run
from hardware_sim.scale import Scale

__all__ = ["FREE", "RESTARTED", "Divergence", "differences", "divergence_record", "lines"]

RESTARTED, FREE = "same weights before every case", "each its own weights"
KEPT = 100  # cases of the record, evenly spaced on a logarithmic axis

Divergence = dict[str, NDArray]
"""Differences with and without restarts, (cases, layers)."""


def differences(
    plan: Plan, scale: Scale, rows: NDArray, labels: NDArray, restart: bool, encoding: Encoding
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
    encoding : Encoding

    Yields
    ------
    list of float
        After each case, for each layer: the largest difference of two weights, relative to the
        largest weight.
    """
    lines = (encoding.inputs(rows.shape[1]), *plan.hidden)
    design = Design(lines, scale, EXACT, UNLIMITED, dtype=np.float64)
    chip = ChipLearner(plan, design, IDEAL, len(rows), encoding=encoding)
    twin = TwinLearner(plan, design, len(rows), encoding)
    dac = Dac(chip.ledger, scale.volt, dtype=design.dtype)
    run = single_run(chip, rows, labels, plan)
    while not run.finished:
        for x, sign in single_rows(run.cases):
            if restart:
                _copy(chip.chip, twin.twin)
            _learn(dac, chip.chip, twin.twin, x, sign)
            yield [_apart(*pair) for pair in zip(chip.chip, twin.twin, strict=True)]


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
    return layer.arrays()["values"]


def _apart(analog: AnalogLayer, layer: Layer) -> float:
    """Return the largest difference of two weights over the largest weight."""
    values = _values(layer)
    return float(np.abs(_weights(analog) - values).max() / np.abs(values).max())


def lines(measured: Divergence) -> str:
    """Return the largest differences as text, a line for each way."""
    return "\n".join(
        f"{name}: over {len(apart)} cases weights differ by at most {apart.max():.2g} of the "
        f"largest"
        for name, apart in measured.items()
    )


def divergence_record(plan: Plan, weight: float, measured: Divergence) -> dict[str, Any]:
    """Return the differences after some of the cases, for each layer."""
    cases = np.unique(np.geomspace(1, len(measured[FREE]), KEPT).round().astype(int))
    return {
        "plan": asdict(plan),
        "weight": weight,
        "cases": cases.tolist(),
        "differences": {name: apart[cases - 1].tolist() for name, apart in measured.items()},
        "largest": {name: apart.max(axis=0).tolist() for name, apart in measured.items()},
    }
