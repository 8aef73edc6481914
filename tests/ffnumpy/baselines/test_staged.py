"""The convolutional baseline: slopes through pooling and dropout, and that its loss falls."""

from __future__ import annotations

import numpy as np
import pytest

from ffnumpy.activations import relu
from ffnumpy.baselines import StagedBackprop
from ffnumpy.baselines.stages import PooledConvolution, Rectified, route
from ffnumpy.layers import MaxPooling, log_softmax
from ffnumpy.weights import Cores, Dense, normal
from ffnumpy.weights.convolution import TILE, Convolution
from ffnumpy.weights.local_fields import Grid

POOL = MaxPooling(4, 6, 3)


def network(dropout: float = 0.0, rate: float = 0.1) -> StagedBackprop:
    rng = np.random.default_rng(0)
    kernel, units, readout = (
        Dense(normal(*shape, rng, float), rate) for shape in ((9, 4), (36, 8), (8, 3))
    )
    convolution = PooledConvolution(Convolution(Grid(8, 8, 1, 3, 1), kernel))
    return StagedBackprop([convolution, Rectified(units)], readout, rng, dropout)


def batch(n: int = 2 * TILE + 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.standard_normal((n, 64)), rng.integers(0, 3, n)


def test_the_slope_goes_to_the_largest_of_every_four_and_to_no_other() -> None:
    rng = np.random.default_rng(2)
    z, slope = rng.standard_normal((5, 72)), rng.standard_normal((5, 18))
    top = POOL(z)
    routed = route(POOL, z.copy(), top, slope.copy())
    assert np.array_equal(np.sort(routed[routed != 0]), np.sort(slope.ravel()))
    assert np.allclose(np.sum(routed * z), np.sum(slope * top), rtol=1e-12)


def test_pictures_that_do_not_lie_together_in_memory_are_routed_alike() -> None:
    rng = np.random.default_rng(6)
    z, slope = rng.standard_normal((5, 144))[:, ::2], rng.standard_normal((5, 18))
    expected = route(POOL, z.copy(), POOL(z), slope.copy())
    assert np.array_equal(route(POOL, z, POOL(z), slope), expected)


def test_two_cores_send_down_what_one_does() -> None:
    stage, (x, _) = network().stages[0], batch()
    delta = np.random.default_rng(7).standard_normal((len(x), stage.weights.shape[1]))
    alone = stage.below(delta)
    stage.weights.cores = Cores(2)
    assert np.allclose(stage.below(delta), alone, rtol=1e-12, atol=1e-12)


def test_among_equals_the_slope_goes_to_one_place() -> None:
    slope = np.random.default_rng(3).standard_normal((5, 18))
    routed = route(POOL, np.zeros((5, 72)), np.zeros((5, 18)), slope.copy())
    corners = POOL.corners(routed)
    assert np.array_equal(corners[0].reshape(5, -1), slope)
    assert not any(corner.any() for corner in corners[1:])


def test_blank_paper_moves_a_kernels_bias_as_a_quotient_says() -> None:
    net, labels = network(), np.array([0, 2, 1])
    x = np.zeros((3, 64))
    x[:, :9] = np.random.default_rng(4).standard_normal((3, 9))  # the rest is a tie everywhere
    kernel = net.stages[0].weights.kernel
    kernel.bias[...] = 0.1  # away from the ReLU's kink
    before = kernel.values.copy()

    def log_p(k: int, step: float) -> float:
        kernel.values[...] = before
        kernel.bias[k] += step
        return float(log_softmax(net.forward(x)[0])[np.arange(3), labels].mean())

    quotients = [(log_p(k, 1e-6) - log_p(k, -1e-6)) / 2e-6 for k in range(4)]
    kernel.values[...] = before
    net.learn(x, labels)
    assert np.allclose((kernel.bias - before[-1]) / 0.1, quotients, rtol=1e-6, atol=1e-9)


def test_slopes_come_down_alike_whatever_the_tiles() -> None:
    stage, (x, _) = network().stages[0], batch()
    delta = np.random.default_rng(5).standard_normal((len(x), stage.weights.shape[1]))
    whole = stage.below(delta)
    alone = [stage.below(delta[n : n + 1])[0] for n in range(len(x))]
    assert np.allclose(whole, alone, rtol=1e-12, atol=1e-12)


def test_the_loss_falls_every_time_it_sees_the_same_batch() -> None:
    net, (x, labels) = network(), batch()
    loss = []
    for _ in range(20):
        loss.append(-log_softmax(net.learn(x, labels))[np.arange(len(x)), labels].mean())
    assert np.all(np.diff(loss) < 0)
    assert loss[-1] < 0.9 * loss[0]


def test_learning_returns_the_logits_from_before_the_step_where_nothing_is_dropped() -> None:
    net, (x, labels) = network(), batch()
    logits = net.forward(x)[0]
    assert np.array_equal(net.learn(x, labels), logits)
    assert not np.array_equal(net.forward(x)[0], logits)


def test_dropout_spares_answers_and_keeps_the_expected_activity() -> None:
    net, (x, _) = network(dropout=0.75), batch()
    assert np.array_equal(net.forward(x)[0], network().forward(x)[0])
    kept = net.kept((400, 400), np.dtype(float))
    assert set(np.unique(kept)) == {0.0, 4.0}
    n = kept.size  # each is 4 with probability ¼, so its deviation is √3
    assert abs(kept.mean() - 1) < 5 * np.sqrt(3 / n)


def test_what_is_dropped_does_not_move_the_weights_that_lead_to_it() -> None:
    net, (x, labels) = network(dropout=0.5), batch(1)
    units = net.stages[1].weights
    before, state = units.values.copy(), net.rng.bit_generator.state
    active = relu.value(net.look(x)[-1].top)[0] > 0
    kept = net.kept((1, 8), np.dtype(float))[0] > 0
    net.rng.bit_generator.state = state
    net.learn(x, labels)
    moved = np.any(units.values != before, axis=0)
    assert np.array_equal(moved, active & kept)


@pytest.mark.parametrize("dropout", [1.0, -0.1, 2])
def test_a_share_that_makes_no_sense_is_refused(dropout: float) -> None:
    with pytest.raises(ValueError, match="dropout: expected at least 0 and less than 1"):
        network(dropout)
