"""The chip: an ideal one is arithmetic, and a real one an individual that stays itself."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from chips import LINES, SCALE, ideal_design, learn_cases, make_chip, one_case, weights_of
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.one_step import one_step
from ffnumpy.losses import Logistic
from ffnumpy.weights.dense import Dense
from hardware_sim.chip.decision import label_goodness
from hardware_sim.chip.design import UNLIMITED, Design
from hardware_sim.chip.layer import reach_together
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.circuits.rectifiers import DiodeRectifier
from hardware_sim.constants import ROOM
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.presets import IDEAL, PRESETS, preset
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.variation import Spread
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.signals import DomainError
from hardware_sim.updates.coincidence import Coincidence
from instruments import read


def of_mean_square_one(rng: np.random.Generator, n: int = LINES[0]) -> NDArray:
    x = one_case(rng, n)
    return x / math.sqrt(np.mean(x**2))


# An ideal chip is arithmetic


@pytest.mark.parametrize("rate", [0.02, 0.3])
def test_an_ideal_chip_is_the_dense_net_in_every_layer_for_each_of_a_thousand_steps(
    rate: float,
) -> None:
    """Each step starts from the same weights: run freely, ReLU amplifies rounding."""
    dac, layers, _ = make_chip(ideal_design(), rate=rate)
    temperature = SCALE.temperature
    twins = [
        Layer(Dense(weights_of(layer), rate), loss=Logistic(layer.array.shape[1], temperature))
        for layer in layers
    ]
    assert [twin.loss.temperature for twin in twins] == [temperature] * 2
    rng, moved, active = np.random.default_rng(1), [0.0, 0.0], [0, 0]
    for step in range(1000):
        x, sign = one_case(rng), np.array([1.0 if step % 2 == 0 else -1.0])
        signal, numbers = dac.learn(x, sign), x
        for k, (layer, twin) in enumerate(zip(layers, twins, strict=True)):
            before = twin.weights.values
            before[...] = weights_of(layer)
            before = before.copy()
            found, expected = layer.forward(signal), twin.forward(numbers)
            G = read(found[1])[:, 0] / SCALE.goodness
            assert np.all(np.abs(G - expected[1]) <= 1e-12 * expected[1])
            signal, numbers = layer.learn(signal, sign), twin.learn(numbers, sign)
            for activity in (found[0], signal):
                assert np.abs(read(activity) / SCALE.volt - numbers).max() <= 1e-12 * numbers.max()
            after = twin.weights.values
            assert np.abs(weights_of(layer) - after).max() <= 1e-12 * np.abs(after).max()
            moved[k] = max(moved[k], np.abs(after - before).max())
            active[k] += bool(G[0] > 0)
    assert min(moved) > 0.01 * rate, "nothing was learned"
    assert min(active) > 900, "a silent layer agrees with anything"


def test_a_chip_learns_alike_whatever_its_scale() -> None:
    # The same numbers whatever volts stand for them; T is what a thermal voltage stands for.
    results = []
    for volt, weight in ((0.1, 0.6), (0.37, 2.0)):
        dac, layers, _ = make_chip(ideal_design(scale=Scale(volt, weight, 1e-3)), rate=0.3)
        outputs = learn_cases(dac, layers, np.random.default_rng(5), 1)[0] / volt
        results.append([*map(weights_of, layers), outputs])
    for one, other in zip(*results, strict=True):
        assert np.abs(one - other).max() <= 1e-12 * np.abs(one).max()


def test_the_sign_may_be_an_array_or_a_number() -> None:
    x = one_case(np.random.default_rng(6))
    for value in (1.0, -1.0):
        found = []
        for sign in (value, int(value), np.array([value]), np.float32(value), np.array(value)):
            dac, (layer, _), _ = make_chip(Design(LINES), preset("gokmen-vlasov").device, rate=1.0)
            outputs = read(layer.learn(dac.forward(x)[0], sign))
            found.append((outputs, layer.array.cells.w.copy()))
        for outputs, w in found[1:]:
            assert np.array_equal(outputs, found[0][0])
            assert np.array_equal(w, found[0][1])
        first = make_chip(Design(LINES), preset("gokmen-vlasov").device)[1][0].array.cells.w
        moved = found[0][1] - first
        assert np.all(value * moved.mean() > 0)


# Looking


def test_several_reads_are_the_reads_one_by_one() -> None:
    dac, layers, _ = make_chip(ideal_design())
    x = np.vstack([one_case(np.random.default_rng(n)) for n in range(6)])
    together, alone = dac.forward(x)[0], [dac.forward(x[n : n + 1])[0] for n in range(6)]
    for layer in layers:
        together, goodness = layer.forward(together)
        outputs = [layer.forward(signal) for signal in alone]
        alone = [activity for activity, _ in outputs]
        for found, parts in ((together, alone), (goodness, [G for _, G in outputs])):
            expected = np.vstack([read(part) for part in parts])
            assert np.abs(read(found) - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize("name", PRESETS)
def test_looking_changes_no_cell(name: str) -> None:
    dac, layers, _ = make_chip(Design(LINES), preset(name).device)
    before = [{k: a.copy() for k, a in layer.arrays().items()} for layer in layers]
    label_goodness(dac, layers, np.random.default_rng(0).random((10, LINES[0])))
    for layer, arrays in zip(layers, before, strict=True):
        for key, kept in layer.arrays().items():
            assert np.array_equal(kept, arrays[key]), key


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_chip_keeps_its_data_type(dtype: type) -> None:
    design = Design(LINES, dtype=dtype, rectifier=DiodeRectifier(1e-3))
    dac, layers, _ = make_chip(design, preset("gokmen-vlasov").device)
    for signal in learn_cases(dac, layers, np.random.default_rng(1), 4):
        assert signal.dtype == dtype
    for layer in layers:
        assert layer.array.cells.w.dtype == dtype


# One step


@pytest.mark.parametrize("target", [0.5, 8.0, 300.0])
def test_one_step_takes_every_layer_to_its_goodness_at_once_and_keeps_the_direction(
    target: float,
) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        dac, layers, _ = make_chip(ideal_design((20, 12, 8, 6)), seed=seed)
        x = of_mean_square_one(rng)
        twins = [Layer(Dense(weights_of(layer))) for layer in layers]
        voltage, directions, S = dac.forward(x)[0], [], []
        for layer in layers:
            voltage, goodness = layer.forward(voltage)
            directions.append(read(voltage))
            S.append(read(goodness)[0, 0])
        if min(S) < 1e-3 * SCALE.goodness:
            continue  # a silent layer, which no step can help
        reach_together(dac, layers, x, target)
        one_step(twins, x, target)
        voltage = dac.forward(x)[0]
        for layer, direction, twin in zip(layers, directions, twins, strict=True):
            voltage, goodness = layer.forward(voltage)
            assert read(goodness) / SCALE.goodness == pytest.approx(target, rel=1e-12, abs=0)
            assert np.abs(read(voltage) - direction).max() <= 1e-12 * direction.max()
            expected = twin.weights.values
            assert np.abs(weights_of(layer) - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.reports
@pytest.mark.parametrize("offset", [2e-4, -2e-4])
def test_a_comparator_that_is_off_takes_a_goodness_near_its_goal_the_wrong_way(
    offset: float,
) -> None:
    # The goal is half an offset away, so that the comparator takes S for being on its other side;
    # the step is as long as it should be: √S′ = √S − (√S* − √S) in place of √S*.
    dac, (layer, *_), _ = make_chip(ideal_design())
    layer.neurons = replace(layer.neurons, gate=replace(layer.neurons.gate, offset=offset))
    voltage = dac.forward(of_mean_square_one(np.random.default_rng(0)))[0]
    before = float(read(layer.forward(voltage)[1])[0, 0])
    goal = before + offset / 2
    assert goal > 0
    layer.reach(voltage, layer.goal(goal / SCALE.goodness))
    after = float(read(layer.forward(voltage)[1])[0, 0])
    assert after == pytest.approx((2 * math.sqrt(before) - math.sqrt(goal)) ** 2, rel=1e-9, abs=0)


def test_one_step_counts_one_comparator_and_one_goal_a_layer_and_no_converter_back() -> None:
    dac, layers, ledger = make_chip(ideal_design())
    reach_together(dac, layers, of_mean_square_one(np.random.default_rng(0)), 10.0)
    assert ledger.count("comparator") == len(layers)
    assert ledger.count("dac") == 20 + len(layers)
    assert ledger.count("adc") == ledger.count("probe") == 0


def reached(step: float, rng: np.random.Generator, seed: int) -> float:
    device = Device(
        ConstantStep(-5, 5, step), Spread(), Noise(CycleNoise(relative=0.3)), IDEAL.conductance
    )
    engine = Coincidence(SCALE, longest=100_000, at_once=True)  # exact for constant steps
    dac, layers, _ = make_chip(ideal_design((20, 12)), device, seed, engine=engine)
    x = of_mean_square_one(rng)
    reach_together(dac, layers, x, 20.0)
    return float(read(layers[0].forward(dac.forward(x)[0])[1])[0, 0]) / SCALE.goodness


def test_the_reached_goodness_spreads_less_on_a_device_of_smaller_steps() -> None:
    # n = 400 chips of each device, less the few with no active unit, which no step can help. A
    # cell gets a binomial number of pulses, variance about m (1 + 0.3²) for m wanted, and m ∝ 1/Δ:
    # the spread of S is ∝ √Δ, a sixteenth of the step makes it a quarter. Each spread is known to
    # 1/√800 = 3.5 % (normal tails), their ratio to 5 %; 5 sigma are 25 %.
    rng, spreads = np.random.default_rng(7), []
    for step in (0.016, 0.001, 0.0000625):
        S = np.array([reached(step, rng, seed) for seed in range(400)])
        assert np.count_nonzero(S) > 390
        spreads.append(S[S > 0].std())
    for coarse, fine in pairwise(spreads):
        assert fine / coarse == pytest.approx(0.25, rel=0.25, abs=0)


# Individuals


@pytest.mark.parametrize("name", ["gokmen-vlasov", "reram-soft-bounds", "capacitor", "pcm"])
def test_a_restored_chip_continues_bit_by_bit(name: str) -> None:
    device = preset(name).device
    dac, layers, _ = make_chip(Design(LINES), device, 10, 0.3)
    learn_cases(dac, layers, np.random.default_rng(11), 7)
    saved = [{k: a.copy() for k, a in layer.arrays().items()} for layer in layers]
    state = copy.deepcopy(layers[0].rng.bit_generator.state)
    outputs = learn_cases(dac, layers, np.random.default_rng(12), 7)

    # The same chip, as it was delivered
    again, twins, _ = make_chip(Design(LINES), device, 10, 0.3)
    for layer, arrays in zip(twins, saved, strict=True):
        layer.restore(arrays)
    twins[0].rng.bit_generator.state = state
    assert np.array_equal(learn_cases(again, twins, np.random.default_rng(12), 7), outputs)
    for one, other in zip(layers, twins, strict=True):
        assert one.writing.updates == other.writing.updates == 14
        for key, array in one.arrays().items():
            assert np.array_equal(array, other.arrays()[key]), key


def test_the_rate_is_asked_for_by_the_number_of_updates() -> None:
    asked: list[int] = []

    def rate(updates: int) -> float:
        asked.append(updates)
        return 0.01

    layers = manufacture(ideal_design(), IDEAL, np.random.default_rng(0), Ledger(), rate)
    learn_cases(Dac(Ledger()), layers, np.random.default_rng(1), 3)
    assert asked == [0, 0, 1, 1, 2, 2]
    assert [layer.writing.updates for layer in layers] == [3, 3]


@pytest.mark.parametrize("every", [1, 2, 5])
def test_cells_leak_with_the_samples_that_a_chip_has_seen(every: int) -> None:
    # Two updates are a sample; at a rate of 0 nothing else moves a cell.
    lifetime = 40.0
    device = replace(IDEAL, lifetime=lifetime)
    dac, layers, _ = make_chip(ideal_design(), device, rate=0.0)
    before = [weights_of(layer) for layer in layers]
    for layer in layers:
        layer.writing.upkeep_every = every
    learn_cases(dac, layers, np.random.default_rng(13), 20)
    for layer, w in zip(layers, before, strict=True):
        expected = w * math.exp(-20 / 2 / lifetime)
        assert np.abs(weights_of(layer) - expected).max() <= 1e-12 * np.abs(w).max()


def test_a_chip_of_one_sided_pairs_refreshes_them_as_often_as_set() -> None:
    dac, layers, ledger = make_chip(Design(LINES), preset("pcm").device, rate=1.0)
    for layer in layers:
        layer.writing.upkeep_every = 7
    learn_cases(dac, layers, np.random.default_rng(14), 6)
    assert not any(entry.price is prices.VERIFY for entry in ledger.entries)
    learn_cases(dac, layers, np.random.default_rng(15), 1)
    cells = sum(layer.array.cells.w.size for layer in layers)
    (entry,) = (e for e in ledger.entries if e.price is prices.VERIFY)
    assert entry.operations >= 2 * cells  # each cell is looked at
    assert ledger.count("adc") == 0


# The ledger of a step


def test_a_step_pays_for_every_circuit_that_it_uses() -> None:
    dac, layers, ledger = make_chip(Design(LINES), preset("ecram-li").device)
    learn_cases(dac, layers, np.random.default_rng(2), 1)
    neurons = sum(LINES[1:])
    found = {entry.price: entry.operations for entry in ledger.entries}
    for price, count in (
        (prices.DAC, LINES[0]),
        (prices.READ, 2),
        (prices.AMPLIFIER, neurons),
        (prices.RECTIFIER, neurons),
        (prices.SQUARER, neurons),
        (prices.GATE, 2),
        (prices.GAIN_CONTROL, LINES[1]),  # no array is behind the last layer
    ):
        assert found[price] == count, price.operation
    assert ledger.count("adc") == 0


# What a layer takes


@pytest.mark.parametrize("verb", ["learn", "reach"])
def test_a_layer_refuses_a_batch_and_wrong_lines_before_anything_moves(verb: str) -> None:
    dac, (layer, _), _ = make_chip(ideal_design())
    before = layer.array.cells.w.copy()
    second = layer.goal(1.0) if verb == "reach" else 1.0
    for x, message in ((np.ones((2, 20)), "keeps no batch"), (np.ones((1, 19)), "expected 20")):
        with pytest.raises(ValueError, match=message):
            getattr(layer, verb)(dac.forward(x)[0], second)
    assert np.array_equal(layer.array.cells.w, before)
    assert layer.writing.updates == 0


@pytest.mark.parametrize("sign", [0, 7.0, np.nan, np.array([1, 1]), np.array([])])
def test_a_phase_is_plus_or_minus_one(sign: Any) -> None:
    dac, (layer, _), _ = make_chip(ideal_design())
    voltage = dac.forward(one_case(np.random.default_rng(0)))[0]
    before = layer.array.cells.w.copy()
    with pytest.raises(ValueError, match="one phase, \\+1 or −1"):
        layer.learn(voltage, sign)
    assert np.array_equal(layer.array.cells.w, before)


def test_numbers_are_sent_to_the_dac() -> None:
    _, (layer, _), _ = make_chip(ideal_design())
    x: Any = one_case(np.random.default_rng(0))
    goal = layer.goal(1.0)
    for take in (layer.forward, lambda x: layer.learn(x, 1), lambda x: layer.reach(x, goal)):
        with pytest.raises(DomainError, match=r"a Voltage; got ndarray.*Dac"):
            take(x)


@pytest.mark.parametrize(
    ("target", "share", "message"),
    [
        (-1.0, 1.0, "goal: expected 0 or more; got -1.0"),
        (np.nan, 1.0, "goal: expected 0 or more; got nan"),
        (5.0, 5.0, "share: expected a fraction above 0, at most 1"),
        (5.0, 0.0, "share: expected"),
    ],
)
def test_a_goal_that_makes_no_sense_is_refused(target: float, share: float, message: str) -> None:
    dac, (layer, _), _ = make_chip(ideal_design())
    voltage = dac.forward(one_case(np.random.default_rng(0)))[0]
    before = layer.array.cells.w.copy()
    with pytest.raises(ValueError, match=message):
        layer.reach(voltage, layer.goal(target), share)
    assert np.array_equal(layer.array.cells.w, before)


def test_an_update_is_drawn_for_room_temperature() -> None:
    rates = []
    for at in (250.0, ROOM, 350.0):
        _, (layer, _), _ = make_chip(
            replace(ideal_design(), limits=replace(UNLIMITED, temperature=at))
        )
        rates.append(layer._next_rate())
    assert rates[0] == rates[1] == rates[2]
