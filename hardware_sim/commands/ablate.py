"""``hardware-sim ablate``: which of its imperfections keep a device from learning."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ffnumpy import records
from ffnumpy.checkpoint import write_json
from ffnumpy.commands import check_target, percent, seed, whole_numbers
from ffnumpy.data import load
from hardware_sim.ablation import variants
from hardware_sim.commands.degrade import base_of
from hardware_sim.commands.options import (
    add_data,
    add_learning,
    bench_of,
    check_counts,
    check_positive,
    settle_weight,
)
from hardware_sim.commands.progress import watched
from hardware_sim.comparisons import Bench
from hardware_sim.presets import PRESETS
from hardware_sim.specimens import Outcome, Specimen, outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim ablate``."""
    parser.add_argument("--device", choices=tuple(PRESETS), required=True)
    add_data(parser)
    parser.add_argument(
        "--hidden", type=whole_numbers, default=(64, 64), metavar="N,N,…", help="default: 64,64"
    )
    parser.add_argument("--samples", type=int, metavar="N", help="images in a pass; default: all")
    parser.add_argument("--passes", type=int, default=2, help="default: 2")
    parser.add_argument("--test-images", type=int, default=2000, metavar="N", help="default: 2000")
    parser.add_argument("--seed", type=seed, default=0, help="default: 0")
    parser.add_argument("--out", type=Path, metavar="RUN.json", help="written after every variant")
    add_learning(parser.add_argument_group("choices"), rate=0.01)


def run(args: argparse.Namespace) -> int:
    """Train one chip of every variant; print a line for each."""
    settle_weight(args)
    check(args)
    data = load(args.data, args.data_dir)
    base, bench = base_of(args, data), bench_of(args, data)
    record = new_record(args, base, bench)
    print(describe(args, base, bench), flush=True)
    begun = time.perf_counter()
    for name, specimen in variants(base).items():
        found = outcome(specimen, bench, watched)
        print(f"{name:<40} {percent(found.error)}", flush=True)
        record["ablation"].append(entry(name, specimen, found))
        record["seconds"] = round(time.perf_counter() - begun, 3)
        if args.out:
            write_json(args.out, record)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    check_target("--out", args.out)
    check_counts(args, {"samples": 1, "test_images": 1, "passes": 1})
    check_positive(args, ("rate", "weight"))


def describe(args: argparse.Namespace, base: Specimen, bench: Bench) -> str:
    """Return one line that says what is done."""
    lines = "-".join(map(str, base.layout.lines))
    return (
        f"{args.device}, {lines} on {args.data}, {len(bench.rows)} images x {args.passes}; errors "
        f"on {len(bench.truth)} others, one chip each, which differ by chance too"
    )


def new_record(args: argparse.Namespace, base: Specimen, bench: Bench) -> dict[str, Any]:
    """Return a record without a variant."""
    return {
        **records.header(args.seed),
        "data": args.data,
        "train_images": len(bench.rows),
        "test_images": len(bench.truth),
        "device": args.device,
        "plan": asdict(base.plan),
        "weight": args.weight,
        "seconds": 0.0,
        "ablation": [],
    }


def entry(name: str, specimen: Specimen, found: Outcome) -> dict[str, Any]:
    """Return a variant for the record."""
    return {"name": name, "definition": repr(specimen.device), **asdict(found)}
