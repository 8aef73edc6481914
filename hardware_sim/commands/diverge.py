"""``hardware-sim diverge``: how an ideal chip and its twin in float64 agree, and how they part."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import check_apart, check_figure, check_target, seed, whole_numbers
from ffnumpy.data import Dataset, load
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from hardware_sim.commands.options import (
    add_data,
    add_learning,
    check_counts,
    check_positive,
    plan,
    scale_of,
    shown_images,
)
from hardware_sim.commands.progress import watched
from hardware_sim.scale import Scale
from hardware_sim.studies.divergence import differences

RESTARTED, FREE = "same weights before every case", "each its own weights"
KEPT = 100  # cases of the record, evenly spaced on a logarithmic axis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim diverge``."""
    add_data(parser)
    parser.add_argument(
        "--hidden", type=whole_numbers, default=(64, 64), metavar="N,N,…", help="default: 64,64"
    )
    parser.add_argument(
        "--samples",
        type=int,
        default=2000,
        metavar="N",
        help="two cases each; default: 2000",
    )
    parser.add_argument("--seed", type=seed, default=0, help="default: 0")
    parser.add_argument("--out", type=Path, metavar="RUN.json", help="the record")
    parser.add_argument("--figure", type=Path, metavar="FILE.png")
    choices = parser.add_argument_group("choices")
    add_learning(choices, rate=0.01)
    choices.set_defaults(weight=Scale().weight)


def run(args: argparse.Namespace) -> int:
    """Train both twice, print how far apart they got, and write it."""
    check(args)
    found = measured(args, load(args.data, args.data_dir))
    for name, apart in found.items():
        print(
            f"{name}: over {len(apart)} cases weights differ by {apart.max():.2g} of the largest "
            f"weight at most"
        )
    if args.out:
        write_json(args.out, record(args, found))
    if args.figure:
        draw(args.figure, found)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any work."""
    check_target("--out", args.out)
    if args.figure:
        check_figure("--figure", args.figure)
    check_apart({"--out": args.out, "--figure": args.figure})
    check_counts(args, {"samples": 1})
    check_positive(args, ("rate", "weight"))


def measured(args: argparse.Namespace, data: Dataset) -> dict[str, NDArray]:
    """Return the differences of both ways, (cases, layers)."""
    rows, labels = shown_images(args, data)
    task, scale = plan(args, args.hidden, passes=1), scale_of(args)
    return {
        name: np.array(list(watched(differences(task, scale, rows, labels, restart))))
        for name, restart in {RESTARTED: True, FREE: False}.items()
    }


def record(args: argparse.Namespace, found: dict[str, NDArray]) -> dict[str, object]:
    """Return the record: the differences after some of the cases, for each layer."""
    cases = np.unique(np.geomspace(1, len(found[FREE]), KEPT).round().astype(int))
    return {
        **records.header(args.seed),
        "data": args.data,
        "plan": asdict(plan(args, args.hidden, passes=1)),
        "weight": args.weight,
        "cases": cases.tolist(),
        "differences": {name: apart[cases - 1].tolist() for name, apart in found.items()},
        "largest": {name: apart.max(axis=0).tolist() for name, apart in found.items()},
    }


def draw(path: Path, found: dict[str, NDArray]) -> None:
    """Write the figure."""
    from matplotlib.figure import Figure

    from ffnumpy.plotting import save
    from hardware_sim.plotting.learning import divergence

    figure = Figure(figsize=(8, 5), layout="constrained")
    divergence(figure.subplots(), found[RESTARTED], found[FREE])
    save(figure, path)
