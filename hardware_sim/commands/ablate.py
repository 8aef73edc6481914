"""``hardware-sim ablate``: which of its imperfections keep a device from learning."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import Any

from ffnumpy.commands import UsageError, percent, seed, whole_numbers
from ffnumpy.data import load
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from hardware_sim.commands.continued import (
    add_record,
    check_record,
    continued,
    interrupted,
    unchangeable,
)
from hardware_sim.commands.options import (
    add_data,
    add_learning,
    bench_of,
    check_counts,
    check_positive,
    settle_weight,
    specimen_of,
)
from hardware_sim.commands.progress import watched
from hardware_sim.devices.presets import PRESETS
from hardware_sim.learning.run import Bench
from hardware_sim.studies.ablation import variants
from hardware_sim.studies.trials import Outcome, Specimen, outcome

OPTIONS = "device data hidden samples passes test_images seed rate candidates weight"


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
    add_record(parser, "variant")
    add_learning(parser.add_argument_group("choices"), rate=0.01)


def run(args: argparse.Namespace) -> int:
    """Train the variants that are left; return the exit status: 0, or 130 after Ctrl-C."""
    settle_weight(args)
    check(args)
    data = load(args.data, args.data_dir)
    base, bench = specimen_of(args, data), bench_of(args, data)
    record = continued(args, new_record(args, base, bench))
    specimens = variants(base)
    check_variants(args, record, specimens)
    print(describe(args, base, bench), flush=True)
    try:
        go_on(args, record, specimens, bench)
    except KeyboardInterrupt:
        return interrupted(args)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    check_counts(args, {"samples": 1, "test_images": 1, "passes": 1})
    check_positive(args, ("rate", "weight"))
    check_record(args)


def describe(args: argparse.Namespace, base: Specimen, bench: Bench) -> str:
    """Return one line that says what is done."""
    lines = "-".join(map(str, base.design.lines))
    return (
        f"{args.device}, {lines} on {args.data}, {len(bench.rows)} images x {args.passes}; errors "
        f"on {len(bench.truth)} others, one chip each, which differ by chance too"
    )


def new_record(args: argparse.Namespace, base: Specimen, bench: Bench) -> dict[str, Any]:
    """Return a record without a variant."""
    return {
        **records.header(args.seed),
        "options": unchangeable(args, OPTIONS.split()),
        "data": args.data,
        "train_images": len(bench.rows),
        "test_images": len(bench.truth),
        "device": args.device,
        "plan": asdict(base.plan),
        "scale": asdict(base.design.scale),
        "tolerances": asdict(base.design.tolerances),
        "weight": args.weight,
        "seconds": 0.0,
        "ablation": [],
    }


def check_variants(
    args: argparse.Namespace, record: dict[str, Any], specimens: dict[str, Specimen]
) -> None:
    """Refuse a record of variants that are others now."""
    for kept in record["ablation"]:
        specimen = specimens.get(kept["name"])
        if specimen is None or repr(specimen.device) != kept["definition"]:
            raise UsageError(
                f"{args.out}: its variant {kept['name']!r} is another device now. Begin another "
                f"record."
            )


def go_on(
    args: argparse.Namespace, record: dict[str, Any], specimens: dict[str, Specimen], bench: Bench
) -> None:
    """Train what the record lacks, and print a line for every variant."""
    begun = time.perf_counter() - record["seconds"]
    known = {kept["name"]: kept["error"] for kept in record["ablation"]}
    for name, specimen in specimens.items():
        if name not in known:
            found = outcome(specimen, bench, watched)
            known[name] = found.error
            record["ablation"].append(entry(name, specimen, found))
            record["seconds"] = round(time.perf_counter() - begun, 3)
            if args.out:
                write_json(args.out, record)
        print(f"{name:<40} {percent(known[name])}", flush=True)


def entry(name: str, specimen: Specimen, found: Outcome) -> dict[str, Any]:
    """Return a variant for the record."""
    return {"name": name, "definition": repr(specimen.device), **asdict(found)}
