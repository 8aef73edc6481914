"""The device of a command: a published one, or a table that the user measured, varied at will."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from ffnumpy.commands import UsageError, file_path, one_of
from ffnumpy.commands.terminal import wrapped
from hardware_sim.constants import Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.measured import MeasuredStep
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL, PRESETS
from hardware_sim.devices.variation import Spread

__all__ = [
    "DEVICE",
    "VARIATIONS",
    "add_device",
    "device_named",
    "device_of",
    "loaded_table",
    "resolve_device",
    "saved_table",
    "table",
]

DEVICE = "gokmen-vlasov"
VARIATIONS = {
    "spread": "of step and bounds between devices, relative to them",
    "cycle": "noise of a pulse, relative to its step, in place of all noise of pulses",
    "stuck": "part of the cells that never move",
}
FAR = 0.05  # of the range: a gap or a misfit that is told


def add_device(
    parser: Any, names: Iterable[str], default: str | None = DEVICE, required: bool = False
) -> Any:
    """Add --device, --device-csv, and what varies either; return the group of the first two."""
    which = parser.add_mutually_exclusive_group(required=required)
    usual = f"; default: {default}" if default else ""
    text = f"of all arrays, see `hardware-sim devices`{usual}"
    which.add_argument("--device", **one_of(names, text))
    which.add_argument(
        "--device-csv",
        type=file_path,
        metavar="FILE",
        help="a measured one: pulse,potentiation,depression with conductances in siemens, or in "
        "the unit in brackets behind each name, as in potentiation [µS]",
    )
    for name, help_ in VARIATIONS.items():
        text = f"{help_}; default: the device's own"
        parser.add_argument(f"--{name}", type=float, metavar="PART", help=text)
    return which


def resolve_device(args: argparse.Namespace) -> None:
    """Put the device's name where none was given: the usual one, or the file's."""
    if args.device_csv:
        args.device = args.device_csv.name
    elif args.device is None:
        args.device = DEVICE


def device_of(args: argparse.Namespace) -> Device | Pair:
    """Return the device that a command line names, varied as it says.

    Raises
    ------
    UsageError
        If the file holds no device, or a variation makes no sense.
    """
    device = measured(args) if args.device_csv else device_named(args.device)
    try:
        cell = varied(device.cell, **{name: getattr(args, name) for name in VARIATIONS})
    except ValueError as error:
        raise UsageError(f"--{error}") from None
    return replace(device, cell=cell) if isinstance(device, Pair) else cell


def device_named(name: str) -> Device | Pair:
    """Return a device by its name on the command line."""
    return IDEAL if name == "ideal" else PRESETS[name].device


def varied(cell: Device, spread: float | None, cycle: float | None, stuck: float | None) -> Device:
    """Return a device with other variation where it is given."""
    between: dict[str, Any] = {}
    if spread is not None:
        between |= dict.fromkeys(("step", "low", "high"), spread)
    if stuck is not None:
        between["stuck"] = stuck
    noise = cell.noise if cycle is None else replace(cell.noise, cycle=CycleNoise(relative=cycle))
    return replace(cell, spread=replace(cell.spread, **between), noise=noise)


def measured(args: argparse.Namespace) -> Device:
    """Return the device of a table, all individuals alike; say how well it is one."""
    rule = args.device_table if getattr(args, "device_table", None) else table(args)
    low, high = (
        Constant(f"{name} of {args.device_csv.name}", g, g, g, "S", "measured")
        for name, g in (("G_min", rule.minimum), ("G_max", rule.maximum))
    )
    return Device(rule, Spread(), Noise(), ConductanceRange(low, high))


def saved_table(rule: MeasuredStep | None) -> dict[str, Any] | None:
    """Return a table as a file keeps it, so that whoever loads it needs no table."""
    return None if rule is None else asdict(rule)


def loaded_table(kept: dict[str, Any] | None) -> MeasuredStep | None:
    """Return the table that `saved_table` made a note of."""
    if kept is None:
        return None
    both = kept["measured"]
    points = None if both is None else (tuple(both[0]), tuple(both[1]))
    return MeasuredStep(tuple(kept["potentiation"]), tuple(kept["depression"]), points)


def table(args: argparse.Namespace) -> MeasuredStep:
    """Read the table of a command line, and say how well it is a device."""
    try:
        rule = MeasuredStep.from_csv(args.device_csv)
    except (OSError, ValueError) as error:
        raise UsageError(f"--device-csv: {error}") from None
    for remark in remarks(rule):
        print(wrapped(f"device: {remark}"), flush=True)
    args.device_table = rule
    return rule


def remarks(rule: MeasuredStep) -> list[str]:
    """Return what a user should know of a measured table."""
    found = []
    if rule.measured is not None:
        found.append(
            f"the table turns back, and was fitted by one that never does; the points lie "
            f"{100 * rule.misfit:.2g} % of the range from it (rms), "
            f"{2 * rule.misfit / rule.step:.2g} steps. What of that is noise of pulses, say by "
            f"--cycle, in steps"
        )
    if rule.gap > FAR:
        found.append(
            f"potentiation and depression do not meet: their ends are up to "
            f"{100 * rule.gap:.0f} % of the range apart, where cells move one way only, by the "
            f"nearest step"
        )
    return found
