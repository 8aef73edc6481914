"""What ``hardware-sim program`` refuses before any work."""

from __future__ import annotations

import argparse

import numpy as np

from ffnumpy.commands import UsageError, check_apart, check_target
from hardware_sim.commands.options.checks import check_counts
from hardware_sim.devices.presets import PRESETS

__all__ = ["FORGETFUL", "check"]

FORGETFUL = {name: preset.retention for name, preset in PRESETS.items() if preset.retention}


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done."""
    check_target("--out", args.out)
    check_apart({"the model": args.model, "--out": args.out})
    if not 0 < args.quantile <= 1:
        raise UsageError(f"--quantile: expected above 0, 1 at most; got {args.quantile}")
    check_counts(args, {"test_images": 1, "rounds": 1})
    if args.after is not None:
        check_after(args.device, args.after)


def check_after(device: str, seconds: float) -> None:
    """Refuse a device whose drift was not published, and a time before the first that was."""
    if device not in FORGETFUL:
        raise UsageError(
            f"--after: the drift of a device is known for {', '.join(FORGETFUL)} alone; got "
            f"--device {device}"
        )
    earliest = FORGETFUL[device].t_programmed
    if not earliest <= seconds < np.inf:
        raise UsageError(
            f"--after: expected {earliest:g} seconds or more, because drift was not measured "
            f"before; got {seconds:g}"
        )
