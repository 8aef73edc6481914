"""``hardware-sim degrade``: how the error grows with one imperfection of the chip after another."""

from __future__ import annotations

import argparse
from dataclasses import replace
from textwrap import fill

from ffnumpy.commands import INTERRUPTED, UsageError, guessing, one_of
from ffnumpy.commands.workers import engine_of
from hardware_sim.commands import resuming
from hardware_sim.commands.degrade_points import check_values, draw, print_findings, run_points
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts, check_files, check_positive
from hardware_sim.commands.options.choices import resolve_weight, trial_of
from hardware_sim.commands.options.devices import add_device
from hardware_sim.commands.options.images import bench_of, loaded
from hardware_sim.devices.presets import PRESETS
from hardware_sim.studies.nonidealities import QUANTITIES, Quantity
from hardware_sim.studies.text.degradation import headline
from hardware_sim.studies.trials import Trial

EXAMPLE = "--quantity stuck --chips 3 --out curve.json --figure curve.png"
TOOK = "an hour, of which a line after each point says what is left; with --quick minutes"

KEPT = (
    "quantity values data hidden device spread cycle stuck train_images epochs test_images chips "
    "seed rate candidates weight access"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim degrade``."""
    parser.add_argument(
        "--quantity",
        default="all",
        **one_of((*QUANTITIES, "all"), "default: all, one by one"),
    )
    parser.add_argument(
        "--values",
        type=parts,
        metavar="V,V,…",
        help="of one quantity, from ideal to bad, instead of its own, as 0.05 or 5%%",
    )
    options.add_data(parser)
    add_device(parser, PRESETS)
    options.add_regime(parser)
    parser.add_argument("--chips", type=int, default=3, help="at every value; default: 3")
    options.add_seed(parser, "of the first chip; ")
    resuming.add_record(parser, "point")
    options.add_figure(parser)
    choices = parser.add_argument_group("choices")
    options.add_learning(choices, rate=0.01)
    options.add_access(choices)


def run(args: argparse.Namespace) -> int:
    """Go through the points that are left; return the exit status: 0, or 130 after Ctrl-C."""
    resolve_weight(args)
    options.resolve_regime(args)
    check_counts(args, {"train_images": 1, "test_images": 1, "epochs": 1, "chips": 2})
    check_positive(args, ("rate", "weight"))
    resuming.check_record(args)
    engine = engine_of(args)
    check_files(args, "out", "figure")
    data = loaded(args)
    base, bench = trial_of(args, data), bench_of(args, data)
    quantities = quantities_of(args, base)
    record = resuming.open_record(args, KEPT, base, bench, {"twins": [], "quantities": {}})
    check_values(args, record, quantities)
    print(headline((args.data, args.device), base, bench, args.chips), flush=True)
    print(guessing.header(bench.truth), flush=True)
    if not resuming.ended(args, lambda: run_points(args, quantities, base, bench, record, engine)):
        return INTERRUPTED
    print_findings(quantities, record)
    if args.figure:
        draw(args.figure, quantities, record)
    return 0


def with_values(name: str, values: tuple[float, ...], base: Trial) -> Quantity:
    """Return a quantity with values of the user's.

    Raises
    ------
    UsageError
        If all quantities are asked for, a value comes twice, or makes no sense.
    """
    if name == "all":
        raise UsageError("--values: are those of one quantity; name it by --quantity")
    if len(set(values)) < len(values):
        raise UsageError(f"--values: expected each value once; got {shown(values)}")
    quantity = replace(QUANTITIES[name], values=values)
    try:
        quantity.points(base)
    except ValueError as error:
        raise UsageError(f"--quantity {name} --values {shown(values)}: {error}") from None
    return quantity


def shown(values: tuple[float, ...]) -> str:
    """Return values as one types them."""
    return ",".join(f"{value:g}" for value in values)


def part(text: str) -> float:
    """Read ``0.05`` or ``5%`` as a part."""
    number = text.strip()
    return float(number[:-1]) / 100 if number.endswith("%") else float(number)


def parts(text: str) -> tuple[float, ...]:
    """Read ``0,0.05`` or ``0,5%`` as a tuple of parts."""
    try:
        return tuple(map(part, text.split(",")))
    except ValueError:
        message = f"expected numbers with commas between, as 0,0.05 or 0,5%; got {text}"
        raise argparse.ArgumentTypeError(message) from None


def quantities_of(args: argparse.Namespace, base: Trial) -> list[Quantity]:
    """Return the quantities asked for; of all, those that the device has."""
    name = args.quantity
    if args.values:
        return [with_values(name, args.values, base)]
    asked = list(QUANTITIES.values()) if name == "all" else [QUANTITIES[name]]
    refused = {quantity: why for quantity in asked if (why := quantity.refusal(base))}
    for why in refused.values():
        if name != "all":
            raise UsageError(f"--quantity {why}")
        print(fill(f"left out: {why}", 100))
    return [quantity for quantity in asked if quantity not in refused]
