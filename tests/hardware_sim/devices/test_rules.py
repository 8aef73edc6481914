"""Update rules against closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cells import device_of
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.measured import MeasuredStep
from hardware_sim.devices.rules import (
    ConstantStep,
    ExponentialShape,
    ExponentialStep,
    LinearStep,
    PiecewiseStep,
    PowerStep,
    SoftBounds,
    SoftBoundsReference,
    UnboundedStep,
    UpdateRule,
)
from hardware_sim.devices.variation import Spread
from laws import LAW, seeds

fractions = st.floats(0, 1)
RULES: dict[str, Any] = {
    "constant": ConstantStep(-1, 1.25, 0.01),
    "linear": LinearStep(-0.8, 1.2, 0.01, 0.4, 0.7),
    "soft bounds": SoftBounds(-0.75, 1.25, 0.01),
    "exponential": ExponentialStep(
        -1, 1, 0.01, ExponentialShape(-0.5, -0.5, 5, 5, -1.2, -0.08), 0.26
    ),
    "exponential that stops": ExponentialStep(
        -1, 1, 0.01, ExponentialShape(0.5, 0.1, 2, 3, 0.7, 0.9)
    ),
    "power": PowerStep(-1, 1, 0.01, 1.7),
    "piecewise": PiecewiseStep(-1, 1, 0.01, (0.1, 1.0, 0.3), (0.0, 2.0)),
    "measured": MeasuredStep((1e-6, 3e-6, 4e-6, 4.5e-6), (5e-6, 3e-6, 2e-6, 1.5e-6)),
}


def at(rule: UpdateRule, *w: float) -> Cells:
    """Return a row of noiseless cells that are all as the rule says, at these states."""
    cells = device_of(rule).manufacture((1, len(w)), np.random.default_rng(0))
    cells.set(np.array([w]))
    return cells


def after(rule: UpdateRule, w: float, n: int, up: bool) -> float:
    """Return the state after n pulses."""
    cells = at(rule, w)
    cells.pulses(np.array([0]), np.array([[n]]), up, np.random.default_rng(0))
    return float(cells.w[0, 0])


@LAW
@given(start=st.floats(-0.5, 0.5), n=st.integers(0, 200), up=st.booleans())
def test_constant_steps_add_up_to_the_bound(start: float, n: int, up: bool) -> None:
    free = start + n * (0.01 if up else -0.01)
    expected = min(max(free, -0.5), 0.75)
    assert abs(after(ConstantStep(-0.5, 0.75, 0.01), start, n, up) - expected) <= 1e-12


@LAW
@given(start=fractions, n=st.integers(0, 300), step=st.floats(1e-3, 0.5), up=st.booleans())
def test_soft_bounds_are_approached_geometrically(
    start: float, n: int, step: float, up: bool
) -> None:
    rule = SoftBounds(-0.75, 1.25, step)
    w, bound = -0.75 + 2 * start, 1.25 if up else -0.75
    expected = bound - (bound - w) * (1 - step / abs(bound)) ** n
    assert abs(after(rule, w, n, up) - expected) <= 1e-12


@LAW
@given(gamma=st.floats(0.01, 0.99), n=st.integers(0, 100), up=st.booleans())
def test_linear_steps_solve_their_linear_recursion(gamma: float, n: int, up: bool) -> None:
    rule = LinearStep(-0.8, 1.2, 0.02, gamma, gamma)
    bound = 1.2 if up else -0.8
    goal = bound / gamma
    expected = goal - goal * (1 - 0.02 * gamma / abs(bound)) ** n
    expected = min(max(expected, -0.8), 1.2)
    assert abs(after(rule, 0.0, n, up) - expected) <= 1e-12


@LAW
@given(start=st.floats(-0.7, 1.2), up=st.booleans())
def test_a_linear_step_with_slope_1_is_a_soft_bound(start: float, up: bool) -> None:
    linear, soft = LinearStep(-0.75, 1.25, 0.1, 1, 1), SoftBounds(-0.75, 1.25, 0.1)
    assert abs(after(linear, start, 7, up) - after(soft, start, 7, up)) <= 1e-14


def ratios_of_errors(make: Any, exact: float) -> NDArray:
    """Return the errors of w after n pulses of size 0.4/n, each over that for 2n."""
    found = [after(make(0.4 / n), 0.1, n, True) for n in (160, 320, 640, 1280)]
    errors = np.abs(np.array(found) - exact)
    return errors[:-1] / errors[1:]


@pytest.mark.parametrize("g", [0.5, 1.5, 2.0, 3.0])
def test_power_steps_converge_to_the_solution_of_their_equation(g: float) -> None:
    """``dω/dt = −ω^g/R`` gives ``ω^(1−g) = ω₀^(1−g) + (g − 1) t/R``; the error is ∝ the step."""
    omega = ((0.9 / 2) ** (1 - g) + (g - 1) * 0.4 / 2) ** (1 / (1 - g))
    ratios = ratios_of_errors(lambda step: PowerStep(-1, 1, step, g), 1 - 2 * omega)
    assert np.abs(ratios - 2).max() <= 0.05


@pytest.mark.parametrize(("A", "k", "b"), [(-1.2, -0.5, -0.5), (-27.0, -1.0, 0.0), (0.5, 0.4, 0.1)])
def test_exponential_steps_converge_to_the_solution_of_their_equation(
    A: float, k: float, b: float
) -> None:
    """With z = kw + b and ``u = e^(−γz)``: ``du/dt = −γk (u − A)``; the error is ∝ the step."""
    gamma = 1.5
    u = A + (math.exp(-gamma * (k * 0.1 + b)) - A) * math.exp(-gamma * k * 0.4)
    exact = (-math.log(u) / gamma - b) / k
    shape = ExponentialShape(9 * k, b, gamma, gamma, A, A)
    ratios = ratios_of_errors(lambda step: ExponentialStep(-9, 9, step, shape), exact)
    assert np.abs(ratios - 2).max() <= 0.1


@pytest.mark.reports
def test_each_direction_of_an_exponential_step_has_constants_of_its_own() -> None:
    # By hand, at w = 0.5: z = 2·2·0.5/2 + 1 = 2; with γ = ln 2, ln 3, e^(γ₊z) = 4, e^(−γ₋z) = 1/9.
    shape = ExponentialShape(2.0, 1.0, math.log(2), math.log(3), -0.5, -0.9)
    rule, w = ExponentialStep(-1, 1, 0.01, shape), np.full(1, 0.5)
    up, down = (float(rule.size(w, way, -np.ones(1), np.ones(1))[0]) for way in (True, False))
    assert up == pytest.approx(1 + 0.5 * 4, rel=1e-12, abs=0)
    assert down == pytest.approx(1 + 0.9 / 9, rel=1e-12, abs=0)


@pytest.mark.reports
def test_each_direction_of_a_linear_step_has_a_slope_of_its_own() -> None:
    # γ₊ = 1/4 of w/1.2, γ₋ = 3/4 of w/(−0.8), on either side of w = 0.
    rule, w = LinearStep(-0.8, 1.2, 0.01, 0.25, 0.75), np.array([-0.4, 0.6])
    ends = np.full(2, -0.8), np.full(2, 1.2)
    up, down = rule.size(w, True, *ends), rule.size(w, False, *ends)
    assert up == pytest.approx([1 + 0.25 / 3, 1 - 0.25 / 2], rel=1e-12, abs=0)
    assert down == pytest.approx([1 - 0.75 / 2, 1 + 0.75 * 3 / 4], rel=1e-12, abs=0)


def test_the_bias_of_exponential_steps_is_taken_from_the_weaker_direction() -> None:
    shape = ExponentialShape(0.0, 0.0, 1.0, 1.0, -0.5, -0.5)
    for bias in (0.25, -0.25):
        made = device_of(ExponentialStep(-1, 1, 0.01, shape, bias))
        cells = made.manufacture((1, 1), np.random.default_rng(0))
        assert max(cells.up, cells.down) == 0.01
        assert min(cells.up, cells.down) == 0.01 * 0.75
        assert (cells.up > cells.down) == (bias > 0)
        assert made.mean_step == pytest.approx(1.5 * 0.01 * (1 + 0.75) / 2, rel=1e-12)


def test_steps_towards_a_soft_bound_at_zero_are_constant() -> None:
    for rule, away in ((SoftBounds(low=0.0), True), (SoftBounds(high=0.0), False)):
        cells = device_of(rule).manufacture((1, 2), np.random.default_rng(0))
        cells.pulse(np.arange(2), np.array([20, 20]), away, np.random.default_rng(0))
        there = np.abs(cells.w[0, 0])
        cells.pulse(np.arange(2), np.array([3, 30]), not away, np.random.default_rng(0))
        assert np.abs(cells.w) == pytest.approx(np.array([[there - 0.003, 0.0]]), abs=1e-12)


@LAW
@given(start=fractions, up=st.booleans())
def test_two_nodes_make_a_power_step_of_exponent_1(start: float, up: bool) -> None:
    piecewise, power = PiecewiseStep(-1, 1, 0.1, (1, 0), (0, 1)), PowerStep(-1, 1, 0.1)
    w = 2 * start - 1
    assert abs(after(piecewise, w, 5, up) - after(power, w, 5, up)) <= 1e-13


def test_piecewise_steps_are_their_nodes_at_the_nodes() -> None:
    rule, w = PiecewiseStep(-1, 3, 0.1, (0.1, 0.5, 2.0), (1.0, 0.0, 4.0)), np.array([-1.0, 1, 3])
    ends = np.full(3, -1.0), np.full(3, 3.0)
    assert rule.size(w, True, *ends).tolist() == [0.1, 0.5, 2.0]
    assert rule.size(w, False, *ends).tolist() == [1.0, 0.0, 4.0]


tables = st.lists(st.floats(0.01, 1), min_size=2, max_size=12)


@LAW
@given(rises=tables, falls=tables, start=st.integers(0, 11), n=st.integers(0, 15))
def test_a_measured_table_is_played_back(
    rises: list[float], falls: list[float], start: int, n: int
) -> None:
    up = tuple(1e-6 * np.cumsum([1.0, *rises]))
    down = tuple(2e-6 + 1e-6 * np.cumsum([0.5, *falls])[::-1])
    rule = MeasuredStep(up, down)
    unit = (rule.maximum - rule.minimum) / 2
    for table, way in ((up, True), (down, False)):
        first, last = min(start, len(table) - 1), min(start + n, len(table) - 1)
        found = after(rule, (table[first] - rule.minimum) / unit - 1, n, way)
        assert abs((found + 1) * unit + rule.minimum - table[last]) <= 1e-12 * rule.maximum


@LAW
@given(up=st.floats(0.01, 0.1), down=st.floats(0.01, 0.1), start=fractions)
def test_alternating_pulses_lead_to_the_symmetry_point(
    up: float, down: float, start: float
) -> None:
    steps = [np.full((1, 1), x) for x in (up, down, -0.75, 1.25)]
    goal = SoftBounds.symmetry_point(*steps)[0, 0]
    cells = Cells(device_of(SoftBounds(-0.75, 1.25)), *steps, np.full((1, 1), 2 * start - 0.75))
    row, once, rng = np.array([0]), np.ones((1, 1)), np.random.default_rng(0)
    for _ in range(400):
        cells.pulses(row, once, True, rng)
        cells.pulses(row, once, False, rng)
    assert abs(cells.w[0, 0] - goal) <= up + down


@LAW
@given(seed=seeds, error=st.floats(0, 0.1), n=st.integers(0, 50), up=st.booleans())
def test_counting_from_a_reference_changes_no_trajectory(
    seed: int, error: float, n: int, up: bool
) -> None:
    spread = Spread(0.3, 0.1, 0.2, 0.2)
    plain, referred = (
        device_of(rule, spread).manufacture((3, 4), np.random.default_rng(seed))
        for rule in (SoftBounds(step=0.05), SoftBoundsReference(step=0.05, error=error))
    )
    reference = plain.low - referred.low
    referred.set(np.full((3, 4), 0.1))
    plain.set(reference + referred.w)
    for cells in (plain, referred):
        cells.pulses(np.arange(3), np.full((3, 4), n), up, np.random.default_rng(0))
    assert np.abs(plain.w - reference - referred.w).max() <= 1e-12


def test_from_its_symmetry_point_a_cells_steps_are_equal() -> None:
    made = device_of(SoftBoundsReference(), Spread(0.3, 0.1, 0.2, 0.2))
    cells = made.manufacture((50, 50), np.random.default_rng(1))
    assert np.abs(cells.up / cells.down - 1).max() <= 1e-12


def from_their_references(error: float) -> tuple[Cells, Cells]:
    """Return the same 40,000 cells as they are, and as counted from their references."""
    spread = Spread(0.3, 0.1, 0.2, 0.2)
    plain, referred = (
        device_of(rule, spread).manufacture((200, 200), np.random.default_rng(4))
        for rule in (SoftBounds(step=0.05), SoftBoundsReference(step=0.05, error=error))
    )
    return plain, referred


@pytest.mark.reports
def test_references_miss_the_symmetry_points_by_their_error() -> None:
    # n = 40,000 normal draws: mean ± σ/√n, deviation ± σ/√(2n); 5 sigma.
    error, n = 0.02, 40_000
    plain, referred = from_their_references(error)
    cells = plain.up, plain.down, plain.low, plain.high
    missed = plain.low - referred.low - SoftBounds.symmetry_point(*cells)
    assert abs(missed.mean()) <= 5 * error / math.sqrt(n)
    assert abs(missed.std() - error) <= 5 * error / math.sqrt(2 * n)


@pytest.mark.reports
def test_a_reference_far_off_stays_between_the_bounds_of_its_cell() -> None:
    # A hundredth of each bound is left, and a pulse still moves the cell the way that it says.
    plain, referred = from_their_references(error=5.0)
    high, low = referred.high / plain.high, referred.low / plain.low
    for left in (high, low):
        assert left.min() == pytest.approx(0.01, rel=1e-9, abs=0)
    assert min(referred.up.min(), referred.down.min()) > 0


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@LAW
@given(seed=seeds, dtype=st.sampled_from([np.float32, np.float64]), up=st.booleans())
def test_a_step_is_never_negative_and_keeps_the_type(
    rule: UpdateRule, seed: int, dtype: type, up: bool
) -> None:
    rng = np.random.default_rng(seed)
    low = rule.low * rng.uniform(0.5, 1.5, 50).astype(dtype)
    high = rule.high * rng.uniform(0.5, 1.5, 50).astype(dtype)
    w = np.clip(low + (high - low) * rng.random(50, dtype), low, high)
    before = w.copy()
    size = rule.size(w, up, low, high)
    assert size.shape == (50,)
    assert size.dtype == dtype
    assert size.min() >= -4 * np.finfo(dtype).eps
    assert np.array_equal(w, before)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConstantStep(step=0.0), "a step above 0"),
        (lambda: SoftBounds(low=0.1), "0 between them"),
        (lambda: LinearStep(high=-1.0), "LinearStep: expected bounds"),
        (lambda: PiecewiseStep(up=(1.0,)), "two nodes"),
        (lambda: PiecewiseStep(down=(1.0, -1.0)), "0 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_only_a_rule_with_an_error_of_its_references_draws_one() -> None:
    rng = np.random.default_rng(0)
    for rule in RULES.values():
        assert not rule.off_reference((3, 4), rng).any()
    assert rng.random() == np.random.default_rng(0).random(), "a generator moved on for nothing"
    # n = 40,000 normal draws: the deviation is known to 1/√(2n) of it; 5 sigma are 1.8 %.
    drawn = SoftBoundsReference(error=0.2).off_reference((200, 200), rng)
    assert drawn.std() == pytest.approx(0.2, rel=0.018, abs=0)


def test_an_unbounded_step_has_no_bounds() -> None:
    cells = at(UnboundedStep(step=0.5), 100.0, -100.0)
    cells.pulses(np.array([0]), np.array([[10, 10]]), True, np.random.default_rng(0))
    assert cells.w.tolist() == [[105.0, -95.0]]
    assert cells.at_bounds() == 0


@pytest.mark.parametrize("name", RULES)
def test_the_mean_step_is_half_the_way_there_and_back_from_zero(name: str) -> None:
    rule = RULES[name]
    moved = after(rule, 0.0, 1, True) - after(rule, 0.0, 1, False)
    assert device_of(rule).mean_step == pytest.approx(moved / 2, rel=1e-12, abs=0)


@pytest.mark.reports
@pytest.mark.parametrize("up", [True, False])
def test_a_rule_without_a_shape_has_constant_steps(up: bool) -> None:
    """What is not said of a device is not invented: all defaults are those of a constant step."""
    constant = ConstantStep(step=0.01)
    for rule in (LinearStep(step=0.01), ExponentialStep(step=0.01)):
        assert abs(after(rule, 0.1, 20, up) - after(constant, 0.1, 20, up)) <= 1e-14
