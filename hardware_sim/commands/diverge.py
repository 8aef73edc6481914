"""``hardware-sim diverge``: how far apart an ideal chip and its floating-point twin get."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from ffnumpy.commands.renamed import add_old_name
from ffnumpy.data import Dataset
from ffnumpy.runs.progress import watched
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts, check_files, check_positive
from hardware_sim.commands.options.choices import plan_of, scale_of
from hardware_sim.commands.options.images import encoding_of, loaded, shown_images
from hardware_sim.commands.writing import write_record
from hardware_sim.scale import Scale
from hardware_sim.studies.divergence import (
    FREE,
    RESTARTED,
    Divergence,
    differences,
    divergence_record,
    lines,
)

EXAMPLE = "--out divergence.json --figure divergence.png"
TOOK = "about a minute"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim diverge``."""
    options.add_data(parser)
    options.add_hidden(parser, (150, 150), "150,150")
    options.add_count(parser, "--train-images", 5000, "two cases each", metavar="N")
    add_old_name(parser, "--samples", "--train-images", type=int)
    options.add_seed(parser, "")
    options.add_out(parser)
    options.add_figure(parser)
    choices = parser.add_argument_group("choices")
    options.add_learning(choices, rate=0.01)
    choices.set_defaults(weight=Scale().weight)


def run(args: argparse.Namespace) -> int:
    """Train both twice, print how far apart they got, and write it."""
    check_files(args, "out", "figure")
    check_counts(args, {"train_images": 1})
    check_positive(args, ("rate", "weight"))
    begun, data = time.perf_counter(), loaded(args)
    measured = both_ways(args, data)
    print(lines(measured))
    write_record(args, begun, divergence_record(plan_of(args, data, 1), args.weight, measured))
    if args.figure:
        draw(args.figure, measured)
    return 0


def both_ways(args: argparse.Namespace, data: Dataset) -> Divergence:
    """Return the differences with and without restarts, (cases, layers)."""
    plan, scale, images = plan_of(args, data, 1), scale_of(args.weight), shown_images(args, data)
    return {
        name: np.array(list(watched(differences(plan, scale, *images, restart, encoding_of(data)))))
        for name, restart in {RESTARTED: True, FREE: False}.items()
    }


def draw(path: Path, measured: Divergence) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.learning import divergence_sheet

    save(divergence_sheet(measured[RESTARTED], measured[FREE]), path)
