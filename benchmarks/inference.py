"""Ten-label inference by goodness against the matrix product, float32."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from peak import add_arguments, compare, show
from training_step import CLASSES, PIXELS

from ffnumpy.inference import predict
from ffnumpy.models import ForwardForwardModel
from ffnumpy.recipes import Recipe

IMAGES = 500
COUNTING = """\
Counted: layer 1 once for each image, the layers above once for each of the ten labels. Labels,
biases, activations, goodness and the conversion of bytes are not counted, their time is."""


def operations(hidden: tuple[int, ...]) -> float:
    """Return the floating-point operations of naming IMAGES images."""
    above = sum(a * b for a, b in pairwise(hidden))
    return 2 * IMAGES * ((PIXELS - CLASSES) * hidden[0] + CLASSES * above)


def measure(hidden: tuple[int, ...], rounds: int) -> list[dict]:
    """Return the row of one network."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (IMAGES, PIXELS), np.uint8)
    model = ForwardForwardModel(Recipe().changed(hidden=hidden), PIXELS, CLASSES, rng)
    name = f"{len(hidden)} x {hidden[0]}, {IMAGES} images"

    def tasks() -> Iterator[object]:
        for _ in range(2):
            yield predict(model.layers, model.encoding, rows)

    return compare(operations(hidden), {name: tasks}, rounds)


def main() -> int:
    """Measure the two networks of the paper's and the author's size."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, rounds=10)
    args = parser.parse_args()
    rows = [row for h in ((1000,) * 3, (2000,) * 4) for row in measure(h, args.rounds)]
    show(rows, COUNTING, args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
