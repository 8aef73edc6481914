"""The bootstrap over groups: it covers, it sees groups, and its limits are known."""

from __future__ import annotations

import numpy as np

from ffnumpy.intervals import bootstrap, predicted


def test_an_interval_of_groups_of_one_is_that_of_independent_draws() -> None:
    values = np.random.default_rng(0).standard_normal(400)
    low, high = bootstrap(values, np.arange(400), times=20_000)
    error = values.std() / np.sqrt(400)
    assert np.isclose(low, values.mean() - 1.96 * error, atol=0.15 * error)
    assert np.isclose(high, values.mean() + 1.96 * error, atol=0.15 * error)


def test_values_that_repeat_within_a_group_make_the_interval_no_shorter() -> None:
    values = np.random.default_rng(0).standard_normal(30)
    alone = bootstrap(values, np.arange(30))
    assert np.allclose(bootstrap(values.repeat(9), np.arange(0, 270, 9)), alone)


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    rng, trials, groups = np.random.default_rng(1), 400, 30
    first = np.arange(0, groups * 5, 5)
    inside = 0
    for _ in range(trials):
        values = rng.standard_normal(groups).repeat(5) + rng.standard_normal(groups * 5)
        low, high = bootstrap(values, first, times=500)
        inside += low <= 0 <= high
    # a percentile interval of 30 groups covers about 93 %; 4 standard errors of 400 trials are 5 %
    assert 0.88 < inside / trials < 0.98


def test_a_long_group_weighs_as_much_as_it_is_long() -> None:
    values, first = np.ones(100), np.array([0, 1, 40, 95])
    assert bootstrap(values, first) == [1.0, 1.0]
    values[40:95] = 0
    low, high = bootstrap(values, first)
    assert low < values.mean() < high


def test_one_group_says_nothing_about_others() -> None:
    assert bootstrap(np.array([0.0, 1.0]), np.array([0])) == [0.5, 0.5]


def test_a_prediction_that_knows_nothing_takes_the_logarithm_of_the_symbols_in_bits() -> None:
    labels = np.array([0, 1, 2, 3])
    found = predicted(np.full((4, 4), -np.log(4)), labels, np.array([0, 2]))
    assert np.isclose(found["bits"], 2)
    assert np.allclose(found["interval_of_bits"], 2)
    assert found["error"] == 0.75
    low, high = found["interval_of_error"]
    assert low <= 0.75 <= high
