"""The comparison: five ways to learn the same task, each with its errors, its joules, its seconds.

    floating point        the rule in float64, on no chip
    chip                  no conversion but that of the image
    chip with converters  an ADC and a DAC between the layers
    backpropagation       on the same arrays, `hardware_sim.learning.backprop`
    programmed chip       the floating-point weights, written into a chip that is only used

All of them see the same images in the same order, one at a time, and begin with the same weights;
all chips have the same device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from hardware_sim.energy.costs import Cost, digital_estimate
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import FIRST
from hardware_sim.energy.report import cost_record
from hardware_sim.learning.backprop import backprop_error, backprop_run
from hardware_sim.learning.learners import TwinLearner
from hardware_sim.learning.mixed_signal import Resolution
from hardware_sim.learning.programming import program
from hardware_sim.learning.run import Bench, Progress, error_rate, single_run, train_all_passes
from hardware_sim.studies.trials import Trial, cost_on, train_and_test, trial_record

__all__ = [
    "BACKPROP",
    "CHIP",
    "CONVERTED",
    "FLOATING_POINT",
    "NOT_PRICED",
    "PROGRAMMED",
    "WAYS",
    "Result",
    "Rivals",
    "compare",
    "by_backpropagation",
    "by_forward_forward",
    "comparison_record",
    "points",
]

FLOATING_POINT, CHIP, CONVERTED, BACKPROP, PROGRAMMED = "abcde"
"""The keys of the ways in a record."""

WAYS = {
    FLOATING_POINT: "floating point",
    CHIP: "chip",
    CONVERTED: "chip with converters",
    BACKPROP: "backpropagation",
    PROGRAMMED: "programmed chip",
}

NOT_PRICED = (
    "The floating-point rule runs on a computer and has no price. Its energies, marked *, are "
    "estimates for 8-bit digital arithmetic with one memory access of a byte for every weight; "
    "whether the rule learns in 8 bits was not tried.",
    "Between the labels of one image the Dac converts only the lines that change. The positive and "
    "the negative case of a training step are converted apart, even where they share the image.",
    "In backpropagation the softmax, masks and shared exponents take energy, but no time; every "
    "line has converters of its own, so all lines of an array convert at once.",
    "Programming the chip counts pulses and comparators, not the reads that they compare; its "
    "training is that of the floating-point rule.",
    "The rates of the chip and of backpropagation were chosen by looking at test errors on "
    "strokes; other rates, devices and noise change which of them errs less.",
    "Capacitors hold an activity until its length is known and its update is written, so rows and "
    "amplifiers are on only until the rectified value is held. The gain control drives the next "
    "array's rows and is on as long as they are.",
    "The first weights of both Forward-Forward chips and of backpropagation are paid for once and "
    "stand beside the energy of an image, not in it.",
    "No way pays for the memory that holds the images, for clocks, control, bias generators, "
    "wires or leakage.",
)


@dataclass(frozen=True)
class Rivals:
    """What the other ways need beside the trial of the chip.

    Attributes
    ----------
    backprop_rate : float
        ε of backpropagation, whose gradients have another size.
    bits : int
        Of the converters of the converted chip and of backpropagation.
    quantile : float
        Of ``|w|``, for the programmed chip; see `program`.
    """

    backprop_rate: float = 0.003
    bits: int = Resolution.bits
    quantile: float = 0.999


@dataclass(frozen=True)
class Result:
    """The result of one way.

    Attributes
    ----------
    way : str
        A key of `WAYS`.
    error : float
        Fraction of the unseen images that it does not classify correctly.
    training, inference : Cost or None
        Of one image; None where none of it runs on the chip.
    programming : Cost or None
        Of one cell.
    notes : dict
        Further numbers for the record.
    """

    way: str
    error: float
    training: Cost | None = None
    inference: Cost | None = None
    programming: Cost | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    estimated: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The name of the way, for people."""
        return WAYS[self.way]

    def noting(self, **more: Any) -> Result:
        """Return the result with further notes."""
        return replace(self, notes={**self.notes, **more})

    def record(self) -> dict[str, Any]:
        """Return the result for the record."""
        costs = ("training", "inference", "programming")
        return {
            "name": self.name,
            "test_error": self.error,
            "estimate": self.estimated,
            **{name: cost_record(getattr(self, name)) for name in costs},
            **self.notes,
        }


class Estimate(Result):
    """A result whose costs are an estimate for digital arithmetic, not what a chip has spent."""

    estimated = True


