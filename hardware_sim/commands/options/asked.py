"""The chip that the options of ``hardware-sim train`` ask for."""

from __future__ import annotations

import argparse
from dataclasses import replace

from ffnumpy.commands import UsageError
from hardware_sim.arrays.access import ACCESSES
from hardware_sim.chip.design import Design, Limits, Tolerances
from hardware_sim.commands.options.choices import scale_of
from hardware_sim.commands.options.devices import device_of
from hardware_sim.commands.options.train import AGGREGATED, MOVING, SEQUENTIAL
from hardware_sim.devices.device import Device
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import PRESETS
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.several import Several
from hardware_sim.learning.plan import Plan
from hardware_sim.studies.aggregation import aggregation_bias
from hardware_sim.studies.trials import Trial
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Engine

__all__ = ["bias", "design_of", "engine_of", "stored_in", "trial_of"]


def design_of(args: argparse.Namespace, inputs: int) -> Design:
    """Return the drawing of a chip for cases of so many inputs."""
    lines = (inputs, *args.hidden)
    off = Tolerances(noise=args.amplifier_noise, offset=args.offset)
    scale = replace(scale_of(args.weight), volt=args.volt)
    return Design(lines, scale, off, Limits(args.kelvin), access=ACCESSES[args.access])


def stored_in(args: argparse.Namespace) -> Device | Pair:
    """Return what stores a weight."""
    device = device_of(args)
    if args.reference == MOVING and not isinstance(device, Pair):
        device = PushPullPair(device)
    if args.cells > 1:
        device = Several.of(device, args.cells)
    if not args.fast:
        return device
    return FastSlow.of(device, PRESETS[args.fast].device.cell, chop=args.chop)


def bias(args: argparse.Namespace) -> float:
    """Return the bias of aggregated updates, 0 for sequential ones."""
    device = stored_in(args)
    if args.updates == SEQUENTIAL or device.cell.follows_charge:
        return 0.0
    return aggregation_bias(device, args.train_length)


def engine_of(args: argparse.Namespace, design: Design) -> Engine | None:
    """Return the engine that the options ask for; None means the device's usual one."""
    at_once = args.updates == AGGREGATED
    trains = Coincidence(design.scale, args.train_length, at_once)
    usual = args.bits and trains == Coincidence(design.scale)
    return None if usual or stored_in(args).cell.follows_charge else trains


def trial_of(args: argparse.Namespace, plan: Plan, inputs: int) -> Trial:
    """Return the chip that the options ask for, and how it is trained."""
    design = design_of(args, inputs)
    try:
        return Trial(plan, design, stored_in(args), engine_of(args, design), args.bits)
    except ValueError as error:
        raise UsageError(f"--bits: {error}") from None
