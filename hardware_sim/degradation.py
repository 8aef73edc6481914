"""Degradation curves: what one imperfection after another costs, everything else left as it is.

A `Specimen` says what is made and trained. A `Quantity` moves one thing about it through five or
six values, from ideal to bad; at each value several chips are made and trained, and `curve` yields
a `Point` with what came out. Chips of one seed draw the same random numbers whatever the value: the
same individual gets worse, with the same first weights and the same images in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import fdtrc

from hardware_sim.cells import CycleNoise
from hardware_sim.comparisons import Bench, ConvertedLearner, Setting, Watch, train_to_the_end
from hardware_sim.devices import Device, Pair
from hardware_sim.layout import Layout
from hardware_sim.pulses import Coincidence, Engine
from hardware_sim.runs import ChipLearner, Learner, NumberLearner, Plan, SingleRun, error_rate
from hardware_sim.update_rules import ConstantStep, ExponentialStep, SoftBoundsReference

__all__ = [
    "QUANTITIES",
    "Outcome",
    "Point",
    "Quantity",
    "Specimen",
    "cell_of",
    "chance",
    "curve",
    "finding",
    "mean_and_deviation",
    "outcome",
    "twins",
    "with_cell",
]

CLEAR = 0.01  # a rise is one if chance makes as large a one less often
Change = Callable[["Specimen", float], "Specimen"]


@dataclass(frozen=True)
class Specimen:
    """A chip about to be made, and how it will be trained.

    Attributes
    ----------
    plan : Plan
    layout : Layout
    device : Device or Pair
    engine : Engine, optional
        By default what the device allows.
    bits : int
        Of an ADC and a DAC between the layers; 0: no converters there.

    Raises
    ------
    ValueError
        If converters come with an engine of one's own.
    """

    plan: Plan
    layout: Layout
    device: Device | Pair
    engine: Engine | None = None
    bits: int = 0

    def __post_init__(self) -> None:
        if self.bits and self.engine:
            raise ValueError(
                f"a chip with converters writes by the engine that its device allows; got "
                f"{self.engine}. Leave the engine out, or set bits to 0."
            )

    def learner(self, images: int) -> ChipLearner:
        """Make the chip, for so many images a pass."""
        if self.bits:
            setting = Setting(self.plan, self.layout, self.device, bits=self.bits)
            return ConvertedLearner(setting, images)
        return ChipLearner(self.plan, self.layout, self.device, images, self.engine)

    def seeded(self, number: int) -> Specimen:
        """Return the specimen of the chip with this number: another seed for chip and cases."""
        return replace(self, plan=replace(self.plan, seed=self.plan.seed + number))


@dataclass(frozen=True)
class Quantity:
    """Something that is worse on a chip than on paper, and how bad it may get.

    Attributes
    ----------
    name : str
    words : str
        For an axis.
    unit : str
        Values are shown as they are, or times 100 if it begins with %.
    values : tuple of float
        From ideal to bad.
    change : callable, (specimen, value) -> specimen
    costs : bool
        Whether the energy is of interest too.
    """

    name: str
    words: str
    unit: str
    values: tuple[float, ...]
    change: Change
    costs: bool = False

    @property
    def ideal(self) -> float:
        """The value that is nearest to perfection."""
        return self.values[0]

    def at(self, base: Specimen, value: float) -> Specimen:
        """Return the specimen with this quantity at a value, and nothing else changed."""
        return self.change(base, value)

    def text(self, value: float) -> str:
        """Return a value for people.

        Examples
        --------
        >>> QUANTITIES["stuck"].text(0.05), QUANTITIES["bits"].text(4)
        ('5 %', '4 bits')
        """
        if self.unit.startswith("%"):
            return f"{100 * value:g} %"
        return f"{value:g} {self.unit if value != 1 else self.unit.removesuffix('s')}"


@dataclass(frozen=True)
class Outcome:
    """What came out of one chip.

    Attributes
    ----------
    seed : int
    error : float
        Part of the unseen images that it gets wrong.
    joules : float
        Of the training, an image, all constants nominal [J].
    conversions : float
        From analog to digital, in the training, an image.
    """

    seed: int
    error: float
    joules: float
    conversions: float


@dataclass(frozen=True)
class Point:
    """A value, and what came out of each chip."""

    value: float
    chips: tuple[Outcome, ...]

    @property
    def errors(self) -> tuple[float, ...]:
        """Of each chip."""
        return tuple(chip.error for chip in self.chips)

    @property
    def error(self) -> tuple[float, float]:
        """Mean and standard deviation over the chips."""
        return mean_and_deviation(self.errors)

    @property
    def joules(self) -> tuple[float, float]:
        """Likewise, of an image in the training [J]."""
        return mean_and_deviation([chip.joules for chip in self.chips])

    @property
    def conversions(self) -> tuple[float, float]:
        """Likewise, A-to-D conversions of an image in the training."""
        return mean_and_deviation([chip.conversions for chip in self.chips])


def mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation (n − 1) of two or more values.

    Examples
    --------
    >>> mean_and_deviation([1.0, 3.0])
    (2.0, 1.4142135623730951)
    """
    if len(values) < 2:
        raise ValueError(f"expected two or more values, to know how they spread; got {values}")
    return float(np.mean(values)), float(np.std(values, ddof=1))


