"""``hardware-sim compare``: five ways to the same task, with what each of them costs."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ffnumpy import records
from ffnumpy.checkpoint import write_atomically, write_json
from ffnumpy.commands import (
    UsageError,
    check_figure,
    check_target,
    percent,
    seed,
    whole_numbers,
)
from ffnumpy.data import Dataset, load
from ffnumpy.inputs import Encoding
from hardware_sim.commands.options import (
    add_data,
    add_learning,
    check_counts,
    check_positive,
    device_of,
    plan,
    scale_of,
    settle_weight,
    shown_images,
)
from hardware_sim.comparisons import VARIANTS, Bench, Result, Setting, compare
from hardware_sim.constants import Constant
from hardware_sim.costs import Cost
from hardware_sim.layout import Layout
from hardware_sim.ledger import Kind, nominal
from hardware_sim.presets import PRESETS

HIDDEN = {"strokes": (200, 100)}
NANO, MICRO = 1e9, 1e6
Triple = tuple[float, float, float]

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
    "No variant pays for the memory that holds the images, for clocks, control, bias generators, "
    "wires, leakage, or a circuit that waits.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim compare``."""
    add_data(parser)
    parser.add_argument(
        "--hidden", type=whole_numbers, metavar="N,N,…", help="default: 256,256; strokes 200,100"
    )
    parser.add_argument(
        "--device", choices=(*PRESETS, "ideal"), default="gokmen-vlasov", help="of all arrays"
    )
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
    check_counts(args, {"samples": 1, "test_images": 1, "passes": 1})
    check_positive(args, ("rate", "backprop_rate", "weight"))
    if not 2 <= args.bits <= 16:
        raise UsageError(f"--bits: expected 2 … 16, got {args.bits}")


def setting_of(args: argparse.Namespace, data: Dataset) -> Setting:
    """Return what all ways have in common."""
    hidden = args.hidden or HIDDEN.get(data.name, (256, 256))
    task = plan(args, hidden, args.passes)
    layout = Layout((Encoding().inputs(data.train_images.shape[1]), *hidden), scale_of(args))
    return Setting(task, layout, device_of(args.device), args.backprop_rate, args.bits)


def bench_of(args: argparse.Namespace, data: Dataset) -> Bench:
    """Return the images that are used."""
    asked = slice(args.test_images)
    return Bench(*shown_images(args, data), data.test_images[asked], data.test_labels[asked])


def describe(args: argparse.Namespace, setting: Setting, bench: Bench) -> str:
    """Return one line that says what is compared."""
    lines = "-".join(map(str, setting.layout.lines))
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


def watched(steps: Iterator[Any]) -> Iterable[Any]:
    """Return the steps of a pass, behind a counter if someone is watching."""
    if not sys.stderr.isatty():
        return steps
    from tqdm import tqdm

    return tqdm(steps, leave=False, unit="image")


