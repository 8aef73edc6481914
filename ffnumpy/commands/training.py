"""An experiment from the command line: started or resumed, trained to the end, recorded."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import partial
from typing import Any

from ffnumpy import experiments
from ffnumpy.commands import (
    INTERRUPTED,
    UsageError,
    guessing,
    interrupt_line,
)
from ffnumpy.commands.terminal import wrapped
from ffnumpy.data import UNOFFICIAL, Dataset, checksum
from ffnumpy.experiments.saved import notes_of
from ffnumpy.runs import checkpoint, records
from ffnumpy.runs.files import write_json
from ffnumpy.runs.journal import Journal, format_errors, train_to_the_end
from ffnumpy.runs.run import Run
from ffnumpy.supervised.names import flat

__all__ = [
    "Launch",
    "best_of",
    "counted_layers",
    "launch",
    "part_measured",
]


@dataclass(frozen=True)
class Launch:
    """What is to be run.

    Attributes
    ----------
    experiment : str
    scale : str
        "quick", "full", or another name of the setting.
    setting : frozen dataclass
    data : Dataset
        The run is measured on its test images, whatever they are.
    seed : int
    notes : dict
        What else the command line says, kept in the model file.
    """

    experiment: str
    scale: str
    setting: Any
    data: Dataset
    seed: int
    notes: dict[str, Any]


def launch(args: argparse.Namespace, what: Launch, before: dict[str, Any] | None) -> int:
    """Run an experiment; return the exit status: 0, or 130 after Ctrl-C.

    Parameters
    ----------
    args : Namespace
        With the options of `add_run_options`.
    what : Launch
    before : dict or None
        The notes in the file to be resumed.
    """
    if what.data.name.endswith(UNOFFICIAL):
        print(f"data: {what.data.name}; the record will say so", flush=True)
    if before is not None:
        check_same_rows(args.resume, what.data, before)
    run = started(what)
    if before is not None:
        check_same_stages(args.resume, what, run, before["epochs"])
        checkpoint.restore(args.resume, run)
        print(wrapped(resume_message(args.resume, what, run, before)), flush=True)
    journal = Journal(run, args.evaluate_every, before["journal"] if before else None)
    if train_to_the_end(journal, partial(save, args, what, journal)):
        print(wrapped(interrupt_message(args)))
        return INTERRUPTED
    finish(args, what, journal)
    return 0


def started(what: Launch) -> Run:
    """Return the run, measured by the layers that the command line counts."""
    try:
        run: Run = experiments.named(what.experiment).start(what.setting, what.data, what.seed)
        check_room = getattr(getattr(run.network, "encoding", None), "check_room", None)
        if check_room is not None:
            check_room(what.data.train_images)
    except ValueError as error:
        raise UsageError(str(error)) from None
    counted = counted_layers(what.notes.get("count_layers"), run.network)
    if counted is not None:
        run.measure = partial(run.measure, counted=counted)
    return run


def check_same_rows(path: str, data: Dataset, before: dict[str, Any]) -> None:
    """Refuse to resume with a training set other than the one the run was started with."""
    rows, columns = data.train_images.shape
    if (rows, columns) != (before["rows"], before["columns"]):
        raise UsageError(
            f"{path}: was trained on {before['rows']} rows of {before['columns']} columns; got "
            f"{rows} rows of {columns}. Give the training set it was started with."
        )
    if before.get("checksum", checksum(data)) != checksum(data):
        raise UsageError(
            f"{path}: {data.name} holds other data than those it was started with, of the same "
            f"size. Give the old ones, or start a new run."
        )


def check_same_stages(path: str, what: Launch, run: Run, began: int) -> None:
    """Refuse another number of epochs where it is that of one stage of several.

    Layers that learn one after another, or before a readout, would change places in the epochs that
    are already done. A run of one stage has as many epochs as its setting.
    """
    asked = flat(what.setting)["epochs"]
    if asked not in (began, run.epochs):
        raise UsageError(
            f"{path}: it learns in stages, one after another, of which --epochs says the length: "
            f"{began}. A run under way cannot change that to {asked}; leave it out."
        )


def counted_layers(wanted: tuple[int, ...] | None, network: Any) -> list[int] | None:
    """Return the layers to count, from 0, or None for those of the setting.

    Raises
    ------
    UsageError
        If no layers vote, or a requested one does not exist or is named twice.
    """
    if wanted is None:
        return None
    if not hasattr(network, "voters"):
        raise UsageError(
            "--count-layers: this network does not name classes by the goodness of layers that one "
            "could choose; leave it out"
        )
    n_layers = len(network.layers)
    if len(set(wanted)) < len(wanted) or not all(1 <= k <= n_layers for k in wanted):
        raise UsageError(
            f"--count-layers: expected layers 1 … {n_layers} of this model, each at most once; "
            f"got {','.join(map(str, wanted))}"
        )
    return [k - 1 for k in wanted]


def resume_message(path: str, what: Launch, run: Run, before: dict[str, Any]) -> str:
    """Return the line that says where a run resumes, and what another total changes."""
    line = f"{path}: {run.cases.epoch} of {run.epochs} epochs are done"
    if run.finished:
        return f"{line}; nothing is left to train"
    line += records.moved(before.get("versions", {}))
    choices, total = flat(what.setting), before["epochs"]
    if choices["epochs"] != total and choices.get("falling"):
        line += (
            f"; they followed the falling rate of a run of {total}, so this differs from a run of "
            f"{choices['epochs']} from the start"
        )
    return line


def interrupt_message(args: argparse.Namespace) -> str:
    """Return the line that says what a stopped run leaves."""
    where = args.save or args.resume
    line = interrupt_line(where and f"--resume {where}")
    return line + (f"; no record was written to {args.out}" if args.out else "")


def save(args: argparse.Namespace, what: Launch, journal: Journal) -> None:
    """Save the run, if it is to be saved."""
    path, data = args.save or args.resume, what.data
    if path:
        about = {
            **notes_of(what.experiment, what.setting, data, what.seed),
            "scale": what.scale,
            "versions": records.versions(),
            **what.notes,
            "journal": journal.notes(),
        }
        checkpoint.save(path, journal.run, about)


def finish(args: argparse.Namespace, what: Launch, journal: Journal) -> None:
    """Print the errors; write the record and the figures."""
    measured, part = journal.measured(), part_measured(what)
    errors = format_errors(measured)
    print(f"{part} error{', in brackets by layer' if '(' in errors else ''}: {errors}")
    labels = what.data.test_labels
    print(guessing.verdict(best_of(measured), labels))
    if args.out:
        begun: dict[str, Any] = {"started_by": what.notes["started_by"]} if args.resume else {}
        begun["guessing_error"] = guessing.guessing_error(labels)
        write_json(args.out, {**record(what, journal, measured, part), **begun})
    if args.plots:
        from ffnumpy import plotting

        before = started(what).network
        network, epochs = journal.run.network, journal.epochs
        plotting.training_figures(args.plots, network, before, what.data, epochs, measured)


def best_of(measured: dict[str, Any]) -> float | None:
    """Return the smaller of the errors by goodness and by the readout; None if there is none."""
    both = [measured.get(name) for name in ("error", "error_softmax")]
    return min((error for error in both if error is not None), default=None)


def part_measured(what: Launch) -> str:
    """Return which images the errors are on: "validation" if any were held out, else "test"."""
    return "validation" if what.notes.get("validation") else "test"


def record(what: Launch, journal: Journal, measured: dict[str, Any], part: str) -> dict[str, Any]:
    """Return the record of a finished run; its errors are on the `part` that was measured."""
    counted, held_out = what.notes.get("count_layers"), what.notes.get("validation")
    errors = {f"{part}_{n}" if n.startswith("error") else n: v for n, v in measured.items()}
    return {
        **records.header(what.seed),
        "experiment": what.experiment,
        "scale": what.scale,
        "setting": flat(what.setting),
        "data": what.data.name,
        "train_images": len(what.data.train_labels),
        **({"validation": held_out} if held_out else {}),
        **({} if counted is None else {"count_layers": list(counted)}),
        **errors,
        "seconds": round(journal.seconds, 3),
        "peak_rss_bytes": records.peak_rss_bytes(),
        "epochs": journal.epochs,
    }
