"""``hardware-sim devices``: the published devices, as a table."""

from __future__ import annotations

import argparse
import json
from typing import Any

from hardware_sim.constants import Constant
from hardware_sim.devices.one_sided import OneSidedPair
from hardware_sim.devices.presets import IDEAL, PRESETS, Preset

EXAMPLE = "--json"
TOOK = "about a second"

COLUMNS = (
    f"{'name':<18} {'rule':<20} {'step':>9} {'range of w':>15} {'G_min … G_max':>16}  source",
    "conductances, assumed for all: nominal; --json has the low and the high value",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim devices``."""
    parser.add_argument("--json", action="store_true", help="print everything, as JSON")


def line(preset: Preset) -> str:
    """Return one line of the table."""
    cell = preset.device.cell
    rule, conductance = cell.rule, cell.conductance
    bounds = f"{rule.low:.4g} … {rule.high:.4g}"
    ends = (1e6 * end.nominal for end in (conductance.minimum, conductance.maximum))
    siemens = " … ".join(f"{end:g}" for end in ends) + " µS"
    kind = type(rule).__name__ + (" pair" if isinstance(preset.device, OneSidedPair) else "")
    return f"{preset.name:<18} {kind:<20} {rule.step:>9.3g} {bounds:>15} {siemens:>16}  " + (
        f"[{preset.source}]"
    )


def ends(constant: Constant) -> dict[str, Any]:
    """Return a conductance with its range and its source."""
    return {
        "nominal": constant.nominal,
        "low": constant.low,
        "high": constant.high,
        "unit": constant.unit,
        "source": constant.source,
    }


def entry(preset: Preset) -> dict[str, Any]:
    """Return everything about a preset, for --json."""
    device, cell = preset.device, preset.device.cell
    return {
        "rule": type(cell.rule).__name__,
        "one_sided_pair": isinstance(device, OneSidedPair),
        "step": cell.rule.step,
        "low": cell.rule.low,
        "high": cell.rule.high,
        "minimum": ends(cell.conductance.minimum),
        "maximum": ends(cell.conductance.maximum),
        "follows_charge": cell.follows_charge,
        "weight": preset.weight,
        "device": repr(device),
        "source": preset.source,
        "fit": preset.fit,
        "valid": preset.valid,
        "not_modelled": preset.not_modelled,
    }


def run(args: argparse.Namespace) -> int:
    """Print the presets."""
    if args.json:
        print(json.dumps({name: entry(p) for name, p in PRESETS.items()}, indent=1))
        return 0
    print(COLUMNS[0])
    print("\n".join(map(line, PRESETS.values())))
    print(
        f"{COLUMNS[1]}\napart from these: ideal, {IDEAL.rule.step:g} a pulse, no bounds, no noise"
    )
    return 0
