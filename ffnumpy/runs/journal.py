"""A run as a person sees it: the loop over epochs, the lines it prints, how Ctrl-C stops it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ffnumpy.runs.progress import watched
from ffnumpy.runs.run import Run

__all__ = ["Journal", "format_errors", "interruptible", "percent", "train_to_the_end"]


def percent(error: float | None) -> str:
    """Return an error as a percentage for people; a dash where there is none."""
    return "–" if error is None else f"{100 * error:.2f} %"


class Journal:
    """What a run reports: lines on the terminal, epochs for the record.

    Parameters
    ----------
    run : Run
    every : int
        Epochs between measurements; the last is always measured; 0: only the last.
    notes : dict, optional
        What `notes` returned when the run was saved.
    unit, stage : str
        What the progress bar counts, and what an epoch is called.
    quiet : bool
        Whether epochs print no line.

    Attributes
    ----------
    epochs : list of dict
        The figures of each epoch so far; its `seconds` are those of training alone.
    seconds : float
        Wall-clock time so far, measuring included, saving not.
    last : dict or None
        What was measured after the last epoch, or None.
    """

    def __init__(
        self,
        run: Run,
        every: int,
        notes: dict[str, Any] | None = None,
        unit: str = "batch",
        stage: str = "epoch",
        quiet: bool = False,
    ) -> None:
        self.run, self.every, self.unit, self.stage = run, every, unit, stage
        self.quiet = quiet
        before = notes or {"epochs": [], "seconds": 0.0, "open_epoch": 0.0}
        self.epochs: list[dict[str, Any]] = before["epochs"]
        self.seconds: float = before["seconds"]
        self.open_epoch: float = before["open_epoch"]
        self.last: dict[str, Any] | None = None

    def notes(self) -> dict[str, Any]:
        """Return what a resumed run needs of this journal."""
        return {"epochs": self.epochs, "seconds": self.seconds, "open_epoch": self.open_epoch}

    def steps(self) -> Iterable[int]:
        """Return the steps of an epoch, behind a bar of the whole run if someone is watching."""
        cases = self.run.cases
        name = f"{self.stage} {cases.epoch + 1}/{self.run.epochs}"
        done = cases.epoch * cases.batches + cases.done
        return watched(self.run.steps(), name, self.run.epochs * cases.batches, self.unit, done)

    def measured(self) -> dict[str, Any]:
        """Return the figures of the network as it is now."""
        return self.run.measure() if self.last is None else self.last

    def close_epoch(self) -> None:
        """Measure if it is due, print a line, and keep the figures without tables."""
        number = self.run.cases.epoch
        entry: dict[str, Any] = {"epoch": number, "seconds": round(self.open_epoch, 3)}
        line = f"{self.stage} {number:3d}/{self.run.epochs}   {self.open_epoch:6.1f} s"
        self.open_epoch, self.last = 0.0, None
        if self.run.finished or (self.every and number % self.every == 0):
            self.last = self.run.measure()
            entry |= {name: value for name, value in self.last.items() if not _is_table(value)}
            line += "   " + format_errors(self.last)
        self.epochs.append(entry)
        if not self.quiet:
            print(line, flush=True)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def format_errors(measured: dict[str, Any]) -> str:
    """Return the errors of a network for a line of text, with those by layer in brackets.

    Examples
    --------
    >>> format_errors({"error": 0.02, "error_by_layer": [0.04, 0.03], "error_softmax": 0.025})
    'error 2.00 % (4.00 3.00)   error softmax 2.50 %'
    """
    words = []
    for name, value in measured.items():
        if name.startswith("error") and not name.endswith("_by_layer") and value is not None:
            by_layer = " ".join(f"{100 * e:.2f}" for e in measured.get(f"{name}_by_layer", []))
            brackets = f" ({by_layer})" if by_layer else ""
            words.append(f"{name.replace('_', ' ')} {percent(value)}{brackets}")
    return "   ".join(words)


def train_to_the_end(journal: Journal, save: Callable[[], None] = lambda: None) -> bool:
    """Run the remaining epochs, saving after each; return whether Ctrl-C stopped it.

    Raises
    ------
    DivergedError
        If weights are no longer finite; the epoch is not saved.
    """
    run = journal.run
    if run.finished:
        save()
    with interruptible() as caught:
        while not run.finished and not caught:
            begun = time.perf_counter()
            whole = all(not caught for _ in journal.steps())
            journal.open_epoch += time.perf_counter() - begun
            if whole:
                run.check_finite()
                journal.close_epoch()
            journal.seconds += time.perf_counter() - begun
            save()
    return bool(caught) and not run.finished


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Collect Ctrl-C in a list to check between batches; a second one stops at once.

    A thread of a cluster's worker is told of no Ctrl-C, so it collects none.
    """
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return

    def note(number: int, frame: Any) -> None:
        caught.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)