def span(values: Triple, unit: float = 1.0) -> str:
    """Return ``nominal [low … high]``."""
    low, middle, high = (f"{unit * value:.3g}" for value in values)
    return f"{middle} [{low} … {high}]"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table, its first column to the left, the others to the right."""
    names = list(head)
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def cost_cells(result: Result, cost: Cost | None) -> list[str]:
    """Return conversions, decisions, energy, latency, and what 8-bit arithmetic would take."""
    if cost is None:
        return ["–"] * 6
    if result.letter == "a":
        return [*["–"] * 5, span(cost.joules, NANO)]
    counts = [f"{cost.ledger.count(kind) / cost.of:.0f}" for kind in COUNTED]
    return [*counts, span(cost.joules, NANO), span(cost.seconds, MICRO), "–"]


COUNTED: tuple[Kind, ...] = ("adc", "dac", "comparator")
COLUMNS = ("ADC", "DAC", "comparators", "energy [nJ]", "latency [µs]", "if digital [nJ]")


def main_table(results: list[Result]) -> str:
    """Return errors and the costs of the training."""
    return table(
        ("training, one image", "test error", *COLUMNS),
        ([f"{r.letter} {r.name}", percent(r.error), *cost_cells(r, r.training)] for r in results),
    )


def use_table(results: list[Result]) -> str:
    """Return the costs of an answer."""
    return table(
        ("use, one image", *COLUMNS),
        ([f"{r.letter} {r.name}", *cost_cells(r, r.inference)] for r in results),
    )


def block_table(what: str, results: list[Result], cost: Callable[[Result], Cost | None]) -> str:
    """Return the energy by block."""
    blocks = {r.letter: found.blocks() for r in results if (found := cost(r)) and r.letter != "a"}
    names = dict.fromkeys(name for found in blocks.values() for name in found)
    rows = (
        [name, *(span(of[name], NANO) if name in of else "–" for of in blocks.values())]
        for name in names
    )
    return table((f"{what}, by block [nJ]", *blocks), rows)


def sensitive_table(results: list[Result], most: int = 4) -> str:
    """Return the constants that move the energy of a training step most, one at a time."""
    rows = []
    for r in results:
        if r.training and r.letter != "a":
            ranked = sorted(r.training.ledger.sensitivity(), key=lambda line: line[1] - line[2])
            for constant, low, high in ranked[:most]:
                ends = low / r.training.of, r.training.joules[1], high / r.training.of
                limits = f"{constant.low:.3g} … {constant.high:.3g} {constant.unit}".rstrip()
                rows.append([r.letter, constant.name, limits, span(ends, NANO)])
    return table(("", "constant alone", "between", "training, one image [nJ]"), rows)


def at_end(name: str, end: str) -> Callable[[Constant], float]:
    """Return a choice of values: one constant at its low or its high end, the others nominal."""
    return lambda c: getattr(c, end if c.name == name else "nominal")


def turning_points(one: Cost, other: Cost) -> list[str]:
    """Return the constants that, alone at an end, turn which of two needs less energy."""

    def first_needs_less(at: Callable[[Constant], float] = nominal) -> bool:
        return one.ledger.joules(at) / one.of < other.ledger.joules(at) / other.of

    names = dict.fromkeys(c.name for cost in (one, other) for c in cost.ledger.constants())
    return [
        f"{name} {end}"
        for name in names
        for end in ("low", "high")
        if first_needs_less(at_end(name, end)) != first_needs_less()
    ]


def rivalry_line(what: str, results: list[Result], cost: Callable[[Result], Cost | None]) -> str:
    """Return how the chip without converters stands against backpropagation, and how surely."""
    one, other = (cost(r) for letter in "bd" for r in results if r.letter == letter)
    assert one is not None
    assert other is not None
    ratio, turns = one.joules[1] / other.joules[1], turning_points(one, other)
    than = f"{ratio:.2g} times" if ratio > 1 else f"1/{1 / ratio:.2g} of"
    certain = "turned by " + ", ".join(turns) if turns else "no constant alone turns that"
    return f"{what}: (b) needs {than} the energy of (d); {certain}.\n"


def programming_line(results: list[Result]) -> str:
    """Return what the programming of (e) took."""
    e = next(r for r in results if r.programming)
    assert e.programming is not None
    clipped, missed = (
        ", ".join(f"{100 * p:.2g} %" for p in e.notes[n]) for n in ("clipped", "missed")
    )
    whole = MICRO * e.programming.joules[1] * e.programming.of
    return (
        f"Programming (e): {span(e.programming.joules, NANO)} nJ a cell, {whole:.3g} µJ the chip, "
        f"once; of its layers' "
        f"weights {clipped} were clipped to the device's range, {missed} not reached.\n"
    )


def markdown(
    args: argparse.Namespace, setting: Setting, bench: Bench, results: list[Result]
) -> str:
    """Return all tables: nominal values, and what all constants at their low and high ends give."""
    parts = [
        f"{describe(args, setting, bench)}.\nEnergies and times: nominal [all uncertain constants "
        f"low … all high]; the record has every constant alone.\n",
        main_table(results),
        use_table(results),
        block_table("training", results, lambda r: r.training),
        block_table("use", results, lambda r: r.inference),
        sensitive_table(results),
        rivalry_line("Training", results, lambda r: r.training),
        rivalry_line("Use", results, lambda r: r.inference),
        programming_line(results),
        "What these numbers leave out:\n\n" + "".join(f"- {line}\n" for line in NOT_PRICED),
    ]
    return "\n".join(parts)


def triple(values: Triple) -> dict[str, float]:
    """Return a low, a nominal and a high value for the record."""
    return dict(zip(("low", "nominal", "high"), values, strict=True))


def cost_record(cost: Cost | None) -> dict[str, Any] | None:
    """Return a cost for the record, of one image or cell; the lines are of all of them."""
    if cost is None:
        return None
    ledger, of = cost.ledger, cost.of
    kinds: tuple[Kind, ...] = (*COUNTED, "pulse", "digital")
    return {
        "of": of,
        "operations": {kind: ledger.count(kind) / of for kind in kinds},
        "joules": triple(cost.joules),
        "joules_by_block": {name: triple(values) for name, values in cost.blocks().items()},
        "seconds": triple(cost.seconds),
        "sensitivity": [
            {
                "constant": c.name,
                "unit": c.unit,
                "source": c.source,
                **triple((c.low, c.nominal, c.high)),
                "joules": triple((low / of, cost.joules[1], high / of)),
            }
            for c, low, high in ledger.sensitivity()
        ],
        "ledger": ledger.lines(),
    }


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
        "scale": asdict(setting.layout.scale),
        "tolerances": asdict(setting.layout.tolerances),
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
    from hardware_sim import plotting

    priced = [r for r in results if r.letter != "a"]
    parts = {
        what: {f"{r.letter}  {r.name}": cost.blocks() for r in priced if (cost := getattr(r, what))}
        for what in ("training", "inference")
    }
    errors = {r.letter: r.error for r in results}
    plotting.comparison_sheet(parts["training"], parts["inference"], errors).savefig(path, dpi=120)