def curve(
    quantity: Quantity,
    base: Specimen,
    bench: Bench,
    chips: int = 3,
    watch: Watch = iter,
    done: Collection[float] = (),
) -> Iterator[Point]:
    """Make, train and test `chips` chips at one value after another; yield a point for each.

    Parameters
    ----------
    quantity : Quantity
    base : Specimen
        Whose seed is that of the first chip; the others have the next ones.
    bench : Bench
    chips : int
    watch : callable
        Gets the steps of every pass, to look on while they are taken.
    done : collection of float
        Values to leave out.

    Raises
    ------
    ValueError
        If there are fewer than two chips: one does not say how they differ.
    """
    check_chips(chips)
    for value in quantity.values:
        if value not in done:
            moved = quantity.at(base, value)
            outcomes = [outcome(moved.seeded(n), bench, watch) for n in range(chips)]
            yield Point(value, tuple(outcomes))


def twins(base: Specimen, bench: Bench, chips: int = 3, watch: Watch = iter) -> list[float]:
    """Return the errors of the chips' twins in numbers, which no quantity touches."""
    check_chips(chips)
    plans = [base.seeded(n).plan for n in range(chips)]
    return [
        _trained(NumberLearner(plan, base.layout, len(bench.rows)), plan, bench, watch)
        for plan in plans
    ]


def check_chips(chips: int) -> None:
    """Refuse fewer than two."""
    if chips < 2:
        raise ValueError(f"chips: expected 2 or more, because one has no spread; got {chips}")


def outcome(specimen: Specimen, bench: Bench, watch: Watch) -> Outcome:
    """Make, train and test one chip; the testing is not in its energy."""
    images = len(bench.rows)
    learner, shown = specimen.learner(images), max(images * specimen.plan.passes, 1)
    train_to_the_end(SingleRun(learner, bench.rows, bench.labels, specimen.plan), watch)
    joules, conversions = learner.ledger.joules(), learner.ledger.count("adc")
    error = error_rate(learner, bench.unseen, bench.truth)
    return Outcome(specimen.plan.seed, float(error), joules / shown, conversions / shown)


def _trained(learner: Learner, plan: Plan, bench: Bench, watch: Watch) -> float:
    """Train and test somebody."""
    train_to_the_end(SingleRun(learner, bench.rows, bench.labels, plan), watch)
    return float(error_rate(learner, bench.unseen, bench.truth))


def finding(quantity: Quantity, points: Sequence[Point]) -> str:
    """Say where the error is the largest, and how far above the smallest, if it is clear at all."""
    best = min(points, key=lambda point: point.error[0])
    worst = max(points, key=lambda point: point.error[0])
    if chance(points) > CLEAR:
        return f"No clear rise between {ends(quantity, points[0], points[-1])}"
    rise = 100 * (worst.error[0] - best.error[0])
    return f"Error rises by {rise:.2g} points from {ends(quantity, best, worst, ' to ')}"


def chance(points: Sequence[Point]) -> float:
    """Return how often errors of one mean would differ as much between points, by chance alone.

    A one-way analysis of variance: ``F = n var(means)/mean(var)`` for n chips at each of k points.
    """
    k, n = len(points), len(points[0].chips)
    means, deviations = np.transpose([point.error for point in points])
    between = n * float(np.var(means, ddof=1)) if k > 1 else 0.0
    within = float(np.mean(deviations**2))
    if not (between and within):
        return 0.0 if between else 1.0
    return float(fdtrc(k - 1, k * (n - 1), between / within))


def ends(quantity: Quantity, first: Point, last: Point, between: str = " and ") -> str:
    """Return the values of two points for people."""
    return between.join(quantity.text(point.value) for point in (first, last))


def cell_of(device: Device | Pair) -> Device:
    """Return what a device consists of: of a pair, one of the two."""
    return device.cell if isinstance(device, Pair) else device


def with_cell(base: Specimen, cell: Device) -> Specimen:
    """Return the specimen made of such cells."""
    if isinstance(base.device, Pair):
        return replace(base, device=replace(base.device, cell=cell))
    return replace(base, device=cell)


