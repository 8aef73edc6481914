"""``hardware-sim program``: a floating-point model, written into a chip and used there."""

from __future__ import annotations

import argparse
import time

from numpy.typing import NDArray

from ffnumpy.commands import file_path, guessing
from ffnumpy.commands.datasets import add_data, check_room
from ffnumpy.commands.terminal import wrapped
from hardware_sim.chip.design import Design
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.choices import scale_of
from hardware_sim.commands.options.devices import add_device, device_of, resolve_device
from hardware_sim.commands.options.images import unseen_images
from hardware_sim.commands.options.program import FORGETFUL, check
from hardware_sim.commands.options.saved_model import data_of, load_fitting
from hardware_sim.commands.writing import write_record
from hardware_sim.devices.presets import PRESETS
from hardware_sim.scale import Scale
from hardware_sim.studies.programmed import (
    LOSS,
    Procedure,
    Programmed,
    programmed,
    programmed_record,
    remedy,
    report,
)

EXAMPLE = "m.npz --device pcm --after 86400"
TOOK = "a few seconds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim program``."""
    parser.add_argument(
        "model", type=file_path, metavar="MODEL.npz", help="saved by `ffnumpy train --save`"
    )
    add_data(parser, None, "those that the model was trained on")
    add_device(parser, (*PRESETS, "ideal"))
    options.add_seed(parser, "which chip; ")
    options.add_count(parser, "--test-images", 1000, metavar="N")
    parser.add_argument(
        "--quantile",
        type=float,
        default=0.999,
        help="of each layer's |weights|, which becomes the end of the device's range; larger "
        "weights are clipped. 1 clips none, but makes every pulse a coarser step; default: 0.999",
    )
    parser.add_argument("--rounds", type=int, help="of pulses and comparisons, at most")
    parser.add_argument(
        "--after",
        type=float,
        metavar="SECONDS",
        help="use it again so long after the programming, when its conductances have drifted "
        f"({', '.join(FORGETFUL)})",
    )
    options.add_out(parser)


def run(args: argparse.Namespace) -> int:
    """Program the chip, test it, and write the record."""
    resolve_device(args)
    check(args)
    model, about = load_fitting(args.model)
    data = data_of(args, about)
    check_room(args.model, model.encoding, data)
    begun = time.perf_counter()
    cells = sum(layer.arrays()["values"].size for layer in model.layers)
    print(f"{args.model}: {cells} weights are written into a chip, pulse by pulse", flush=True)
    procedure = procedure_of(args)
    images = unseen_images(args, data)
    result = programmed(model, procedure, *images, args.seed)
    write_record(args, begun, {"device": args.device, **programmed_record(result, procedure)})
    print(report(result, args.device, args.after), flush=True)
    print(guessing.verdict(result.chip, images[1], told(result, images[1])), flush=True)
    learned = not guessing.is_no_better(result.chip, images[1])
    if learned and result.chip - result.model >= LOSS:
        print(wrapped(remedy(result)), flush=True)
    return 0


def told(result: Programmed, labels: NDArray) -> str:
    """Return what to do about a chip that is no better than guessing."""
    if guessing.is_no_better(result.model, labels):
        return "The model itself is no better: train it first."
    return remedy(result)


def procedure_of(args: argparse.Namespace) -> Procedure:
    """Return how the chip is programmed and used."""
    design, memory = Design(scale=scale_of(Scale().weight)), FORGETFUL.get(args.device)
    chosen = args.quantile, args.rounds
    return Procedure(design, device_of(args), *chosen, memory, args.after)
