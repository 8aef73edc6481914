"""Runs on disk: one ``.npz`` that is either the old one or the new one, never half of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import check_labels
from ffnumpy.experiments.supervised import Recipe
from ffnumpy.runs.files import PathLike, write_atomically
from ffnumpy.runs.run import Run
from ffnumpy.supervised import BackpropModel, ForwardForwardModel, build

__all__ = [
    "CheckpointError",
    "load",
    "load_model",
    "load_notes",
    "read_archive",
    "restore",
    "save",
]


FORMAT = 1


class CheckpointError(Exception):
    """A model file that cannot be used; the message says why and what to do."""


def save(path: PathLike, run: Run, notes: dict[str, Any]) -> None:
    """Save the weights, optimisers, generator and place of a run, with the caller's notes."""
    arrays = {
        f"{part}/{name}": array
        for part, owner in run.model.parts().items()
        for name, array in owner.arrays().items()
    }
    place = {
        "format": FORMAT,
        "recipe": run.recipe.flat(),
        "classes": run.classes,
        "columns": run.cases.rows.shape[1],
        "rows": len(run.cases.rows),
        "epochs": run.epochs,
        "seed": run.seed,
        "epoch": run.cases.epoch,
        "done": run.cases.done,
        "generator": run.rng.bit_generator.state,
        "notes": notes,
    }
    # NumPy's stubs do not know that the keyword names are free
    write_atomically(path, lambda file: np.savez(file, place=json.dumps(place), **arrays))


def read_archive(
    path: PathLike, format: int, program: str, part: str
) -> tuple[dict[str, Any], dict[str, NDArray]]:
    """Return what a saved ``.npz`` says of its run, and its arrays.

    Parameters
    ----------
    path : path
    format : int
        The one that is understood.
    program : str
        The command that writes such files, for the messages.
    part : str
        What it alone says of a run.

    Raises
    ------
    CheckpointError
        If the file does not exist, cannot be read, is another program's, or has another format.
    """
    try:
        with open(path, "rb") as file:
            arrays = dict(np.load(file, allow_pickle=False))
        place = dict(json.loads(str(arrays.pop("place"))))
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file. Train and --save one first.") from None
    except PermissionError:
        raise CheckpointError(f"{path}: may not be read. Change its permissions.") from None
    except Exception:  # a damaged file can make its readers fail in any way
        raise CheckpointError(
            f"{path}: expected a model saved by `{program} --save`; it is damaged, or another "
            f"kind of file"
        ) from None
    if "format" in place and part not in place:
        raise CheckpointError(
            f"{path}: expected a model saved by `{program} --save`; another program has saved this "
            f"one: networks are of `ffnumpy train`, chips of `hardware-sim train`"
        )
    if place.get("format") != format:
        raise CheckpointError(
            f"{path}: expected model format {format} of `{program}`, got {place.get('format')}. "
            f"Use the version that wrote it."
        )
    return place, arrays


def _read(path: PathLike) -> tuple[dict[str, Any], dict[str, NDArray]]:
    return read_archive(path, FORMAT, "ffnumpy train", "recipe")


@contextmanager
def _fitting(path: PathLike) -> Iterator[None]:
    """Turn what does not fit inside a readable file into a CheckpointError."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: was saved by ffnumpy, but does not fit together ({error}). "
            f"Use the version of ffnumpy that wrote it, or another copy of the file."
        ) from None


def _recipe(place: dict[str, Any]) -> Recipe:
    flat = place["recipe"]
    return Recipe().changed(**{**flat, "hidden": tuple(flat["hidden"])})


def _fill(parts: dict[str, Any], arrays: dict[str, NDArray]) -> None:
    for part, owner in parts.items():
        owner.restore({name: arrays[f"{part}/{name}"] for name in owner.arrays()})


def load_notes(path: PathLike) -> dict[str, Any]:
    """Return what a file says of its run: recipe, seed, place and the caller's notes."""
    return _read(path)[0]


def load_model(path: PathLike) -> ForwardForwardModel | BackpropModel:
    """Return the network of a saved run, ready to answer; raises what `load` does."""
    return load(path)[0]


def load(path: PathLike) -> tuple[ForwardForwardModel | BackpropModel, dict[str, Any]]:
    """Return the network of a saved run, and what `load_notes` returns, in one reading.

    Raises
    ------
    CheckpointError
        If there is no such file, or it is no saved run.
    """
    place, arrays = _read(path)
    with _fitting(path):
        generator = np.random.default_rng(0)
        model = build(_recipe(place), place["columns"], place["classes"], generator)
        _fill(model.parts(), arrays)
    return model, place


def restore(path: PathLike, rows: NDArray, labels: NDArray, epochs: int | None = None) -> Run:
    """Return a saved run on the same training set, to go on exactly where it stood.

    Parameters
    ----------
    path : path
    rows, labels : arrays
        The training set that it was started with.
    epochs : int, optional
        A new total; by default the old one.

    Raises
    ------
    CheckpointError
        If the file cannot be used, or the training set has another shape.
    """
    place, arrays = _read(path)
    with _fitting(path):
        trained_on, classes = (place["rows"], place["columns"]), place["classes"]
    if rows.shape != trained_on:
        raise CheckpointError(
            f"{path}: was trained on {trained_on[0]} rows of {trained_on[1]} columns; got "
            f"{rows.shape[0]} rows of {rows.shape[1]}. Give the training set it was started with."
        )
    check_labels(rows, labels, classes)
    with _fitting(path):
        total = place["epochs"] if epochs is None else epochs
        run = Run(_recipe(place), rows, labels, classes, total, place["seed"])
        _fill(run.model.parts(), arrays)
        run.cases.epoch, run.cases.done = place["epoch"], place["done"]
        run.rng.bit_generator.state = place["generator"]
        _check_epochs(path, run, place["epochs"])
    return run


def _check_epochs(path: PathLike, run: Run, before: int) -> None:
    if run.model.stages > 1 and run.epochs != before:
        raise CheckpointError(
            f"{path}: its layers learn one after another, {before} epochs each; a run under way "
            f"cannot change that to {run.epochs}. Leave out the number of epochs."
        )
    if run.cases.epoch > run.total_epochs:
        raise CheckpointError(
            f"{path}: has {run.cases.epoch} epochs behind it; expected a total of at least that, "
            f"got {run.total_epochs}"
        )
