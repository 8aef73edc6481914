"""Learning fast: one case takes every layer to a desired goodness, at once or a part of the way.

`FastLayer` gives the one-step rule on a chip the two verbs of a layer, as
`ffnumpy.layers.fast.OneStepLayer` does for its floating-point twin, so that the very loop that
trains by Eq. 3 learns by it. `as_it_comes` shows what they learn from a stream of which they see
every image once.

Source: [Hinton2022] Section 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ffnumpy.cases import LabelledCases, single_rows
from ffnumpy.layers.fast import Goals, OneStepLayer
from ffnumpy.layers.layer import Layer, LayerLike
from ffnumpy.runs.run import Run
from ffnumpy.training import train
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.learning.learners import Learner
from hardware_sim.learning.plan import Plan
from hardware_sim.signals import Voltage

__all__ = ["ContinualPlan", "FastLayer", "FastLearner", "as_it_comes"]


@dataclass(frozen=True)
class FastLayer:
    """A layer of a chip whose `learn` is the one-step rule."""

    layer: AnalogLayer
    goals: Goals

    def forward(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        """Return the layer's own forward."""
        return self.layer.forward(voltage)

    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Move the goodness of one case towards its goal; return the activity from before."""
        target = self.goals.target(sign, self.layer.array.shape[1])
        return self.layer.reach(voltage, self.layer.goal(target), self.goals.share)


def _fast(layer: LayerLike, goals: Goals) -> LayerLike:
    if isinstance(layer, AnalogLayer):
        return FastLayer(layer, goals)
    return OneStepLayer(layer, goals) if isinstance(layer, Layer) else layer


class FastLearner(Learner):
    """Another learner, taught by the one-step rule.

    Parameters
    ----------
    learner : Learner
        A chip or its floating-point twin.
    goals : Goals
    """

    def __init__(self, learner: Learner, goals: Goals) -> None:
        self.learner, self.ledger, self.encoding = learner, learner.ledger, learner.encoding
        self.layers = [_fast(layer, goals) for layer in learner.layers]

    def strongest(self, x: Any) -> int:
        """Return what the other learner answers."""
        return self.learner.strongest(x)


class ContinualPlan(Plan):
    """A plan for a stream of which nobody knows the end: ε stays as it is."""

    def schedule(self, images: int) -> Callable[[int], float]:
        """Return ε by the number of updates."""
        return lambda updates: self.rate


def as_it_comes(run: Run) -> Iterator[tuple[int, bool]]:
    """Show every image of a pass once; yield where it stands and whether it was answered wrongly.

    The learner is asked before it is shown the label: the errors are those on images never seen.

    Parameters
    ----------
    run : Run
        As `single_run` returns it.
    """
    learner: Learner = run.network
    cases, encoding = run.cases, learner.encoding
    assert isinstance(cases, LabelledCases)
    for index in cases.indices():
        every = encoding.every_label(encoding.features(cases.view.rows(index, cases.epoch)))
        wrong = learner.strongest(every) != cases.labels[index[0]]
        for _ in train(learner.layers, single_rows([cases.stacked(index)])):
            pass
        yield int(index[0]), bool(wrong)
