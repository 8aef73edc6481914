"""A model saved by ``ffnumpy train``, if a chip computes what it computes, and its data set."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy.commands import UsageError
from ffnumpy.data import Dataset, load
from ffnumpy.runs import checkpoint
from ffnumpy.supervised import ForwardForwardModel

__all__ = ["data_of", "load_fitting"]

FITTING = {  # the choices that a chip computes
    "rule": "forward-forward",
    "activation": "relu",
    "goodness": "sum-of-squares",
    "length": "mean-square-1",
    "pixels": "bytes",
}


def load_fitting(path: str) -> tuple[ForwardForwardModel, dict[str, Any]]:
    """Return a saved model, and what its file says of it.

    Raises
    ------
    UsageError
        If a chip computes something else; the message says what.
    """
    model, place = checkpoint.load(path)
    for choice, wanted in FITTING.items():
        given = place["recipe"][choice]
        if given != wanted:
            raise UsageError(
                f"{path}: a chip computes {choice} {wanted}; this model was trained with {given}. "
                f"Train one with --{choice} {wanted}."
            )
    assert isinstance(model, ForwardForwardModel)
    return model, place


def data_of(args: argparse.Namespace, place: dict[str, Any]) -> Dataset:
    """Return the data set that a model is for."""
    name = args.data or place["notes"].get("data")
    if name is None:
        raise UsageError(f"{args.model}: does not name the data it was trained on; give --data")
    data = load(name, args.data_dir)
    if data.test_images.shape[1] != place["columns"]:
        raise UsageError(
            f"{args.model} reads rows of {place['columns']} pixels; {data.name} has "
            f"{data.test_images.shape[1]}. Give the --data that it was trained on."
        )
    return data
