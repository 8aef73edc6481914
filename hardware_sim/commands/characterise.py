"""``hardware-sim characterise``: pulse response, single steps and read noise of a device."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import UsageError, check_apart, check_folder, check_target, seed
from ffnumpy.runs.files import write_json
from ffnumpy.runs.records import header
from hardware_sim.constants import BOLTZMANN, ROOM, Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.measured import MeasuredStep
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL, PRESETS
from hardware_sim.devices.variation import Spread

POINTS, CYCLES, LONGEST = 101, 40, 20_000
READ_VOLTAGE, READ_TIME = 0.2, 10e-9  # [V], [s]; of the thermal noise that is drawn beside


class Characteristics(NamedTuple):
    """What was found: conductances in siemens.

    Attributes
    ----------
    pulses : (k,) array
    up, down : (k, n) arrays
        Conductance of n devices after that many pulses; `down` is None for a one-sided device.
    steps : dict of (cycles, n) arrays
        Single steps from w = 0, by direction.
    conductance : (m,) array
    deviations : dict of (m,) arrays
        Standard deviation of a read at these conductances, by cause.
    """

    pulses: NDArray
    up: NDArray
    down: NDArray | None
    steps: dict[str, NDArray]
    conductance: NDArray
    deviations: dict[str, NDArray]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim characterise``."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--device", choices=(*PRESETS, "ideal"), help="a published device")
    which.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="a measured one: pulse,potentiation,depression with conductances in siemens",
    )
    parser.add_argument("--out-dir", type=Path, default=Path(), help="default: this folder")
    parser.add_argument("--devices", type=int, default=200, metavar="N", help="default: 200")
    parser.add_argument("--seed", type=seed, default=0, help="which individuals; default: 0")


def run(args: argparse.Namespace) -> int:
    """Write NAME.png and NAME.json."""
    name = args.device or args.csv.stem
    if args.devices < 2:
        raise UsageError(f"--devices: expected at least 2, got {args.devices}")
    check_folder("--out-dir", args.out_dir)
    targets = [args.out_dir / f"{name}.{kind}" for kind in ("png", "json")]
    for target in targets:
        if args.out_dir.is_dir():
            check_target("--out-dir", target)
        check_apart({"--csv": args.csv, "--out-dir": target})
    device = measured(args.csv) if args.csv else single(name)
    found = characterise(device, args.devices, np.random.default_rng(args.seed))
    args.out_dir.mkdir(parents=True, exist_ok=True)
    draw(targets[0], name, found)
    write_json(targets[1], record(args, name, device, found))
    print(f"{name}, {args.devices} devices: {targets[0]}, {targets[1]}")
    return 0


def single(name: str) -> Device:
    """Return the device of a preset: of a pair, one of the two."""
    device = IDEAL if name == "ideal" else PRESETS[name].device
    return device.cell if isinstance(device, Pair) else device


def measured(path: Path) -> Device:
    """Return the device that a file describes, all individuals alike."""
    try:
        rule = MeasuredStep.from_csv(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"--csv: {error}") from None
    ends = (
        Constant(f"{name} of {path.name}", g, g, g, "S", "measured")
        for name, g in (("G_min", rule.minimum), ("G_max", rule.maximum))
    )
    low, high = ends
    return Device(rule, Spread(), Noise(), ConductanceRange(low, high))


def characterise(device: Device, n: int, rng: np.random.Generator) -> Characteristics:
    """Pulse n devices up and down, take single steps, and read."""
    total = math.ceil(1.5 * (device.rule.high - device.rule.low) / device.rule.step)
    pulses = np.unique(np.linspace(0, min(total, LONGEST), POINTS).round().astype(int))
    cells = device.manufacture((1, n), rng)
    cells.set(np.maximum(cells.low, device.rule.low))
    one_sided = device.rule.low == 0
    up = _response(cells, pulses, True, rng)
    down = None if one_sided else _response(cells, pulses, False, rng)
    directions = {"up": True} if one_sided else {"up": True, "down": False}
    steps = {name: _steps(device, n, way, rng) for name, way in directions.items()}
    return Characteristics(pulses, up, down, steps, *_read_noise(device))


def _response(cells: Any, pulses: NDArray, up: bool, rng: np.random.Generator) -> NDArray:
    """Return the conductances seen after those numbers of pulses, (k, n) [S]."""
    seen = [cells.conductance()[0]]
    for more in np.diff(pulses):
        cells.pulses(np.array([0]), np.full(cells.shape, more), up, rng)
        seen.append(cells.conductance()[0])
    return np.array(seen)


def _steps(device: Device, n: int, up: bool, rng: np.random.Generator) -> NDArray:
    """Return single steps of n devices from w = 0, (cycles, n) [S]."""
    cells, found = device.manufacture((1, n), rng), []
    for _ in range(CYCLES):
        cells.set(np.zeros(cells.shape))
        before = cells.conductance()[0].copy()
        cells.pulses(np.array([0]), np.ones(cells.shape), up, rng)
        found.append(cells.conductance()[0] - before)
    return np.array(found)


def _read_noise(device: Device) -> tuple[NDArray, dict[str, NDArray]]:
    """Return conductances, and the standard deviations of a read there, by cause [S]."""
    ends = device.conductance.minimum.nominal, device.conductance.maximum.nominal
    G = np.linspace(*ends, 50)
    bandwidth = 1 / (2 * READ_TIME)
    return G, {
        "thermal": np.sqrt(4 * BOLTZMANN * ROOM * bandwidth * G) / READ_VOLTAGE,
        "write noise": np.full_like(G, device.noise.write * device.rule.step * device.unit),
        "white read noise": np.full_like(G, device.read_noise),
        "low-frequency noise": device.noise.low_frequency * G,
    }


def draw(path: Path, name: str, found: Characteristics) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.devices import device_sheet

    response = found.pulses, found.up, found.down
    noise = found.conductance, found.deviations
    figure = device_sheet(name, response, found.steps, noise)
    save(figure, path)


def record(
    args: argparse.Namespace, name: str, device: Device, found: Characteristics
) -> dict[str, Any]:
    """Return what was found, for machines, in siemens."""
    preset = PRESETS.get(name)
    return {
        **header(args.seed),
        "device": name,
        "definition": repr(device),
        "source": preset.source if preset else None,
        "not_modelled": preset.not_modelled if preset else None,
        "devices": args.devices,
        "unit": device.unit,
        "reference": device.reference,
        "pulses": found.pulses.tolist(),
        "up": _quantiles(found.up),
        "down": None if found.down is None else _quantiles(found.down),
        "steps": {way: _statistics(steps) for way, steps in found.steps.items()},
        "read_noise": {
            "conductance": found.conductance.tolist(),
            **{cause: values.tolist() for cause, values in found.deviations.items()},
        },
    }


def _quantiles(response: NDArray) -> dict[str, list[float]]:
    """Return the mean and quantiles over devices after each number of pulses."""
    low, middle, high = np.percentile(response, [5, 50, 95], axis=1)
    named = {"mean": response.mean(axis=1), "5 %": low, "50 %": middle, "95 %": high}
    return {name: values.tolist() for name, values in named.items()}


def _statistics(steps: NDArray) -> dict[str, float]:
    """Return the mean step, its variation between devices, and from cycle to cycle [S]."""
    return {
        "mean": float(steps.mean()),
        "between_devices": float(steps.mean(axis=0).std()),
        "cycle_to_cycle": float(np.sqrt(steps.var(axis=0).mean())),
    }
