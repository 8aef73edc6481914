"""What keeps a device from learning: its imperfections taken away one by one, and left alone.

Taking one away shows whether it is needed for the failure; leaving it alone with an otherwise
perfect device shows whether it is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from math import inf, sqrt

from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import CycleNoise
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.variation import Spread
from hardware_sim.studies.trials import Specimen, cell_of, with_cell
from hardware_sim.updates.coincidence import Coincidence

__all__ = ["FINER", "IMPERFECTIONS", "Imperfection", "imperfections", "variants"]

FINER = 10
LONGEST = 31 * FINER  # slots


@dataclass(frozen=True)
class Imperfection:
    """Something that a device can be freed of.

    Attributes
    ----------
    words : str
    remove : callable, Device -> Device
        Returns the device without it, everything else left as it is.
    """

    words: str
    remove: Callable[[Device], Device]


def _equal_steps(device: Device) -> Device:
    """Return it with steps that are everywhere the mean one, between the same bounds."""
    rule, typical = device.rule, replace(device, spread=Spread())
    return replace(device, rule=ConstantStep(rule.low, rule.high, typical.mean_step))


def _finer_steps(device: Device) -> Device:
    """Return it with finer steps, unless they are those of a table; the noise stays.

    A write leaves as much as before, and the noise of pulses is as large after the same way: FINER
    times as many pulses add up to it, so each has √FINER times its share.
    """
    rule, noise, cycle = device.rule, device.noise, device.noise.cycle
    if not isinstance(rule, ConstantStep):
        return device
    shared = CycleNoise(*(sqrt(FINER) * part for part in astuple(cycle)))
    louder = replace(noise, cycle=shared, write=noise.write * FINER)
    return replace(device, rule=replace(rule, step=rule.step / FINER), noise=louder)


def _alike(device: Device) -> Device:
    """Return it with all individuals alike, except for those that are stuck."""
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
    """Return those that a device has."""
    return [one for one in IMPERFECTIONS if one.remove(device) != device]


def _without(device: Device, unwanted: list[Imperfection]) -> Device:
    for one in unwanted:
        device = one.remove(device)
    return device


def variants(base: Specimen) -> dict[str, Specimen]:
    """Return the specimen as it is, without each imperfection, with each alone, and without any.

    Trains may be longer than usual, so that finer steps do not meet the limit of their length.
    """
    if not base.device.cell.follows_charge:
        base = replace(base, engine=Coincidence(base.design.scale, LONGEST))
    device = cell_of(base.device)
    own = imperfections(device)
    found = {"as published": device}
    found |= {f"without {one.words}": one.remove(device) for one in own}
    found |= {
        f"{one.words} alone": _without(device, [other for other in own if other is not one])
        for one in own
    }
    found["without any of them"] = _without(device, own)
    return {name: with_cell(base, cell) for name, cell in found.items()}
