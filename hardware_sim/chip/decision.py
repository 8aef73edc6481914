"""Which label a chip answers: capacitors hold each label's goodness, the largest wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.circuits.converters import Dac
from hardware_sim.circuits.decision import SampleHold, WinnerTakeAll
from hardware_sim.circuits.goodness import add
from hardware_sim.signals import Voltage

__all__ = ["Decision", "answer", "label_goodness"]


@dataclass(frozen=True)
class Decision:
    """How a chip answers: capacitors hold the labels' goodness, a winner-take-all finds the best.

    The defaults are ideal parts.

    Attributes
    ----------
    hold : SampleHold
    winner : WinnerTakeAll
    """

    hold: SampleHold = field(default_factory=SampleHold)
    winner: WinnerTakeAll = field(default_factory=WinnerTakeAll)

    @classmethod
    def draw(cls, design: Design, labels: int, rng: np.random.Generator) -> Decision:
        """Draw the parts for a number of labels."""
        limits, volts = design.limits, design.scale.goodness
        offset = design.tolerances.comparator * volts * rng.standard_normal(labels)
        threshold = sum(design.lines[2:] or design.lines[1:]) * volts
        attenuation = max(limits.headroom * threshold / limits.saturation, 1.0)
        hold = SampleHold(
            limits.capacitance, limits.noise_temperature, attenuation, limits.saturation
        )
        return cls(hold, WinnerTakeAll(offset))


def label_goodness(
    dac: Dac,
    layers: Sequence[AnalogLayer],
    x: Any,
    counted: Sequence[int] | None = None,
    hold: SampleHold | None = None,
) -> Voltage:
    """Return the goodness of every label of one case as it is held, (labels, 1).

    Parameters
    ----------
    dac : Dac
    layers : sequence of AnalogLayer
        From the input up.
    x : (labels, n_in) array or anything with `toarray`
        The case with each label in turn.
    counted : sequence of int, optional
        The layers that vote, from 0; by default all but the first.
    hold : SampleHold, optional
        By default an ideal one.
    """
    voltage, votes = dac.forward(x)[0], []
    for layer in layers:
        voltage, goodness = layer.forward(voltage)
        votes.append(goodness)
    if counted is None:
        counted = range(min(1, len(layers) - 1), len(layers))
    total = add([votes[n] for n in counted], layers[0].ledger)
    return (hold or SampleHold()).hold(total, layers[0].rng, layers[0].ledger)


def answer(
    dac: Dac, layers: Sequence[AnalogLayer], x: Any, decision: Decision | None = None
) -> int:
    """Return which label of one case has the largest goodness; see `label_goodness`."""
    decision = decision or Decision()
    held = label_goodness(dac, layers, x, hold=decision.hold)
    return decision.winner.pick(held, layers[0].ledger)
