"""Two towers for image and label, compared with the label in the picture.

Not in the paper, which overlays the label. Image and label go through separate linear maps that are
added before the ReLU; goodness on the sum trains both. At test time the image's tower runs once for
all labels: ninefold for ten classes, it is claimed. A single tower saves as much: it is linear.

What differs between the two: the towers see every pixel, and an image has one length whatever its
label; the label in the picture takes ten, and both are normalised together. A label's share of an
image's length is the same in both, chosen on held-back digits that the library draws.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import batches_in
from ffnumpy.cases.encoding import Encoding, OneHot
from ffnumpy.cases.towers import TwoTowers
from ffnumpy.data import Dataset
from ffnumpy.inference import predict
from ffnumpy.runs.run import Run
from ffnumpy.supervised import Setting as Network
from ffnumpy.supervised import Supervised
from ffnumpy.supervised.names import changed
from ffnumpy.validation import above_zero, whole, widths

SECTION, PAPER, MINUTES = "–", "no number", 10
DIFFERS = "the label has a tower of its own, as strong as in the picture, and overwrites no pixel"
COMPARED, SEEDS, TIMED, CLASSES = ("towers",), 3, 200, (10, 100)  # images and classes, timed


@dataclass(frozen=True)
class Setting:
    """Widths, epochs, ε, the label's length for an image's, whether it has a tower of its own."""

    hidden: tuple[int, ...] = (500, 500, 500)
    epochs: int = 20
    rate: float = 0.01
    strength: float = 0.25
    towers: bool = True

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs)
        above_zero(rate=self.rate, strength=self.strength)


FULL, QUICK = Setting(), Setting((100, 100), epochs=8)


def encoding(setting: Setting, classes: int, rows: NDArray) -> Encoding:
    """Return how such images and their labels become inputs."""
    strength = setting.strength * rows.shape[1] ** 0.5
    bright = float(np.square(rows / np.float32(255)).mean()) ** 0.5
    one = OneHot.fitting(rows, classes, strength * bright)
    return TwoTowers(classes, strength) if setting.towers else one  # an image's mean square is 1


def drawn(
    setting: Setting, rows: NDArray, classes: int, rng: np.random.Generator, updates: int = 1
) -> Supervised:
    """Return a freshly drawn network for such rows; an epoch has `updates` updates."""
    own = changed(Network(), hidden=setting.hidden, epochs=setting.epochs, rate=setting.rate)
    return Supervised(own, rows.shape[1], classes, rng, updates, encoding(setting, classes, rows))


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains a network and also measures the cost of an answer."""
    rows, labels, rng = data.train_images, data.train_labels, np.random.default_rng(seed)
    net = drawn(setting, rows, data.classes, rng, batches_in(len(rows), 100))
    cases, measure = net.cases(rows, labels, rng, seed), partial(measured, setting, net, data)
    return Run(net.learners(), cases, setting.epochs, measure, net.parts(), rng, net)


def measured(setting: Setting, net: Supervised, data: Dataset) -> dict[str, Any]:
    """Return the errors, and the operations and time per answer, cached and plain."""
    costs = [cost(setting, data.test_images[:TIMED], k) for k in CLASSES]
    return {**net.measure(data.test_images, data.test_labels), "answers": costs}


def cost(setting: Setting, rows: NDArray, classes: int) -> dict[str, float]:
    """Return the first layer's multiply-adds and seconds per answer for this many classes."""
    net = drawn(setting, rows, classes, np.random.default_rng(0))
    n_in, width = net.layers[0].weights.shape
    image = n_in - classes
    seconds: dict[str, float] = {}
    ways: dict[str, Any] = {"cached": net.encoding, "plain": _Plain(net.encoding)}
    for name, ask in ways.items():
        begun = time.perf_counter()
        predict(net.layers, ask, rows)
        seconds[f"seconds_{name}"] = (time.perf_counter() - begun) / len(rows)
    cached, plain = (image + classes * classes) * width, classes * n_in * width
    return {"classes": classes, "operations_cached": cached, "operations_plain": plain, **seconds}


class _Plain:
    """An encoding that multiplies an image anew for every label."""

    def __init__(self, encoding: Encoding) -> None:
        self.classes, self.features, self.encoding = encoding.classes, encoding.features, encoding
        self.check = encoding.check

    def every_label(self, features: Any) -> NDArray:
        """Return plain inputs."""
        return self.encoding.every_label(features).toarray()


def points(setting: Setting, seed: int) -> dict[str, tuple[Setting, int]]:
    """Return both ways with several seeds."""
    return {
        f"{name}, seed {seed + n}": (changed(setting, towers=towers), seed + n)
        for name, towers in (("two towers", True), ("label in the picture", False))
        for n in range(SEEDS)
    }
