"""A specimen: a chip about to be made and trained, and what came out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hardware_sim.chip.design import Design
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.learning.converted import ConvertedLearner, Setting
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, SingleRun, Watch, error_rate, train_to_the_end
from hardware_sim.updates.engine import Engine

__all__ = ["Outcome", "Specimen", "cell_of", "outcome", "with_cell"]


@dataclass(frozen=True)
class Specimen:
    """A chip about to be made, and how it will be trained.

    Attributes
    ----------
    plan : Plan
    design : Design
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
    design: Design
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
            setting = Setting(self.plan, self.design, self.device, bits=self.bits)
            return ConvertedLearner(setting, images)
        return ChipLearner(self.plan, self.design, self.device, images, self.engine)

    def seeded(self, number: int) -> Specimen:
        """Return the specimen of the chip with this number: another seed for chip and cases."""
        return replace(self, plan=replace(self.plan, seed=self.plan.seed + number))


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


def outcome(specimen: Specimen, bench: Bench, watch: Watch) -> Outcome:
    """Make, train and test one chip; the testing is not in its energy."""
    images = len(bench.rows)
    learner, shown = specimen.learner(images), max(images * specimen.plan.passes, 1)
    train_to_the_end(SingleRun(learner, bench.rows, bench.labels, specimen.plan), watch)
    joules, conversions = learner.ledger.joules(), learner.ledger.count("adc")
    error = error_rate(learner, bench.unseen, bench.truth)
    return Outcome(specimen.plan.seed, float(error), joules / shown, conversions / shown)


def cell_of(device: Device | Pair) -> Device:
    """Return what a device consists of: of a pair, one of the two."""
    return device.cell if isinstance(device, Pair) else device


def with_cell(base: Specimen, cell: Device) -> Specimen:
    """Return the specimen made of such cells."""
    if isinstance(base.device, Pair):
        return replace(base, device=replace(base.device, cell=cell))
    return replace(base, device=cell)
