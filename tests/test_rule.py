"""Eq. 3 and the one-step rule: against loops written out, and against the proof's own table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy import activations, check_slope, goodness, rule
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.goodness import Goodness, mean_of_squares
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.one_step import one_step
from ffnumpy.losses import Logistic, SoftplusMargin, log_sigmoid, sigmoid
from ffnumpy.normalisation import squared_length
from ffnumpy.proofs import slopes, table
from ffnumpy.proofs.rows import CENTRAL_LIMIT, COMPLEX_STEP_LIMIT, Row
from ffnumpy.training import train
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.outer import Outer
from laws import EPS, seeds

LAW = settings(deadline=None, max_examples=50, derandomize=True)
sizes = st.integers(1, 7)


def close(found: Any, expected: Any, terms: int = 100) -> bool:
    """Return whether the two differ by rounding only: `terms` roundings of the largest value."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    scale = np.abs(expected).max()
    assert scale > 0, "nothing to compare with"
    return bool(np.abs(found - expected).max() <= terms * EPS * scale)


def network(widths: Sequence[int], rng: np.random.Generator, rate: float = 1.0) -> list[Layer]:
    return [Layer(Dense(normal(a, b, rng, float), rate)) for a, b in pairwise(widths)]


def dense(layer: Layer) -> Dense:
    assert isinstance(layer.weights, Dense)
    return layer.weights


def signs(pairs: int) -> NDArray:
    return np.repeat([1.0, -1.0], pairs)


# The table


@pytest.mark.parametrize("seed", range(4))
def test_every_row_of_the_proof_passes(seed: int) -> None:
    assert [row for row in table.all_proofs(seed) if not row.passed] == []


def test_the_proof_covers_every_goodness_activation_loss_and_input() -> None:
    names = [row.what for row in slopes.slopes(np.random.default_rng(0))]
    for kind in ("array", "labelled images"):
        for good in goodness.BY_NAME:
            for activation in activations.BY_NAME:
                for loss in (Logistic, SoftplusMargin):
                    name = f"Δw, {kind}: {good} × {activation} × {loss.__name__}"
                    assert names.count(name) == 1, name


BREAKS: dict[str, tuple[Any, str, Callable[..., NDArray]]] = {
    "sign": (rule, "delta", lambda a, b: -a * b),
    "factor 2": (rule, "delta", lambda a, b: 2 * a * b),
    "no activation slope": (rule, "delta", lambda a, b: a + 0 * b),
    "the batch's mean of the loss": (Goodness, "pull_back", lambda g, y, a: g.slope(y) * a.mean()),
    "p instead of log p": (
        Goodness,
        "pull_back",
        lambda g, y, a: g.slope(y) * (a * (1 - np.abs(a)))[:, np.newaxis],
    ),
}


@pytest.mark.parametrize("break_", BREAKS)
def test_a_broken_rule_fails_the_proof(break_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*BREAKS[break_])
    rows = [r for r in slopes.slopes(np.random.default_rng(0)) if r.what.startswith("Δw, array")]
    assert any(not row.passed for row in rows)


# Eq. 3


