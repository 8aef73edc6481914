"""``hardware-sim compare``: five ways to the same task, with what each of them costs."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ffnumpy.cases.encoding import Encoding
from ffnumpy.commands import (
    UsageError,
    check_apart,
    check_figure,
    check_target,
    percent,
    seed,
    whole_numbers,
)
from ffnumpy.data import Dataset, load
from ffnumpy.runs import records
from ffnumpy.runs.files import write_atomically, write_json
from hardware_sim.chip.design import Design
from hardware_sim.commands.options import (
    add_data,
    add_device,
    add_learning,
    bench_of,
    check_counts,
    check_positive,
    device_of,
    plan,
    scale_of,
    settle_weight,
)
from hardware_sim.commands.progress import watched
from hardware_sim.devices.presets import PRESETS
from hardware_sim.energy.report import cost_record
from hardware_sim.learning.converted import Setting
from hardware_sim.learning.run import Bench
from hardware_sim.studies.comparison import VARIANTS, Result, compare
from hardware_sim.studies.comparison_tables import tables

HIDDEN = {"strokes": (200, 100)}

NOT_PRICED = (
    "(a) is float64 on a computer and has no price. Its column is an estimate for 8-bit digital "
    "arithmetic with a memory access of one byte for every weight; that the rule learns in 8 bits "
    "was not tried.",
    "Between the labels of one image the Dac converts only the lines that change. The positive and "
    "the negative case of a training step are converted apart, also where they share the image.",
    "In (d) the softmax, masks and shared exponents take energy, but no time; every line has "
    "converters of its own, so all lines of an array convert at once.",
    "Programming (e) counts pulses and comparators, not the reads that they compare; its training "
    "is that of (a).",
    "The rates of (b) and (d) were chosen by looking at test errors on strokes; other rates, "
    "devices and noise change who errs less.",
    "Nothing on the chip holds an activity until its length is known; every circuit pays for the "
    "time in which it settles, none for that in which it waits for those behind it. If array, "
    "amplifiers and squarers had to stay on, using (b), (c) and (e) would cost several times as "
    "much.",
    "The first weights of (b), (c) and (d) are written for nothing; what writing a cell takes "
    "stands under programming, (e).",
    "No variant pays for the memory that holds the images, for clocks, control, bias generators, "
    "wires or leakage.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim compare``."""
    add_data(parser)
    parser.add_argument(
        "--hidden", type=whole_numbers, metavar="N,N,…", help="default: 256,256; strokes 200,100"
    )
    add_device(parser, (*PRESETS, "ideal"))
    parser.add_argument("--samples", type=int, metavar="N", help="images in a pass; default: all")
    parser.add_argument("--passes", type=int, default=1, help="default: 1")
    parser.add_argument("--test-images", type=int, metavar="N", help="default: all")
    parser.add_argument("--bits", type=int, default=8, help="of the converters; default: 8")
    parser.add_argument("--seed", type=seed, default=0, help="which chip, which cases; default: 0")
    parser.add_argument("--out", type=Path, metavar="RUN.json", help="the record")
    parser.add_argument("--markdown", type=Path, metavar="FILE.md", help="the tables")
    parser.add_argument("--figure", type=Path, metavar="FILE.png")
    choices = parser.add_argument_group("choices")
    add_learning(choices, rate=0.01)
    choices.add_argument(
        "--backprop-rate", type=float, default=0.003, help="that of (d); default: 0.003"
    )


