"""Learning fast: what one step reaches, ideally and with errors, and a stream learnt by it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.layers import Layer, one_step
from ffnumpy.weights import Dense
from hardware_sim import __main__ as hardware_program
from hardware_sim.chip import AnalogLayer, manufacture
from hardware_sim.converters import Dac, Probe
from hardware_sim.fast_learning import (
    LEVELS,
    Condition,
    ContinualPlan,
    FastLayer,
    FastLearner,
    FastNumbers,
    Goals,
    as_it_comes,
    conditions,
    reached,
    real_chip,
    single_cases,
    without_errors,
)
from hardware_sim.layout import EXACT, UNLIMITED, Layout
from hardware_sim.ledger import Ledger
from hardware_sim.presets import IDEAL, preset
from hardware_sim.runs import ChipLearner, Learner, NumberLearner, SingleRun
from hardware_sim.scale import Scale

LINES, SCALE = (40, 30, 24), Scale()
GOALS = Goals(1.5, 1 / 6)
BY_NAME = {(c.group, c.value): c for c in conditions(LINES, SCALE)}


def cases(n: int, seed: int = 0) -> NDArray:
    """Return cases as a chip gets them: not below zero, of mean square 1, none above 8."""
    rng = np.random.default_rng(seed)
    x = np.minimum(rng.exponential(size=(n, LINES[0])), 3.0) * (rng.random((n, LINES[0])) < 0.6)
    return x / np.sqrt(np.mean(x**2, axis=1, keepdims=True))


def missed(group: str, value: float, n: int = 200) -> NDArray:
    """Return |S/S* − 1| of n cases, (n, layers)."""
    return np.abs(reached(BY_NAME[group, value], GOALS, cases(n)).ratio - 1)


# One step


def test_without_errors_every_layer_reaches_its_goal_and_keeps_its_direction() -> None:
    found = reached(BY_NAME["levels", math.inf], GOALS, cases(200))
    assert found.ratio.shape == found.cosine.shape == (200, 2)
    assert np.abs(found.ratio - 1).max() <= 1e-12
    assert (1 - found.cosine).max() <= 1e-12
    assert np.count_nonzero(found.up) == 100


def test_a_goodness_above_its_goal_is_lowered() -> None:
    """The comparator, not the sign of the case, says where to: a positive case may be too good."""
    ledger = Ledger()
    (layer,) = manufacture(
        without_errors(LINES[:2], SCALE), IDEAL, np.random.default_rng(0), ledger
    )
    voltage, probe = Dac(ledger).forward(cases(1))[0], Probe(ledger)
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
    voltage, probe = Dac(ledger).forward(cases(1))[0], Probe(ledger)

    def root() -> float:
        return math.sqrt(probe.read(layer.forward(voltage)[1])[0, 0] / SCALE.goodness)

    for sign, goal in ((1.0, 1.5), (-1.0, 0.5)):
        before, wanted = root(), math.sqrt(30 * goal)
        FastLayer(layer, Goals(1.5, 0.5, share)).learn(voltage, sign)
        expected = before + share * (wanted - before)
        assert root() == pytest.approx(expected, rel=1e-12, abs=0)


def test_few_levels_err_by_no_more_than_their_step() -> None:
    """The part of ‖x‖² that rounding loses is what the raise of √S misses.

    With x̂ = x + e, |e| ≤ h/2, √S/√S* = 1 + (1 − √(S₀/S*)) x·e/‖x‖², and |x·e| ≤ ‖x‖ h √n/2, so
    with ‖x‖² = n (the bias only helps) √S misses √S* by less than |1 − √(S₀/S*)| h/2.
    """
    for levels in (16, 64, 256):
        h = 8.0 / levels
        ratio = reached(BY_NAME["levels", levels], GOALS, cases(200)).ratio[:, 0]
        # S₀ is below 4 S* for every one of these cases: an untrained S is near N/2, 3 N/6.
        assert np.abs(np.sqrt(ratio) - 1).max() <= h / 2


def test_the_error_shrinks_with_the_levels() -> None:
    errors = [np.median(missed("levels", levels)) for levels in LEVELS]
    # Half for each bit. n = 400 ratios a level; one sigma of their medians is 6 %, if normal:
    # 5 sigma of the quotient are 41 %.
    assert errors[1] / errors[5] == pytest.approx(16, rel=0.5)
    assert errors[-1] <= 1e-12


def test_pulses_that_are_shaped_keep_the_direction_and_pulses_by_chance_turn_it() -> None:
    shaped = reached(BY_NAME["levels", 8], GOALS, cases(40))
    trains = reached(BY_NAME["step, trains of 31", 0.01], GOALS, cases(40))
    assert (1 - shaped.cosine).max() <= 1e-12
    assert np.median(1 - trains.cosine) > 1e-3
    assert (1 - trains.unmoved).max() <= 1e-12, "nothing is read with noise here"


def test_long_trains_of_smaller_steps_come_nearer() -> None:
    """What chance makes of n pulses is off by √n of n: a tenth of the step, 1/√10 of the error."""
    little, much = (np.median(missed("step, trains of 1023", step, 60)) for step in (1e-3, 1e-2))
    # n = 120 ratios each, of whose medians one sigma is 11 %: 3 sigma of the quotient are 45 %.
    assert much / little == pytest.approx(math.sqrt(10), rel=0.45)


def test_a_short_train_of_small_steps_does_not_get_there() -> None:
    """31 slots of a step are all that a cell can move: too little where the steps are small."""
    found = reached(BY_NAME["step, trains of 31", 1e-4], GOALS, cases(40))
    assert np.median(found.ratio[found.up]) < 0.8
    assert np.median(found.ratio[~found.up]) > 1.2


@pytest.mark.parametrize(
    ("group", "values"), [("amplifier noise", (0.01, 0.1)), ("read noise", (0, 0.01))]
)
def test_more_noise_misses_by_more(group: str, values: tuple[float, float]) -> None:
    little, much = (np.median(missed(group, value)) for value in values)
    assert much > 1.5 * little


def test_every_case_finds_the_first_weights() -> None:
    """The same case in other company reaches the same, where nothing is random."""
    x = cases(3)
    condition = BY_NAME["levels", 16]
    alone = reached(condition, GOALS, x[:1], chips=1).ratio
    last = reached(condition, GOALS, np.vstack([x[1:], x[:1]]), chips=1).ratio
    assert np.array_equal(alone[0], last[-1])


def test_a_real_chip_is_the_same_for_the_same_seed_alone() -> None:
    condition = real_chip(LINES, SCALE, preset("gokmen-vlasov").device)
    one, same, other = (reached(condition, GOALS, cases(8), seed) for seed in (0, 0, 1))
    assert np.array_equal(one.ratio, same.ratio)
    assert not np.array_equal(one.ratio, other.ratio)


def test_single_cases_have_mean_square_one_in_double_precision() -> None:
    rows = np.random.default_rng(0).integers(0, 256, (5, 40)).astype(np.uint8)
    x = single_cases(rows, np.arange(5), cases=4)
    assert x.shape == (4, 40)
    assert np.abs(np.mean(x**2, axis=1) - 1).max() <= 1e-14
    assert np.all(x[np.arange(4), np.arange(4)] > 0)


@pytest.mark.parametrize(
    ("goals", "message"),
    [((0.5, 0.5), "0 ≤ below < above"), ((1.5, 0.5, 0.0), "share"), ((1.5, 0.5, 1.1), "share")],
)
def test_goals_that_make_no_sense_are_refused(goals: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Goals(*goals)


# The twin in numbers


def test_the_twin_does_what_one_step_does() -> None:
    rng, x = np.random.default_rng(0), cases(1)
    weights = rng.standard_normal((41, 30)) / 6
    fast = FastNumbers(Layer(Dense(weights.copy())), Goals(1.5, 0.5))
    layer = Layer(Dense(weights.copy()))
    fast.learn(x, np.array([-1.0]))
    one_step([layer], x, 15.0)
    found, expected = (_values(each) for each in (fast.layer, layer))
    assert np.abs(found - expected).max() <= 1e-14


def _values(layer: Layer) -> NDArray:
    assert isinstance(layer.weights, Dense)
    return layer.weights.values


def test_a_silent_layer_stays_as_it_is() -> None:
    fast = FastNumbers(Layer(Dense(-np.ones((41, 30)))), Goals())
    assert np.all(fast.learn(cases(1), 1.0) == 0)
    assert np.all(_values(fast.layer) == -1)


# A stream


def stream(
    kind: str = "chip", seed: int = 0, goals: Goals = GOALS
) -> tuple[Learner, list[tuple[int, bool]]]:
    """Learn a stream of a dozen random images; return the learner and what it answered."""
    rng = np.random.default_rng(5)
    rows, labels = rng.integers(0, 256, (12, 40)).astype(np.uint8), rng.integers(0, 10, 12)
    plan, layout = ContinualPlan(LINES[1:], 0.01, 3, 1, seed), Layout(LINES, SCALE)
    learner: Learner
    if kind == "numbers":
        learner = NumberLearner(plan, layout, 12)
    elif kind == "ideal":
        exact = replace(layout, tolerances=EXACT, limits=UNLIMITED, dtype=np.float64)
        learner = ChipLearner(plan, exact, IDEAL, 12)
        learner.dac = Dac(learner.ledger, SCALE.volt)
        learner.layers = [learner.dac, *learner.chip]
    else:
        learner = ChipLearner(plan, layout, preset("gokmen-vlasov").device, 12)
    learner = FastLearner(learner, goals)
    return learner, list(as_it_comes(SingleRun(learner, rows, labels, plan)))


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
    twins = [layer.layer for layer in numbers.layers if isinstance(layer, FastNumbers)]
    assert len(twins) == 2
    for w, twin in zip(cells(chip), twins, strict=True):
        values = _values(twin)
        assert np.abs(w * SCALE.weight - values).max() <= 1e-5 * np.abs(values).max()


def test_a_stream_is_learnt_without_a_conversion() -> None:
    learner, _ = stream()
    assert learner.ledger.count("adc") == learner.ledger.count("probe") == 0
    assert learner.ledger.count("pulse") > 0


def test_the_errors_of_a_stream_are_from_before_the_label_is_shown() -> None:
    """A learner that knows nothing but what it was just shown is wrong about what comes next."""

    class Remembers(Learner):
        def __init__(self) -> None:
            self.layers, self.ledger, self.shown = [self], Ledger(), 0

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
    shown = list(as_it_comes(SingleRun(Remembers(), rows, labels, plan)))
    told = [0] + [int(labels[where]) for where, _ in shown[:-1]]
    assert [wrong for _, wrong in shown] == [
        before != labels[where] for before, (where, _) in zip(told, shown, strict=True)
    ]


def test_the_rate_of_a_continual_plan_stays() -> None:
    assert ContinualPlan(rate=0.02).schedule(10)(10_000) == 0.02


# The command


def test_the_command_writes_record_and_figure(tmp_path: Path) -> None:
    out, figure = tmp_path / "fast.json", tmp_path / "fast.png"
    small = ["--hidden", "12,10", "--cases", "4", "--stream", "12", "--test-images", "5"]
    targets = ["--out", str(out), "--figure", str(figure)]
    assert hardware_program.main(["fast", *small, *targets]) == 0
    record = json.loads(out.read_text())
    exact = next(r for r in record["reached"] if r["value"] == "inf")
    assert max(exact["largest_relative_error"]) <= 1e-12
    assert {"chip as manufactured", "read noise"} <= {r["varied"] for r in record["reached"]}
    assert len(record["streams"]) == 15
    assert all(0 <= s["test_error"] <= 1 for s in record["streams"])
    assert figure.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cases", "1"], "--cases: expected 2 or more"),
        (["--stream", "0"], "--stream: expected 1 or more"),
        (["--shares", "2"], "share: expected"),
        (["--rates", "0"], "expected a rate above 0"),
        (["--below", "2"], "0 ≤ below < above"),
        (["--figure", "x.doc"], "--figure x.doc: expected a name"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hardware_program.main(["fast", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_conditions_are_named_once_each() -> None:
    found = [(c.group, c.value) for c in conditions(LINES, SCALE)]
    assert len(set(found)) == len(found) == 7 + 10 + 4 + 4
    assert all(isinstance(c, Condition) for c in BY_NAME.values())
