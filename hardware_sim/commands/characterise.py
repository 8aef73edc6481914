"""``hardware-sim characterise``: pulse response, single steps and read noise of a device."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ffnumpy.commands import (
    UsageError,
    check_apart,
    check_folder,
    check_target,
    file_path,
    folder_path,
)
from ffnumpy.commands.renamed import add_old_name
from ffnumpy.runs.files import write_json
from ffnumpy.runs.records import header
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.devices import add_device, device_of, resolve_device
from hardware_sim.devices.presets import PRESETS
from hardware_sim.studies.characterise import characterise, characteristics_record

EXAMPLE = "--device pcm --plots figures"
TOOK = "about a second"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim characterise``."""
    which = add_device(parser, (*PRESETS, "ideal"), default=None, required=True)
    add_old_name(which, "--csv", "--device-csv", type=file_path)
    parser.add_argument(
        "--plots",
        type=folder_path,
        default=Path(),
        metavar="DIR",
        help="folder for the figure; default: this folder",
    )
    options.add_out(parser, "the record; default: beside the figure")
    add_old_name(parser, "--out-dir", "--plots", type=folder_path)
    parser.add_argument("--devices", type=int, default=200, metavar="N", help="default: 200")
    options.add_seed(parser, "which individuals; ")


def run(args: argparse.Namespace) -> int:
    """Write NAME.png and NAME.json."""
    resolve_device(args)
    name = Path(args.device).stem
    figure, record = args.plots / f"{name}.png", args.out or args.plots / f"{name}.json"
    check(args, (figure, record))
    device = device_of(args).cell
    measurements = characterise(device, args.devices, np.random.default_rng(args.seed))
    args.plots.mkdir(parents=True, exist_ok=True)

    from ffnumpy.plotting import save
    from hardware_sim.plotting.devices import device_sheet

    points = measured_points(device.rule) if args.device_csv else None
    save(device_sheet(name, measurements, points), figure)
    write_json(record, {**header(args.seed), **characteristics_record(name, device, measurements)})
    print(f"{name}, {args.devices} devices: {figure}, {record}")
    return 0


def measured_points(rule: Any) -> tuple[Sequence[float], Sequence[float]]:
    """Return what was measured: the table itself, unless it was fitted."""
    return rule.measured or (rule.potentiation, rule.depression)


def check(args: argparse.Namespace, targets: tuple[Path, Path]) -> None:
    """Refuse what cannot be done, before any work."""
    if args.devices < 2:
        raise UsageError(f"--devices: expected at least 2, got {args.devices}")
    check_folder("--plots", args.plots)
    check_target("--out", args.out)
    for target in targets:
        if target.parent.is_dir():
            check_target("--plots", target)
        check_apart({"--device-csv": args.device_csv, "--plots": target})