@LAW
@given(batch=sizes, n_in=sizes, width=sizes, seed=seeds)
def test_the_update_is_the_triple_product_summed_over_the_cases(
    batch: int, n_in: int, width: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x, loss = rng.standard_normal((batch, n_in)), rng.standard_normal(batch)
    good, slope = rng.standard_normal((2, batch, width))
    expected = np.zeros((n_in, width))
    for b in range(batch):
        for i in range(n_in):
            for j in range(width):
                expected[i, j] += x[b, i] * loss[b] * good[b, j] * slope[b, j]
    delta = rule.delta(loss[:, np.newaxis] * good, slope)
    assert delta.shape == (batch, width)
    assert close(rule.outer_product(x, delta), expected)
    out = np.full((n_in, width), np.nan)
    assert rule.outer_product(x, delta, out=out) is out
    assert close(out, expected)


@LAW
@given(pairs=sizes, n_in=sizes, width=sizes, seed=seeds)
def test_a_layer_moves_by_eq_3_as_the_paper_writes_it(
    pairs: int, n_in: int, width: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x, sign, rate = rng.standard_normal((2 * pairs, n_in)), signs(pairs), 0.3
    before = normal(n_in, width, rng, float)
    layer = Layer(Dense(before.copy(), rate))
    layer.learn(x, sign)
    expected = np.zeros_like(before)
    for case, s in zip(x, sign, strict=True):
        with_bias = [*case, 1.0]
        y = [max(0.0, math.fsum(v * w for v, w in zip(with_bias, column, strict=True)))
             for column in before.T]  # fmt: skip
        p = 1 / (1 + math.exp(width - math.fsum(v * v for v in y)))
        for i, x_i in enumerate(with_bias):
            for j, y_j in enumerate(y):
                slope = (1 - p) if s > 0 else -p
                expected[i, j] += rate * 2 * slope * y_j * x_i / (2 * pairs)
    assume(np.abs(expected).max() > 1e-3)  # else the difference below is rounding of W alone
    moved = dense(layer).values - before
    assert np.abs(moved - expected).max() <= 100 * EPS * (np.abs(before).max() + 1)


@LAW
@given(k=st.integers(0, 2), batches=st.integers(1, 4), seed=seeds)
def test_layers_up_to_k_learn_the_same_bits_whatever_stands_above(
    k: int, batches: int, seed: int
) -> None:
    results = []
    for above in (1.0, -3.0):
        rng = np.random.default_rng(seed)
        layers = network((5, 8, 7, 6, 5), rng)
        cases = [(rng.standard_normal((6, 5)), signs(3)) for _ in range(batches)]
        dense(layers[k + 1]).values *= above
        layers[k + 1].loss = Logistic(above)
        layers = layers if above > 0 else layers[: k + 2]
        assert list(train(layers, cases)) == list(range(1, batches + 1))
        results.append([dense(layer).values for layer in layers])
    for one, other in zip(results[0][: k + 1], results[1][: k + 1], strict=True):
        assert np.array_equal(one, other)
    assert not np.array_equal(results[0][k + 1], results[1][k + 1])


# Goodness and loss


@LAW
@given(
    width=st.integers(2, 9), threshold=st.floats(-20, 20), temperature=st.floats(0.2, 5), seed=seeds
)
def test_sum_and_mean_of_squares_are_one_goodness_at_two_temperatures(
    width: int, threshold: float, temperature: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x, values = rng.standard_normal((6, 5)), normal(5, width, rng, float)
    summed = Layer(Dense(values.copy(), 1.0), loss=Logistic(threshold, temperature))
    mean = Layer(
        Dense(values.copy(), 1.0),
        goodness=goodness.mean_of_squares,
        loss=Logistic(threshold / width, temperature / width),
    )
    for layer in (summed, mean):
        layer.learn(x, signs(3))
    moved = dense(summed).values - values
    difference = dense(mean).values - dense(summed).values
    assert np.abs(difference).max() <= 1e-12 * (np.abs(moved).max() + np.abs(values).max())
    G, M = summed.forward(x)[1], mean.forward(x)[1]
    p = summed.loss.value(G, signs(3)), mean.loss.value(M, signs(3))
    assert np.abs(p[0] - p[1]).max() <= 1e-11 * np.abs(p[0]).max()


@pytest.mark.parametrize("width", [1, 10, 2000])
def test_the_usual_thresholds_of_sum_and_mean_agree(width: int) -> None:
    total, mean = goodness.sum_of_squares, goodness.mean_of_squares
    assert total.threshold(width) == pytest.approx(width * mean.threshold(width), rel=4 * EPS)
    assert total.temperature(width) == pytest.approx(width * mean.temperature(width), rel=4 * EPS)


def test_the_unsquared_sums_threshold_is_what_an_untrained_layer_gives() -> None:
    # n = 1000 cases × 50 units of 500 inputs. The mean of Σ y deviates by 1/√(2·500·50) = 0.5 % for
    # the lengths of the drawn weights, and by √50·0.584/√1000 = 0.13 of 19.9, 0.7 %, for the cases:
    # together 0.8 %; the bound is 5 sigma.
    rng = np.random.default_rng(0)
    layer = Layer(Dense(normal(500, 50, rng, float)), goodness=goodness.unsquared_sum)
    _, G = layer.forward(rng.standard_normal((1000, 500)))
    assert G.mean() == pytest.approx(goodness.unsquared_sum.threshold(50), rel=0.04)


@pytest.mark.parametrize("good", [g for g in goodness.BY_NAME.values() if g.name[:3] != "neg"])
@pytest.mark.parametrize("activation", activations.BY_NAME.values())
def test_the_negative_of_a_goodness_learns_as_if_every_sign_were_turned(
    good: goodness.Goodness, activation: activations.Activation
) -> None:
    rng = np.random.default_rng(3)
    x, values = rng.standard_normal((8, 5)), normal(5, 6, rng, float)
    plain = Layer(Dense(values.copy(), 1.0), activation, good)
    mirrored = Layer(Dense(values.copy(), 1.0), activation, goodness.negative(good))
    assert np.array_equal(plain.forward(x)[1], -mirrored.forward(x)[1])
    plain.learn(x, -signs(4))
    mirrored.learn(x, signs(4))
    moved = dense(plain).values - values
    assert close(dense(mirrored).values - values, moved)


@LAW
@given(t=st.floats(-700, 700))
def test_no_probability_is_pinned_not_even_in_the_tails(t: float) -> None:
    small = math.exp(-abs(t))
    p = small / (1 + small) if t < 0 else 1 / (1 + small)
    array = np.array([t])
    assert sigmoid(array)[0] == pytest.approx(p, rel=1e-12)
    assert sigmoid(-array)[0] > 0
    log_p = -math.log1p(small) if t >= 0 else t - math.log1p(small)
    assert log_sigmoid(array)[0] == pytest.approx(log_p, rel=1e-12)
    assert Logistic(0.0).slope(array, np.array([1.0]))[0] > 0
    assert Logistic(0.0).slope(array, np.array([-1.0]))[0] < 0


@pytest.mark.parametrize("loss", [Logistic(1.0, 26.0), SoftplusMargin(0.3)])
def test_signs_in_single_precision_cost_no_digit(loss: Logistic | SoftplusMargin) -> None:
    G, sign = np.array([3.0, 0.2]), np.array([1, -1])
    expected = loss.slope(G, sign.astype(np.float64))
    assert close(loss.slope(G, sign.astype(np.float32)), expected, terms=2)


@LAW
@given(G=st.floats(0, 1e6), threshold=st.floats(-1e3, 1e3), temperature=st.floats(0.01, 100))
def test_a_positive_case_pulls_up_and_a_negative_one_down_by_what_p_lacks(
    G: float, threshold: float, temperature: float
) -> None:
    loss, array = Logistic(threshold, temperature), np.array([G])
    up, down = loss.slope(array, np.ones(1))[0], loss.slope(array, -np.ones(1))[0]
    assert up >= 0 >= down
    assert up - down == pytest.approx(1 / temperature, rel=1e-12)  # (1 − p)/T + p/T


def test_the_softplus_margin_pushes_a_pair_apart_by_equal_amounts() -> None:
    slope = SoftplusMargin(2.0).slope(np.array([1.0, 5.0, 3.0, 1.0]), signs(2))
    assert np.array_equal(slope[:2], -slope[2:])
    assert slope[0] == pytest.approx(2 / (1 + math.exp(-4)), rel=1e-12)  # a pair in wrong order


@pytest.mark.parametrize("sign", [[1.0], [-1.0, 1.0], [1.0, 1.0], [1.0, -1.0, 1.0]])
def test_the_softplus_margin_refuses_what_is_no_pair(sign: list[float]) -> None:
    with pytest.raises(ValueError, match="first half is positive"):
        SoftplusMargin().slope(np.ones(len(sign)), np.array(sign))


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan])
def test_losses_and_activations_name_the_parameter_that_makes_no_sense(bad: float) -> None:
    with pytest.raises(ValueError, match="temperature"):
        Logistic(1.0, bad)
    with pytest.raises(ValueError, match="alpha"):
        SoftplusMargin(bad)
    with pytest.raises(ValueError, match="nu"):
        activations.student_t(bad)


def test_a_student_t_of_infinite_freedom_is_refused_rather_than_not_a_number() -> None:
    with pytest.raises(ValueError, match="finite degrees of freedom above 0; got nu = inf"):
        activations.student_t(math.inf)


@LAW
@given(nu=st.floats(0.5, 30), a=st.floats(-5, 5), b=st.floats(-5, 5))
def test_student_t_differs_as_its_log_densities_do(nu: float, a: float, b: float) -> None:
    value = activations.student_t(nu).value(np.array([a, b]))
    density = [(1 + t * t / nu) ** (-(nu + 1) / 2) for t in (a, b)]  # up to one constant
    expected = math.log(density[1]) - math.log(density[0])
    scale = abs(math.log(density[0])) + abs(math.log(density[1]))
    assert abs(value[0] - value[1] - expected) <= 1e-12 * (scale + nu)


# One step


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Layer], Any]:
    """Draw a random network and one case for it, plain or labelled, with no silent layer."""
    rng = np.random.default_rng(draw(seeds))
    widths = draw(st.lists(st.integers(5, 30), min_size=2, max_size=5))
    target = draw(st.sampled_from([None, 1.0]))
    if draw(st.booleans()):
        code = np.eye(3)[[draw(st.integers(0, 2))]]
        x: Any = Labelled(Features(rng.standard_normal((1, widths[0] - 3))), code, target)
    else:
        x = rng.standard_normal((1, widths[0]))
    layers = network(widths, rng)
    for layer in layers:
        layer.target = target
        dense(layer).bias[...] = 0.1 * rng.standard_normal(dense(layer).shape[1])
    assume(all(S > 0.1 for S in forward(layers, x)[1]))
    return layers, x


