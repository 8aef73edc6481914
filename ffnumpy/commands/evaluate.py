"""``ffnumpy evaluate``: the errors of saved networks, by method, by layer and by class."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from typing import Any

from ffnumpy.commands import UsageError, check_apart, check_target, file_path, guessing, percent
from ffnumpy.commands.datasets import add_data, check_fits, check_room, loaded
from ffnumpy.commands.train import add_count_argument
from ffnumpy.commands.training import best_of, counted_layers
from ffnumpy.data import Dataset
from ffnumpy.ensemble import Ensemble
from ffnumpy.experiments.saved import load_network
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json

EXAMPLE = "m.npz --out evaluation.json"
TOOK = "a few seconds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy evaluate``."""
    parser.add_argument(
        "models",
        nargs="+",
        type=file_path,
        metavar="MODEL.npz",
        help="a saved network; what several give each class is added up",
    )
    add_data(parser, None, "those that the first model was trained on")
    parser.add_argument("--out", type=file_path, metavar="EVAL.json", help="the record")
    add_count_argument(parser)


def confusion(counts: list[list[int]], names: Sequence[str] = ()) -> str:
    """Return the confusion matrix as a table with true classes as rows, by index and by name."""
    head = "true \\ named" + "".join(f"{k:6d}" for k in range(len(counts)))
    rows = [f"{k:12d}" + "".join(f"{n:6d}" for n in row) for k, row in enumerate(counts)]
    told = [f"{row}  {name}" for row, name in zip(rows, names, strict=True)] if names else rows
    return "\n".join([head, *told])


def alone(what: str, errors: list[float], first: int = 1) -> list[str]:
    """Return a line for each layer or network."""
    return [f"{f'  by {what} {k} alone':<42} {percent(e)}" for k, e in enumerate(errors, first)]


def section(title: str, key: str, measured: dict[str, Any]) -> list[str]:
    """Return the lines of one way of answering: its error, and those of its layers or networks."""
    layers, every = measured.get(f"{key}_by_layer", []), measured.get("error_by_layer", [])
    return [
        f"{title:<42} {percent(measured.get(key))}",
        *alone("layer", layers, 1 + len(every) - len(layers)),
        *alone("network", measured.get(f"{key}_by_member", [])),
    ]


def report(measured: dict[str, Any], names: Sequence[str] = ()) -> str:
    """Return all errors as text; without "error_softmax" there is the softmax's error alone."""
    by_label = "error_softmax" in measured
    goodness, softmax = ("error", "error_softmax") if by_label else ("error_goodness", "error")
    lines = [
        *section("error by the goodness of every label", goodness, measured),
        *section("error of the softmax readout, in one pass", softmax, measured),
        "",
        confusion(measured["confusion"], names),
    ]
    return "\n".join(lines)


def run(args: argparse.Namespace) -> int:
    """Evaluate on the test images."""
    check_target("--out", args.out)
    check_models(args)
    networks, notes = zip(*map(load_network, args.models), strict=True)
    data = data_of(args, notes[0])
    counts = []
    for path, network, about in zip(args.models, networks, notes, strict=True):
        check_fits(path, about, data)
        check_room(path, getattr(network, "encoding", None), data)
        counts.append(count(network, args.count_layers or about.get("count_layers")))
        print(f"{path}, trained on {about.get('data')}, on the test images of {data.name}")
    begun = time.perf_counter()
    measured = measure(networks, data)
    seconds = time.perf_counter() - begun
    if args.out:
        who = [*map(member, notes, counts)]
        write_json(args.out, record(who, data.name, measured, seconds))
    print(report(measured, data.class_names))
    print(guessing.verdict(best_of(measured), data.test_labels))
    return 0


def check_models(args: argparse.Namespace) -> None:
    """Refuse a record in place of a model, and a model that is given twice."""
    for path in args.models:
        check_apart({"the model": path, "--out": args.out})
    if len(set(map(os.path.realpath, args.models))) < len(args.models):
        raise UsageError(
            "expected different models, whose answers are added up; one of them is given twice"
        )


def data_of(args: argparse.Namespace, about: dict[str, Any]) -> Dataset:
    """Return the data that the command line names, or those that the first model learned from."""
    name = args.data or about.get("data")
    if name is None:
        raise UsageError(f"{args.models[0]}: does not say what it was trained on; give --data")
    return loaded(name, args.data_dir)


def count(network: Any, wanted: Sequence[int] | None) -> list[int] | None:
    """Let the wanted layers, from 1, vote; return those that do, if it is a matter of layers."""
    counted = counted_layers(None if wanted is None else tuple(wanted), network)
    if counted is not None:
        network.voters = counted
    return [k + 1 for k in network.voters] if hasattr(network, "voters") else None


def measure(networks: Sequence[Any], data: Dataset) -> dict[str, Any]:
    """Return the errors of one network, or of several that answer together."""
    network = networks[0] if len(networks) == 1 else Ensemble(networks)
    try:
        errors: dict[str, Any] = network.measure(data.test_images, data.test_labels)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return errors


def member(about: dict[str, Any], counted: list[int] | None) -> dict[str, Any]:
    """Return what a record says of a network: how it was trained, and which layers vote."""
    return {
        "experiment": about.get("experiment"),
        "setting": about.get("setting", about.get("recipe")),
        "seed": about["seed"],
        **({} if counted is None else {"count_layers": counted}),
    }


def record(
    networks: Sequence[dict[str, Any]], data: str, measured: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Return the record of an evaluation."""
    errors = {f"test_{n}" if n.startswith("error") else n: v for n, v in measured.items()}
    return {
        **records.header(networks[0]["seed"]),
        "networks": list(networks),
        "data": data,
        **errors,
        "seconds": round(seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
    }
