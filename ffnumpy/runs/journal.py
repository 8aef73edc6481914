"""A run in front of a person: the loop over epochs, the lines it prints, the way it is stopped."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import UsageError, percent
from ffnumpy.inference import Evaluation
from ffnumpy.runs.run import Run

__all__ = ["Journal", "train_to_the_end"]


class Journal:
    """What a run has to say: lines on the terminal, epochs for the record.

    Parameters
    ----------
    run : Run
    rows, labels : arrays
        The images to evaluate on.
    every : int
        Evaluate after every so many epochs, and at the end; 0: only at the end.
    notes : dict, optional
        What `notes` returned when the run was saved.
    counted : sequence of int, optional
        Layers that vote, as in `ffnumpy.inference.evaluate`.

    Attributes
    ----------
    epochs : list of dict
        The figures of each epoch so far; its `seconds` are those of training alone.
    seconds : float
        Wall-clock time so far, evaluation included, saving not.
    last : Evaluation or None
        That of the last epoch, if it was evaluated.
    """

    def __init__(
        self,
        run: Run,
        rows: NDArray,
        labels: NDArray,
        every: int,
        notes: dict[str, Any] | None = None,
        counted: Sequence[int] | None = None,
    ) -> None:
        self.run, self.rows, self.labels, self.every = run, rows, labels, every
        self.counted = counted
        before = notes or {"epochs": [], "seconds": 0.0, "open_epoch": 0.0}
        self.epochs: list[dict[str, Any]] = before["epochs"]
        self.seconds: float = before["seconds"]
        self.open_epoch: float = before["open_epoch"]
        self.last: Evaluation | None = None

    def notes(self) -> dict[str, Any]:
        """Return what a continued run needs of this journal."""
        return {"epochs": self.epochs, "seconds": self.seconds, "open_epoch": self.open_epoch}

    def bar(self, steps: Iterator[int]) -> Iterator[int]:
        """Return the steps, behind a progress bar if someone is watching."""
        if not sys.stderr.isatty():
            return steps
        from tqdm import tqdm

        cases = self.run.cases
        name, done = f"epoch {cases.epoch + 1}/{self.run.total_epochs}", cases.done
        return iter(tqdm(steps, name, cases.batches, leave=False, unit="batch", initial=done))

    def evaluate(self) -> Evaluation:
        """Return the errors of the network as it is now."""
        return self.run.model.evaluate(self.rows, self.labels, self.counted)

    def check_finite(self) -> None:
        """Stop a run whose weights have left the numbers, before anything of it is saved."""
        for part, owner in self.run.model.parts().items():
            if not all(np.isfinite(array).all() for array in owner.arrays().values()):
                raise UsageError(
                    f"the weights of {part} are no longer finite after epoch "
                    f"{self.run.cases.epoch}; this epoch is not saved. Try a smaller "
                    f"--rate or --decay."
                )

    def close_epoch(self) -> None:
        """Evaluate if it is time to, print a line, and keep the figures."""
        number = self.run.cases.epoch
        entry: dict[str, Any] = {"epoch": number, "seconds": round(self.open_epoch, 3)}
        line = f"epoch {number:3d}/{self.run.total_epochs}   {self.open_epoch:6.1f} s"
        self.open_epoch, self.last = 0.0, None
        if self.run.finished or (self.every and number % self.every == 0):
            self.last = self.evaluate()
            entry |= figures(self.last)
            line += "   " + told(self.last)
        self.epochs.append(entry)
        print(line, flush=True)


def told(result: Evaluation) -> str:
    """Return the errors of an evaluation for a line of text, of both methods and by layer."""
    methods = {
        "goodness": (result.error, result.error_by_layer),
        "softmax": (result.error_softmax, result.error_softmax_by_layer),
    }
    words = []
    for name, (error, by_layer) in methods.items():
        if error is not None:
            layers = f" ({' '.join(f'{100 * e:.2f}' for e in by_layer)})" if by_layer else ""
            words.append(f"{name} {percent(error)}{layers}")
    return "   ".join(words)


def figures(result: Evaluation) -> dict[str, Any]:
    """Return the errors of an evaluation for a record."""
    return {
        "error": result.error,
        "error_softmax": result.error_softmax,
        "error_by_layer": list(result.error_by_layer),
        "error_softmax_by_layer": list(result.error_softmax_by_layer),
    }


def train_to_the_end(journal: Journal, save: Callable[[], None]) -> bool:
    """Run the epochs that are left, saving after each; return whether Ctrl-C stopped it."""
    run = journal.run
    if run.finished:
        save()
    with interruptible() as caught:
        while not run.finished and not caught:
            begun = time.perf_counter()
            whole = all(not caught for _ in journal.bar(run.steps()))
            journal.open_epoch += time.perf_counter() - begun
            if whole:
                journal.check_finite()
                journal.close_epoch()
            journal.seconds += time.perf_counter() - begun
            save()
    return bool(caught) and not run.finished


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Collect Ctrl-C in a list, to be looked at between batches; a second one stops at once."""
    caught: list[int] = []

    def note(number: int, frame: Any) -> None:
        caught.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)