def forward(layers: Sequence[Layer], x: Any) -> tuple[list[NDArray], list[float]]:
    outputs, found = [], []
    for layer in layers:
        x, G = layer.forward(x)
        outputs.append(x)
        found.append(float(G[0]))
    return outputs, found


@LAW
@given(case=cases(), data=st.data())
def test_one_step_takes_every_layer_to_its_goodness_and_keeps_the_direction(
    case: tuple[list[Layer], Any], data: st.DataObject
) -> None:
    layers, x = case
    targets = [data.draw(st.floats(0.1, 500)) for _ in layers]
    outputs, before = forward(layers, x)
    assert one_step(layers, x, targets) == pytest.approx(before, rel=1e-14)
    moved, after = forward(layers, x)
    assert after == pytest.approx(targets, rel=1e-12)
    for one, other in zip(outputs, moved, strict=True):
        assert np.abs(one - other).max() <= 1e-12 * np.abs(one).max()


@LAW
@given(case=cases())
def test_one_step_to_where_it_stands_moves_nothing(case: tuple[list[Layer], Any]) -> None:
    layers, x = case
    before = [dense(layer).values.copy() for layer in layers]
    one_step(layers, x, forward(layers, x)[1])
    for layer, values in zip(layers, before, strict=True):
        assert np.abs(dense(layer).values - values).max() <= 1e-13 * np.abs(values).max()


