"""What the common options choose: a device, a scale, a plan, and the trial that a study changes."""

from __future__ import annotations

import argparse

from ffnumpy.commands import UsageError
from ffnumpy.data import Dataset
from hardware_sim.arrays.access import ACCESSES
from hardware_sim.chip.design import Design
from hardware_sim.commands.options.arguments import CROSS_POINT
from hardware_sim.commands.options.checks import check_candidates
from hardware_sim.commands.options.devices import device_of, resolve_device
from hardware_sim.commands.options.images import lines_of
from hardware_sim.devices.presets import PRESETS
from hardware_sim.learning.plan import Plan
from hardware_sim.scale import Scale
from hardware_sim.studies.trials import Trial

__all__ = [
    "TEMPERATURE",
    "plan_of",
    "resolve_weight",
    "scale_of",
    "trial_of",
]

TEMPERATURE = 26.0  # T of the loss: a goodness of 1 is then a quarter of a millivolt


def resolve_weight(args: argparse.Namespace) -> None:
    """Put the device's name and its own weight where none was given."""
    resolve_device(args)
    if args.weight is None:
        known = PRESETS.get(args.device)
        args.weight = known.weight if known else Scale().weight


def scale_of(weight: float) -> Scale:
    """Return the scale of a chip whose cells weigh so much at w = 1."""
    return Scale(weight=weight).at(TEMPERATURE)


def plan_of(args: argparse.Namespace, data: Dataset, passes: int) -> Plan:
    """Return the plan of learning a data set."""
    check_candidates(args.candidates, data.classes)
    try:
        return Plan(args.hidden, args.rate, args.candidates, passes, args.seed)
    except ValueError as error:
        raise UsageError(f"--{error}") from None


def trial_of(args: argparse.Namespace, data: Dataset) -> Trial:
    """Return the trial of a chip as published, which a study changes."""
    plan = plan_of(args, data, args.epochs)
    lines, access = lines_of(data, args.hidden), ACCESSES[args.access or CROSS_POINT]
    design = Design(lines, scale_of(args.weight), access=access)
    return Trial(plan, design, device_of(args))
