"""A model saved by ``ffnumpy train``, if a chip computes what it computes, and its data set."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy.commands import UsageError
from ffnumpy.commands.datasets import check_fits
from ffnumpy.data import Dataset
from ffnumpy.experiments.saved import experiment_of, load_network
from ffnumpy.supervised import Supervised
from ffnumpy.supervised.names import flat
from hardware_sim.commands.options.images import loaded

__all__ = ["data_of", "load_fitting"]

FITTING = {  # the choices that a chip computes
    "activation": "relu",
    "goodness": "sum-of-squares",
    "length": "mean-square-1",
    "pixels": "bytes",
    "voters": "all-but-first",
}


def load_fitting(path: str) -> tuple[Supervised, dict[str, Any]]:
    """Return a saved network, and the notes that it was saved with.

    Raises
    ------
    UsageError
        If a chip computes something else; the message says what.
    """
    network, about = load_network(path)
    if not isinstance(network, Supervised):
        raise UsageError(
            f"{path}: a chip computes rule forward-forward; this model is of the experiment "
            f"{experiment_of(path, about)}. Train one with `ffnumpy train`."
        )
    choices = flat(network.setting)
    for choice, wanted in FITTING.items():
        if choices[choice] != wanted:
            raise UsageError(
                f"{path}: a chip computes {choice} {wanted}; this model was trained with "
                f"{choices[choice]}. Train one with --{choice} {wanted}."
            )
    return network, about


def data_of(args: argparse.Namespace, about: dict[str, Any]) -> Dataset:
    """Return the data set that a model is for."""
    args.data = args.data or about.get("data")
    if args.data is None:
        raise UsageError(f"{args.model}: does not name the data it was trained on; give --data")
    data = loaded(args, makes_labels=False)
    check_fits(args.model, about, data)
    return data
