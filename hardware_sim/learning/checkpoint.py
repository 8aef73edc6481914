"""A chip on disk: its individual cells, its noise generator, its ledger, its place in the run."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.runs.checkpoint import CheckpointError, read_archive
from ffnumpy.runs.files import write_atomically
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.run import SingleRun

__all__ = ["load_notes", "restore", "save"]

FORMAT = 1
PathLike = str | os.PathLike[str]


def save(path: PathLike, run: SingleRun, notes: dict[str, Any]) -> None:
    """Save a chip's run with the caller's notes; a kill leaves the previous file whole."""
    learner = _chip(run)
    place = {
        "format": FORMAT,
        "epoch": run.cases.epoch,
        "done": run.cases.done,
        "generators": [_state(learner.rng), _state(run.rng)],
        "ledger": learner.ledger.lines(),
        "notes": notes,
    }
    arrays = {
        f"{number}/{name}": array
        for number, layer in enumerate(learner.chip)
        for name, array in layer.arrays().items()
    }
    # NumPy's stubs do not know that the keyword names are free
    write_atomically(
        path,
        lambda file: np.savez(file, place=json.dumps(place), **arrays),  # type: ignore[arg-type]
    )


def load_notes(path: PathLike) -> dict[str, Any]:
    """Return the caller's notes.

    Raises
    ------
    CheckpointError
        If the file does not exist, is damaged, or was not saved here.
    """
    return _read(path)[0]["notes"]


def restore(path: PathLike, run: SingleRun) -> None:
    """Put a run, made anew with the same plan and seed, where the saved one stood.

    The mismatch of the circuits is not in the file: the same seed manufactures the same chip.

    Raises
    ------
    CheckpointError
        As `load_notes`, or if the chip is another one.
    """
    place, arrays = _read(path)
    learner = _chip(run)
    try:
        for number, layer in enumerate(learner.chip):
            layer.restore({name: arrays[f"{number}/{name}"] for name in layer.arrays()})
        learner.ledger.restore_lines(place["ledger"])
        for rng, state in zip((learner.rng, run.rng), place["generators"], strict=True):
            rng.bit_generator.state = _numbers(state)
        run.cases.epoch, run.cases.done = int(place["epoch"]), int(place["done"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"{path}: does not fit this chip ({error}). Resume with the options of the first run."
        ) from None


def _chip(run: SingleRun) -> ChipLearner:
    if not isinstance(run.learner, ChipLearner):
        raise TypeError(f"expected the run of a chip; got {type(run.learner).__name__}")
    return run.learner


def _read(path: PathLike) -> tuple[dict[str, Any], dict[str, NDArray]]:
    return read_archive(path, FORMAT, "hardware-sim train", "ledger")


def _state(rng: np.random.Generator) -> dict[str, Any]:
    """Return a generator's state as plain lists and numbers."""
    state = dict(rng.bit_generator.state)
    state["state"] = {name: np.asarray(value).tolist() for name, value in state["state"].items()}
    return state


def _numbers(state: dict[str, Any]) -> dict[str, Any]:
    inner = {name: np.array(value, np.uint64) for name, value in state["state"].items()}
    return {**state, "state": inner}
