"""Learning fast: layers that take a case to its goal, and a stream learnt by them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from chips import normalised_cases
from ffnumpy.cases import OneHot
from ffnumpy.layers.fast import Goals, OneStepLayer
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.one_step import one_step
from ffnumpy.weights.dense import Dense
from hardware_sim.chip.design import EXACT, UNLIMITED, Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.converted import ConvertedLearner
from hardware_sim.learning.fast import ContinualPlan, FastLearner, as_it_comes
from hardware_sim.learning.learners import ChipLearner, Learner, TwinLearner
from hardware_sim.learning.one_step import FastLayer
from hardware_sim.learning.programming import program
from hardware_sim.learning.run import single_run
from hardware_sim.scale import Scale
from hardware_sim.studies.one_step import without_errors

LINES, SCALE = (40, 30, 24), Scale()
GOALS = Goals(1.5, 1 / 6)


@pytest.mark.parametrize(
    ("goals", "message"),
    [((0.5, 0.5), "0 ≤ below < above"), ((1.5, 0.5, 0.0), "share"), ((1.5, 0.5, 1.1), "share")],
)
def test_goals_that_make_no_sense_are_refused(goals: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Goals(*goals)


def test_a_goodness_above_its_goal_is_lowered() -> None:
    """The comparator, not the sign of the case, says where to: a positive case may be too good."""
    ledger = Ledger()
    (layer,) = manufacture(
        without_errors(LINES[:2], SCALE), IDEAL, np.random.default_rng(0), ledger
    )
    voltage, probe = Dac(ledger).forward(normalised_cases(1, LINES[0]))[0], Probe(ledger)
    for goal in (2.0, 0.3, 0.1, 4.0):
        FastLayer(layer, Goals(above=goal, below=0.0)).learn(voltage, 1.0)
        S = probe.read(layer.forward(voltage)[1])[0, 0] / SCALE.goodness
        assert abs(S - 30 * goal) <= 1e-12 * 30 * goal


@pytest.mark.parametrize("share", [1.0, 0.5, 0.03])
def test_a_part_of_the_way_is_that_part_of_the_root_of_the_goodness(share: float) -> None:
    ledger = Ledger()
    (layer,) = manufacture(
        without_errors(LINES[:2], SCALE), IDEAL, np.random.default_rng(1), ledger
    )
    voltage, probe = Dac(ledger).forward(normalised_cases(1, LINES[0]))[0], Probe(ledger)

    def root() -> float:
        return math.sqrt(probe.read(layer.forward(voltage)[1])[0, 0] / SCALE.goodness)

    for sign, goal in ((1.0, 1.5), (-1.0, 0.5)):
        before, wanted = root(), math.sqrt(30 * goal)
        FastLayer(layer, Goals(1.5, 0.5, share)).learn(voltage, sign)
        expected = before + share * (wanted - before)
        assert root() == pytest.approx(expected, rel=1e-12, abs=0)


# The twin in numbers


def test_the_twin_does_what_one_step_does() -> None:
    rng, x = np.random.default_rng(0), normalised_cases(1, LINES[0])
    weights = rng.standard_normal((41, 30)) / 6
    fast = OneStepLayer(Layer(Dense(weights.copy())), Goals(1.5, 0.5))
    layer = Layer(Dense(weights.copy()))
    fast.learn(x, np.array([-1.0]))
    one_step([layer], x, 15.0)
    found, expected = (_values(each) for each in (fast.layer, layer))
    assert np.abs(found - expected).max() <= 1e-14


def _values(layer: Layer) -> NDArray:
    assert isinstance(layer.weights, Dense)
    return layer.weights.values


def test_a_silent_layer_stays_as_it_is() -> None:
    fast = OneStepLayer(Layer(Dense(-np.ones((41, 30)))), Goals())
    assert np.all(fast.learn(normalised_cases(1, LINES[0]), 1.0) == 0)
    assert np.all(_values(fast.layer) == -1)


# A stream


def stream(
    kind: str = "chip", seed: int = 0, goals: Goals = GOALS
) -> tuple[Learner, list[tuple[int, bool]]]:
    """Learn a stream of a dozen random images; return the learner and what it answered."""
    rng = np.random.default_rng(5)
    rows, labels = rng.integers(0, 256, (12, 40)).astype(np.uint8), rng.integers(0, 10, 12)
    rows[:, :10] = 0
    plan, design = ContinualPlan(LINES[1:], 0.01, 3, 1, seed), Design(LINES, SCALE)
    learner: Learner
    if kind == "numbers":
        learner = TwinLearner(plan, design, 12)
    elif kind == "ideal":
        exact = replace(design, tolerances=EXACT, limits=UNLIMITED, dtype=np.float64)
        learner = ChipLearner(plan, exact, IDEAL, 12)
        learner.dac = Dac(learner.ledger, SCALE.volt)
        learner.layers = [learner.dac, *learner.chip]
    else:
        learner = ChipLearner(plan, design, preset("gokmen-vlasov").device, 12)
    learner = FastLearner(learner, goals)
    return learner, list(as_it_comes(single_run(learner, rows, labels, plan)))


def cells(learner: Learner) -> list[NDArray]:
    layers: list[Any] = [getattr(layer, "layer", layer) for layer in learner.layers]
    return [layer.array.cells.w for layer in layers if isinstance(layer, AnalogLayer)]


def test_a_stream_is_the_same_for_the_same_seed_alone() -> None:
    (one, said), (same, again), (other, _) = stream(), stream(), stream(seed=1)
    assert said == again
    assert sorted(where for where, _ in said) == list(range(12))
    for a, b, c in zip(cells(one), cells(same), cells(other), strict=True):
        assert np.array_equal(a, b)
        assert not np.array_equal(a, c)


def test_a_stream_teaches_an_ideal_chip_what_it_teaches_the_twin() -> None:
    """In double precision, from float32 inputs; a dozen images amplify rounding little."""
    goals = Goals(1.5, 0.5, share=0.3)
    (chip, said), (numbers, told) = stream("ideal", goals=goals), stream("numbers", goals=goals)
    assert said == told
    twins = [layer.layer for layer in numbers.layers if isinstance(layer, OneStepLayer)]
    assert len(twins) == 2
    for w, twin in zip(cells(chip), twins, strict=True):
        values = _values(twin)
        assert np.abs(w * SCALE.weight - values).max() <= 1e-5 * np.abs(values).max()


def test_a_stream_is_learnt_without_a_conversion() -> None:
    learner, _ = stream()
    assert learner.ledger.count("adc") == learner.ledger.count("probe") == 0
    assert learner.ledger.count("pulse") > 0


def test_a_chip_with_converters_is_taught_behind_them() -> None:
    """None of its layers is left to Eq. 3, and what comes in is what the converters let through."""
    design, plan = Design(LINES, SCALE), ContinualPlan(LINES[1:], 0.01)
    chip = ConvertedLearner(plan, design, IDEAL, 12, bits=6)
    goals = Goals(2.5, 0.25, share=0.5)
    fast = FastLearner(chip, goals)
    before = [layer.array.cells.w.copy() for layer in chip.chip]
    asked: list[float] = []
    for layer in chip.chip:
        layer.writing.rate = lambda updates: asked.append(1.0) or 0.01  # of Eq. 3 alone
    x: Any = normalised_cases(1, LINES[0])
    for layer in fast.layers:
        x = layer.learn(x, 1.0)
    assert asked == []
    assert chip.ledger.count("adc") == LINES[1]
    for layer, w in zip(chip.chip, before, strict=True):
        assert layer.writing.updates == 1
        assert not np.array_equal(layer.array.cells.w, w)
    other = FastLearner(fast, Goals(above=3.0)).layers[1]
    assert isinstance(other, FastLayer)
    assert other.goals.above == 3.0


def test_a_learner_that_knows_no_one_step_says_so() -> None:
    weights = [np.zeros((5, 4)), np.zeros((5, 3))]
    learner, _ = program(weights, Design((4, 4, 3)), IDEAL, np.random.default_rng(0))
    with pytest.raises(TypeError, match="ProgrammedLearner is not taught by the one-st"):
        FastLearner(learner, GOALS)


def test_the_errors_of_a_stream_are_from_before_the_label_is_shown() -> None:
    """A learner that knows nothing but what it was just shown is wrong about what comes next."""

    class Remembers(Learner):
        def __init__(self) -> None:
            self.layers, self.ledger, self.shown = [self], Ledger(), 0
            self.encoding = OneHot()

        def learn(self, x: NDArray, sign: NDArray) -> NDArray:
            if sign[0] > 0:
                self.shown = int(np.argmax(x[0, :10]))
            return x

        def forward(self, x: Any) -> tuple[Any, None]:
            return x, None

        def strongest(self, x: Any) -> int:
            return self.shown if x.shape[0] == 10 else 0

    rows, labels = np.full((20, 40), 9, np.uint8), np.arange(20) % 10
    plan = ContinualPlan((4,), seed=3)
    shown = list(as_it_comes(single_run(Remembers(), rows, labels, plan)))
    told = [0] + [int(labels[where]) for where, _ in shown[:-1]]
    assert [wrong for _, wrong in shown] == [
        before != labels[where] for before, (where, _) in zip(told, shown, strict=True)
    ]


def test_the_rate_of_a_continual_plan_stays() -> None:
    assert ContinualPlan(rate=0.02).schedule(10)(10_000) == 0.02
