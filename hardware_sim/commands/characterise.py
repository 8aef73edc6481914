"""``hardware-sim characterise``: pulse response, single steps and read noise of a device."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ffnumpy.commands import (
    UsageError,
    check_apart,
    check_folder,
    check_target,
    file_path,
    folder_path,
    one_of,
)
from ffnumpy.runs.files import write_json
from ffnumpy.runs.records import header
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.choices import device_of
from hardware_sim.constants import Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.measured import MeasuredStep
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.presets import PRESETS
from hardware_sim.devices.variation import Spread
from hardware_sim.studies.characterise import characterise, characteristics_record

EXAMPLE = "--device pcm --out-dir figures"
TOOK = "about a second"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim characterise``."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--device", **one_of((*PRESETS, "ideal"), "a published device"))
    which.add_argument(
        "--csv",
        type=file_path,
        metavar="FILE",
        help="a measured one: pulse,potentiation,depression with conductances in siemens, or in "
        "the unit in brackets behind each name, as in potentiation [µS]",
    )
    parser.add_argument(
        "--out-dir", type=folder_path, default=Path(), metavar="DIR", help="default: this folder"
    )
    parser.add_argument("--devices", type=int, default=200, metavar="N", help="default: 200")
    options.add_seed(parser, "which individuals; ")


def run(args: argparse.Namespace) -> int:
    """Write NAME.png and NAME.json."""
    name = args.device or args.csv.stem
    figure, record = (args.out_dir / f"{name}.{kind}" for kind in ("png", "json"))
    check(args, (figure, record))
    device = measured(args.csv) if args.csv else device_of(name).cell
    measurements = characterise(device, args.devices, np.random.default_rng(args.seed))
    args.out_dir.mkdir(parents=True, exist_ok=True)

    from ffnumpy.plotting import save
    from hardware_sim.plotting.devices import device_sheet

    save(device_sheet(name, measurements), figure)
    write_json(record, {**header(args.seed), **characteristics_record(name, device, measurements)})
    print(f"{name}, {args.devices} devices: {figure}, {record}")
    return 0


def check(args: argparse.Namespace, targets: tuple[Path, Path]) -> None:
    """Refuse what cannot be done, before any work."""
    if args.devices < 2:
        raise UsageError(f"--devices: expected at least 2, got {args.devices}")
    check_folder("--out-dir", args.out_dir)
    for target in targets:
        if args.out_dir.is_dir():
            check_target("--out-dir", target)
        check_apart({"--csv": args.csv, "--out-dir": target})


def measured(path: Path) -> Device:
    """Return the device that a file describes, all individuals alike."""
    try:
        rule = MeasuredStep.from_csv(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"--csv: {error}") from None
    low, high = (
        Constant(f"{name} of {path.name}", g, g, g, "S", "measured")
        for name, g in (("G_min", rule.minimum), ("G_max", rule.maximum))
    )
    return Device(rule, Spread(), Noise(), ConductanceRange(low, high))
