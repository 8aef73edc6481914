"""Mortal computation, Section 10 of [Hinton2022]: what a chip has learned lives and dies with it.

Chips of one design differ. So weights that were learned on one of them need not work on another,
and what has been learned has to be handed on by teaching. For each chip of a number, with its own
individual cells and circuits, the study measures the test error

- *in place*: trained on this chip;
- *transplanted*: its conductances copied into the next chip, as far as that chip's cells reach;
- *distilled*: the next chip, newly made, learns some images from this chip's answers. The winner of
  this chip's goodness is the label, its runner-up the negative;
- *labels alone*: this chip names the labels, and the next chip finds its own negatives;
- *hard labels*: the next chip learns the same images from true labels instead;
- *aged*: this chip after its states have decayed and some cells have got stuck;
- *retrained*: the aged chip after it has seen the same images again.

The copy is kinder than reality: every conductance is known, and written without an error but the
device's own noise of a write. How a chip ages is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from ffnumpy.runs.sweep import sweep
from ffnumpy.runs.workers import Engine
from hardware_sim.chip.design import Tolerances
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.joined import JoinedCells
from hardware_sim.devices.manufactured import Manufactured
from hardware_sim.devices.pairs import PairCells
from hardware_sim.devices.variation import Spread
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.run import Bench, Progress, error_rate, single_run, train_all_passes
from hardware_sim.studies.trials import Trial, with_cell

__all__ = [
    "FATES",
    "LEVELS",
    "Ageing",
    "Lesson",
    "aged",
    "interval",
    "points",
    "relay",
    "run_points",
    "teach",
    "varied",
]

LEVELS = (0.5, 1.0, 2.0)
"""Multiples of the usual variation of cells and circuits."""

FATES = (
    "in place",
    "transplanted",
    "distilled",
    "labels alone",
    "hard labels",
    "aged",
    "retrained",
)
VARIATIONS = ("step", "asymmetry", "low", "high")
Entry = dict[str, Any]


@dataclass(frozen=True)
class Ageing:
    """How a chip ages; both values are assumed.

    Attributes
    ----------
    decay : float
        A state decays by ``e^(−decay |ξ|)``, ξ standard normal for each cell.
    stuck : float
        Fraction of cells that get stuck where they are.
    """

    decay: float = 0.3
    stuck: float = 0.05


@dataclass(frozen=True)
class Lesson:
    """What one chip hands on to the next, and what an aged chip sees again.

    Attributes
    ----------
    images : int
        The first so many of the training images.
    ageing : Ageing
    """

    images: int
    ageing: Ageing = Ageing()


def varied(base: Trial, level: float) -> Trial:
    """Return the trial with so many times its variation between cells and between circuits."""
    cell, off = base.device.cell, base.design.tolerances
    spread = {name: level * getattr(cell.spread, name) for name in VARIATIONS}
    mismatch = {name: level * value for name, value in asdict(off).items() if name != "noise"}
    trial = with_cell(base, replace(cell, spread=Spread(**{**vars(cell.spread), **spread})))
    design = replace(base.design, tolerances=Tolerances(**{**asdict(off), **mismatch}))
    return replace(trial, design=design)


def points(chips: int) -> dict[str, tuple[float, int]]:
    """Return level and number of every chip, by name."""
    return {
        f"variation {level:g}, chip {number}": (level, number)
        for level in LEVELS
        for number in range(chips)
    }


def run_points(
    base: Trial,
    bench: Bench,
    chips: int,
    lesson: Lesson,
    record: list[Entry],
    progress: Progress = iter,
    engine: Engine | None = None,
) -> Iterator[Entry]:
    """Measure the chips that a record lacks; yield the entry of each when the record has it."""
    evaluate = partial(_evaluate, base, bench, chips, lesson, progress)
    return sweep(points(chips), evaluate, record, engine=engine)


def _evaluate(
    base: Trial,
    bench: Bench,
    chips: int,
    lesson: Lesson,
    progress: Progress,
    point: tuple[float, int],
) -> Entry:
    """Return the errors of one chip."""
    level, number = point
    return {"level": level, **_fates(*relay(base, level, number, chips), bench, lesson, progress)}


def relay(base: Trial, level: float, number: int, chips: int) -> tuple[Trial, Trial]:
    """Return a chip and the next one, which is the first after the last."""
    made = varied(base, level)
    return made.seeded(number), made.seeded((number + 1) % chips)


def _fates(trial: Trial, heir: Trial, bench: Bench, lesson: Lesson, progress: Progress) -> Entry:
    """Train a chip, hand on what it knows in all ways, let it age; return all errors."""
    chip = _new(trial, bench)
    train_all_passes(single_run(chip, bench.rows, bench.labels, trial.plan), progress)
    errors = {"in place": _error(chip, bench)}
    other = _new(heir, bench)
    for layer, own in zip(other.chip, chip.chip, strict=True):
        layer.array.cells.set(own.array.cells.w, other.rng)
        layer.array.changed()
    errors["transplanted"] = _error(other, bench)
    rows, labels = bench.rows[: lesson.images], bench.labels[: lesson.images]
    named = chip.predict(rows)
    for fate, teacher, told in (
        ("distilled", chip, named),
        ("labels alone", None, named),
        ("hard labels", None, labels),
    ):
        student = _new(heir, bench)
        teach(student, rows, told, heir, teacher)
        errors[fate] = _error(student, bench)
    aged(chip, lesson.ageing, np.random.default_rng(trial.plan.seed))
    errors["aged"] = _error(chip, bench)
    teach(chip, rows, labels, trial, None)
    errors["retrained"] = _error(chip, bench)
    return errors


def _new(trial: Trial, bench: Bench) -> ChipLearner:
    return trial.learner(len(bench.rows), bench.encoding)


def _error(chip: ChipLearner, bench: Bench) -> float:
    return error_rate(chip, bench.unseen, bench.truth)


def teach(
    student: ChipLearner, rows: NDArray, labels: NDArray, trial: Trial, teacher: ChipLearner | None
) -> None:
    """Train a chip on some images once; a teacher names the strongest of all wrong labels."""
    plan = replace(trial.plan, passes=1)
    if teacher:
        plan = replace(plan, candidates=student.encoding.classes - 1)
    schedule = plan.schedule(len(rows))
    for layer in student.chip:
        layer.writing.rate, layer.writing.updates = schedule, 0
    strongest = teacher.strongest if teacher else None
    train_all_passes(single_run(student, rows, labels, plan, strongest))


def aged(chip: ChipLearner, ageing: Ageing, rng: np.random.Generator) -> None:
    """Let the cells of a chip decay, and some of them get stuck."""
    for layer in chip.chip:
        for cells in _single(layer.array.cells):
            w = cells.w * np.exp(-ageing.decay * np.abs(rng.standard_normal(cells.shape)))
            cells.set(w.astype(cells.w.dtype))
            stuck = rng.random(cells.shape) < ageing.stuck
            cells.up[stuck] = cells.down[stuck] = 0
        layer.array.restore(layer.array.arrays())  # pairs keep the difference of their cells


def _single(cells: Manufactured) -> list[Cells]:
    """Return the arrays of single cells that weights are made of."""
    if isinstance(cells, Cells):
        return [cells]
    assert isinstance(cells, PairCells | JoinedCells)
    parts = cells.made_of if isinstance(cells, JoinedCells) else (cells.plus, cells.minus)
    return [single for part in parts for single in _single(part)]


def interval(errors: NDArray) -> tuple[float, float]:
    """Return the mean of some chips' errors, and half the width of its 95 % interval (Student)."""
    n = len(errors)
    half = stdtrit(n - 1, 0.975) * errors.std(ddof=1) / np.sqrt(n)
    return float(errors.mean()), float(half)
