"""A trial: a chip about to be made and how it is trained; and the result of making and training it.

Every study describes what it compares as trials, by name, and `run_trial` carries one out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from ffnumpy.cases import Encoding
from hardware_sim.chip.design import Design
from hardware_sim.devices.device import Device
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.several import Several
from hardware_sim.energy.costs import Cost, with_conductance
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import FIRST
from hardware_sim.learning.converted import ConvertedLearner
from hardware_sim.learning.learners import ChipLearner, Learner, TwinLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, Progress, error_rate, single_run, train_all_passes
from hardware_sim.updates.engine import Engine

__all__ = [
    "Trial",
    "TrialResult",
    "cost_on",
    "run_trial",
    "task_line",
    "train_and_test",
    "trial_record",
    "with_cell",
]


@dataclass(frozen=True)
class Trial:
    """A chip about to be made, and how it will be trained.

    Attributes
    ----------
    plan : Plan
    design : Design
    device : Device or Pair
    engine : Engine, optional
        By default the one that the device allows.
    bits : int
        Of an ADC and a DAC between the layers; 0 means no converters there.

    Raises
    ------
    ValueError
        If there are converters and an engine too.
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

    def learner(self, images: int, encoding: Encoding) -> ChipLearner:
        """Make the chip, for so many images in a pass."""
        parts = self.plan, self.design, self.device, images
        if self.bits:
            return ConvertedLearner(*parts, self.bits, encoding)
        return ChipLearner(*parts, self.engine, encoding)

    def twin(self, images: int, encoding: Encoding) -> TwinLearner:
        """Make the floating-point twin, from the same first weights."""
        return TwinLearner(self.plan, self.design, images, encoding)

    def seeded(self, number: int) -> Trial:
        """Return the trial of the chip with this number, whose seed is another."""
        return replace(self, plan=replace(self.plan, seed=self.plan.seed + number))


@dataclass(frozen=True)
class TrialResult:
    """The result of one trial.

    Attributes
    ----------
    seed : int
    error : float
        Fraction of the unseen images that the chip does not classify correctly.
    joules : float
        Energy of training on one image, all constants nominal, without that of the first weights,
        which are written once [J].
    conversions : float
        A-to-D conversions in training on one image.
    """

    seed: int
    error: float
    joules: float
    conversions: float


def run_trial(trial: Trial, bench: Bench, progress: Progress = iter) -> TrialResult:
    """Make, train and test one chip; its energy does not include the test."""
    images = len(bench.rows)
    learner, shown = trial.learner(images, bench.encoding), max(images * trial.plan.passes, 1)
    train_all_passes(single_run(learner, bench.rows, bench.labels, trial.plan), progress)
    joules, conversions = learner.ledger.without(FIRST).joules(), learner.ledger.count("adc")
    error = float(error_rate(learner, bench.unseen, bench.truth))
    return TrialResult(trial.plan.seed, error, joules / shown, conversions / shown)


def train_and_test(learner: Learner, plan: Plan, bench: Bench, progress: Progress = iter) -> float:
    """Train a learner; return its test error."""
    train_all_passes(single_run(learner, bench.rows, bench.labels, plan), progress)
    return float(error_rate(learner, bench.unseen, bench.truth))


def trial_record(trial: Trial, bench: Bench) -> dict[str, Any]:
    """Return what all trials of a study have in common, for its record."""
    return {
        "train_images": len(bench.rows),
        "test_images": len(bench.truth),
        "plan": asdict(trial.plan),
        "scale": asdict(trial.design.scale),
        "tolerances": asdict(trial.design.tolerances),
    }


def task_line(trial: Trial, bench: Bench, data: str) -> str:
    """Return what all trials of a study learn, as one line."""
    lines, passes = "-".join(map(str, trial.design.lines)), trial.plan.passes
    times = "once" if passes == 1 else f"{passes} times"
    return (
        f"{lines} on {data}: {len(bench.rows)} images shown {times}, one at a time; errors on "
        f"{len(bench.truth)} others"
    )


def cost_on(device: Device | Pair, ledger: Ledger, of: int) -> Cost:
    """Return the cost of one of so many images, with the device's uncertain conductance in it."""
    return Cost(with_conductance(ledger, device.cell.conductance), of)


def with_cell(base: Trial, cell: Device) -> Trial:
    """Return the trial made of such cells.

    Raises
    ------
    ValueError
        If a weight is made of cells of several devices, or of several cells.
    """
    if isinstance(base.device, FastSlow | Several):
        raise ValueError(
            f"expected a device whose weights have one cell or a pair; got "
            f"{type(base.device).__name__}, which is made of other devices. Change those."
        )
    if isinstance(base.device, Pair):
        return replace(base, device=replace(base.device, cell=cell))
    return replace(base, device=cell)
