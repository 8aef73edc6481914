"""Runs on disk: one ``.npz``, either the old one or the new one, never half of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.runs.files import PathLike, write_atomically
from ffnumpy.runs.run import Run, Saved

__all__ = [
    "CheckpointError",
    "SavedGenerator",
    "about",
    "fill",
    "fitting",
    "read",
    "restore",
    "save",
]

FORMAT = 2
OWN = ("format", "epoch", "done", "generator", "about")  # the keys of `place`
JOURNAL = ("epochs", "passes", "seconds", "open_epoch")  # keys that a journal adds
BEFORE = ("recipe", "ledger")  # keys of format 1, for a network and for a chip

Arrays = dict[str, NDArray]
Upgrade = Callable[[dict[str, Any], Arrays], tuple[dict[str, Any], Arrays]]


class CheckpointError(Exception):
    """A model file that cannot be used; the message says why and what to do."""


def save(path: PathLike, run: Run, about: dict[str, Any]) -> None:
    """Save the state of a run: its parts, its generator and its place, with the caller's notes.

    Parameters
    ----------
    path : path
    run : Run
    about : dict
        What is needed to start the same run again; stored as JSON.
    """
    arrays = {
        f"{name}/{key}": array
        for name, part in run.parts.items()
        for key, array in part.arrays().items()
    }
    place = {
        "format": FORMAT,
        "epoch": run.cases.epoch,
        "done": run.cases.done,
        "generator": plain_state(run.rng),
        "about": about,
    }
    # NumPy's stubs do not know that the keyword names are free
    write_atomically(
        path,
        lambda file: np.savez(file, place=json.dumps(place), **arrays),  # type: ignore[arg-type]
    )


def about(path: PathLike) -> dict[str, Any]:
    """Return the notes that a run was saved with; the weights are not read.

    Raises
    ------
    CheckpointError
        If the file does not exist, cannot be read, is not a saved run, or has another format.
    """
    return dict(_read(path, with_arrays=False)[0]["about"])


def read(path: PathLike) -> tuple[dict[str, Any], Arrays]:
    """Return the place of a saved run, which has its notes under "about", and its arrays.

    Raises
    ------
    CheckpointError
        As `about`.
    """
    return _read(path, with_arrays=True)


def restore(path: PathLike, run: Run, upgrade: Upgrade | None = None) -> None:
    """Put a fresh run where a saved one stopped, so that it continues bit for bit.

    Parameters
    ----------
    path : path
    run : Run
    upgrade : callable, (place, arrays) -> (place, arrays), optional
        Renames what an older program saved to the names that the run's parts have now.

    Raises
    ------
    CheckpointError
        As `about`, and if the run is a different one, or has fewer epochs than are done.
    """
    place, arrays = read(path)
    if upgrade is not None:
        with fitting(path):
            place, arrays = upgrade(place, arrays)
    if place["epoch"] > run.epochs:
        raise CheckpointError(
            f"{path}: has {place['epoch']} epochs behind it; expected a total of at least that, "
            f"got {run.epochs}"
        )
    with fitting(path):
        fill(run.parts, arrays)
        run.cases.epoch, run.cases.done = int(place["epoch"]), int(place["done"])
        set_state(run.rng, place["generator"])


def fill(parts: dict[str, Saved], arrays: Arrays) -> None:
    """Give every part its own arrays of a file."""
    for name, part in parts.items():
        part.restore({key: arrays[f"{name}/{key}"] for key in part.arrays()})


@contextmanager
def fitting(path: PathLike) -> Iterator[None]:
    """Turn a mismatch inside a readable file into a CheckpointError."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: is a saved run, but is inconsistent or a different one ({error}). "
            f"Resume with the options of the first run, or use the version that wrote it."
        ) from None


def _read(path: PathLike, with_arrays: bool) -> tuple[dict[str, Any], Arrays]:
    try:
        with open(path, "rb") as file:
            archive = np.load(file, allow_pickle=False)
            arrays = dict(archive) if with_arrays else {"place": archive["place"]}
        place = dict(json.loads(str(arrays.pop("place"))))
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file. Train and --save one first.") from None
    except PermissionError:
        raise CheckpointError(f"{path}: cannot be read. Change its permissions.") from None
    except Exception:  # a damaged file can make its readers fail in any way
        raise CheckpointError(
            f"{path}: expected a model saved by --save; it is damaged, or another kind of file"
        ) from None
    return _upgraded(path, place), arrays


def _upgraded(path: PathLike, place: dict[str, Any]) -> dict[str, Any]:
    """Return a place in today's format; format 1 kept the caller's notes beside its own."""
    if place.get("format") == FORMAT and set(place) == set(OWN):
        return place
    if place.get("format") != 1 or not any(key in place for key in BEFORE):
        raise CheckpointError(
            f"{path}: expected model format {FORMAT} or 1, got {place.get('format')}. "
            f"Use the version that wrote it."
        )
    rest = {key: value for key, value in place.items() if key not in OWN}
    with fitting(path):
        notes = rest.pop("notes")
        journal = {key: notes.pop(key) for key in JOURNAL if key in notes}
        kept = {key: place[key] for key in OWN if key in place}
        return {"generator": None, **kept, "about": {**rest, **notes, "journal": journal}}


class SavedGenerator:
    """A random generator as a part of a run.

    Parameters
    ----------
    rng : numpy.random.Generator
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def arrays(self) -> Arrays:
        """Return the state as the bytes of its JSON."""
        text = json.dumps(plain_state(self.rng))
        return {"state": np.frombuffer(text.encode(), np.uint8)}

    def restore(self, arrays: Arrays) -> None:
        """Load a state."""
        set_state(self.rng, json.loads(arrays["state"].tobytes()))


def plain_state(rng: np.random.Generator) -> dict[str, Any]:
    """Return a generator's state as plain lists and numbers, for JSON."""
    state = dict(rng.bit_generator.state)
    inner = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in state["state"].items()
    }
    return {**state, "state": inner}


def set_state(rng: np.random.Generator, state: dict[str, Any]) -> None:
    """Put a generator in a state of `plain_state`; both must be of the same kind."""
    inner = {
        name: np.array(value, np.uint64) if isinstance(value, list) else value
        for name, value in state["state"].items()
    }
    rng.bit_generator.state = {**state, "state": inner}
