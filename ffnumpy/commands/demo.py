"""``ffnumpy demo``: the whole idea in a minute and a half, offline."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ffnumpy.commands import check_apart, check_figure, check_target, file_path, guessing, seed
from ffnumpy.commands.datasets import add_data, loaded, with_room
from ffnumpy.commands.terminal import wrapped
from ffnumpy.commands.training import best_of
from ffnumpy.data import Dataset, without_doubt
from ffnumpy.experiments import supervised
from ffnumpy.layers.layer import Layer, in_float64
from ffnumpy.layers.one_step import one_step
from ffnumpy.proofs import table
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from ffnumpy.runs.journal import Journal, train_to_the_end
from ffnumpy.supervised import Supervised
from ffnumpy.supervised.names import changed

EXAMPLE = "--out demo.json --figure demo.png"
TOOK = "about half a minute"

HIDDEN = (500, 500, 500)
EPOCHS = {"strokes": 20, "mnist": 6, "fashion-mnist": 6, "cifar-10": 2, "cifar-10-grey": 4}
STROKES, MOST_EPOCHS = 10_000, 100  # images for which there are these epochs; of a small set
TARGET = 750.0  # desired goodness of the one-step rule, half as much again as θ


class OneStep(NamedTuple):
    """Goodness by layer before and after the one-step rule, and how far the direction moved."""

    before: list[float]
    after: list[float]
    turn: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy demo``."""
    add_data(parser, "strokes")
    parser.add_argument("--seed", type=seed, default=0, help="default: 0")
    for option, suffix in (("--out", "json"), ("--figure", "png")):
        name = f"ffnumpy-demo.{suffix}"
        parser.add_argument(
            option,
            type=file_path,
            metavar=f"DEMO.{suffix}",
            default=name,
            help=f"default: {name}",
        )


def run(args: argparse.Namespace) -> int:
    """Verify, train, take one step, and record the results."""
    check_target("--out", args.out)
    check_figure("--figure", args.figure)
    check_apart({"--out": args.out, "--figure": args.figure})
    begun = time.perf_counter()
    proofs = table.all_proofs(args.seed)
    failed = [row.what for row in proofs if not row.passed]
    print(
        f"1  {len(proofs) - len(failed)} of {len(proofs)} derivatives and laws hold on this machine"
    )
    if failed:
        print("   these fail: " + ", ".join(failed) + "; see `ffnumpy verify`")
        return 1
    data = loaded(args.data, args.data_dir)
    journal = trained(data, args)
    print(guessing.verdict(best_of(journal.epochs[-1]), data.test_labels))
    step = take_one_step(journal.run.network, data)
    told = f"goodness {numbers(step.before)} → {numbers(step.after)}, wanted {TARGET:g} in every"
    moved = f"layer; the direction of the output moved by {step.turn:.0e}"
    print(wrapped(f"3  one step for one image: {told} {moved}"))
    seconds = time.perf_counter() - begun
    write_json(args.out, record(args, data, journal, step, seconds))
    draw(args.figure, data, journal, step)
    print(f"   written: {args.figure}, {args.out}   ({seconds:.0f} s)")
    return 0


def epochs_for(images: int) -> int:
    """Return the epochs in which so many images are shown as often as the strokes, or fewer."""
    shown = EPOCHS["strokes"] * STROKES
    return min(MOST_EPOCHS, max(1, round(shown / images)))


def numbers(values: list[float]) -> str:
    """Return goodness values for a line of text."""
    return ", ".join(f"{value:.4g}" for value in values)


def trained(data: Dataset, args: argparse.Namespace) -> Journal:
    """Train three layers at once, with a line for every epoch."""
    epochs = EPOCHS.get(without_doubt(data.name), epochs_for(len(data.train_labels)))
    setting = with_room(changed(supervised.AUTHOR, hidden=HIDDEN, epochs=epochs), data)
    print(
        wrapped(
            f"2  {len(HIDDEN)} layers of {HIDDEN[0]} learn {data.name} from two forward passes, "
            f"{len(data.train_labels)} images, {setting.epochs} epochs; errors on "
            f"{len(data.test_labels)} other images, in brackets by layer (the softmax does "
            f"not read the first)"
        )
    )
    journal = Journal(supervised.start(setting, data, args.seed), every=1)
    if train_to_the_end(journal):
        raise KeyboardInterrupt
    return journal


def take_one_step(network: Supervised, data: Dataset) -> OneStep:
    """Take every layer to the desired goodness for one test image with its true label."""
    layers = [in_float64(layer) for layer in network.layers]
    features = network.encoding.features(data.test_images[:1])
    x = (
        network.encoding.labelled(features, data.test_labels[:1].astype(int))
        .toarray()
        .astype(float)
    )
    direction, before = forward(layers, x)
    one_step(layers, x, TARGET)
    moved, after = forward(layers, x)
    return OneStep(before, after, float(np.abs(moved - direction).max()))


def forward(layers: list[Layer], x: Any) -> tuple[Any, list[float]]:
    """Return the last layer's normalised output and every layer's goodness, for one case."""
    by_layer = []
    for layer in layers:
        x, goodness = layer.forward(x)
        by_layer.append(float(goodness[0]))
    return x, by_layer


def record(
    args: argparse.Namespace, data: Dataset, journal: Journal, step: OneStep, seconds: float
) -> dict[str, Any]:
    """Return the record of the demonstration."""
    last = journal.epochs[-1]
    return {
        **records.header(args.seed),
        "data": data.name,
        "hidden": list(HIDDEN),
        "test_error": last["error"],
        "test_error_softmax": last["error_softmax"],
        "one_step": {"target": TARGET, **step._asdict()},
        "seconds": round(seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
        "epochs": journal.epochs,
    }


def draw(path: Path, data: Dataset, journal: Journal, step: OneStep) -> None:
    """Write the figure: cases, learning curves, goodness, one step."""
    from ffnumpy.plotting import demonstration_sheet, save

    steps = step.before, step.after
    figure = demonstration_sheet(data, journal.run.network, journal.epochs, steps, TARGET)
    save(figure, path)
