"""What a student's numbers say: right, a mistake with a name, or which case and by how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data import strokes
from ffnumpy.grading.cell import Outcome, called
from ffnumpy.grading.child import as_parts
from ffnumpy.grading.tasks import TASKS, TRAINING, Task

__all__ = ["Verdict", "check", "grade"]

CASES = 5
CLOSE = 1e-4  # relative to the largest number of an answer: float32 will do
TRAINING_SECONDS = 60
ENDS = {
    "missing": "not in the file",
    "empty": "not filled in yet: it raises NotImplementedError",
    "exit": "it ends the program; a function returns",
    "memory": "it needs more than two gigabytes",
    "flood": "it prints without an end",
    "time": "it does not come to an end: stopped after {seconds} s. Look at the loops",
    "crash": "it ended the process. Look for os._exit, or for arrays written past their end",
}


class Verdict(NamedTuple):
    """The grade of one function.

    Attributes
    ----------
    name : str
    status : str
        "right", "wrong", "missing", "empty", or how it ended.
    text : str
        What to tell the student.
    """

    name: str
    status: str
    text: str

    @property
    def written(self) -> bool:
        """Whether there is anything to grade."""
        return self.status not in ("missing", "empty")

    @property
    def passed(self) -> bool:
        """Whether it is right."""
        return self.status == "right"


def grade(file: Path, names: Sequence[str] = (), seed: int = 0) -> list[Verdict]:
    """Grade the functions of a student's file.

    Parameters
    ----------
    file : Path
    names : sequence of str, optional
        By default all.
    seed : int
        Of the cases that they are tried on.
    """
    wanted = names or (*TASKS, TRAINING.name)
    return [
        _training(file, seed) if name == TRAINING.name else _compared(file, TASKS[name], seed)
        for name in wanted
    ]


def check(function: Callable[..., Any], seed: int = 0) -> None:
    """Grade a function where it is, as in a notebook, and say so; it has the name of a task.

    Raises
    ------
    AssertionError
        With what is wrong.
    ValueError
        If no task has its name.
    """
    name = function.__name__
    if name not in TASKS:
        raise ValueError(f"expected a function called {', '.join(TASKS)}; got {name}")
    cases = _drawn(TASKS[name], seed)
    answers = [as_parts(function(*deepcopy(case))) for case in cases]
    verdict = judged(TASKS[name], cases, answers)
    if not verdict.passed:
        raise AssertionError(f"{name}: {verdict.text}")
    print(f"{name}: {verdict.text}")


def _drawn(task: Task, seed: int) -> list[Sequence[Any]]:
    rng = np.random.default_rng(seed)
    return [task.draw(rng) for _ in range(CASES)]


def _compared(file: Path, task: Task, seed: int) -> Verdict:
    cases = _drawn(task, seed)
    outcome = called(file, task.name, cases)
    if outcome.status != "done":
        return _ended(task.name, outcome)
    return judged(task, cases, outcome.answers)


def _ended(name: str, outcome: Outcome, seconds: int = 10) -> Verdict:
    if outcome.status == "error":
        return Verdict(name, "error", outcome.said)
    return Verdict(name, outcome.status, ENDS[outcome.status].format(seconds=seconds))


def judged(
    task: Task, cases: Sequence[Sequence[Any]], answers: Sequence[Sequence[NDArray]]
) -> Verdict:
    """Return the verdict on what a function gave for some cases."""
    right = [as_parts(task.right(*case)) for case in cases]
    answers = [_fitted(given, wanted) for given, wanted in zip(answers, right, strict=True)]
    if _alike(answers, right):
        return Verdict(task.name, "right", f"right in {len(cases)} cases")
    for words, mistake in task.mistakes.items():
        if _alike(answers, [as_parts(mistake(*case)) for case in cases]):
            return Verdict(task.name, "wrong", words)
    for number, (given, wanted) in enumerate(zip(answers, right, strict=True), 1):
        wrong = _other_form(given, wanted)
        if wrong:
            return Verdict(task.name, "wrong", f"case {number}: {wrong}")
    missed = _ratio(answers, right) or _first_miss(answers, right, task.parts)
    return Verdict(task.name, "wrong", missed)


def _fitted(given: Sequence[NDArray], wanted: Sequence[NDArray]) -> Sequence[NDArray]:
    """Return rows that came one by one as one array, and a number in brackets as a number."""
    shape, shapes = wanted[0].shape, [part.shape for part in given]
    if len(wanted) > 1 or shapes == [shape]:
        return given
    if shape and shapes == [shape[1:]] * shape[0]:
        return [np.stack(given)]
    return [part.reshape(()) if part.size == 1 and not shape else part for part in given]


def _other_form(given: Sequence[NDArray], wanted: Sequence[NDArray]) -> str:
    """Return what is wrong with the form of an answer, or nothing."""
    shapes = [[part.shape for part in parts] for parts in (given, wanted)]
    transposed = shapes[0] == [shape[::-1] for shape in shapes[1]]
    if shapes[0] == shapes[1]:
        bad = [not np.isfinite(part).all() for part in given]
        return "it has numbers that are not finite: a division by 0?" if any(bad) else ""
    named = ["; ".join(map(str, each)) or "nothing" for each in shapes]
    hint = " (transposed?)" if transposed else ""
    return f"expected an answer of shape {named[1]}, got {named[0]}{hint}"


def _alike(some: Sequence[Sequence[NDArray]], others: Sequence[Sequence[NDArray]]) -> bool:
    if any(len(a) != len(b) for a, b in zip(some, others, strict=True)):
        return False
    pairs = [pair for a, b in zip(some, others, strict=True) for pair in zip(a, b, strict=True)]
    return all(a.shape == b.shape and _close(a, b).all() for a, b in pairs)


def _close(a: NDArray, b: NDArray) -> NDArray:
    return np.abs(a - b) <= CLOSE * max(np.abs(b).max(initial=0), np.finfo(float).tiny)


def _ratio(answers: Sequence[Sequence[NDArray]], right: Sequence[Sequence[NDArray]]) -> str:
    """Return a factor that all numbers have in common, as words; nothing if there is none."""
    a, b = (
        np.concatenate([np.ravel(p) for parts in each for p in parts]) for each in (answers, right)
    )
    ratios = a[b != 0] / b[b != 0]
    if (
        not len(ratios)
        or not ratios[0]
        or not np.allclose(ratios, ratios[0], rtol=CLOSE)
        or a[b == 0].any()
    ):
        return ""
    return f"every number is {ratios[0]:.4g} times the right one: look for a factor"


def _first_miss(
    answers: Sequence[Sequence[NDArray]],
    right: Sequence[Sequence[NDArray]],
    names: Sequence[str],
) -> str:
    """Say which number of which case is farthest off in the first case that is wrong."""
    for number, (given, wanted) in enumerate(zip(answers, right, strict=True), 1):
        for part, (a, b) in enumerate(zip(given, wanted, strict=True), 1):
            if not _close(a, b).all():
                place = np.unravel_index(np.abs(a - b).argmax(), a.shape)
                where = f"[{', '.join(map(str, place))}]" if place else ""
                which = f", {names[part - 1]}" if names else ""
                wrong = f"{int(np.sum(~_close(a, b)))} of {a.size} numbers wrong"
                worst = f"the worst{where} should be {b[place]:.6g} and is {a[place]:.6g}"
                return f"case {number}{which}: {wrong}; {worst}"
    return "wrong"


def _training(file: Path, seed: int) -> Verdict:
    """Let the student's network learn digits, and ask it about others."""
    data = strokes.dataset(TRAINING.images, TRAINING.unseen, seed)
    case = (data.train_images, data.train_labels.astype(int), data.classes, seed, data.test_images)
    outcome = called(file, TRAINING.name, [case], training=True, seconds=TRAINING_SECONDS)
    if outcome.status != "done":
        return _ended(TRAINING.name, outcome, TRAINING_SECONDS)
    named = outcome.answers[0][0]
    if named.shape != data.test_labels.shape:
        return Verdict(
            TRAINING.name,
            "wrong",
            f"predict: expected a label for each row, {data.test_labels.shape}; got {named.shape}",
        )
    error = float(np.mean(named != data.test_labels))
    reached = f"{100 * error:.1f} % error on {TRAINING.unseen} unseen digits"
    if error <= TRAINING.error:
        return Verdict(TRAINING.name, "right", reached)
    guess = f"guessing errs on about {100 * (1 - 1 / data.classes):.0f} %"
    return Verdict(
        TRAINING.name,
        "wrong",
        f"{reached}; expected {100 * TRAINING.error:.0f} % or less ({guess})",
    )
