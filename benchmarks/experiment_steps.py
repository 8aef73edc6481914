"""One training step of each of the paper's experiments at full scale against the matrix product.

A step is a batch of 100 images shown to all layers that learn in the first epoch, of a stream a
single image. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from counting import operations
from peak import Task, add_arguments, compare, show

from ffnumpy import experiments
from ffnumpy.data import Dataset
from ffnumpy.runs import Run

BATCH, STEPS, CLASSES, MARGIN = 100, 8, 10, 3
WITHOUT = ("pytorch_example", "aesop")  # the whole set is one batch; rows are no pictures
COLOURED = ("cifar10",)
COUNTING = """\
Counted are the multiplications and additions in the products of a step with weights, twice the
number of weights for each row, as often as the program makes them: it multiplies an image once for
all labels that it carries. Fields of single places are worked out in blocks of places; the zeros of
their matrices count. Everything else that a step does is not counted, its time is."""


def names() -> list[str]:
    """Return the experiments whose steps are timed."""
    return [name for name in experiments.names() if name not in WITHOUT]


def images(name: str, steps: int) -> Dataset:
    """Return random images with a blank margin for so many steps of an experiment."""
    rng, shape = np.random.default_rng(0), (32, 32, 3) if name in COLOURED else (28, 28)
    pictures = rng.integers(0, 256, (BATCH * steps, *shape), np.uint8)
    pictures[:, :MARGIN] = 0  # for the label, however the picture is shifted
    rows = pictures.reshape(len(pictures), -1)
    labels = rng.integers(0, CLASSES, len(rows), np.uint8)
    return Dataset("random", rows, labels, rows[:1], labels[:1], shape)


def run_of(name: str, steps: int, small: bool = False) -> Run:
    """Return a run of an experiment on random images, so many steps to an epoch."""
    module = experiments.named(name)
    return module.start(module.QUICK if small else module.FULL, images(name, steps), 0)


def task(name: str) -> Task:
    """Return an experiment's steps, and how many operations one needs."""
    counted, steps = run_of(name, 1), list[int]()
    needed = operations(lambda: steps.extend(counted.steps()))
    return Task(name, needed / len(steps), partial(epoch, run_of(name, STEPS)))


def epoch(run: Run) -> Iterator[Any]:
    """Yield after each step of the first epoch, which may be asked for again."""
    run.cases.epoch, run.cases.done = 0, 0
    return islice(run.steps(), STEPS)


def main() -> int:
    """Measure the steps of all experiments, or of some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    add_arguments(parser, rounds=3)
    args = parser.parse_args()
    show(compare(list(map(task, args.names or names())), args.rounds), COUNTING, args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
