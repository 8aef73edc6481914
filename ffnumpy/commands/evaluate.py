"""``ffnumpy evaluate``: the errors of a saved network, by method, by layer and by class."""

from __future__ import annotations

import argparse
import time
from typing import Any

from numpy.typing import NDArray

from ffnumpy.commands import UsageError, check_apart, check_target, percent
from ffnumpy.commands.train import add_count_argument, add_data_arguments, counted
from ffnumpy.data import load
from ffnumpy.inference import Evaluation
from ffnumpy.runs import checkpoint, records
from ffnumpy.runs.files import write_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy evaluate``."""
    parser.add_argument("model", metavar="MODEL.npz")
    add_data_arguments(parser, default=None)
    parser.add_argument("--out", metavar="EVAL.json", help="the record")
    add_count_argument(parser)


def confusion(counts: NDArray) -> str:
    """Return the confusion matrix as a table with true classes as rows."""
    head = "true \\ said" + "".join(f"{k:6d}" for k in range(len(counts)))
    rows = [f"{k:11d}" + "".join(f"{n:6d}" for n in row) for k, row in enumerate(counts)]
    return "\n".join([head, *rows])


def alone(errors: tuple[float, ...], first: int) -> list[str]:
    """Return a line for each layer."""
    return [f"  layer {k} alone              {percent(e)}" for k, e in enumerate(errors, first)]


def report(result: Evaluation) -> str:
    """Return all figures as text."""
    goodness, read = result.error_by_layer, result.error_softmax_by_layer
    lines = [
        f"goodness for every label     {percent(result.error)}",
        *alone(goodness, 1),
        f"one pass, softmax readout    {percent(result.error_softmax)}",
        *alone(read, 1 + len(goodness) - len(read)),
        "",
        confusion(result.confusion),
    ]
    return "\n".join(lines)


def run(args: argparse.Namespace) -> int:
    """Evaluate on the test images."""
    check_target("--out", args.out)
    check_apart({"the model": args.model, "--out": args.out})
    model, place = checkpoint.load(args.model)
    trained_on = place["notes"].get("data")
    if (args.data or trained_on) is None:
        raise UsageError(f"{args.model}: does not say what it was trained on; give --data")
    data = load(args.data or trained_on, args.data_dir)
    if data.test_images.shape[1] != place["columns"]:
        raise UsageError(
            f"{args.model} reads rows of {place['columns']} pixels; {data.name} has "
            f"{data.test_images.shape[1]}. Give the --data that it was trained on."
        )
    print(f"{args.model}, trained on {trained_on}, on the test images of {data.name}")
    begun = time.perf_counter()
    layers = counted(args, model.hidden_layers)
    result = model.evaluate(data.test_images, data.test_labels, layers)
    seconds = time.perf_counter() - begun
    if args.out:
        record = record_of(place["seed"], data.name, result, seconds)
        write_json(args.out, record)
    print(report(result))
    return 0


def record_of(seed: int, data: str, result: Evaluation, seconds: float) -> dict[str, Any]:
    """Return the record of an evaluation."""
    return {
        **records.header(seed),
        "data": data,
        "test_error": result.error if result.error is not None else result.error_softmax,
        "test_error_softmax": result.error_softmax,
        "test_error_by_layer": list(result.error_by_layer),
        "test_error_softmax_by_layer": list(result.error_softmax_by_layer),
        "confusion": result.confusion.tolist(),
        "seconds": round(seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
    }
