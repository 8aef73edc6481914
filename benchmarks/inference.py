"""Ten-label inference by goodness against the matrix product, float32."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from peak import Task, add_arguments, compare, show
from training_step import CLASSES, PIXELS

from ffnumpy.inference import predict
from ffnumpy.supervised import Setting, Supervised

IMAGES = 500
AT_ONCE = 3  # predictions between two products
COUNTING = """\
Counted: layer 1 once for each image, the layers above once for each of the ten labels. Labels,
biases, activations, goodness and the conversion of bytes are not counted, their time is."""


def operations(hidden: tuple[int, ...]) -> float:
    """Return the floating-point operations of naming IMAGES images."""
    above = sum(a * b for a, b in pairwise(hidden))
    return 2 * IMAGES * ((PIXELS - CLASSES) * hidden[0] + CLASSES * above)


def task(hidden: tuple[int, ...]) -> Task:
    """Return the task of one network."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (IMAGES, PIXELS), np.uint8)
    model = Supervised(Setting(hidden=hidden), PIXELS, CLASSES, rng)

    def draw() -> Iterator[object]:
        for _ in range(AT_ONCE):
            yield predict(model.layers, model.encoding, rows)

    return Task(f"{len(hidden)} x {hidden[0]}, {IMAGES} images", operations(hidden), draw)


def main() -> int:
    """Measure the two networks of the paper's and the author's size."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, rounds=10)
    args = parser.parse_args()
    show(compare([task((1000,) * 3), task((2000,) * 4)], args.rounds), COUNTING, args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
