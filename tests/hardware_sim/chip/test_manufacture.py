"""Individuals: their mismatch, their first weights, and what a design gives to each part."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chips import LINES, SCALE, ideal_design, learn_cases, make_chip, one_case, weights_of
from hardware_sim.arrays.access import HalfVoltage
from hardware_sim.chip.design import EXACT, UNLIMITED, Design, Limits, Tolerances
from hardware_sim.chip.layer import Neurons
from hardware_sim.chip.manufacture import first_weights, manufacture, usual_engine
from hardware_sim.constants import ROOM
from hardware_sim.devices.device import Device
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL, PRESETS, preset
from hardware_sim.devices.referred import Referred
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.several import Several
from hardware_sim.devices.variation import Spread
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Voltage
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude
from hardware_sim.updates.single_pulse import SinglePulse
from instruments import read, volts

# First weights


def test_the_first_weights_are_the_first_that_is_drawn() -> None:
    _, layers, _ = make_chip(ideal_design(), seed=3)
    drawn = first_weights(LINES, np.random.default_rng(3))
    for layer, expected in zip(layers, drawn, strict=True):
        assert np.abs(weights_of(layer) - expected).max() <= 1e-15
        assert np.all(expected[-1] == 0)


def test_first_weights_are_as_noisy_as_any_write() -> None:
    device = Device(
        ConstantStep(step=0.001),
        Spread(),
        Noise(write=20.0),
        PRESETS["idealised"].device.conductance,
    )
    (layer,) = manufacture(Design((300, 200)), device, np.random.default_rng(0), Ledger())
    found = layer.array.cells.seen - layer.array.cells.w
    assert abs(found.std() - 0.02) <= 5 * 0.02 / np.sqrt(2 * found.size)


def test_first_weights_have_the_variance_of_one_over_the_inputs() -> None:
    # n = 200 × 300 weights: a variance's 5 sigma are 5 √(2/60000) = 2.9 %.
    (drawn,) = first_weights((200, 300), np.random.default_rng(4))
    assert drawn.shape == (201, 300)
    assert drawn[:-1].var() * 200 == pytest.approx(1.0, rel=0.029, abs=0)


# Individuals


@pytest.mark.parametrize("name", ["gokmen-vlasov", "reram-soft-bounds", "capacitor", "pcm"])
def test_the_same_seed_is_the_same_chip_and_the_same_training_bit_by_bit(name: str) -> None:
    results = []
    for seed in (5, 5, 6):
        dac, layers, ledger = make_chip(Design(LINES), preset(name).device, seed, 0.3)
        new = [layer.array.cells.w.copy() for layer in layers]
        outputs = learn_cases(dac, layers, np.random.default_rng(8), 10)
        results.append((new, [layer.arrays() for layer in layers], outputs, ledger.lines()))
    one, same, other = results
    for a, b, c in zip(one[0], same[0], other[0], strict=True):
        assert np.array_equal(a, b)
        assert not np.array_equal(a, c)
    for a, b in zip(one[1], same[1], strict=True):
        assert all(np.array_equal(a[key], b[key]) for key in a)
    assert np.array_equal(one[2], same[2])
    assert not np.array_equal(one[2], other[2])
    assert one[3] == same[3]


def test_two_chips_of_one_seedless_drawing_differ_in_every_part() -> None:
    rng = np.random.default_rng(9)
    device = preset("gokmen-vlasov").device
    (one,), (other,) = (manufacture(Design((20, 12)), device, rng, Ledger()) for _ in range(2))
    for part in ("up", "down", "low", "high", "w"):
        assert not np.array_equal(getattr(one.array.cells, part), getattr(other.array.cells, part))
    a, b = one.neurons, other.neurons
    for p, q in (
        (a.amplifier.gain, b.amplifier.gain),
        (a.amplifier.offset, b.amplifier.offset),
        (a.squarer.gain, b.squarer.gain),
        (a.gain.gain, b.gain.gain),
    ):
        assert not np.array_equal(p, q)
    assert a.gate.offset != b.gate.offset


# What a design decides


def test_an_engine_is_chosen_by_the_devices_physics() -> None:
    for name, published in PRESETS.items():
        follows = published.device.cell.follows_charge
        engine = usual_engine(published.device, SCALE)
        assert isinstance(engine, WidthTimesAmplitude if follows else Coincidence), name
    chosen = SinglePulse(SCALE)
    _, layers, _ = make_chip(ideal_design(), engine=chosen)
    assert all(layer.writing.engine is chosen for layer in layers)


def test_layers_are_as_wide_as_drawn() -> None:
    _, layers, _ = make_chip(Design((7, 5, 4, 3)), preset("pcm").device)
    assert [layer.array.shape for layer in layers] == [(7, 5), (5, 4), (4, 3)]
    for layer in layers:
        n = layer.array.shape[1]
        assert layer.neurons.gate.threshold == pytest.approx(n * SCALE.goodness, rel=1e-12, abs=0)
        assert np.shape(layer.neurons.squarer.gain) == (1, n)


def test_tolerances_make_a_chip_miss_and_noise_makes_it_vary() -> None:
    x = one_case(np.random.default_rng(3))

    def goodness(tolerances: Tolerances) -> list[float]:
        design = Design((20, 12), tolerances=tolerances, limits=UNLIMITED, dtype=np.float64)
        dac, (layer,), _ = make_chip(design)
        voltage: Voltage = dac.forward(x)[0]
        return [float(read(layer.forward(voltage)[1])[0, 0]) for _ in range(2)]

    exact = goodness(EXACT)
    assert exact[0] == exact[1]
    for name in ("gain", "offset", "squarer", "subtraction"):
        found = goodness(replace(EXACT, **{name: 0.1}))
        assert found[0] == found[1] != exact[0]
    noisy = goodness(replace(EXACT, noise=0.1))
    assert noisy[0] != noisy[1]


def test_limits_reach_the_parts_they_limit() -> None:
    design = Design((20, 12), limits=Limits(250.0, 50.0, 20e-15))
    (layer,) = manufacture(design, IDEAL, np.random.default_rng(0), Ledger())
    assert layer.array.noise.temperature == 250
    assert layer.neurons.gain.most == 50


@pytest.mark.reports
def test_the_supply_limits_every_circuit_that_gives_a_voltage() -> None:
    dac, (layer, _), _ = make_chip(replace(ideal_design(), limits=Limits(saturation=0.07)))
    activity, _ = layer._respond(dac.forward(100 * one_case(np.random.default_rng(0)))[0])
    assert read(activity).max() == 0.07
    y, faint = volts([[0.001] + 11 * [0.0]]), volts([[1e-6]])
    assert read(layer.neurons.gain.normalise(y, faint, Ledger())).max() == 0.07


@pytest.mark.reports
@settings(deadline=None, max_examples=20, derandomize=True)
@given(temperature=st.floats(250, 400), coefficient=st.floats(-2e-3, 2e-3))
def test_read_noise_stays_the_same_part_of_the_conductance_range_at_every_temperature(
    temperature: float, coefficient: float
) -> None:
    plain = preset("ecram-li").device
    there = replace(plain.conductance, temperature_coefficient=coefficient)
    device = replace(plain, conductance=there, noise=Noise(read=0.03))
    design = replace(ideal_design(), limits=replace(UNLIMITED, temperature=temperature))
    _, (layer, _), _ = make_chip(design, device)
    span = layer.array.unit * (device.rule.high - device.rule.low)
    factor = 1 + coefficient * (temperature - ROOM)
    assert span == pytest.approx(factor * device.conductance.span, rel=1e-12, abs=0)
    assert layer.array.noise.white == pytest.approx(0.03 * span, rel=1e-12, abs=0)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(temperature=st.floats(250, 400), coefficient=st.floats(-2e-3, 2e-3))
def test_a_warm_chip_reads_every_current_and_power_by_one_factor(
    temperature: float, coefficient: float
) -> None:
    plain = preset("ecram-li").device
    there = replace(plain.conductance, temperature_coefficient=coefficient)
    device = replace(plain, conductance=there)
    found = []
    for at in (ROOM, temperature):
        design = replace(ideal_design(), limits=replace(UNLIMITED, temperature=at))
        dac, (layer, _), ledger = make_chip(design, device)
        voltage = dac.forward(one_case(np.random.default_rng(8)))[0]
        current = layer.array.currents(voltage, np.random.default_rng(0), ledger)
        power = layer.array.dissipation(voltage, ledger)
        found.append((read(current), power, layer.neurons.gate.width / at))
    factor = 1 + coefficient * (temperature - ROOM)
    for cold, warm, wanted in zip(*found, (factor, factor, 1.0), strict=True):
        assert np.abs(warm - wanted * cold).max() <= 1e-12 * np.abs(cold).max()


JOINED = (
    lambda device: Several.of(device, 2),
    Referred,
    lambda device: FastSlow.of(device, preset("capacitor").device.cell),
)


@pytest.mark.parametrize("join", JOINED, ids=["several", "referred", "fast"])
def test_half_selected_cells_of_joined_ones_are_not_passed_over(
    join: Callable[[Device], Pair],
) -> None:
    design = Design(LINES, access=HalfVoltage(disturb=0.01))
    device = join(preset("reram-soft-bounds").device)
    with pytest.raises(ValueError, match="expected no disturb with several cells a weight"):
        manufacture(design, device, np.random.default_rng(0), Ledger())


def test_a_chips_amplifiers_end_at_the_supply() -> None:
    dac, layers, _ = make_chip(Design(LINES), preset("gokmen-vlasov").device)
    signal = dac.forward(100 * one_case(np.random.default_rng(0)))[0]
    highest = []
    for layer in layers:
        activity, goodness = layer._respond(signal)
        signal = layer.neurons.gain.normalise(activity, goodness, Ledger())
        highest += [read(activity).max(), read(signal).max()]
    assert highest[0] == Design().limits.saturation
    assert max(highest) <= Design().limits.saturation


# Mismatch


def drawn(tolerances: Tolerances, n: int, chips: int) -> list[Neurons]:
    rng = np.random.default_rng(3)
    design = Design((1, n), tolerances=tolerances, limits=UNLIMITED, dtype=np.float64)
    return [manufacture(design, IDEAL, rng, Ledger())[0].neurons for _ in range(chips)]


def test_mismatch_has_the_tolerances_it_was_given() -> None:
    # n = 20,000 neurons: 5 sigma of a standard deviation are 5/√40000 = 2.5 %, of a mean 5 σ/√n.
    n = 20_000
    (neurons,) = drawn(Tolerances(0, 0.02, 3e-3, 0.05, 0.04, 0, 0), n, 1)
    # An offset comes out larger by what its own current into the column makes of it: 1 + R ΣG.
    load = 2 * (IDEAL.conductance.minimum.nominal + IDEAL.conductance.maximum.nominal)
    gain = 1 + neurons.amplifier.resistance * load
    for values, mean, sigma in (
        (neurons.amplifier.gain, 1.0, 0.02),
        (neurons.amplifier.offset, 0.0, 3e-3 * gain),
        (neurons.squarer.gain, 1.0, 0.05),
        (neurons.gain.gain, 1.0, 0.04),
    ):
        assert np.shape(values) == (1, n)
        assert np.std(values) == pytest.approx(sigma, rel=0.025, abs=0)
        assert abs(np.mean(values) - mean) <= 5 * sigma / math.sqrt(n)


def test_comparator_offsets_have_the_tolerance_they_were_given() -> None:
    # n = 800 chips: 5 sigma of a standard deviation are 5/√1600 = 12.5 %.
    offsets = [neurons.gate.offset for neurons in drawn(Tolerances(0, 0, 0, 0, 0, 2.0, 0), 1, 800)]
    sigma = 2.0 * Design().scale.goodness
    assert np.std(offsets) == pytest.approx(sigma, rel=0.125, abs=0)
    assert abs(np.mean(offsets)) <= 5 * sigma / math.sqrt(800)


def test_no_mismatch_turns_a_sign() -> None:
    (neurons,) = drawn(Tolerances(0, 2.0, 0, 2.0, 2.0, 0, 0), 1000, 1)
    for gain in (neurons.amplifier.gain, neurons.squarer.gain, neurons.gain.gain):
        assert np.min(gain) > 0


def test_exact_tolerances_give_ideal_parts() -> None:
    (neurons,) = drawn(EXACT, 7, 1)
    assert neurons.amplifier.noise == neurons.gate.offset == 0
    assert np.all(np.asarray(neurons.amplifier.offset) == 0)
    for gain in (neurons.amplifier.gain, neurons.squarer.gain, neurons.gain.gain):
        assert np.all(np.asarray(gain) == 1)
    assert neurons.gate.temperature == ROOM
