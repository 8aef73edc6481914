"""``hardware-sim compare``: five ways to learn the same task, and the cost of each."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ffnumpy.commands import UsageError, file_path, guessing
from ffnumpy.runs.progress import watched
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts, check_files, check_positive
from hardware_sim.commands.options.choices import resolve_weight, trial_of
from hardware_sim.commands.options.devices import add_device
from hardware_sim.commands.options.images import bench_of, loaded
from hardware_sim.commands.writing import timed, write_record, write_text
from hardware_sim.devices.presets import PRESETS
from hardware_sim.studies.comparison import Result, Rivals, compare, comparison_record
from hardware_sim.studies.text.comparison import document, headline, result_line

EXAMPLE = "--data strokes --markdown tables.md --figure costs.png"
TOOK = "two to twelve minutes"

HIDDEN, STROKES = (256, 256), (200, 100)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim compare``."""
    options.add_data(parser)
    options.add_hidden(parser, None, "256,256; strokes 200,100")
    add_device(parser, (*PRESETS, "ideal"))
    options.add_images(parser, passes=1, tested=None)
    parser.add_argument("--bits", type=int, default=8, help="of the converters; default: 8")
    options.add_seed(parser)
    options.add_out(parser)
    parser.add_argument("--markdown", type=file_path, metavar="FILE.md", help="the tables")
    options.add_figure(parser)
    choices = parser.add_argument_group("choices")
    options.add_learning(choices, rate=0.01)
    options.add_access(choices)
    options.add_backprop_rate(choices)


def run(args: argparse.Namespace) -> int:
    """Compare, print, and write the record, the tables and the figure."""
    resolve_weight(args)
    check(args)
    args.hidden = args.hidden or (STROKES if args.data == "strokes" else HIDDEN)
    data = loaded(args)
    base, bench = trial_of(args, data), bench_of(args, data)
    rivals = Rivals(args.backprop_rate, args.bits)
    head = headline((args.data, args.device), base, bench, rivals)
    print(head, flush=True)
    print(guessing.header(bench.truth), flush=True)
    begun = time.perf_counter()
    results = []
    for result, seconds in timed(compare(base, bench, rivals, watched)):
        mark = guessing.mark(result.error, bench.truth)
        print(f"{result_line(result)}{mark:<3}({seconds:.0f} s)", flush=True)
        results.append(result)
    text = document(head, results)
    print("\n" + text, end="")
    write_record(args, begun, comparison_record(args.device, base, bench, rivals, results))
    write_text(args.markdown, text)
    if args.figure:
        draw(args.figure, results)
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any training."""
    check_files(args, "out", "markdown", "figure")
    check_counts(args, {"train_images": 1, "test_images": 1, "epochs": 1})
    check_positive(args, ("rate", "backprop_rate", "weight"))
    if not 2 <= args.bits <= 16:
        raise UsageError(f"--bits: expected 2 … 16, got {args.bits}")


def draw(path: Path, results: list[Result]) -> None:
    """Write the figure."""
    from ffnumpy.plotting import save
    from hardware_sim.plotting.energy import comparison_sheet

    save(comparison_sheet(results), path)
