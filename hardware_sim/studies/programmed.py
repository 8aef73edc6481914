"""A model trained in floating point, written into a chip: its errors there, and the cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import percent
from ffnumpy.supervised import Supervised
from hardware_sim.chip.design import Design
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.retention import PcmRetention
from hardware_sim.energy.costs import Cost
from hardware_sim.energy.report import MICRO, NANO, cost_record, span
from hardware_sim.learning.programming import Programming, age, program
from hardware_sim.learning.run import error_rate
from hardware_sim.studies.trials import cost_on

__all__ = ["Programmed", "Procedure", "programmed", "programmed_record", "report"]


@dataclass(frozen=True)
class Procedure:
    """How a chip is programmed, and when it is used.

    Attributes
    ----------
    design : Design
    device : Device or Pair
    quantile : float
        Of |w|, see `program`.
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
    aged : float or None
        On the chip when it has drifted.
    programming : Programming
    inference : Cost
        Of one image.
    """

    model: float
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
    chip = error_rate(learner, rows, labels)
    use = cost_on(device, learner.ledger, len(labels))
    aged = None
    if procedure.memory and procedure.after is not None:
        age(learner.chip, procedure.memory, procedure.after, rng)
        aged = error_rate(learner, rows, labels)
    return Programmed(exact, chip, aged, how, use)


def report(result: Programmed, device: str, after: float | None) -> str:
    """Return errors and costs, for people: nominal [all constants low … all high]."""
    how, each = result.programming, result.programming.cost.joules
    whole = MICRO * each[1] * how.cost.of
    images = f"({result.inference.of} images)"
    lines = [
        f"error                   {percent(result.model)} in floating point, "
        f"{percent(result.chip)} on the chip {images}",
        *([] if result.aged is None else [later_line(result.aged, after, images)]),
        f"outside the range       {shares(how.clipped)} of the weights, clipped, by layer",
        f"not reached             {shares(how.missed)} of the cells",
        f"programming             {span(each, NANO)} nJ a cell, {whole:.3g} µJ the chip, {device}",
        f"use                     {span(result.inference.joules, NANO)} nJ an image, "
        f"{span(result.inference.seconds, MICRO)} µs",
    ]
    return "\n".join(lines)


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
        "test_error": result.chip,
        "after_seconds": procedure.after,
        "test_error_after": result.aged,
        "clipped": how.clipped,
        "missed": how.missed,
        "scales": how.scales,
        "programming": cost_record(how.cost),
        "inference": cost_record(result.inference),
    }
