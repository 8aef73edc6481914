"""What each tool for poor devices is worth, to Forward-Forward and to backpropagation.

A poor device moves in large, noisy or uneven steps. Each tool changes what makes up a weight or how
it is pulsed, and none needs a converter. Backpropagation learns on the same arrays with the same
tools; only single pulses are Forward-Forward's own, because gates decide them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ffnumpy.commands import percent
from ffnumpy.runs.sweep import sweep
from ffnumpy.runs.workers import Engine
from hardware_sim.devices.device import Device
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.manufactured import Manufactured
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import preset
from hardware_sim.devices.referred import Referred
from hardware_sim.devices.several import Several
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import FIRST
from hardware_sim.learning.backprop import backprop_error, backprop_run
from hardware_sim.learning.run import Bench, Progress, error_rate, single_run, train_all_passes
from hardware_sim.studies.training import cancellation
from hardware_sim.studies.trials import Trial
from hardware_sim.updates.single_pulse import SinglePulse

__all__ = ["RULES", "TOOLS", "Rates", "line", "points", "run_points", "tools_of"]

RULES = "forward-forward", "backpropagation"
CELLS, CHOP = 8, 2

Entry = dict[str, Any]
Stored = Device | Pair


@dataclass(frozen=True)
class Rates:
    """ε of both rules, without a fast cell and with one, which moves in finer steps.

    They were not tuned for each tool: those without a fast cell are the usual ones of
    `hardware-sim train` and `compare`, the others were tried on Forward-Forward and MNIST.
    """

    forward: float = 0.008
    backprop: float = 0.003
    fast_forward: float = 0.012
    fast_backprop: float = 0.006

    def of(self, rule: str, stored: Stored) -> float:
        """Return ε of a rule for what stores a weight."""
        fast = isinstance(stored, FastSlow)
        if rule == RULES[0]:
            return self.fast_forward if fast else self.forward
        return self.fast_backprop if fast else self.backprop


def _with_fast(slow: Stored, chop: int = 0) -> Stored:
    return FastSlow.of(slow, preset("capacitor").device.cell, chop=chop)


def _same(stored: Stored) -> Stored:
    return stored


TOOLS: Mapping[str, Callable[[Any], Stored]] = {
    "one cell": _same,
    "single pulses": _same,
    "a reference at its symmetry point": Referred,
    f"{CELLS} cells": lambda one: Several.of(one, CELLS),
    "a fast cell": _with_fast,
    "a fast cell that changes sides": partial(_with_fast, chop=CHOP),
    f"{CELLS} cells, a fast cell": lambda one: _with_fast(Several.of(one, CELLS)),
    f"{CELLS} cells, a fast cell that changes sides": lambda one: _with_fast(
        Several.of(one, CELLS), CHOP
    ),
}
"""From the name of each tool to what makes a device a better one."""


def tools_of(device: Stored) -> list[str]:
    """Return the tools that a device can have: a pair that is reset has no symmetry point."""
    return [name for name, tool in TOOLS.items() if tool is not Referred or device.cell is device]


def points(base: Trial, chips: int) -> dict[str, tuple[str, Trial]]:
    """Return the trials of every tool: so many chips, which differ in their seed, of each."""
    return {
        f"{tool}, chip {n}": (tool, replace(base.seeded(n), device=TOOLS[tool](base.device)))
        for tool in tools_of(base.device)
        for n in range(chips)
    }


def run_points(
    base: Trial,
    bench: Bench,
    chips: int,
    rates: Rates,
    record: list[Entry],
    progress: Progress = iter,
    engine: Engine | None = None,
) -> Iterator[Entry]:
    """Train the chips that a record lacks; yield the entry of each when the record has it."""
    evaluate = partial(_evaluate, bench, rates, progress)
    return sweep(points(base, chips), evaluate, record, engine=engine)


def _evaluate(bench: Bench, rates: Rates, progress: Progress, point: tuple[str, Trial]) -> Entry:
    """Return what both rules reach on chips of one seed."""
    tool, trial = point
    entry: Entry = {"tool": tool, "seed": trial.plan.seed}
    for rule, measure in zip(RULES, (_forward_forward, _backpropagation), strict=True):
        if rule == RULES[0] or tool != "single pulses":
            plan = replace(trial.plan, rate=rates.of(rule, trial.device))
            entry[rule] = measure(replace(trial, plan=plan), tool, bench, progress)
    return entry


def _forward_forward(trial: Trial, tool: str, bench: Bench, progress: Progress) -> Entry:
    if tool == "single pulses":
        trial = replace(trial, engine=SinglePulse(trial.design.scale))
    learner = trial.learner(len(bench.rows), bench.encoding)
    train_all_passes(single_run(learner, bench.rows, bench.labels, trial.plan), progress)
    ledger, arrays = learner.ledger.copy(), [layer.array.cells for layer in learner.chip]
    error = error_rate(learner, bench.unseen, bench.truth)
    return _result(float(error), ledger, arrays, trial, bench)


def _backpropagation(trial: Trial, tool: str, bench: Bench, progress: Progress) -> Entry:
    images = bench.rows, bench.labels
    run = backprop_run(trial.plan, trial.design, trial.device, images, encoding=bench.encoding)
    train_all_passes(run, progress)
    network = run.network
    ledger, arrays = network.ledger.copy(), [layer.array.cells for layer in network.layers]
    error = backprop_error(network, bench.unseen, bench.truth, bench.encoding)
    return _result(float(error), ledger, arrays, trial, bench)


def _result(
    error: float, ledger: Ledger, arrays: list[Manufactured], trial: Trial, bench: Bench
) -> Entry:
    """Return an error, the joules of an image, what was counted, and how much cancelled."""
    shown = len(bench.rows) * trial.plan.passes
    return {
        "error": error,
        "joules": ledger.without(FIRST).joules() / shown,
        "conversions": ledger.count("adc") / shown,
        "decisions": ledger.count("comparator") / shown,
        "pulses": ledger.count("pulse") / shown,
        "pulses_over_net": [float(cancellation(cells)) for cells in arrays],
    }


def line(tool: str, entries: list[Entry]) -> str:
    """Return the errors of a tool's chips by both rules, as a line."""
    parts = []
    for rule in RULES:
        errors = [entry[rule]["error"] for entry in entries if rule in entry]
        spread = f" ± {percent(float(np.std(errors, ddof=1)))}" if len(errors) > 1 else ""
        parts.append(f"{percent(float(np.mean(errors)))}{spread}" if errors else "–")
    return f"{tool:<42} {parts[0]:<20} {parts[1]:<20}"
