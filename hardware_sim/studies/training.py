"""The training of one chip beside its floating-point twin, and the record of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.runs import records
from ffnumpy.runs.run import Run
from hardware_sim.chip.design import Design
from hardware_sim.devices.device import Device
from hardware_sim.devices.manufactured import Manufactured
from hardware_sim.devices.pairs import Pair
from hardware_sim.energy.costs import with_conductance
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import FIRST
from hardware_sim.learning.learners import ChipLearner, TwinLearner, rms_before_rectifier
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, Progress, error_rate
from hardware_sim.signals import readings
from hardware_sim.studies.trials import train_and_test

__all__ = ["Trained", "journal_notes", "passes_of", "record", "trained_chip", "twin_error"]

LOOKED_AT = 1000  # images of which the rms before the rectifiers is computed


@dataclass(frozen=True)
class Trained:
    """What came out of the training of a chip.

    Attributes
    ----------
    learner : ChipLearner
    spent : Ledger
        Of the training alone.
    error : float
        On the test images.
    twin : float or None
        That of the twin.
    truth : (n,) array of int
        Labels of the test images.
    """

    learner: ChipLearner
    spent: Ledger
    error: float
    twin: float | None
    truth: NDArray


def trained_chip(run: Run, bench: Bench, twin: float | None) -> Trained:
    """Test the chip of a finished run; what the test costs is not in the ledger of the training."""
    learner: ChipLearner = run.network
    spent = learner.ledger.copy()
    error = error_rate(learner, bench.unseen, bench.truth)
    return Trained(learner, spent, error, twin, bench.truth)


def twin_error(
    plan: Plan, design: Design, run: Run, bench: Bench, progress: Progress = iter
) -> float:
    """Train the twin on the same images in the same order; return its test error."""
    twin = TwinLearner(plan, design, len(bench.rows), run.network.encoding)
    return train_and_test(twin, plan, bench, progress)


def passes_of(epochs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a journal's epochs as passes, whose seconds are counted from the beginning."""
    seconds = accumulate(epoch["seconds"] for epoch in epochs)
    return [
        {"pass": epoch.pop("epoch"), **epoch, "seconds": round(total, 3)}
        for epoch, total in zip([dict(e) for e in epochs], seconds, strict=True)
    ]


def journal_notes(before: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what a journal needs of a saved chip's notes; older files kept passes."""
    if before is None:
        return None
    notes = before["journal"]
    if "passes" not in notes:
        return notes
    begun = [0.0, *(p["seconds"] for p in notes["passes"])]
    epochs = [
        {
            "epoch": p["pass"],
            **{k: v for k, v in p.items() if k != "pass"},
            "seconds": p["seconds"] - t,
        }
        for p, t in zip(notes["passes"], begun, strict=False)
    ]
    return {
        "epochs": epochs,
        "seconds": notes["seconds"],
        "open_epoch": notes["seconds"] - begun[-1],
    }


def record(
    trained: Trained, plan: Plan, device: Device | Pair, shown: tuple[NDArray, NDArray]
) -> dict[str, Any]:
    """Return what a record says of a trained chip; its ledger is that of the training alone.

    `shown` are the training images and their labels. The first weights, which are paid for once,
    are in its ledger and in none of the sums.
    """
    rows, labels = (part[:LOOKED_AT] for part in shown)
    spent, learner = trained.spent.without(FIRST), trained.learner
    priced = with_conductance(spent, device.cell.conductance)
    return {
        "train_images": len(shown[0]),
        "plan": asdict(plan),
        "test_error": trained.error,
        "twin_test_error": trained.twin,
        "adc_conversions": spent.count("adc"),
        "adc_conversions_of_process": readings("adc"),
        "dac_conversions": spent.count("dac"),
        "comparator_decisions": spent.count("comparator"),
        "peak_rss_bytes": records.peak_rss_bytes(),
        "joules": spent.joules(),
        "joules_of_first_weights": trained.spent.blocks().get(FIRST, 0.0),
        "joules_by_block": spent.blocks(),
        "joules_bounds": list(priced.bounds()),
        "chip_seconds": spent.seconds(),
        "rms_before_rectifier": rms_before_rectifier(learner.chip, rows, labels, learner.encoding),
        "pulses_over_net": [cancellation(layer.array.cells) for layer in learner.chip],
        "cells_at_bounds": [layer.array.cells.at_bounds() for layer in learner.chip],
        "ledger": trained.spent.lines(),
    }


def cancellation(cells: Manufactured) -> float:
    """Return Σ |pulses| / |Σ pulses|: how much of what updates gave a layer's weights cancelled.

    Forward-Forward writes its two phases apart, so what a weight learns is the difference of pulses
    up and down, while every pulse on an uneven cell pulls it towards where it is even. What
    refreshes and references took is not counted.
    """
    up, down = cells.learned
    net = float(np.abs(up - down).sum())
    return float(up.sum() + down.sum()) / net if net else np.inf