def _step(base: Specimen, value: float) -> Specimen:
    """Set Δ_min, given as a fraction of the range."""
    rule = (cell := cell_of(base.device)).rule
    if not isinstance(rule, ConstantStep):
        raise ValueError(
            f"step: expected a rule whose step can be set; a {type(rule).__name__} has the steps "
            f"of its table. Choose another device or quantity."
        )
    return with_cell(base, replace(cell, rule=replace(rule, step=value * (rule.high - rule.low))))


def _spread(*names: str) -> Change:
    """Return a change that sets these attributes of the device's `Spread`."""

    def change(base: Specimen, value: float) -> Specimen:
        """Set them to a value."""
        cell = cell_of(base.device)
        moved: dict[str, Any] = dict.fromkeys(names, value)
        return with_cell(base, replace(cell, spread=replace(cell.spread, **moved)))

    return change


def _bias(base: Specimen, value: float) -> Specimen:
    """Set the asymmetry that all cells have in common."""
    rule = cell_of(base.device).rule
    if isinstance(rule, SoftBoundsReference | ExponentialStep) or rule.low == 0:
        raise ValueError(
            f"bias: expected cells that go up and down by equal steps; a {type(rule).__name__} of "
            f"this device is uneven by itself, or its zero is where it is even, or it only goes "
            f"up. Choose another device or quantity."
        )
    return _spread("bias")(base, value)


def _cycle(base: Specimen, value: float) -> Specimen:
    """Set the noise of a pulse relative to its size; whatever else the fit has goes."""
    cell = cell_of(base.device)
    noise = replace(cell.noise, cycle=CycleNoise(relative=value))
    return with_cell(base, replace(cell, noise=noise))


def _read(base: Specimen, value: float) -> Specimen:
    """Set the white noise of one read of one cell."""
    cell = cell_of(base.device)
    return with_cell(base, replace(cell, noise=replace(cell.noise, read=value)))


def _tolerance(name: str) -> Change:
    """Return a change that sets this attribute of the `Tolerances`."""

    def change(base: Specimen, value: float) -> Specimen:
        """Set it to a value."""
        tolerances = replace(base.layout.tolerances, **{name: value})
        return replace(base, layout=replace(base.layout, tolerances=tolerances))

    return change


def _train(base: Specimen, value: float) -> Specimen:
    """Set the longest train of coincidences."""
    if base.device.follows_charge:
        raise ValueError(
            "train: expected a device that takes whole pulses; this one follows the charge of a "
            "shaped pulse, and no train is sent. Choose another device or quantity."
        )
    return replace(base, engine=Coincidence(base.layout.scale, int(value)))


def _bits(base: Specimen, value: float) -> Specimen:
    """Put an ADC and a DAC of so many bits between the layers."""
    if len(base.plan.hidden) < 2:
        raise ValueError("bits: expected two layers or more, to have converters between them")
    return replace(base, bits=int(value))


_EVERY = (
    Quantity("step", "step size", "% of range", (1e-4, 8e-4, 2.5e-3, 8e-3, 0.025), _step),
    Quantity(
        "bias",
        "asymmetry of steps, common to all devices",
        "%",
        (0, 0.01, 0.03, 0.1, 0.3),
        _bias,
    ),
    Quantity(
        "asymmetry",
        "asymmetry of steps, of each device its own",
        "%",
        (0, 0.01, 0.05, 0.2, 0.5),
        _spread("asymmetry"),
    ),
    Quantity("cycle", "cycle-to-cycle noise", "% of step", (0, 0.3, 1, 3, 10), _cycle),
    Quantity(
        "spread",
        "device-to-device spread of step and bounds",
        "%",
        (0, 0.15, 0.3, 0.6, 1),
        _spread("step", "low", "high"),
    ),
    Quantity("read", "read noise of a cell", "% of range", (0, 0.003, 0.01, 0.03, 0.1), _read),
    Quantity(
        "amplifier-noise",
        "amplifier noise",
        "% of an activity",
        (0, 0.1, 0.27, 0.6, 1.5),
        _tolerance("noise"),
    ),
    Quantity(
        "offset",
        "amplifier offset",
        "% of an activity",
        (0, 0.09, 0.25, 0.5, 1),
        _tolerance("offset"),
    ),
    Quantity(
        "gain-control", "gain-control error", "%", (0, 0.02, 0.1, 0.3, 1), _tolerance("normaliser")
    ),
    Quantity("squarer", "squarer mismatch", "%", (0, 0.05, 0.2, 0.5, 1), _tolerance("squarer")),
    Quantity("stuck", "stuck devices", "%", (0, 0.01, 0.05, 0.15, 0.3), _spread("stuck")),
    Quantity("bits", "ADC and DAC between layers", "bits", (10, 8, 6, 4, 3, 2), _bits, costs=True),
    Quantity("train", "longest pulse train", "slots", (63, 31, 15, 7, 3, 1), _train, costs=True),
)

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _EVERY}