def run(args: argparse.Namespace) -> int:
    """Compare, print, and write down what came out."""
    settle_weight(args)
    check(args)
    data = load(args.data, args.data_dir)
    setting, bench = setting_of(args, data), bench_of(args, data)
    print(f"{describe(args, setting, bench)}", flush=True)
    begun = time.perf_counter()
    results = list(reported(compare(setting, bench, watched)))
    text = markdown(args, setting, bench, results)
    print("\n" + text, end="")
    if args.out:
        seconds = round(time.perf_counter() - begun, 3)
        write_json(args.out, {**record(args, setting, bench, results), "seconds": seconds})
    if args.markdown:
        write_atomically(args.markdown, lambda file: file.write(text.encode()))
    if args.figure:
        draw(args.figure, results)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    check_target("--out", args.out)
    check_target("--markdown", args.markdown)
    if args.figure:
        check_figure("--figure", args.figure)
    check_apart({"--out": args.out, "--markdown": args.markdown, "--figure": args.figure})
    check_counts(args, {"samples": 1, "test_images": 1, "passes": 1})
    check_positive(args, ("rate", "backprop_rate", "weight"))
    if not 2 <= args.bits <= 16:
        raise UsageError(f"--bits: expected 2 … 16, got {args.bits}")


def setting_of(args: argparse.Namespace, data: Dataset) -> Setting:
    """Return what all ways have in common."""
    hidden = args.hidden or HIDDEN.get(data.name, (256, 256))
    task = plan(args, hidden, args.passes)
    design = Design((Encoding().inputs(data.train_images.shape[1]), *hidden), scale_of(args))
    return Setting(task, design, device_of(args.device), args.backprop_rate, args.bits)


def describe(args: argparse.Namespace, setting: Setting, bench: Bench) -> str:
    """Return one line that says what is compared."""
    lines = "-".join(map(str, setting.design.lines))
    passes = "once" if args.passes == 1 else f"{args.passes} times"
    return (
        f"{lines} on {args.data}, {len(bench.rows)} images shown {passes}, one at a time; errors "
        f"on {len(bench.truth)} others; {args.device}, {args.bits} bits, seed {args.seed}"
    )


def reported(results: Iterable[Result]) -> Iterable[Result]:
    """Pass results on, with a line on the terminal for each."""
    begun = time.perf_counter()
    for result in results:
        seconds, begun = time.perf_counter() - begun, time.perf_counter()
        print(
            f"{result.letter}  {result.name:<38} {percent(result.error):>8}   ({seconds:.0f} s)",
            flush=True,
        )
        yield result


def markdown(
    args: argparse.Namespace, setting: Setting, bench: Bench, results: list[Result]
) -> str:
    """Return all tables: nominal values, and what all constants at their low and high ends give."""
    parts = [
        f"{describe(args, setting, bench)}.\nEnergies and times: nominal [all uncertain constants "
        f"low … all high]; the record has every constant alone.\n",
        *tables(results),
        "What these numbers leave out:\n\n" + "".join(f"- {line}\n" for line in NOT_PRICED),
    ]
    return "\n".join(parts)


def record(
    args: argparse.Namespace, setting: Setting, bench: Bench, results: list[Result]
) -> dict[str, Any]:
    """Return the record of a comparison."""
    return {
        **records.header(args.seed),
        "data": args.data,
        "train_images": len(bench.rows),
        "test_images": len(bench.truth),
        "device": args.device,
        "plan": asdict(setting.plan),
        "scale": asdict(setting.design.scale),
        "tolerances": asdict(setting.design.tolerances),
        "backprop_rate": setting.backprop_rate,
        "bits": setting.bits,
        "quantile": setting.quantile,
        "not_priced": list(NOT_PRICED),
        "variants": {r.letter: variant(r) for r in results},
        "peak_rss_bytes": records.peak_rss_bytes(),
    }


def variant(result: Result) -> dict[str, Any]:
    """Return one of the ways for the record."""
    costs = ("training", "inference", "programming")
    return {
        "name": VARIANTS[result.letter],
        "test_error": result.error,
        "estimate": result.letter == "a",
        **{name: cost_record(getattr(result, name)) for name in costs},
        **result.notes,
    }


def draw(path: Path, results: list[Result]) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.energy import comparison_sheet

    priced = [r for r in results if r.letter != "a"]
    parts = {
        what: {f"{r.letter}  {r.name}": cost.blocks() for r in priced if (cost := getattr(r, what))}
        for what in ("training", "inference")
    }
    errors = {r.letter: r.error for r in results}
    save(comparison_sheet(parts["training"], parts["inference"], errors), path)
