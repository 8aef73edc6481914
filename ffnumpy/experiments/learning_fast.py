"""Section 8: fast learning, one step to a desired goodness, on a stream seen once.

The paper notes that a layer can be taken to any goodness S* in one step, ε = √(S*/S) − 1, and that
all layers can do so at once, since none changes the direction of its output. It gives no number.
What differs: every image of the stream is asked before it is learned, and others at its end. Beside
it are Eq. 3 at a constant rate, backpropagation by plain gradient steps, and a perceptron.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.baselines import Backprop, ByClass, Perceptron
from ffnumpy.baselines.backprop import plain
from ffnumpy.cases import Features, LabelledCases, OneHot, UniformWrong
from ffnumpy.cases.stream import OneByOne, Prequential, running_error
from ffnumpy.data import Dataset
from ffnumpy.inference import EveryLabel, all_but_first, by_parts
from ffnumpy.layers import Goals, Layer, OneStepLayer
from ffnumpy.runs import Run
from ffnumpy.training import together
from ffnumpy.validation import above_zero, whole, widths
from ffnumpy.weights import Dense, normal

SECTION, PAPER, MINUTES = "8", "an idea", 30
DIFFERS, COMPARED = "the paper states the rule and no number", ("rule", "amount")
WINDOW, KEPT, SEEDS = 500, 50, 3  # images in the running error, values of it kept, seeds
TRIED = {
    "fast": (1.0, 0.5, 0.2, 0.1),
    "slow": (0.0001, 0.0003, 0.001, 0.003),
    "sgd": (0.003, 0.01, 0.03),
    "perceptron": (0.01,),
}


@dataclass(frozen=True)
class Setting:
    """Widths, images of the stream, the rule, and its η (fast) or ε (the others)."""

    hidden: tuple[int, ...] = (500, 500)
    images: int = 20_000
    rule: str = "fast"
    amount: float = 0.2

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(images=self.images)
        above_zero(amount=self.amount)
        if self.rule not in TRIED:
            raise ValueError(f"rule: expected fast, slow, sgd or perceptron; got {self.rule}")


FULL, QUICK = Setting(), Setting((100, 100), images=1500)


class _FromLabels(ByClass):
    """A network that learns the class of each image of a stream, from its label alone."""

    def learn(self, x: Any, sign: Any) -> Any:
        """Learn the class of the case."""
        self.learner.learn(plain(self.encoding, x.features), x.labels[:1])
        return x


def learner(
    setting: Setting, n_in: int, encoding: OneHot, rng: np.random.Generator
) -> tuple[Any, Callable[[Features], NDArray], dict[str, Any]]:
    """Return the learner, its way of answering, and its parts."""
    top = (encoding.classes,) if setting.rule in ("sgd", "perceptron") else ()
    hidden = () if setting.rule == "perceptron" else setting.hidden
    dense = [Dense(normal(a, b, rng), setting.amount) for a, b in pairwise((n_in, *hidden, *top))]
    if top:
        network = Backprop(dense) if setting.rule == "sgd" else Perceptron(dense[0])
        rival = _FromLabels(network, encoding)
        return rival, rival.name, {f"layer{n}": w for n, w in enumerate(dense, 1)}
    layers = [Layer(weights) for weights in dense]
    goals = Goals(share=setting.amount if setting.rule == "fast" else 1.0)
    taught = [OneStepLayer(layer, goals) for layer in layers] if setting.rule == "fast" else layers
    ask = EveryLabel(layers, encoding, all_but_first(len(layers)))
    parts = {f"layer{n}": layer for n, layer in enumerate(layers, 1)}
    return OneByOne(taught), lambda x: ask.votes(x).together.argmax(axis=1), parts


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run through a stream of training images, each seen once."""
    rng, few = np.random.default_rng(seed), slice(setting.images)
    rows, labels = data.train_images[few], data.train_labels[few]
    encoding = OneHot.fitting(rows, data.classes)
    taught, answer, parts = learner(setting, encoding.inputs(rows.shape[1]), encoding, rng)
    score, wrong = Prequential(lambda x: int(answer(x)[0])), UniformWrong(data.classes, rng)
    cases = LabelledCases(rows, labels, encoding, wrong, batch=1, seed=seed)

    def measure() -> dict[str, Any]:
        """Return the errors on other images, on the last of the stream, and all along it."""
        named = by_parts(lambda part: answer(encoding.features(part)), data.test_images)
        running: NDArray = running_error(np.array(score.wrong), WINDOW)
        step = max(len(running) // KEPT, 1)
        return {
            "error": float(np.mean(named != data.test_labels)),
            "error_of_last": float(running[-1]),
            "error_of_stream": float(np.mean(score.wrong)),
            "running_error": running[step - 1 :: step].tolist(),
        }

    return Run(together([score, taught], 1), cases, 1, measure, {**parts, "score": score}, rng)


def points(setting: Setting, seed: int) -> dict[str, tuple[Setting, int]]:
    """Return every rule with every amount and several seeds."""
    return {
        f"{rule}, {amount:g}, seed {n}": (replace(setting, rule=rule, amount=amount), n)
        for rule, amounts in TRIED.items()
        for amount, n in product(amounts, range(seed, seed + SEEDS))
    }
