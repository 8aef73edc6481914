"""``ffnumpy evaluate``: the errors of a saved network, by method, by layer and by class."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

from ffnumpy.commands import UsageError, check_apart, check_target, file_path, guessing, percent
from ffnumpy.commands.datasets import add_data, check_fits, check_room, loaded
from ffnumpy.commands.train import add_count_argument
from ffnumpy.commands.training import best_of, counted_layers
from ffnumpy.experiments.saved import load_network
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json

EXAMPLE = "m.npz --out evaluation.json"
TOOK = "a few seconds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy evaluate``."""
    parser.add_argument("model", type=file_path, metavar="MODEL.npz")
    add_data(parser, None, "those that the model was trained on")
    parser.add_argument("--out", type=file_path, metavar="EVAL.json", help="the record")
    add_count_argument(parser)


def confusion(counts: list[list[int]], names: Sequence[str] = ()) -> str:
    """Return the confusion matrix as a table with true classes as rows, by index and by name."""
    head = "true \\ named" + "".join(f"{k:6d}" for k in range(len(counts)))
    rows = [f"{k:12d}" + "".join(f"{n:6d}" for n in row) for k, row in enumerate(counts)]
    told = [f"{row}  {name}" for row, name in zip(rows, names, strict=True)] if names else rows
    return "\n".join([head, *told])


def by_layer(errors: list[float], first: int) -> list[str]:
    """Return a line for each layer."""
    return [f"{f'  by layer {k} alone':<42} {percent(e)}" for k, e in enumerate(errors, first)]


def report(measured: dict[str, Any], names: Sequence[str] = ()) -> str:
    """Return all errors as text."""
    goodness = measured.get("error_by_layer", [])
    read = measured.get("error_softmax_by_layer", [])
    softmax = measured.get("error_softmax", measured["error"])
    best = measured["error"] if goodness else None
    lines = [
        f"{'error by the goodness of every label':<42} {percent(best)}",
        *by_layer(goodness, 1),
        f"{'error of the softmax readout, in one pass':<42} {percent(softmax)}",
        *by_layer(read, 1 + len(goodness) - len(read)),
        "",
        confusion(measured["confusion"], names),
    ]
    return "\n".join(lines)


def run(args: argparse.Namespace) -> int:
    """Evaluate on the test images."""
    check_target("--out", args.out)
    check_apart({"the model": args.model, "--out": args.out})
    network, about = load_network(args.model)
    trained_on = about.get("data")
    name = args.data or trained_on
    if name is None:
        raise UsageError(f"{args.model}: does not say what it was trained on; give --data")
    data = loaded(name, args.data_dir)
    check_fits(args.model, about, data)
    check_room(args.model, getattr(network, "encoding", None), data)
    print(f"{args.model}, trained on {trained_on}, on the test images of {data.name}")
    begun = time.perf_counter()
    counted = counted_layers(args.count_layers, network)
    voting = {} if counted is None else {"counted": counted}
    measured = network.measure(data.test_images, data.test_labels, **voting)
    seconds = time.perf_counter() - begun
    if args.out:
        write_json(args.out, record(about["seed"], data.name, measured, seconds))
    print(report(measured, data.class_names))
    print(guessing.verdict(best_of(measured), data.test_labels))
    return 0


def record(seed: int, data: str, measured: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the record of an evaluation."""
    errors = {f"test_{n}" if n.startswith("error") else n: v for n, v in measured.items()}
    return {
        **records.header(seed),
        "data": data,
        **errors,
        "seconds": round(seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
    }
