"""One sample on a chip, and one large coincidence update, against the matrix product.

The sample is an image on a 784-256-256 chip of `gokmen-vlasov` devices: D-to-A conversion, both
layers' reads with thermal, white and slow noise of the cells and with that of the amplifiers, the
update by trains of coincidences pulse by pulse, for the positive and then for the negative case.
Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice

import numpy as np
from peak import Task, add_arguments, compare, show

from ffnumpy.cases.encoding import OneHot
from hardware_sim.chip.design import Design
from hardware_sim.devices.presets import preset
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.updates.coincidence import coincidences

PIXELS, CLASSES, WARM_UP = 784, 10, 3000
AT_ONCE = 50  # samples or updates between two products
COUNTING = """\
Counted for a sample are the multiplications and additions of its four reads and four updates, 2 for
each cell; for the large update those of the product of its two bit matrices, whole arrays each. A
chip's simulation is no matrix product: noise, trains and pulses take most of the time."""


def images(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return n random images with as much ink as digits have: one pixel in five."""
    ink = rng.integers(1, 256, (n, PIXELS), np.uint8)
    return np.where(rng.random((n, PIXELS)) < 0.19, ink, 0).astype(np.uint8)


def samples(learner: ChipLearner, rng: np.random.Generator) -> Iterator[None]:
    """Show one image after another, each with a label and with another, forever."""
    encoding, rows = OneHot(), images(rng, 200)
    cases = [
        encoding.labelled(encoding.features(row[np.newaxis]), np.array([n % 10, (n + 3) % 10]))
        for n, row in enumerate(rows)
    ]
    inputs = [case.toarray() for case in cases]
    while True:
        for pair in inputs:
            for x, sign in ((pair[:1], 1.0), (pair[1:], -1.0)):
                for layer in learner.layers:
                    x = layer.learn(x, sign)
            yield


def sample() -> Task:
    """Return the task of one sample, on a chip that has learned for a while."""
    plan, design = Plan((256, 256)), Design((PIXELS, 256, 256))
    device = preset("gokmen-vlasov").device
    noisy = replace(device, noise=replace(device.noise, read=0.01, low_frequency=0.01))
    learner = ChipLearner(plan, design, noisy, images=60000)
    steps = samples(learner, np.random.default_rng(0))
    for _ in range(WARM_UP):
        next(steps)
    cells = sum(a.array.cells.w.size for a in learner.chip)
    return Task("sample, 784-256-256", 8.0 * cells, lambda: islice(steps, AT_ONCE))


def update() -> Task:
    """Return the task of a 1000 × 1000 update: 31 slots, half the lines active, firing at 0.1."""
    rng = np.random.Generator(np.random.SFC64(0))
    cells = preset("gokmen-vlasov").device.manufacture((1000, 1000), rng, np.float32)
    trains = updates(cells, rng)
    return Task("update, 1000 x 1000", 2.0 * 31 * 1e6, lambda: islice(trains, AT_ONCE))


def updates(cells, rng: np.random.Generator) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """Draw trains, count coincidences, pulse the cells, up and down in turn, forever."""
    rows = np.arange(0, 1000, 2)
    columns = np.where(np.arange(1000) % 2, 0.2 * rng.random(1000), 0).astype(np.float32)
    lines = (0.2 * rng.random(500)).astype(np.float32)
    for up in cycle((True, False)):
        on_rows = (rng.random((500, 31), np.float32) < lines[:, np.newaxis]).astype(np.float32)
        on_columns = (rng.random((1000, 31), np.float32) < columns[:, np.newaxis]).astype("f4")
        struck = coincidences(rows, (on_rows, on_columns), 1000)
        cells.pulse(*struck, up, rng)
        yield


def main() -> int:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, rounds=12)
    args = parser.parse_args()
    show(compare([sample(), update()], args.rounds), COUNTING, args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
