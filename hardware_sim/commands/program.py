"""``hardware-sim program``: a model trained in numbers, written into a chip and used there."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import UsageError, check_apart, check_target, percent, seed
from ffnumpy.data import NAMES, Dataset, load
from ffnumpy.runs import checkpoint, records
from ffnumpy.runs.files import write_json
from ffnumpy.supervised import ForwardForwardModel
from hardware_sim.chip.design import Design
from hardware_sim.commands.options import TEMPERATURE, add_device, device_of, unseen_images
from hardware_sim.constants import thermal_voltage
from hardware_sim.devices.presets import PRESETS
from hardware_sim.energy.costs import Cost, with_conductance
from hardware_sim.energy.report import MICRO, NANO, cost_record, span
from hardware_sim.learning.programming import Programming, age, program
from hardware_sim.learning.run import error_rate
from hardware_sim.scale import Scale

FITTING = {  # what a chip computes
    "rule": "forward-forward",
    "activation": "relu",
    "goodness": "sum-of-squares",
    "length": "mean-square-1",
    "pixels": "bytes",
}
FORGETFUL = {name: preset.retention for name, preset in PRESETS.items() if preset.retention}


class Outcome(NamedTuple):
    """Errors on the same images, and what the chip took.

    Attributes
    ----------
    numbers, chip : float
    aged : float or None
        Of the chip, the time of --after later.
    programming : Programming
    inference : Cost
        Of an image.
    """

    numbers: float
    chip: float
    aged: float | None
    programming: Programming
    inference: Cost


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim program``."""
    parser.add_argument("model", metavar="MODEL.npz", help="saved by `ffnumpy train --save`")
    parser.add_argument(
        "--data", choices=NAMES, help="default: those that the model was trained on"
    )
    parser.add_argument("--data-dir", type=Path, help="folder with the files")
    add_device(parser, (*PRESETS, "ideal"))
    parser.add_argument("--seed", type=seed, default=0, help="which chip; default: 0")
    parser.add_argument("--test-images", type=int, default=1000, metavar="N", help="default: 1000")
    parser.add_argument(
        "--quantile",
        type=float,
        default=0.999,
        help="of each layer's |weights|, which becomes the end of the device's range, what is "
        "larger being clipped; 1 clips none, but every pulse is a coarser step; default: 0.999",
    )
    parser.add_argument("--rounds", type=int, help="of pulses and comparisons, at most")
    parser.add_argument(
        "--after",
        type=float,
        metavar="SECONDS",
        help="use it again so long after the programming, when its conductances have drifted "
        f"({', '.join(FORGETFUL)})",
    )
    parser.add_argument("--out", type=Path, metavar="RUN.json", help="the record")


