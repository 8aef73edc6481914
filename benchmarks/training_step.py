"""One training step of the full recipe against the matrix product: float32, hard negatives.

The recipe is the author's: smoothed gradient, decay, biases, peer term, softmax readout. Each
network learns in two ways, in turn: as `Run` lets it, and with everything left to BLAS's threads.
Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from peak import Task, add_arguments, compare, show

from ffnumpy.data import Dataset
from ffnumpy.experiments import supervised
from ffnumpy.supervised.names import changed
from ffnumpy.training import train

PIXELS, CLASSES = 784, 10
STEPS = 50  # in an epoch, between two products
COUNTING = """\
Counted are the multiplications and additions that the algorithm needs, 2 for each weight and row:
the image product of layer 1 once for all three passes and once for the update (positive and
negative deltas are added first); above it a neutral pass (B rows), a pass of positives and
negatives (2B) and the update (2B). Labels, biases, readout, activations and the element-wise update
of the weights are not counted, their time is."""


def operations(hidden: tuple[int, ...], batch: int) -> float:
    """Return the floating-point operations of one step, counted as COUNTING says."""
    first = 2 * (2 * batch * (PIXELS - CLASSES) * hidden[0])
    above = sum(a * b for a, b in pairwise(hidden))
    return first + 5 * (2 * batch * above)


def tasks(hidden: tuple[int, ...], batch: int) -> list[Task]:
    """Return a step of one network in both ways."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (batch * STEPS, PIXELS), np.uint8)
    rows[:, :CLASSES] = 0  # for the label
    labels = rng.integers(0, CLASSES, len(rows), np.uint8)
    data = Dataset("random", rows, labels, rows[:1], labels[:1], (PIXELS,))
    setting = changed(supervised.AUTHOR, hidden=hidden, batch=batch)
    run = supervised.start(setting, data, seed=0)
    name, needed = f"{len(hidden)} x {hidden[0]}, batch {batch}", operations(hidden, batch)

    def left_to_blas() -> Iterator[int]:
        return train(run.learners(0), run.cases)

    return [Task(name, needed, run.steps), Task(f"{name}, left to BLAS", needed, left_to_blas)]


def main() -> int:
    """Measure the two networks of the paper's and the author's size."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, rounds=12)
    args = parser.parse_args()
    timed = [*tasks((1000,) * 3, 100), *tasks((2000,) * 4, 100)]
    show(compare(timed, args.rounds), COUNTING, args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
