"""The demonstration for people, and for the record."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import Any

from ffnumpy.commands import percent
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.report import NANO, ledger_record
from hardware_sim.energy.report import bill as energy_bill
from hardware_sim.learning.learners import rms_before_rectifier
from hardware_sim.learning.run import Bench
from hardware_sim.studies import demonstration
from hardware_sim.studies.demonstration import OneStep, Training, blocks, cost_of
from hardware_sim.studies.trials import Trial
from hardware_sim.updates.coincidence import Coincidence

__all__ = ["bill", "demonstration_record", "headline", "part_line", "step_text"]


def headline(base: Trial, bench: Bench, data: str) -> str:
    """Return what the chip is, and what it learns."""
    images, lines = len(bench.rows), base.design.lines
    cells = sum((a + 1) * b for a, b in pairwise(lines))
    return (
        f"1  the network of `ffnumpy demo`, {'-'.join(map(str, lines))}, as a chip:\n"
        f"   {cells:,} cells of {demonstration.DEVICE}, every one an individual\n"
        f"2  its {len(lines) - 1} layers learn {data} from voltages, {images:,} images, each shown "
        f"once"
    )


def part_line(part: dict[str, Any], ledger: Ledger) -> str:
    """Return a part of the training as one line."""
    return (
        f"   {part['images']:6,} images   {part['seconds']:5.1f} s   error "
        f"{percent(part['error'])}   {ledger.count('adc')} A-to-D conversions"
    )


def bill(training: Training) -> str:
    """Return error, counts and energies."""
    n, spent = len(training.bench.rows), training.spent
    each = {kind: spent.count(kind) / n for kind in ("dac", "comparator", "pulse")}
    return "\n".join(
        [
            f"   error on {demonstration.TESTED:,} unseen images: {percent(training.error)}; "
            f"A-to-D conversions: {spent.count('adc')}",
            f"3  for an image: {each['dac']:,.0f} D-to-A conversions of pixels, "
            f"{each['comparator']:,.0f} one-bit comparisons, {each['pulse']:,.0f} pulses",
            *energy_bill(cost_of(training)),
        ]
    )


def step_text(step: OneStep) -> str:
    """Return what one step did."""
    before, after = (
        ", ".join(f"{s:.0f}" for s in reads.mean(axis=1)) for reads in (step.before, step.after)
    )
    return (
        f"4  one step for one image, by voltages and pulses: goodness {before} → {after},\n"
        f"   wanted {step.target:g} in every layer; cosine of the outputs before and after "
        f"{step.cosine:.4f};\n"
        f"   {step.spent.count('pulse'):,} pulses, {step.spent.joules() * NANO:.0f} nJ, "
        f"{step.spent.count('adc')} A-to-D conversions"
    )


def demonstration_record(training: Training, step: OneStep) -> dict[str, Any]:
    """Return the demonstration for the record."""
    return {
        **chip_record(training),
        **ledger_record(training.spent, cost_of(training).ledger),
        "test_error": training.error,
        "twin_test_error": None,
        "test_images": demonstration.TESTED,
        "seconds": training.parts[-1]["seconds"],
        "passes": training.parts,
        "joules_by_block_of_an_image": blocks(training),
        "one_step": step_record(step),
    }


def chip_record(training: Training) -> dict[str, Any]:
    """Return the chip, and how it was trained."""
    bench, chip = training.bench, training.learner.chip
    design = training.trial.design
    rows, labels = bench.rows[:1000], bench.labels[:1000]
    return {
        "train_images": len(bench.rows),
        "device": demonstration.DEVICE,
        "reference": "fixed",
        "plan": asdict(training.trial.plan),
        "weight": design.scale.weight,
        "updates": "sequential",
        "aggregation_bias": 0.0,
        "train_length": Coincidence.longest,
        "temperature": design.limits.temperature,
        "volt": design.scale.volt,
        "amplifier_noise": design.tolerances.noise,
        "offset": design.tolerances.offset,
        "scale": asdict(design.scale),
        "rms_before_rectifier": rms_before_rectifier(chip, rows, labels, bench.encoding),
        "cells_at_bounds": [layer.array.cells.at_bounds() for layer in chip],
    }


def step_record(step: OneStep) -> dict[str, Any]:
    """Return the one step."""
    return {
        "target": step.target,
        "before": step.before.mean(axis=1).tolist(),
        "after": step.after.mean(axis=1).tolist(),
        "scatter_of_a_reading": step.after.std(axis=1).tolist(),
        "cosine": step.cosine,
        "joules": step.spent.joules(),
        "pulses": step.spent.count("pulse"),
        "adc_conversions": step.spent.count("adc"),
    }