@LAW
@given(case=cases())
def test_one_step_to_zero_silences_every_layer(case: tuple[list[Layer], Any]) -> None:
    layers, x = case
    before = forward(layers, x)[1]
    one_step(layers[:1], x, 0.0)
    assert layers[0].forward(x)[1][0] <= 1e-24 * before[0]


def test_one_goodness_serves_all_layers() -> None:
    rng = np.random.default_rng(1)
    layers, x = network((6, 20, 20, 20), rng), rng.standard_normal((1, 6))
    one_step(layers, x, 50.0)
    assert forward(layers, x)[1] == pytest.approx([50.0] * 3, rel=1e-12)


@LAW
@given(S=st.floats(1e-3, 1e3), target=st.floats(0, 1e3), square=st.floats(1e-3, 1e3))
def test_the_one_step_rate_solves_its_equation(S: float, target: float, square: float) -> None:
    rate = rule.one_step_rate(S, target, square)
    assert S * (1 + rate * square) ** 2 == pytest.approx(target, rel=1e-12, abs=1e-12 * S)


@pytest.mark.parametrize(
    ("S", "target", "square"),
    [(0.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, 0.0), (-1.0, 1.0, 1.0), (math.nan, 1.0, 1.0)],
)
def test_the_one_step_rate_says_what_it_cannot_do(S: float, target: float, square: float) -> None:
    with pytest.raises(ValueError, match="goodness above zero"):
        rule.one_step_rate(S, target, square)