def points(base: Trial, rivals: Rivals) -> dict[str, Trial]:
    """Return the chips that learn by Forward-Forward: without converters, and with them."""
    return {CHIP: base, CONVERTED: replace(base, bits=rivals.bits)}


def compare(
    base: Trial, bench: Bench, rivals: Rivals | None = None, progress: Progress = iter
) -> Iterator[Result]:
    """Train and test one way after another; yield the results, in the order of `WAYS`.

    `progress` gets the steps of every pass, to show how far they are.
    """
    rivals, images = rivals or Rivals(), len(bench.rows)
    twin = base.twin(images, bench.encoding)
    yield _floating_point(train_and_test(twin, base.plan, bench, progress), base, bench)
    for way, trial in points(base, rivals).items():
        yield by_forward_forward(way, trial, base, bench, progress)
    yield by_backpropagation(base, bench, rivals, progress)
    yield _programmed(twin, base, bench, rivals.quantile)


def _floating_point(error: float, base: Trial, bench: Bench) -> Result:
    lines, classes = base.design.lines, bench.encoding.classes
    chosen = base.plan.candidates if base.plan.candidates > 1 else 0
    training = Cost(digital_estimate(lines, 2, chosen + 2, 2), 1)
    inference = Cost(digital_estimate(lines, 1, classes, 0), 1)
    return Estimate(FLOATING_POINT, error, training, inference)


def by_forward_forward(
    way: str, trial: Trial, base: Trial, bench: Bench, progress: Progress = iter
) -> Result:
    """Train and test a chip that learns by Forward-Forward; `way` is its key."""
    learner = trial.learner(len(bench.rows), bench.encoding)
    train_all_passes(single_run(learner, bench.rows, bench.labels, trial.plan), progress)
    bounds = [layer.array.cells.at_bounds() for layer in learner.chip]
    test = lambda: error_rate(learner, bench.unseen, bench.truth)  # noqa: E731
    return _priced(way, learner.ledger, test, base, bench).noting(cells_at_bounds=bounds)


def by_backpropagation(
    base: Trial, bench: Bench, rivals: Rivals, progress: Progress = iter
) -> Result:
    """Train and test backpropagation on the same arrays."""
    plan, resolution = replace(base.plan, rate=rivals.backprop_rate), Resolution(rivals.bits)
    images = bench.rows, bench.labels
    run = backprop_run(plan, base.design, base.device, images, resolution, bench.encoding)
    train_all_passes(run, progress)
    network = run.network
    bounds = [layer.array.cells.at_bounds() for layer in network.layers]
    unseen = bench.unseen, bench.truth, bench.encoding
    test = lambda: backprop_error(network, *unseen)  # noqa: E731
    return _priced(BACKPROP, network.ledger, test, base, bench).noting(cells_at_bounds=bounds)


def _priced(
    way: str, ledger: Ledger, test: Callable[[], float], base: Trial, bench: Bench
) -> Result:
    """Return a result: the ledger so far is the bill of the training, and the test that of use."""
    before, shown = ledger.copy(), max(len(bench.rows) * base.plan.passes, 1)
    error, training = test(), before.without(FIRST)
    learnt = cost_on(base.device, training, shown)
    used = cost_on(base.device, ledger.since(before), len(bench.truth))
    once = before.joules() - training.joules()
    return Result(way, error, learnt, used, notes={"first_weights_joules": once})


def _programmed(twin: TwinLearner, base: Trial, bench: Bench, quantile: float) -> Result:
    """Write the twin's weights into a chip and test it; the twin's training has no price."""
    weights = [layer.arrays()["values"] for layer in twin.twin]
    chip, rng = (base.design, base.device), base.plan.generator(2)
    learner, how = program(weights, *chip, rng, quantile, encoding=bench.encoding)
    error = error_rate(learner, bench.unseen, bench.truth)
    inference = cost_on(base.device, learner.ledger, len(bench.truth))
    notes = {name: getattr(how, name) for name in ("clipped", "missed", "scales")}
    return Result(PROGRAMMED, error, None, inference, how.cost, notes)


def comparison_record(
    device: str, base: Trial, bench: Bench, rivals: Rivals, results: Iterable[Result]
) -> dict[str, Any]:
    """Return the comparison for the record; `device` is the name of that device."""
    return {
        "device": device,
        "access": base.design.access.name,
        **trial_record(base, bench),
        "backprop_rate": rivals.backprop_rate,
        "bits": rivals.bits,
        "quantile": rivals.quantile,
        "not_priced": list(NOT_PRICED),
        "variants": {result.way: result.record() for result in results},
    }
