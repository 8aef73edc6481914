"""Section 1: a black box between two layers, of which Forward-Forward needs no model.

The paper claims, without a number: with a black box inserted, backpropagation needs a
differentiable model of it, Forward-Forward needs none; methods that perturb weights scale badly.

What differs: the box is ours, fixed, stepped, and noisy anew at each use, so at either end of a
perturbation; σ and ε are the best of a few on held-back generated digits. Backpropagation trains
what it can reach, the layers above the box. The control is an upper layer that never learns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy import supervised
from ffnumpy.activations import relu
from ffnumpy.baselines import Backprop, ByClass, ClassCases, WeightPerturbation
from ffnumpy.cases import OneHot, batches_in
from ffnumpy.data import Dataset
from ffnumpy.draws import BOX, generator
from ffnumpy.layers import BlackBox, Frozen, Through
from ffnumpy.normalisation import normalise
from ffnumpy.runs import Run, SavedGenerator
from ffnumpy.supervised.names import changed
from ffnumpy.training import together
from ffnumpy.validation import above_zero, not_negative, whole
from ffnumpy.weights import Dense, normal

SECTION, PAPER, MINUTES = "1", "a claim", 5
DIFFERS, COMPARED = "the box is ours; the paper has no number", ("method",)
METHODS = ("forward-forward", "upper layer untrained", "backprop above the box", "perturbation")
SIGMA, PACE = 0.01, 3000  # of the perturbed weights, and their ε · weights / `rate`


@dataclass(frozen=True)
class Setting:
    """Units per layer (of two), epochs, images in a batch, ε, the box's noise, the method."""

    width: int = 500
    epochs: int = 10
    batch: int = 100
    rate: float = 0.01
    noise: float = 0.1
    method: str = METHODS[0]

    def __post_init__(self) -> None:
        whole(width=self.width, batch=self.batch)
        whole(0, epochs=self.epochs)
        above_zero(rate=self.rate)
        not_negative(noise=self.noise)
        if self.method not in METHODS:
            raise ValueError(f"method: expected one of {', '.join(METHODS)}; got {self.method}")


FULL, QUICK = Setting(), Setting(100, epochs=4)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains two layers with a black box between them."""
    return (_forward_forward if setting.method in METHODS[:2] else _by_class)(setting, data, seed)


def _forward_forward(setting: Setting, data: Dataset, seed: int) -> Run:
    rows, labels, rng = data.train_images, data.train_labels, np.random.default_rng(seed)
    same = {name: getattr(setting, name) for name in ("rate", "batch", "epochs")}
    own = changed(supervised.Setting(), hidden=(setting.width,) * 2, **same)
    encoding, of = OneHot.fitting(rows, data.classes), batches_in(len(rows), setting.batch)
    net = supervised.Supervised(own, rows.shape[1], data.classes, rng, of, encoding)
    box = BlackBox(setting.width, generator(BOX, seed), noise=setting.noise)
    parts: dict[str, Any] = {**net.parts(), "box": SavedGenerator(box.rng)}
    upper: Any = net.layers[1] if setting.method == METHODS[0] else Frozen(net.layers[1])
    net.layers[1] = Through(box, upper)  # type: ignore[call-overload]
    measure = partial(net.measure, data.test_images, data.test_labels)
    shown = net.cases(rows, labels, rng, seed)
    return Run(net.learners(), shown, setting.epochs, measure, parts, rng, net)


def _by_class(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains the same layers and a softmax from labels."""
    rows, labels, rng = data.train_images, data.train_labels, np.random.default_rng(seed)
    encoding, width = OneHot.fitting(rows, data.classes), setting.width
    sizes = (encoding.inputs(rows.shape[1]), width, width, data.classes)
    lower, *upper = values = [normal(a, b, rng) for a, b in pairwise(sizes)]
    box = BlackBox(width, generator(BOX, seed), noise=setting.noise)
    rate = PACE * setting.rate / sum(v.size for v in values)
    learner: Any = WeightPerturbation(values, partial(_logits, box), rate, SIGMA, rng)
    parts: dict[str, Any] = {"weights": learner}
    if setting.method == METHODS[2]:
        above = Backprop([Dense(one, 10 * setting.rate) for one in upper])
        learner = Through(lambda x: box(_relu(x, lower)), above)
        parts = {f"layer{n}": weights for n, weights in enumerate(above.weights, 2)}
    net, parts = ByClass(learner, encoding), {**parts, "box": SavedGenerator(box.rng)}
    measure = partial(net.measure, data.test_images, data.test_labels)
    cases = ClassCases(rows, labels, encoding, setting.batch, seed)
    return Run(together([learner], 1), cases, setting.epochs, measure, parts, rng, net)


def _relu(x: NDArray, values: NDArray) -> NDArray:
    return normalise(relu.value(x @ values[:-1] + values[-1]))


def _logits(box: BlackBox, values: Sequence[NDArray], x: NDArray) -> NDArray:
    """Return the logits of the whole network with these weights."""
    hidden = relu.value(box(_relu(x, values[0])) @ values[1][:-1] + values[1][-1])
    return hidden @ values[2][:-1] + values[2][-1]


def points(setting: Setting, seed: int) -> dict[str, tuple[Setting, int]]:
    """Return each method; perturbation at several widths of its own."""
    table = {method: replace(setting, method=method) for method in METHODS[:3]}
    for n in (2, 10, 100):
        table[f"perturbation, {n} units a layer"] = replace(setting, method=METHODS[3], width=n)
    return {name: (one, seed) for name, one in table.items()}