def unchanged(layers: Sequence[Layer], action: Callable[[], object]) -> bool:
    before = [(dense(layer).values.copy(), dense(layer).version) for layer in layers]
    action()
    return all(
        np.array_equal(dense(layer).values, values) and dense(layer).version == version
        for layer, (values, version) in zip(layers, before, strict=True)
    )


@pytest.mark.parametrize("silent", [1, 2, 3])
def test_a_silent_layer_is_named_and_nothing_has_changed(silent: int) -> None:
    rng = np.random.default_rng(2)
    layers, x = network((6, 20, 20, 20), rng), rng.standard_normal((1, 6))
    dense(layers[silent - 1]).bias[...] = -1e3

    def attempt() -> None:
        with pytest.raises(ValueError, match=rf"layer {silent}: .*no unit is active"):
            one_step(layers, x, 50.0)

    assert unchanged(layers, attempt)


def test_one_step_refuses_another_goodness_and_names_the_layer() -> None:
    rng = np.random.default_rng(2)
    layers, x = network((6, 20, 20), rng), rng.standard_normal((1, 6))
    layers[1].goodness = mean_of_squares

    def attempt() -> None:
        with pytest.raises(ValueError, match=r"layer 2: one_step takes Σ y² .* mean-of-squares"):
            one_step(layers, x, 50.0)

    assert unchanged(layers, attempt)


def test_one_step_refuses_several_cases_a_bad_target_and_too_few_targets() -> None:
    rng = np.random.default_rng(2)
    layers, x = network((6, 20, 20), rng), rng.standard_normal((2, 6))

    def attempt() -> None:
        with pytest.raises(ValueError, match="one case; got 2"):
            one_step(layers, x, 50.0)
        with pytest.raises(ValueError, match=r"layer 2: .*got S"):
            one_step(layers, x[:1], [50.0, -1.0])
        with pytest.raises(ValueError, match="shape"):
            one_step(layers, x[:1], [1.0, 2.0, 3.0])

    assert unchanged(layers, attempt)


class Foreign:
    """Weights of another substrate, which can be added to."""

    shape = (20, 20)

    def __init__(self) -> None:
        self.added: list[Outer] = []

    def forward(self, x: NDArray) -> NDArray:
        return np.ones((len(x), 20))

    def update(self, outer: Outer) -> None:
        raise AssertionError("one_step adds")

    def add(self, outer: Outer) -> None:
        self.added.append(outer)

    def arrays(self) -> dict[str, NDArray]:
        return {}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        raise AssertionError("one_step restores nothing")


def test_one_step_adds_to_whatever_weights_there_are() -> None:
    rng = np.random.default_rng(2)
    layers, x, weights = network((6, 20), rng), rng.standard_normal((1, 6)), Foreign()
    S = one_step([*layers, Layer(weights)], x, 80.0)
    assert S[1] == 20.0
    (outer,) = weights.added
    assert close(outer.post, np.full((1, 20), (math.sqrt(80 / 20) - 1) / (20 + 1)))


