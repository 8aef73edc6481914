"""A model trained in floating point, written into a chip: its errors there, and the cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import percent
from ffnumpy.inference import predict
from ffnumpy.layers import Layer
from ffnumpy.supervised import Supervised
from ffnumpy.weights import Dense
from hardware_sim.chip.design import Design
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.retention import PcmRetention
from hardware_sim.energy.costs import Cost
from hardware_sim.energy.report import MICRO, NANO, cost_record, span
from hardware_sim.learning.programming import Programming, age, program
from hardware_sim.learning.run import error_rate
from hardware_sim.studies.trials import cost_on

__all__ = [
    "Procedure",
    "Programmed",
    "losses",
    "programmed",
    "programmed_record",
    "remedy",
    "report",
]


CAUSES = {
    "weights outside the range": "a larger --quantile clips fewer",
    "what the cells do not hold": "a device of finer or more even steps, or more --rounds",
    "noise and errors of the circuits": "they are those of the chip's design",
}
"""What a programmed chip loses to, in the order of the signal, and what helps."""
LOSS = 0.01  # of the error: what is larger is told


@dataclass(frozen=True)
class Procedure:
    """How a chip is programmed, and when it is used.

    Attributes
    ----------
    design : Design
    device : Device or Pair
    quantile : float
        Of ``|w|``, see `program`.
    rounds : int, optional
        Of pulses and comparisons at most.
    memory : PcmRetention, optional
        How the device's conductances drift.
    after : float, optional
        Time after the programming at which the chip is used again [s].
    """

    design: Design
    device: Device | Pair
    quantile: float = 0.999
    rounds: int | None = None
    memory: PcmRetention | None = None
    after: float | None = None


class Programmed(NamedTuple):
    """Errors on the same images, and the cost on the chip.

    Attributes
    ----------
    model, chip : float
        In floating point, and on the chip.
    clipped, written : float
        In floating point, with weights cut to the range of the cells, and with those that the cells
        hold.
    aged : float or None
        On the chip when it has drifted.
    programming : Programming
    inference : Cost
        Of one image.
    """

    model: float
    clipped: float
    written: float
    chip: float
    aged: float | None
    programming: Programming
    inference: Cost


def programmed(
    model: Supervised, procedure: Procedure, rows: NDArray, labels: NDArray, seed: int
) -> Programmed:
    """Test the model, program a chip with its weights, and test that; if asked, again later."""
    weights: list[NDArray] = [layer.arrays()["values"].astype(np.float64) for layer in model.layers]
    rng, device = np.random.default_rng(seed), procedure.device
    chosen = procedure.quantile, procedure.rounds, model.encoding
    learner, how = program(weights, procedure.design, device, rng, *chosen)
    exact = float(np.mean(model.predict(rows) != labels))
    ends = [scale * device.reach for scale in how.scales]
    cut = [np.clip(w, -end, end) for w, end in zip(weights, ends, strict=True)]
    held = [layer.array.cells.seen.astype(float) * layer.scale.weight for layer in learner.chip]
    clipped, written = (in_numbers(one, model, rows, labels) for one in (cut, held))
    chip = error_rate(learner, rows, labels)
    use = cost_on(device, learner.ledger, len(labels))
    aged = None
    if procedure.memory and procedure.after is not None:
        age(learner.chip, procedure.memory, procedure.after, rng)
        aged = error_rate(learner, rows, labels)
    return Programmed(exact, clipped, written, chip, aged, how, use)


def in_numbers(
    weights: Sequence[NDArray], model: Supervised, rows: NDArray, labels: NDArray
) -> float:
    """Return the error of the model with other weights, in floating point."""
    layers = [Layer(Dense(values)) for values in weights]
    return float(np.mean(predict(layers, model.encoding, rows) != labels))


def losses(result: Programmed) -> dict[str, float]:
    """Return what each cause adds to the error, in their order, as fractions."""
    ladder = (result.model, result.clipped, result.written, result.chip)
    return dict(zip(CAUSES, (float(b - a) for a, b in pairwise(ladder)), strict=True))


def remedy(result: Programmed) -> str:
    """Return which cause loses most, and what there is to do about it."""
    lost = losses(result)
    worst = max(lost, key=lambda cause: lost[cause])
    return f"Most is lost to {worst}: {CAUSES[worst]}."


def report(result: Programmed, device: str, after: float | None) -> str:
    """Return errors and costs, for people: nominal [all constants low … all high]."""
    how, each = result.programming, result.programming.cost.joules
    whole = MICRO * each[1] * how.cost.of
    images = f"({result.inference.of} images)"
    lines = [
        f"error                   {percent(result.model)} in floating point, "
        f"{percent(result.chip)} on the chip {images}",
        *lost_lines(result),
        *([] if result.aged is None else [later_line(result.aged, after, images)]),
        f"outside the range       {shares(how.clipped)} of the weights, clipped, by layer",
        f"not reached             {shares(how.missed)} of the cells",
        f"programming             {span(each, NANO)} nJ a cell, {whole:.3g} µJ the chip, {device}",
        f"use                     {span(result.inference.joules, NANO)} nJ an image, "
        f"{span(result.inference.seconds, MICRO)} µs",
    ]
    return "\n".join(lines)


def lost_lines(result: Programmed) -> list[str]:
    """Return what is lost to which cause, if it is much."""
    if result.chip - result.model < LOSS:
        return []
    lost = losses(result).items()
    parts = [f"{100 * points:6.2f} points to {cause}" for cause, points in lost]
    heads = ["lost", *[""] * (len(parts) - 1)]
    return [f"{head:<22}{part}" for head, part in zip(heads, parts, strict=True)]


def later_line(aged: float, after: float | None, images: str) -> str:
    """Return the error of a chip that has drifted."""
    return f"error when drifted      {percent(aged)} on the chip {after:g} s later {images}"


def shares(parts: list[float]) -> str:
    """Return parts by layer as percentages."""
    return ", ".join(f"{100 * part:.2g} %" for part in parts)


def programmed_record(result: Programmed, procedure: Procedure) -> dict[str, Any]:
    """Return errors and costs for the record."""
    how = result.programming
    return {
        "quantile": procedure.quantile,
        "test_images": result.inference.of,
        "test_error_in_numbers": result.model,
        "test_error_clipped": result.clipped,
        "test_error_as_written": result.written,
        "test_error": result.chip,
        "after_seconds": procedure.after,
        "test_error_after": result.aged,
        "clipped": how.clipped,
        "missed": how.missed,
        "scales": how.scales,
        "programming": cost_record(how.cost),
        "inference": cost_record(result.inference),
    }
