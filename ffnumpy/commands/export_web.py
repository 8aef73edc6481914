"""``ffnumpy export-web``: a saved network as a JavaScript file, for the page that draws digits."""

from __future__ import annotations

import argparse
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

from ffnumpy.cases import OneHot
from ffnumpy.commands import UsageError, check_apart, check_target, file_path
from ffnumpy.experiments.saved import experiment_of, load_network
from ffnumpy.runs.files import write_atomically
from ffnumpy.supervised import Supervised
from ffnumpy.supervised.names import flat
from ffnumpy.weights import Dense

EXAMPLE = "m.npz --out web_network.js"
TOOK = "a second"

CONSTANT = "ffnumpyNetwork"
NEEDED = {
    "activation": "relu",
    "goodness": "sum-of-squares",
    "layer": "standard",
    "length": "mean-square-1",
    "loss": "logistic",
    "overwrite": True,
    "pixels": "bytes",
}
"""The choices of a setting that the page computes with; it knows no others."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``ffnumpy export-web``."""
    parser.add_argument("model", type=file_path, metavar="MODEL.npz")
    parser.add_argument(
        "--out", type=file_path, metavar="FILE.js", required=True, help="the JavaScript file"
    )


def run(args: argparse.Namespace) -> int:
    """Write the file."""
    check_target("--out", args.out)
    check_apart({"the model": args.model, "--out": args.out})
    if args.out.suffix.lower() != ".js":
        raise UsageError(f"--out {args.out}: expected a name that ends in .js")
    network, about = load_network(args.model)
    check_kind(args.model, network, about)
    text = script({**told(args.model, network, about), **weights_of(network)})
    write_atomically(args.out, lambda file: file.write(text.encode()))
    print(f"{args.out}: {len(text.encode()) / 1000:.0f} kB")
    return 0


def check_kind(model: Path, network: Any, about: dict[str, Any]) -> None:
    """Refuse a network that the page cannot compute."""
    if not is_plain(network):
        raise UsageError(
            f"{model}: expected fully connected layers, the label in the picture and a softmax "
            f"readout, as `ffnumpy train` makes them; got another network of the experiment "
            f"{experiment_of(model, about)}. Leave out --rule backprop and --negatives fixed."
        )
    setting = flat(network.setting)
    others = [name for name, value in NEEDED.items() if setting[name] != value]
    if others:
        wanted = ", ".join(f"{name} {NEEDED[name]}" for name in others)
        found = ", ".join(f"{setting[name]}" for name in others)
        raise UsageError(f"{model}: the page computes with {wanted}; got {found}")
    if len(about["shape"]) != 2 or about["classes"] != 10:
        raise UsageError(
            f"{model}: expected grey pictures of ten digits; it was trained on {about['data']}, "
            f"of shape {about['shape']} and {about['classes']} classes"
        )


def is_plain(network: Any) -> bool:
    """Return whether a network is one of plain matrices with the label among its inputs."""
    return (
        isinstance(network, Supervised)
        and type(network.encoding) is OneHot
        and all(type(layer.weights) is Dense for layer in network.layers)
        and network.readout is not None
    )


def told(model: Path, network: Any, about: dict[str, Any]) -> dict[str, Any]:
    """Return what the page says of the network and of its training, errors as fractions."""
    last = (about.get("journal", {}).get("epochs") or [{}])[-1]
    if "error" not in last:
        raise UsageError(
            f"{model}: does not say its error; its training is not over, or was another program's. "
            f"Go on with --resume {model}"
        )
    counted = about.get("count_layers")
    return {
        "trainedBy": about.get("started_by"),
        "data": about["data"],
        "measuredOn": f"{'validation' if about.get('validation') else 'test'} images",
        "error": last["error"],
        "errorByLayer": last["error_by_layer"],
        "errorSoftmax": last["error_softmax"],
        "shape": about["shape"],
        "classes": about["classes"],
        "strength": network.encoding.strength,
        "voters": [k - 1 for k in counted] if counted else list(network.voters),
    }


def weights_of(network: Any) -> dict[str, Any]:
    """Return the layers, with what their loss compares the goodness with, and the readout."""
    layers = [
        {
            **matrix(layer.weights),
            "threshold": layer.loss.threshold,
            "temperature": layer.loss.temperature,
        }
        for layer in network.layers
    ]
    return {"layers": layers, "readout": matrix(network.readout.weights)}


def matrix(weights: Dense) -> dict[str, Any]:
    """Return a matrix and below it the biases, row by row, as little-endian float32 in base64."""
    inputs, units = weights.shape
    text = b64encode(weights.values.astype("<f4").tobytes()).decode()
    return {"inputs": inputs, "units": units, "float32": text}


def script(content: dict[str, Any]) -> str:
    """Return a script that assigns one constant."""
    return (
        "// Written by `ffnumpy export-web`: errors are fractions; a matrix is float32 in base64, "
        "row by row, the biases last.\n"
        f'"use strict";\nconst {CONSTANT} = {json.dumps(content, indent=1)};\n'
    )
