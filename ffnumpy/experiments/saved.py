"""Load the networks of saved runs, ready to answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ffnumpy import experiments
from ffnumpy.runs import checkpoint
from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.runs.files import PathLike
from ffnumpy.supervised.names import changed, leaves

__all__ = ["experiment_of", "load_network", "setting_of"]

BEFORE = {"dropout": 0.0}  # choices that there were not when older files were written


def experiment_of(path: PathLike, about: dict[str, Any]) -> str:
    """Return the name of the experiment that a file's notes belong to.

    Raises
    ------
    CheckpointError
        If it belongs to no experiment; a chip's file does not.
    """
    if "recipe" in about:  # format 1
        return "backprop" if about["recipe"]["rule"] == "backprop" else "supervised"
    name = about.get("experiment")
    if name not in experiments.names():
        raise CheckpointError(
            f"{path}: expected a network saved by `ffnumpy train` or `ffnumpy experiment`; got a "
            f"file of another program. Chips come from `hardware-sim train`."
        )
    return str(name)


def setting_of(path: PathLike, about: dict[str, Any]) -> Any:
    """Return the setting that a run was started with.

    Raises
    ------
    CheckpointError
        If the notes fit no setting.
    """
    module = experiments.named(experiment_of(path, about))
    with checkpoint.fitting(path):
        before = {n: v for n, v in BEFORE.items() if n in leaves(module.FULL)}
        if "recipe" not in about:
            return changed(module.FULL, **{**before, **about["setting"]})
        known = {**about["recipe"], "epochs": about["epochs"]}
        known.pop("rule")
        own = {n: v for n, v in known.items() if n in leaves(module.FULL)}
        return changed(module.FULL, **{**before, **own})


def load_network(path: PathLike) -> tuple[Any, dict[str, Any]]:
    """Return the network of a saved run and the notes saved with it; read the file once.

    Raises
    ------
    CheckpointError
        If there is no such file, or it is not a saved run.
    """
    place, arrays = checkpoint.read(path)
    about = place["about"]
    module, setting = experiments.named(experiment_of(path, about)), setting_of(path, about)
    with checkpoint.fitting(path):
        rng = np.random.default_rng(0)
        network = module.network(setting, about["columns"], about["classes"], rng)
        checkpoint.fill(network.parts(), arrays)
    return network, about
