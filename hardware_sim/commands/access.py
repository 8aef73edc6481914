"""``hardware-sim access``: what a write costs by the way its cells are reached."""

from __future__ import annotations

import argparse
import time

from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts, check_files
from hardware_sim.commands.options.devices import add_device, device_of, resolve_device
from hardware_sim.commands.writing import write_record
from hardware_sim.devices.presets import PRESETS
from hardware_sim.studies.access import Write, access_record, writes
from hardware_sim.updates.coincidence import Coincidence

EXAMPLE = "--out access.json --figure access.png"
TOOK = "seconds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim access``."""
    add_device(parser, tuple(PRESETS))
    parser.add_argument(
        "--train-length",
        type=int,
        default=Coincidence.longest,
        metavar="N",
        help=f"slots of an update; default: {Coincidence.longest}",
    )
    options.add_out(parser)
    options.add_figure(parser)
    parser.set_defaults(seed=0, data=None)


def run(args: argparse.Namespace) -> int:
    """Price, print, and write the record and the figure."""
    resolve_device(args)
    check_files(args, "out", "figure")
    check_counts(args, {"train_length": 1})
    begun, found = time.perf_counter(), []
    print(f"{args.device}, {args.train_length} slots: energy of a pulse [pJ], low … high constants")
    for write in writes(device_of(args), args.train_length):
        print(line(write), flush=True)
        found.append(write)
    content = {"device": args.device, "slots": args.train_length, **access_record(found)}
    write_record(args, begun, content)
    if args.figure:
        from ffnumpy.plotting import save
        from hardware_sim.plotting.access import access_sheet

        save(access_sheet(found), args.figure)
    return 0


def line(write: Write) -> str:
    """Return a cost as a line."""
    low, nominal, high = (1e12 * joules for joules in write.each)
    where = f"{write.size} × {write.size}, firing {write.firing:g}"
    return f"{where:<26} {write.access:<18} {nominal:8.3g}  ({low:.3g} … {high:.3g})"
