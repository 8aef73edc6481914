"""Ablation: which imperfections keep a device from learning.

Removing one imperfection shows whether the failure needs it. Leaving that one alone on an
otherwise perfect device shows whether it is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from functools import partial
from math import inf, sqrt
from typing import Any

from ffnumpy.commands import percent
from ffnumpy.runs.sweep import sweep
from ffnumpy.runs.workers import Engine
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import CycleNoise
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.variation import Spread
from hardware_sim.learning.run import Bench, Progress
from hardware_sim.studies.trials import Trial, run_trial, task_line, with_cell
from hardware_sim.updates.coincidence import Coincidence

__all__ = [
    "FINER",
    "IMPERFECTIONS",
    "Imperfection",
    "changed_point",
    "headline",
    "imperfections",
    "line",
    "points",
    "run_points",
]

Entry = dict[str, Any]

FINER = 10
LONGEST = Coincidence.longest * FINER  # slots


@dataclass(frozen=True)
class Imperfection:
    """An imperfection that can be removed from a device.

    Attributes
    ----------
    words : str
    remove : callable, Device -> Device
        Returns the device without it, and nothing else changed.
    """

    words: str
    remove: Callable[[Device], Device]


def _equal_steps(device: Device) -> Device:
    """Return it with the mean step in every state, between the same bounds."""
    rule, typical = device.rule, replace(device, spread=Spread())
    return replace(device, rule=ConstantStep(rule.low, rule.high, typical.mean_step))


def _finer_steps(device: Device) -> Device:
    """Return it with finer steps, unless they are those of a table; the noise stays.

    The noise of a write is as large as before. So is the noise that pulses add up to over the same
    change of state: there are FINER times as many of them, each with √FINER times its share.
    """
    rule, noise, cycle = device.rule, device.noise, device.noise.cycle
    if not isinstance(rule, ConstantStep):
        return device
    shared = CycleNoise(*(sqrt(FINER) * part for part in astuple(cycle)))
    louder = replace(noise, cycle=shared, write=noise.write * FINER)
    return replace(device, rule=replace(rule, step=rule.step / FINER), noise=louder)


def _alike(device: Device) -> Device:
    """Return it without variation between devices, except that some are stuck."""
    kept = {name: getattr(device.spread, name) for name in ("stuck", "stuck_within", "bias")}
    return replace(device, spread=Spread(**kept))


IMPERFECTIONS = (
    Imperfection(
        "noise of a pulse", lambda d: replace(d, noise=replace(d.noise, cycle=CycleNoise()))
    ),
    Imperfection("noise of a write", lambda d: replace(d, noise=replace(d.noise, write=0.0))),
    Imperfection("steps that depend on the state", _equal_steps),
    Imperfection(
        "steps larger in one direction",
        lambda d: replace(d, spread=replace(d.spread, bias=0.0)),
    ),
    Imperfection("unlike devices", _alike),
    Imperfection(
        "stuck devices", lambda d: replace(d, spread=replace(d.spread, stuck=0.0, stuck_within=inf))
    ),
    Imperfection("coarse steps", _finer_steps),
)


def imperfections(device: Device) -> list[Imperfection]:
    """Return the imperfections that a device has."""
    return [one for one in IMPERFECTIONS if one.remove(device) != device]


def _without(device: Device, unwanted: list[Imperfection]) -> Device:
    for one in unwanted:
        device = one.remove(device)
    return device


def points(base: Trial) -> dict[str, Trial]:
    """Return the trial as it is, without each imperfection, with each alone, and without any.

    Trains may be longer than usual, so that their length does not limit finer steps.
    """
    device = base.device.cell
    if not device.follows_charge:
        base = replace(base, engine=Coincidence(base.design.scale, LONGEST))
    own = imperfections(device)
    cells = {"as published": device}
    cells |= {f"without {one.words}": one.remove(device) for one in own}
    cells |= {
        f"{one.words} alone": _without(device, [other for other in own if other is not one])
        for one in own
    }
    cells["without any of them"] = _without(device, own)
    return {name: with_cell(base, cell) for name, cell in cells.items()}


def run_points(
    trials: Mapping[str, Trial],
    bench: Bench,
    record: list[Entry],
    progress: Progress = iter,
    engine: Engine | None = None,
) -> Iterator[Entry]:
    """Train the chips that a record lacks; yield the entry of each when the record has it."""
    return sweep(trials, partial(_evaluate, bench, progress), record, engine=engine)


def _evaluate(bench: Bench, progress: Progress, trial: Trial) -> Entry:
    """Return the definition and the result of one chip."""
    return {"definition": repr(trial.device), **asdict(run_trial(trial, bench, progress))}


def headline(device: str, data: str, base: Trial, bench: Bench) -> str:
    """Return what is trained, as text."""
    each = "each variant is one chip, so the errors differ by chance too"
    return f"{task_line(base, bench, data)}\n{device}; {each}"


def line(entry: Entry) -> str:
    """Return a variant and its error as a line."""
    return f"{entry['name']:<40} {percent(entry['error'])}"


def changed_point(trials: Mapping[str, Trial], record: Sequence[Entry]) -> str | None:
    """Return the first name in a record whose trial has another device now, or is gone."""
    for entry in record:
        trial = trials.get(entry["name"])
        if trial is None or repr(trial.device) != entry["definition"]:
            return str(entry["name"])
    return None
