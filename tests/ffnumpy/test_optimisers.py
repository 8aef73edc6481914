"""Optimisers against their closed forms, and the schedule against the author's values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.optimisers import BY_NAME, Adam, Momentum, Optimiser, Plain, Schedule, Smoothed
from laws import LAW

rates = st.floats(0.0, 0.99)
steps = st.integers(1, 30)
G = np.array([[3.0, -0.5], [1e-3, 20.0]])


def run(
    optimiser: Optimiser, gradients: list[NDArray], rates: list[float] | None = None
) -> list[NDArray]:
    """Return the increments that a sequence of true gradients gives, at rate 1 unless told."""
    state = optimiser.init(gradients[0].shape, float)
    rates = [1.0] * len(gradients) if rates is None else rates
    return [
        optimiser.step(state, gradient.copy(), rate, t).copy()
        for t, (gradient, rate) in enumerate(zip(gradients, rates, strict=True), 1)
    ]


@pytest.mark.parametrize("optimiser", BY_NAME.values(), ids=BY_NAME)
@LAW
@given(rates=st.lists(st.floats(1e-4, 10), min_size=1, max_size=12), seed=st.integers(0, 1000))
def test_whatever_the_rates_an_increment_is_the_rate_times_the_direction(
    optimiser: Optimiser, rates: list[float], seed: int
) -> None:
    gradients = list(np.random.default_rng(seed).standard_normal((len(rates), 2, 3)))
    increments, directions = run(optimiser, gradients, rates), run(optimiser, gradients)
    for rate, increment, direction in zip(rates, increments, directions, strict=True):
        error = np.abs(increment - rate * direction).max()
        assert error <= 1e-12 * rate * np.abs(direction).max()


@pytest.mark.parametrize("optimiser", BY_NAME.values(), ids=BY_NAME)
def test_a_step_is_the_recursion_that_an_optimiser_says_it_is(optimiser: Optimiser) -> None:
    gradients, v = list(np.random.default_rng(0).standard_normal((6, 2, 3))), np.zeros((2, 3))
    if optimiser.memory is None:
        assert optimiser == Adam()
        return
    for gradient, increment in zip(gradients, run(optimiser, gradients, [0.5] * 6), strict=True):
        v = optimiser.memory.keep * v + optimiser.memory.take * gradient
        assert np.allclose(increment, 0.5 * v, rtol=1e-12, atol=1e-15)


def test_plain_is_the_gradient_itself() -> None:
    assert Plain().init((2, 2), float) == ()
    assert np.array_equal(run(Plain(), [G])[0], G)


@LAW
@given(delay=rates, t=steps)
def test_a_constant_gradient_is_smoothed_to_1_minus_delay_to_the_t_of_it(
    delay: float, t: int
) -> None:
    direction = run(Smoothed(delay), [G] * t)[-1]
    assert np.allclose(direction, (1 - delay**t) * G, rtol=1e-12, atol=0)


@LAW
@given(momentum=rates, t=steps)
def test_momentum_on_a_constant_gradient_is_a_geometric_sum(momentum: float, t: int) -> None:
    direction = run(Momentum(momentum), [G] * t)[-1]
    expected = math.fsum(momentum**k for k in range(t)) * G
    assert np.allclose(direction, expected, rtol=1e-12, atol=0)


@LAW
@given(delay=rates, t=steps, seed=st.integers(0, 1000))
def test_smoothed_is_the_sum_of_all_gradients_weighted_by_their_age(
    delay: float, t: int, seed: int
) -> None:
    gradients = list(np.random.default_rng(seed).standard_normal((t, 2, 3)))
    weighted = [(1 - delay) * delay**age * g for age, g in enumerate(reversed(gradients))]
    found = run(Smoothed(delay), gradients)[-1]
    assert np.abs(found - sum(weighted)).max() <= 1e-12 * sum(np.abs(w) for w in weighted).max()


@LAW
@given(exponent=st.floats(-4, 8), seed=st.integers(0, 1000))
def test_adams_first_step_has_size_rate_whatever_the_gradients_size(
    exponent: float, seed: int
) -> None:
    sign = np.random.default_rng(seed).choice([-1.0, 1.0], (3, 2))
    (first,) = run(Adam(), [sign * 10**exponent], [0.25])
    size = 0.25 / (1 + 1e-8 / 10**exponent)  # epsilon = 1e-8 beside the gradient
    assert np.allclose(first, size * sign, rtol=1e-12, atol=0)


def test_adam_on_a_constant_gradient_keeps_its_first_step() -> None:
    for direction in run(Adam(), [G] * 20):
        assert np.allclose(direction, G / (np.abs(G) + 1e-8), rtol=1e-10, atol=0)


@LAW
@given(beta1=rates, beta2=st.floats(0.5, 0.999), t=steps, seed=st.integers(0, 1000))
def test_adam_is_algorithm_1_of_its_paper(beta1: float, beta2: float, t: int, seed: int) -> None:
    gradients = np.random.default_rng(seed).standard_normal(t)
    m = v = expected = 0.0
    for n, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        expected = (m / (1 - beta1**n)) / (math.sqrt(v / (1 - beta2**n)) + 1e-8)
    found = run(Adam(beta1, beta2), [np.array([g]) for g in gradients])[-1]
    assert found[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("optimiser", BY_NAME.values(), ids=BY_NAME)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_state_starts_at_zero_and_is_updated_in_place(
    optimiser: Optimiser, dtype: type
) -> None:
    state = optimiser.init((2, 2), dtype)
    assert all(s.shape == (2, 2) and s.dtype == dtype and not s.any() for s in state)
    direction = optimiser.step(state, G.astype(dtype), 1.0, 1)
    assert direction.dtype == dtype
    assert all(s.all() for s in state)


@pytest.mark.parametrize("optimiser", BY_NAME.values(), ids=BY_NAME)
def test_a_step_on_rows_is_those_rows_of_the_step(optimiser: Optimiser) -> None:
    gradients = list(np.random.default_rng(0).standard_normal((5, 7, 3)))
    whole = run(optimiser, gradients)[-1]
    for rows in (slice(0, 1), slice(2, 7)):
        assert np.array_equal(run(optimiser, [g[rows] for g in gradients])[-1], whole[rows])


@LAW
@given(epochs=st.integers(1, 200), updates=st.integers(1, 50), rate=st.floats(1e-4, 10))
def test_the_schedule_is_constant_for_half_the_epochs_and_ends_at_one_over_e(
    epochs: int, updates: int, rate: float
) -> None:
    schedule = Schedule(rate, epochs, updates)
    by_epoch = [schedule(e * updates) for e in range(epochs)]
    assert by_epoch[: epochs // 2] == [rate] * (epochs // 2)
    assert by_epoch[-1] == pytest.approx(rate / epochs, rel=1e-12)
    assert by_epoch == sorted(by_epoch, reverse=True)
    falling = np.diff(by_epoch[(epochs + 1) // 2 - 1 :])  # straight from (near) one to 1/E
    assert np.allclose(falling[1:], -2 * rate / epochs, rtol=1e-9, atol=0)
    assert schedule(epochs * updates) == schedule(epochs * updates - 1) == by_epoch[-1]


@LAW
@given(epoch=st.integers(0, 9), update=st.integers(0, 6))
def test_the_rate_is_the_same_throughout_an_epoch(epoch: int, update: int) -> None:
    schedule = Schedule(0.5, 10, 7)
    assert schedule(7 * epoch + update) == schedule(7 * epoch)


def test_without_epochs_the_rate_never_falls() -> None:
    assert {Schedule(0.3)(t) for t in (0, 1, 10**6)} == {0.3}


@pytest.mark.parametrize("bad", [1.0, 2.0, -0.1, math.nan])
@pytest.mark.parametrize("name", ["delay", "momentum", "beta1", "beta2"])
def test_what_is_forgotten_at_no_sensible_rate_is_named(name: str, bad: float) -> None:
    kind = {"delay": Smoothed, "momentum": Momentum}.get(name, Adam)
    with pytest.raises(ValueError, match=f"^{name}: expected at least 0 and less than 1; got"):
        kind(**{name: bad})


@pytest.mark.parametrize("bad", [0.0, -1e-8, math.nan, math.inf])
def test_adam_never_divides_by_zero(bad: float) -> None:
    with pytest.raises(ValueError, match="epsilon: expected a number above 0"):
        Adam(epsilon=bad)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        *(({"rate": bad}, "rate: expected a number above 0") for bad in (0.0, -1, math.nan)),
        ({"rate": math.inf}, "rate: expected a number above 0"),
        ({"epochs": -1}, "epochs: expected a whole number, 0 or more; got -1"),
        ({"updates_per_epoch": 0}, "updates_per_epoch: expected a whole number, 1 or more; got 0"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(choices: dict, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        Schedule(**{"rate": 0.1, **choices})