def run(args: argparse.Namespace) -> int:
    """Program the chip, test it, and write down what came out."""
    check(args)
    model, place = checkpoint.load(args.model)
    network = fitting(args.model, model, place["recipe"])
    data = images(args, place)
    begun = time.perf_counter()
    cells = sum(layer.arrays()["values"].size for layer in network.layers)
    print(f"{args.model}: {cells} weights are written into a chip, pulse by pulse", flush=True)
    found = outcome(args, network, data)
    if args.out:
        seconds = time.perf_counter() - begun
        write_json(args.out, record(args, data, found, seconds))
    print(report(args, found), flush=True)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any work."""
    check_target("--out", args.out)
    check_apart({"the model": args.model, "--out": args.out})
    if not 0 < args.quantile <= 1:
        raise UsageError(f"--quantile: expected above 0, 1 at most; got {args.quantile}")
    for option in ("test_images", "rounds"):
        given = getattr(args, option)
        if given is not None and given < 1:
            raise UsageError(f"--{option.replace('_', '-')}: expected 1 or more, got {given}")
    if args.after is not None:
        check_after(args.device, args.after)


def check_after(device: str, seconds: float) -> None:
    """Refuse a device whose drift was not published, and a time before the first that was."""
    if device not in FORGETFUL:
        raise UsageError(
            f"--after: how a device forgets is known of {', '.join(FORGETFUL)} alone; got --device "
            f"{device}"
        )
    if not FORGETFUL[device].t_programmed <= seconds < np.inf:
        raise UsageError(
            f"--after: expected {FORGETFUL[device].t_programmed:g} seconds or more, before which "
            f"drift was not measured; got {seconds:g}"
        )


def fitting(path: str, model: Any, recipe: dict[str, Any]) -> ForwardForwardModel:
    """Return the model, if a chip computes what it computes.

    Raises
    ------
    UsageError
        If it was made otherwise; the message says how.
    """
    for choice, wanted in FITTING.items():
        if recipe[choice] != wanted:
            raise UsageError(
                f"{path}: a chip computes {choice} {wanted}; this model was trained with "
                f"{recipe[choice]}. Train one with --{choice} {wanted}."
            )
    assert isinstance(model, ForwardForwardModel)
    return model


def images(args: argparse.Namespace, place: dict[str, Any]) -> Dataset:
    """Return the data set that the model is for."""
    name = args.data or place["notes"].get("data")
    if name is None:
        raise UsageError(f"{args.model}: does not say what it was trained on; give --data")
    data = load(name, args.data_dir)
    if data.test_images.shape[1] != place["columns"]:
        raise UsageError(
            f"{args.model} reads rows of {place['columns']} pixels; {data.name} has "
            f"{data.test_images.shape[1]}. Give the --data that it was trained on."
        )
    return data


def outcome(args: argparse.Namespace, model: ForwardForwardModel, data: Dataset) -> Outcome:
    """Answer in numbers, program a chip, and let it answer too."""
    weights: list[NDArray] = [layer.arrays()["values"].astype(np.float64) for layer in model.layers]
    device, rng = device_of(args.device), np.random.default_rng(args.seed)
    design = Design(scale=Scale(goodness=thermal_voltage() / TEMPERATURE))
    learner, how = program(weights, design, device, rng, args.quantile, args.rounds)
    rows, labels = unseen_images(args, data)
    numbers = float(np.mean(model.predict(rows) != labels))
    chip = error_rate(learner, rows, labels, model.encoding)
    use = Cost(with_conductance(learner.ledger, device.cell.conductance), len(labels))
    aged = None
    if args.after is not None:
        age(learner.chip, FORGETFUL[args.device], args.after, rng)
        aged = error_rate(learner, rows, labels, model.encoding)
    return Outcome(numbers, chip, aged, how, use)


def shares(parts: list[float]) -> str:
    """Return parts by layer as percentages."""
    return ", ".join(f"{100 * part:.2g} %" for part in parts)


def report(args: argparse.Namespace, found: Outcome) -> str:
    """Return what came out, for people: nominal [all constants low … all high]."""
    how, each = found.programming, found.programming.cost.joules
    whole = MICRO * each[1] * how.cost.of
    later = "" if found.aged is None else f", {percent(found.aged)} {args.after:g} s later"
    lines = [
        f"error                   {percent(found.numbers)} in numbers, {percent(found.chip)} on "
        f"the chip{later} ({found.inference.of} images)",
        f"outside the range       {shares(how.clipped)} of the weights, clipped, by layer",
        f"not reached             {shares(how.missed)} of the cells",
        f"programming             {span(each, NANO)} nJ a cell, {whole:.3g} µJ the chip, "
        f"{args.device}",
        f"use                     {span(found.inference.joules, NANO)} nJ an image, "
        f"{span(found.inference.seconds, MICRO)} µs",
    ]
    return "\n".join(lines)


def record(
    args: argparse.Namespace, data: Dataset, found: Outcome, seconds: float
) -> dict[str, Any]:
    """Return the record."""
    how = found.programming
    return {
        **records.header(args.seed),
        "data": data.name,
        "device": args.device,
        "quantile": args.quantile,
        "test_images": found.inference.of,
        "test_error_in_numbers": found.numbers,
        "test_error": found.chip,
        "after_seconds": args.after,
        "test_error_after": found.aged,
        "clipped": how.clipped,
        "missed": how.missed,
        "scales": how.scales,
        "programming": cost_record(how.cost),
        "inference": cost_record(found.inference),
        "seconds": round(seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
    }
