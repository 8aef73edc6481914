"""``hardware-sim degrade``: how the error grows with one imperfection of the chip after another."""

from __future__ import annotations

import argparse
from textwrap import fill

from ffnumpy.commands import INTERRUPTED, UsageError, interrupt_line, one_of
from hardware_sim.commands import resuming
from hardware_sim.commands.degrade_points import check_values, draw, print_findings, run_points
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts, check_files, check_positive
from hardware_sim.commands.options.choices import resolve_weight, trial_of
from hardware_sim.commands.options.images import bench_of, loaded
from hardware_sim.devices.presets import PRESETS
from hardware_sim.studies.nonidealities import QUANTITIES, Quantity
from hardware_sim.studies.text.degradation import headline
from hardware_sim.studies.trials import Trial

EXAMPLE = "--quantity stuck --chips 3 --out curve.json --figure curve.png"
TOOK = "minutes; all quantities take about an hour"

KEPT = "quantity data hidden device samples passes test_images chips seed rate candidates weight"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim degrade``."""
    parser.add_argument(
        "--quantity",
        default="all",
        **one_of((*QUANTITIES, "all"), "default: all, one by one"),
    )
    options.add_data(parser)
    options.add_hidden(parser, (64, 64), "64,64")
    options.add_device(parser, PRESETS)
    options.add_images(parser, passes=2, tested=2000)
    parser.add_argument("--chips", type=int, default=3, help="at every value; default: 3")
    options.add_seed(parser, "of the first chip; ")
    resuming.add_record(parser, "point")
    options.add_figure(parser)
    options.add_learning(parser.add_argument_group("choices"), rate=0.01)


def run(args: argparse.Namespace) -> int:
    """Go through the points that are left; return the exit status: 0, or 130 after Ctrl-C."""
    resolve_weight(args)
    check_counts(args, {"samples": 1, "test_images": 1, "passes": 1, "chips": 2})
    check_positive(args, ("rate", "weight"))
    resuming.check_record(args)
    check_files(args, "out", "figure")
    data = loaded(args)
    base, bench = trial_of(args, data), bench_of(args, data)
    quantities = quantities_of(args.quantity, base)
    record = resuming.open_record(args, KEPT, base, bench, {"twins": [], "quantities": {}})
    check_values(args, record)
    print(headline((args.data, args.device), base, bench, args.chips), flush=True)
    try:
        run_points(args, quantities, base, bench, record)
    except KeyboardInterrupt:
        print(interrupt_line(args.out and "--resume"), flush=True)
        return INTERRUPTED
    print_findings(quantities, record)
    if args.figure:
        draw(args.figure, quantities, record)
    return 0


def quantities_of(name: str, base: Trial) -> list[Quantity]:
    """Return the quantities asked for; of all, those that the device has."""
    asked = list(QUANTITIES.values()) if name == "all" else [QUANTITIES[name]]
    refused = {quantity: why for quantity in asked if (why := quantity.refusal(base))}
    for why in refused.values():
        if name != "all":
            raise UsageError(f"--quantity {why}")
        print(fill(f"left out: {why}", 100))
    return [quantity for quantity in asked if quantity not in refused]
