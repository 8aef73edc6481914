"""The comparison: five ways to the same task, each with its errors, its joules and its seconds.

    a  numbers            the rule in float64, on no chip
    b  chip               no conversion but of the image
    c  chip, converted    an ADC and a DAC between the layers
    d  backpropagation    on the same arrays, `hardware_sim.learning.backprop`
    e  programmed         (a)'s weights written into a chip, which is only used

The same images in the same order, one at a time, the same first weights, the same device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ffnumpy.cases.encoding import Encoding
from hardware_sim.energy.costs import Cost, digital_estimate, with_conductance
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.backprop import BackpropRun, Resolution
from hardware_sim.learning.converted import ConvertedLearner, Setting
from hardware_sim.learning.learners import ChipLearner, Learner, TwinLearner
from hardware_sim.learning.programming import program
from hardware_sim.learning.run import Bench, SingleRun, Watch, error_rate, train_to_the_end

__all__ = [
    "VARIANTS",
    "Result",
    "compare",
]


VARIANTS = {
    "a": "numbers, float64",
    "b": "chip, no converters",
    "c": "chip, ADC and DAC between layers",
    "d": "backpropagation on the same arrays",
    "e": "(a)'s weights programmed into a chip",
}


@dataclass(frozen=True)
class Result:
    """What came out for one of the ways.

    Attributes
    ----------
    letter : str
    error : float
        Part of the unseen images that it gets wrong.
    training, inference : Cost or None
        Of an image; None where nothing of it runs on the chip.
    programming : Cost or None
        Of a cell.
    notes : dict
    """

    letter: str
    error: float
    training: Cost | None = None
    inference: Cost | None = None
    programming: Cost | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """In words."""
        return VARIANTS[self.letter]


def compare(setting: Setting, bench: Bench, watch: Watch = iter) -> Iterator[Result]:
    """Train and test one way after another; yield what came out, in the order of `VARIANTS`.

    `watch` gets the steps of every pass, to look on while they are taken.
    """
    plan, design, device = setting.plan, setting.design, setting.device
    images = len(bench.rows)
    numbers = TwinLearner(plan, design, images)
    train_to_the_end(single_run(numbers, setting, bench), watch)
    yield _in_numbers(numbers, setting, bench)
    for letter, learner in (
        ("b", ChipLearner(plan, design, device, images)),
        ("c", ConvertedLearner(setting, images)),
    ):
        train_to_the_end(single_run(learner, setting, bench), watch)
        yield _on_chip(letter, learner, setting, bench)
    rival = backprop_run(setting, bench)
    train_to_the_end(rival, watch)
    yield _by_backpropagation(rival, setting, bench)
    yield _programmed(numbers, setting, bench)


def single_run(learner: Learner, setting: Setting, bench: Bench) -> SingleRun:
    """Return the training of a learner by Forward-Forward."""
    return SingleRun(learner, bench.rows, bench.labels, setting.plan)


def backprop_run(setting: Setting, bench: Bench) -> BackpropRun:
    """Return the training of (d)."""
    plan, resolution = replace(setting.plan, rate=setting.backprop_rate), Resolution(setting.bits)
    design, device = setting.design, setting.device
    return BackpropRun(plan, design, device, bench.rows, bench.labels, resolution)


def _shown(setting: Setting, bench: Bench) -> int:
    """Return how many images are shown in the training."""
    return max(len(bench.rows) * setting.plan.passes, 1)


def _in_numbers(learner: TwinLearner, setting: Setting, bench: Bench) -> Result:
    error = error_rate(learner, bench.unseen, bench.truth)
    lines, classes = setting.design.lines, Encoding().classes
    chosen = setting.plan.candidates if setting.plan.candidates > 1 else 0
    training = Cost(digital_estimate(lines, 2, chosen + 2, 2), 1)
    return Result("a", error, training, Cost(digital_estimate(lines, 1, classes, 0), 1))


def _on_chip(letter: str, learner: ChipLearner, setting: Setting, bench: Bench) -> Result:
    test = lambda: error_rate(learner, bench.unseen, bench.truth)  # noqa: E731
    bounds = [layer.array.cells.at_bounds() for layer in learner.chip]
    return _priced(letter, learner.ledger, test, setting, bench, {"cells_at_bounds": bounds})


def _by_backpropagation(run: BackpropRun, setting: Setting, bench: Bench) -> Result:
    bounds = [layer.array.cells.at_bounds() for layer in run.network.layers]
    test = lambda: run.error_rate(bench.unseen, bench.truth)  # noqa: E731
    return _priced("d", run.ledger, test, setting, bench, {"cells_at_bounds": bounds})


def _priced(
    letter: str,
    ledger: Ledger,
    test: Callable[[], float],
    setting: Setting,
    bench: Bench,
    notes: dict[str, Any],
) -> Result:
    """Return a result whose training is what stands in the ledger, and whose use is the test."""
    training = ledger.copy()
    error = test()
    learnt = Cost(
        with_conductance(training, setting.device.cell.conductance), _shown(setting, bench)
    )
    used = Cost(
        with_conductance(ledger.since(training), setting.device.cell.conductance), len(bench.truth)
    )
    return Result(letter, error, learnt, used, notes=notes)


def _programmed(numbers: TwinLearner, setting: Setting, bench: Bench) -> Result:
    """Write (a)'s weights into a chip and test that; the training in numbers is not priced."""
    weights = [layer.arrays()["values"] for layer in numbers.numbers]
    rng = setting.plan.generator(2)
    learner, how = program(weights, setting.design, setting.device, rng, setting.quantile)
    error = error_rate(learner, bench.unseen, bench.truth)
    inference = Cost(
        with_conductance(learner.ledger, setting.device.cell.conductance), len(bench.truth)
    )
    notes = {name: getattr(how, name) for name in ("clipped", "missed", "scales")}
    return Result("e", error, None, inference, how.cost, notes)
