"""Learning fast: one case takes every layer to a desired goodness, at once or a part of the way.

`FastLearner` is any learner, taught by the one-step rule. `as_it_comes` shows what learners learn
from a stream of which they see every image once.

Source: [Hinton2022] Section 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ffnumpy.cases import LabelledCases, single_rows
from ffnumpy.layers.fast import Goals
from ffnumpy.layers.layer import LayerLike
from ffnumpy.runs.run import Run
from ffnumpy.training import train
from hardware_sim.learning.learners import Learner
from hardware_sim.learning.plan import Plan

__all__ = ["ContinualPlan", "FastLearner", "as_it_comes"]


class FastLearner(Learner):
    """Another learner, taught by the one-step rule.

    Parameters
    ----------
    learner : Learner
        A chip or its floating-point twin, with their first weights.
    goals : Goals
    """

    def __init__(self, learner: Learner, goals: Goals) -> None:
        self.learner, self.ledger, self.encoding = learner, learner.ledger, learner.encoding
        self.layers = learner.by_one_step(goals)

    def by_one_step(self, goals: Goals) -> Sequence[LayerLike]:
        """Return the layers of the other learner, taught towards these goals."""
        return self.learner.by_one_step(goals)

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
