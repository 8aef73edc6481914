"""Load the networks of saved runs, ready to answer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ffnumpy import experiments
from ffnumpy.data import Dataset, checksum
from ffnumpy.runs import checkpoint
from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.runs.files import PathLike
from ffnumpy.runs.run import Run
from ffnumpy.supervised.names import OWN, changed, flat, leaves, own_name

__all__ = [
    "experiment_of",
    "load_network",
    "notes_of",
    "resumed",
    "save_run",
    "setting_of",
]

SPARE = 4  # times as much as a file holds may be drawn
BEFORE = {
    "dropout": 0.0,
    "layer": "standard",
    "temperature": 1.0,
    "peer": 0.06,
    "read": 3,
}  # choices that there were not when older files were written


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


def setting_of(path: PathLike, about: dict[str, Any], **own: Any) -> Any:
    """Return the setting that a run was started with.

    Parameters
    ----------
    path : path
    about : dict
    **own
        The objects of the user's own that it was made with, by their leaves: ``goodness=…``.

    Raises
    ------
    CheckpointError
        If the notes fit no setting, or an object of the user's own is missing or another.
    """
    module = experiments.named(experiment_of(path, about))
    check_own(path, about.get("setting", {}), own)
    with checkpoint.fitting(path):
        before = {n: v for n, v in BEFORE.items() if n in leaves(module.FULL)}
        if "recipe" not in about:
            return changed(module.FULL, **{**before, **about["setting"], **own})
        known = {**about["recipe"], "epochs": about["epochs"]}
        known.pop("rule")
        own = {n: v for n, v in known.items() if n in leaves(module.FULL)}
        return changed(module.FULL, **{**before, **own})


class Sparing(np.random.Generator):
    """A generator that refuses to draw much more than a file holds.

    Notes that name sizes out of all proportion would otherwise take all memory before the first
    array of the file could contradict them.
    """

    def __init__(self, values: int) -> None:
        super().__init__(np.random.PCG64(0))
        self.left = SPARE * values

    def check(self, values: int) -> None:
        """Count what is going to be drawn."""
        self.left -= values
        if self.left < 0:
            raise ValueError("its notes name sizes larger than its arrays")

    def standard_normal(self, size: Any = None, *args: Any, **more: Any) -> Any:
        """Draw as usual, unless it is too much."""
        self.check(math.prod(np.atleast_1d(1 if size is None else size).tolist()))
        return super().standard_normal(size, *args, **more)

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Draw as usual, unless it is too much."""
        self.check(math.prod(np.atleast_1d(1 if size is None else size).tolist()))
        return super().uniform(low, high, size)


def check_own(path: PathLike, kept: dict[str, Any], own: dict[str, Any]) -> None:
    """Refuse a file whose own objects are not given again, or are others than those given."""
    for leaf, name in kept.items():
        if leaf not in own and str(name).startswith(OWN):
            raise CheckpointError(
                f"{path}: was made with a {leaf} of the user's own, called "
                f"{str(name).removeprefix(OWN)!r}. A file never brings code with it: give the "
                f"object again in Python, as load_network(path, {leaf}=…) or resumed(path, data, "
                f"{leaf}=…)."
            )
    for leaf, value in own.items():
        if kept.get(leaf) != own_name(value):
            raise CheckpointError(
                f"{path}: was made with {leaf} {kept.get(leaf)!r}; got {own_name(value)!r}"
            )


def save_run(path: PathLike, run: Run, experiment: str, setting: Any, data: Dataset) -> None:
    """Save a run that was started in Python, with the notes that load it again.

    Parameters
    ----------
    path : path
    run : Run
        As ``experiments.named(experiment).start(setting, data, seed)`` returned it.
    experiment : str
    setting : frozen dataclass
        May hold objects of the user's own.
    data : Dataset

    Raises
    ------
    ValueError
        If it is an experiment whose networks cannot be loaded again.
    """
    if not hasattr(experiments.named(experiment), "network"):
        raise ValueError(
            f"{experiment}: compares networks and saves none. Give the experiment whose `network` "
            f"draws this one, such as supervised"
        )
    checkpoint.save(path, run, notes_of(experiment, setting, data, run.cases.seed))


def notes_of(experiment: str, setting: Any, data: Dataset, seed: int) -> dict[str, Any]:
    """Return what a file says of a run, so that whoever loads it can build it again."""
    return {
        "experiment": experiment,
        "setting": flat(setting),
        "seed": seed,
        "data": data.name,
        "shape": list(data.shape),
        "classes": data.classes,
        "columns": data.train_images.shape[1],
        "class_names": list(data.class_names),
        "rows": len(data.train_images),
        "checksum": checksum(data),
        "epochs": flat(setting)["epochs"],
    }


def resumed(path: PathLike, data: Dataset, **own: Any) -> Run:
    """Return the run of a file where it stood, to go on in Python.

    Parameters
    ----------
    path : path
    data : Dataset
        The set that it was started with.
    **own
        As in `load_network`.

    Raises
    ------
    CheckpointError
        As `load_network` does, and if the data are others.
    """
    about = checkpoint.about(path)
    setting = setting_of(path, about, **own)
    if about.get("checksum", checksum(data)) != checksum(data):
        raise CheckpointError(f"{path}: was started with {about['data']}; got other data")
    run: Run = experiments.named(experiment_of(path, about)).start(setting, data, about["seed"])
    checkpoint.restore(path, run)
    return run


def load_network(path: PathLike, **own: Any) -> tuple[Any, dict[str, Any]]:
    """Return the network of a saved run and the notes saved with it; read the file once.

    Parameters
    ----------
    path : path
    **own
        The objects of the user's own that it was made with, by their leaves: ``goodness=…``.

    Raises
    ------
    CheckpointError
        If there is no such file, it is not a saved run, or an object of the user's own is missing.

    Examples
    --------
    >>> load_network("m.npz")  # doctest: +SKIP
    """
    place, arrays = checkpoint.read(path)
    about = place["about"]
    module, setting = experiments.named(experiment_of(path, about)), setting_of(path, about, **own)
    with checkpoint.fitting(path):
        rng = Sparing(sum(array.size for array in arrays.values()))
        rng.check(int(about["columns"]))
        network = module.network(setting, about["columns"], about["classes"], rng)
        checkpoint.fill(network.parts(), arrays)
    return network, about