def test_one_step_counts_the_bias_as_an_input_of_one() -> None:
    rng = np.random.default_rng(4)
    (layer,), x = network((4, 9), rng), rng.standard_normal((1, 4))
    values = dense(layer).values.copy()
    y = np.maximum(np.append(x, 1.0) @ values, 0)
    (S,) = one_step([layer], x, 30.0)
    rate = (math.sqrt(30.0 / S) - 1) / (float(squared_length(x)[0]) + 1)
    expected = rate * np.outer(np.append(x, 1.0), y)
    assert close(dense(layer).values - values, expected, terms=1000)


# The judge judged


def cube(x: NDArray) -> NDArray:
    return x**3


POINT = np.array([[1.0, -2.0, 0.5], [3.0, 0.1, -0.7]])


def test_a_right_slope_passes_by_both_quotients() -> None:
    check = check_slope(cube, lambda x: 3 * x**2, POINT)
    assert Row("", *check).passed


@pytest.mark.parametrize(
    "slope",
    [
        lambda x: -3 * x**2,
        lambda x: 6 * x**2,
        lambda x: 1.5 * x**2,
        lambda x: 3 * x**2 + np.eye(2, 3) * 1e-9,
        lambda x: 3 * x**2 * (x != 0.1),
        np.zeros_like,
    ],
    ids=["sign", "times 2", "half", "an offset of 1e-9", "one element forgotten", "zeros"],
)
def test_a_wrong_slope_is_found(slope: Callable[[NDArray], NDArray]) -> None:
    check = check_slope(cube, slope, POINT)
    assert not Row("", *check).passed
    assert check.complex_step > COMPLEX_STEP_LIMIT


@pytest.mark.reports
@pytest.mark.parametrize("factor", [0.0, 0.5, 2.0, -1.0])
def test_the_error_of_a_slope_is_a_share_of_the_true_one(factor: float) -> None:
    check = check_slope(cube, lambda x: factor * 3 * x**2, POINT)
    assert check.complex_step == pytest.approx(abs(factor - 1))
    assert check.central == pytest.approx(abs(factor - 1), abs=1e-6)


@pytest.mark.parametrize(
    ("value", "slope"),
    [
        (np.abs, np.sign),
        (lambda x: (x * np.conj(x)).real, lambda x: 2 * x),
        (lambda x: x * np.conj(x), lambda x: 2 * x),
        (np.conj, np.ones_like),
        (np.linalg.norm, lambda x: x / np.linalg.norm(x)),
    ],
    ids=["abs", "squared by conj, real", "squared by conj", "conj", "norm"],
)
def test_code_that_is_not_analytic_fails_the_complex_step_alone(
    value: Callable[[NDArray], NDArray], slope: Callable[[NDArray], NDArray]
) -> None:
    check = check_slope(value, slope, POINT)
    assert check.central <= CENTRAL_LIMIT
    assert check.complex_step > 0.1


@pytest.mark.parametrize("shape", [(), (3, 2), (6,), (1, 2, 3)])
def test_a_slope_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected shape \(2, 3\)"):
        check_slope(cube, lambda x: np.ones(shape), POINT)


def test_where_every_slope_is_zero_the_error_is_absolute() -> None:
    check = check_slope(lambda x: 2.0 * np.ones_like(x), np.zeros_like, POINT)
    assert check == (0.0, 0.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_slope_that_is_no_number_fails(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        check = check_slope(cube, lambda x: np.where(x == 0.1, bad, 3 * x**2), POINT)
    assert not Row("", *check).passed


@pytest.mark.parametrize(
    ("complex_step", "central", "passed"),
    [
        (1e-12, 1e-7, True),
        (1.1e-12, 0.0, False),
        (0.0, 1.1e-7, False),
        (0.0, None, True),
        (1.1e-12, None, False),
        (math.nan, 0.0, False),
        (0.0, math.nan, False),
        (math.nan, None, False),
    ],
)
def test_a_row_passes_by_its_limits_and_never_with_a_nan(
    complex_step: float, central: float | None, passed: bool
) -> None:
    assert Row("", complex_step, central).passed is passed
