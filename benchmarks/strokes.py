"""How fast the generated digits are drawn, how hard they are, and how real.

Draws the default set, trains a linear softmax on its pixels, and a Forward-Forward network whose
errors are measured on the set's own test images and (where MNIST is at hand) on MNIST's.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from ffnumpy.data import DataError, Dataset, load
from ffnumpy.experiments import supervised
from ffnumpy.layers.readout import Readout
from ffnumpy.optimisers import Adam
from ffnumpy.runs import records
from ffnumpy.runs.files import write_json
from ffnumpy.supervised.names import changed
from ffnumpy.weights.dense import Dense

HIDDEN, EPOCHS, BATCH = (500, 500, 500), 30, 100


def linear_error(data: Dataset, seed: int) -> float:
    """Return the test error of softmax regression on the pixels: the least of its epochs'."""
    rng = np.random.default_rng(seed)
    zeros = np.zeros((data.train_images.shape[1] + 1, data.classes), np.float32)
    readout = Readout(Dense(zeros, 1e-3, Adam()))
    train, test = (x.astype(np.float32) / 255 for x in (data.train_images, data.test_images))
    errors = []
    for _ in range(EPOCHS):
        for index in np.split(rng.permutation(len(train)), len(train) // BATCH):
            readout.learn([train[index]], data.train_labels[index].astype(int))
        said = readout.forward([test]).argmax(axis=1)
        errors.append(float(np.mean(said != data.test_labels)))
    return min(errors)


def network_errors(data: Dataset, seed: int) -> dict[str, float | None]:
    """Return the errors of a network trained on strokes, on strokes and on MNIST."""
    setting = changed(supervised.AUTHOR, hidden=HIDDEN, epochs=EPOCHS)
    run = supervised.start(setting, data, seed)
    while not run.finished:
        for _ in run.steps():
            pass
    own = run.measure()["error"]
    try:
        mnist = load("mnist", progress=False)
    except DataError as error:
        print(f"without MNIST: {error}", file=sys.stderr)
        return {"strokes_test_error": own, "mnist_test_error": None}
    other = run.network.measure(mnist.test_images, mnist.test_labels)["error"]
    return {"strokes_test_error": own, "mnist_test_error": other}


def main() -> int:
    """Measure, print, and write the record if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, metavar="RECORD.json")
    args = parser.parse_args()
    begun = time.process_time()
    data = load("strokes")
    figures = {
        "images": len(data.train_images) + len(data.test_images),
        "drawing_cpu_seconds": round(time.process_time() - begun, 3),
        "linear_softmax_test_error": linear_error(data, args.seed),
        "hidden": list(HIDDEN),
        "epochs": EPOCHS,
        **network_errors(data, args.seed),
    }
    for name, value in figures.items():
        print(f"{name:<28}{value}")
    if args.out:
        write_json(args.out, {**records.header(args.seed), **figures})
    return 0


if __name__ == "__main__":
    sys.exit(main())
