"""The periphery circuits: ideal ones equal their formulas, real ones miss them as specified."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.chip.design import EXACT, UNLIMITED, Design, Tolerances
from hardware_sim.chip.layer import Neurons
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.circuits.decision import Comparator, PeakDetector, SampleHold, WinnerTakeAll
from hardware_sim.circuits.goodness import LogisticGate, Squarer, add
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.circuits.rectifiers import DiodeRectifier, Rectifier
from hardware_sim.constants import BOLTZMANN, CHARGE, ROOM, thermal_voltage
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import Price
from hardware_sim.signals import Current, Signal, Voltage

LAW = settings(deadline=None, max_examples=40, derandomize=True)
EPS = np.finfo(float).eps
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 9)


def volts(values: Any, dtype: type = float) -> Voltage:
    return Dac(Ledger(), volt=1.0, dtype=dtype).forward(values)[0]


def read(signal: Signal) -> NDArray:
    return Probe(Ledger()).read(signal)


def currents(rng: np.random.Generator, reads: int, columns: int) -> Current:
    """Return currents as a crossbar gives them."""
    cells = IDEAL.manufacture((4, columns), rng)
    cells.set(rng.standard_normal((4, columns)))
    array = Crossbar(cells, IDEAL.unit, IDEAL.reference, 0.1, ArrayNoise(0.0))
    return array.currents(volts(0.1 * rng.standard_normal((reads, 3))), rng, Ledger())


def charged(ledger: Ledger) -> dict[Price, tuple[int, int]]:
    """Return (operations, uses) by price."""
    return {entry.price: (entry.operations, entry.uses) for entry in ledger.entries}


def test_the_thermal_voltage() -> None:
    assert thermal_voltage() == pytest.approx(BOLTZMANN * 300 / CHARGE, rel=1e-12, abs=0)
    assert thermal_voltage(300.0) == pytest.approx(0.025852, rel=1e-4, abs=0)  # textbook value
    assert thermal_voltage(600.0) == pytest.approx(2 * thermal_voltage(300.0), rel=1e-12, abs=0)


# Amplifier


@LAW
@given(reads=sizes, n=sizes, resistance=st.floats(1e2, 1e7), seed=seeds)
def test_an_ideal_amplifier_is_a_resistance(
    reads: int, n: int, resistance: float, seed: int
) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    current = currents(rng, reads, n)
    state = rng.bit_generator.state
    found = read(TransimpedanceAmplifier(resistance).read(current, rng, ledger))
    expected = read(current) * resistance
    assert np.abs(found - expected).max() <= 4 * EPS * np.abs(expected).max()
    assert rng.bit_generator.state == state
    assert charged(ledger) == {prices.AMPLIFIER: (reads * n, reads)}


@LAW
@given(n=sizes, seed=seeds)
def test_an_amplifiers_errors_are_its_own_and_stay(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    gain, offset = 1 + 0.1 * rng.standard_normal((1, n)), 0.01 * rng.standard_normal((1, n))
    amplifier, current = TransimpedanceAmplifier(1e5, gain, offset), currents(rng, 3, n)
    before = read(current)
    found = read(amplifier.read(current, rng, Ledger()))
    expected = 1e5 * gain * before + offset
    assert np.abs(found - expected).max() <= 8 * EPS * np.abs(expected).max()
    assert np.array_equal(found, read(amplifier.read(current, rng, Ledger())))
    assert np.array_equal(read(current), before), "the amplifier changed its input"


@LAW
@given(saturation=st.floats(1e-3, 1.0), seed=seeds)
def test_a_saturated_amplifier_stays_within_its_supply(saturation: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    current = currents(rng, 4, 5)
    free = read(TransimpedanceAmplifier(1e5).read(current, rng, Ledger()))
    limited = TransimpedanceAmplifier(1e5, saturation=saturation)
    found = read(limited.read(current, rng, Ledger()))
    assert np.array_equal(found, np.clip(free, -saturation, saturation))
    noisy = TransimpedanceAmplifier(1e5, saturation=saturation, noise=1.0)
    assert np.abs(read(noisy.read(current, rng, Ledger()))).max() <= saturation


# Rectifiers


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_rectifier_passes_what_is_above_zero(dtype: type) -> None:
    v, ledger = np.array([[-1.0, -1e-9, 0.0, 1e-9, 0.3]]), Ledger()
    voltage = volts(v, dtype)
    found = read(Rectifier().pass_on(voltage, ledger))
    assert found.dtype == dtype
    assert np.array_equal(found, np.maximum(v, 0).astype(dtype))
    assert np.array_equal(read(voltage), v.astype(dtype))
    assert charged(ledger) == {prices.RECTIFIER: (5, 1)}


@LAW
@given(knee=st.floats(1e-4, 0.1), v=st.floats(-1, 1), step=st.floats(1e-3, 0.1))
def test_a_diode_rectifier_follows_its_formula_rises_and_is_never_off(
    knee: float, v: float, step: float
) -> None:
    ledger = Ledger()
    found = read(DiodeRectifier(knee).pass_on(volts([[v, v + step, -v]]), ledger))[0]
    expected = max(v, 0) + knee * math.log1p(math.exp(-abs(v) / knee))
    assert abs(found[0] - expected) <= 8 * EPS * (abs(v) + knee)
    assert found[1] >= found[0] >= 0
    assert abs(found[0] - found[2] - v) <= 8 * EPS * (abs(v) + knee)  # f(v) − f(−v) = v
    assert charged(ledger) == {prices.RECTIFIER: (3, 1)}


@pytest.mark.parametrize("knee", [0.0, -1.0, math.nan])
def test_a_knee_of_nothing_is_refused(knee: float) -> None:
    with pytest.raises(ValueError, match=r"knee.*Use Rectifier"):
        DiodeRectifier(knee)


# Squarer


@LAW
@given(reads=sizes, n=sizes, coefficient=st.floats(1e-3, 10), seed=seeds)
def test_a_squarer_gives_the_weighted_sum_of_squares(
    reads: int, n: int, coefficient: float, seed: int
) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    v, gain = rng.standard_normal((reads, n)), 1 + 0.1 * rng.random((1, n))
    ideal = read(Squarer(coefficient).goodness(volts(v), ledger))
    real = read(Squarer(coefficient, gain).goodness(volts(v), ledger))
    assert ideal.shape == real.shape == (reads, 1)
    for r in range(reads):
        for found, gains in ((ideal, np.ones(n)), (real, gain[0])):
            S = coefficient * math.fsum(g * x * x for g, x in zip(gains, v[r], strict=True))
            assert found[r, 0] == pytest.approx(S, rel=1e-12, abs=0)
    assert charged(ledger) == {prices.SQUARER: (2 * reads * n, 2 * reads)}


def test_goodness_voltages_are_added_on_a_wire() -> None:
    rng, ledger = np.random.default_rng(0), Ledger()
    parts = rng.random((3, 4, 1))
    signals = [volts(part) for part in parts]
    found = read(add(signals, ledger))
    assert np.abs(found - parts.sum(axis=0)).max() <= 8 * EPS * parts.sum()
    assert np.array_equal(read(signals[0]), parts[0]), "adding changed its first summand"
    assert charged(ledger) == {prices.ADDER: (8, 0)}
    assert np.array_equal(read(add(signals[:1], Ledger())), parts[0])


# Logistic gate


@LAW
@given(
    threshold=st.floats(0.0, 2.0),
    temperature=st.floats(50, 500),
    n=st.floats(1, 2),
    offset=st.floats(-0.1, 0.1),
)
def test_the_gates_slope_at_its_threshold_is_a_quarter_of_its_thermal_width(
    threshold: float, temperature: float, n: float, offset: float
) -> None:
    # A central quotient over h = 10⁻³ widths: the error is h²/12 of the slope, and rounding of
    # V_S, up to 2.1 V in widths of at least 4 mV, 500 ε/h = 10⁻¹⁰.
    gate, ledger = LogisticGate(threshold, temperature, n, offset), Ledger()
    width = n * BOLTZMANN * temperature / CHARGE
    assert gate.width == pytest.approx(width, rel=1e-12, abs=0)
    h, middle = 1e-3 * width, threshold + offset + 1.0  # raised, so that no voltage is negative
    raised = replace(gate, threshold=threshold + 1.0)
    for positive, sign in ((True, -1.0), (False, 1.0)):
        low, centre, high = (
            read(raised.share(volts([[middle + d]]), positive, ledger))[0, 0] for d in (-h, 0.0, h)
        )
        assert centre == pytest.approx(0.5, rel=1e-9, abs=0)
        assert (high - low) / (2 * h) == pytest.approx(sign / (4 * width), rel=1e-6, abs=0)
    assert charged(ledger) == {prices.GATE: (6, 6)}


def test_the_gate_is_sure_far_from_its_threshold() -> None:
    gate = LogisticGate(1.0)
    for widths, wrong in ((-1000, 1.0), (-40, 1.0), (40, 0.0), (1000, 0.0)):
        S = volts([[1.0 + widths * gate.width]])
        positive = read(gate.share(S, True, Ledger()))[0, 0]
        negative = read(gate.share(S, False, Ledger()))[0, 0]
        assert positive == pytest.approx(wrong, abs=1e-15)
        assert negative == pytest.approx(1 - wrong, abs=1e-15)
        assert positive + negative == pytest.approx(1.0, rel=4 * EPS, abs=0)
    tail = read(gate.share(volts([[1.0 + 40 * gate.width]]), True, Ledger()))[0, 0]
    assert tail == pytest.approx(math.exp(-40), rel=1e-10, abs=0)  # not pinned to zero


@LAW
@given(S=st.floats(0.5, 1.5), ratio=st.floats(0.2, 5))
def test_a_hotter_gate_is_the_same_gate_on_a_wider_scale(S: float, ratio: float) -> None:
    cold, hot = LogisticGate(1.0, 300.0), LogisticGate(1.0, 300.0 * ratio)
    wider = volts([[1.0 + (S - 1.0) * ratio + 10.0]])
    one = read(replace(cold, threshold=11.0).share(volts([[S + 10.0]]), True, Ledger()))
    other = read(replace(hot, threshold=11.0).share(wider, True, Ledger()))
    assert one == pytest.approx(other, rel=1e-8, abs=0)  # the rounding of 11 V in widths of 5 mV
    factor = LogisticGate(1.0, 300.0, ratio)
    assert factor.width == pytest.approx(hot.width, rel=1e-12, abs=0)


# Gain control


@LAW
@given(n=sizes, reads=st.integers(1, 3), scale=st.floats(1e-4, 1e4), seed=seeds)
def test_the_gain_control_leaves_the_direction_and_a_mean_square_of_one_volt_unit(
    n: int, reads: int, scale: float, seed: int
) -> None:
    rng, volt, unit, ledger = np.random.default_rng(seed), 0.1, 1e-3, Ledger()
    y = scale * (rng.random((reads, n)) + 0.01) * volt
    part, squarer = AutomaticGain(n * unit), Squarer(unit / volt**2)
    out = read(part.normalise(volts(y), squarer.goodness(volts(y), Ledger()), ledger))
    assert np.mean(out**2, axis=1) == pytest.approx(volt**2, rel=1e-12, abs=0)
    ratio = out / y
    assert np.all(np.abs(ratio / ratio[:, :1] - 1) <= 8 * EPS)
    assert charged(ledger) == {prices.GAIN_CONTROL: (reads * n, reads)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_silent_layer_stays_silent(dtype: type) -> None:
    voltage = volts(np.zeros((2, 3)), dtype)
    goodness = Squarer(0.1).goodness(voltage, Ledger())
    found = read(AutomaticGain(3e-3).normalise(voltage, goodness, Ledger()))
    assert np.array_equal(found, np.zeros((2, 3)))
    assert found.dtype == dtype


@LAW
@given(n=sizes, seed=seeds)
def test_the_normalisers_mismatch_multiplies_each_neuron(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, gain = volts(0.1 * rng.random((2, n)) + 0.01), 1 + 0.1 * rng.random((1, n))
    goodness = Squarer(0.1).goodness(y, Ledger())
    ideal, real = (
        read(AutomaticGain(1e-3, gain=g).normalise(y, goodness, Ledger())) for g in (1.0, gain)
    )
    assert np.abs(real - ideal * gain).max() <= 4 * EPS * np.abs(real).max()


@LAW
@given(S=st.floats(1e-6, 10), target=st.floats(0, 10), wanted=st.floats(1e-3, 1))
def test_excess_is_the_one_steps_distance(S: float, target: float, wanted: float) -> None:
    ledger = Ledger()
    found = read(AutomaticGain(wanted).excess(volts([[S]]), target, ledger))
    root = math.sqrt(target / S)
    assert found.shape == (1, 1)
    assert abs(found[0, 0] - abs(root - 1)) <= 8 * EPS * (root + 1)
    assert charged(ledger) == {prices.GAIN_CONTROL: (1, 1)}


def test_excess_is_limited_by_the_gain_controls_range() -> None:
    part = AutomaticGain(wanted=1.0, most=4.0)
    found = read(part.excess(volts([[1e-6]]), 1.0, Ledger()))[0, 0]
    assert found == pytest.approx(3.0, rel=1e-12, abs=0)


# Sample and hold, comparator, winner-take-all, peak detector


def test_an_infinite_capacitor_holds_exactly_and_a_finite_one_by_kt_over_c() -> None:
    rng, ledger, v = np.random.default_rng(1), Ledger(), np.random.default_rng(1).random((10, 1))
    assert np.array_equal(read(SampleHold().hold(volts(v), rng, ledger)), v)
    assert charged(ledger) == {prices.HOLD: (10, 0)}
    assert SampleHold().noise == 0
    for capacitance in (1e-15, 1e-12):
        part = SampleHold(capacitance, 400.0)
        assert part.noise**2 * capacitance == pytest.approx(BOLTZMANN * 400.0, rel=1e-12, abs=0)


@LAW
@given(v=st.floats(-1, 1), reference=st.floats(-1, 1), offset=st.floats(-0.1, 0.1))
def test_a_comparator_says_which_is_higher(v: float, reference: float, offset: float) -> None:
    ledger = Ledger()
    assert Comparator().above(volts([[v]]), reference, ledger) is (v > reference)
    assert Comparator(offset).above(volts([[v]]), reference, ledger) is (v + offset > reference)
    assert charged(ledger) == {prices.COMPARATOR: (2, 2)}
    assert ledger.count("comparator") == 2


@pytest.mark.parametrize("shape", [(1, 2), (2, 1)])
def test_a_comparator_takes_one_voltage(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="one voltage"):
        Comparator().above(volts(np.ones(shape)), 0.0, Ledger())


@LAW
@given(k=st.integers(2, 10), seed=seeds)
def test_a_winner_take_all_is_an_argmax_of_what_it_sees(k: int, seed: int) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    v, offset = rng.standard_normal((k, 1)), rng.standard_normal(k)
    assert WinnerTakeAll().pick(volts(v), ledger) == int(np.argmax(v))
    assert WinnerTakeAll(offset).pick(volts(v), ledger) == int(np.argmax(v[:, 0] + offset))
    some = v[: len(v) // 2 + 1]
    expected = int(np.argmax(some[:, 0] + offset[: len(some)]))  # the first inputs are used
    assert WinnerTakeAll(offset).pick(volts(some), Ledger()) == expected
    assert charged(ledger) == {prices.WINNER: (2 * (k - 1), 2)}
    assert ledger.count("comparator") == 2 * (k - 1)


def test_a_winner_take_all_compares_single_voltages() -> None:
    with pytest.raises(ValueError, match="winner-take-all of single voltages: expected 1 lines"):
        WinnerTakeAll().pick(volts(np.ones((3, 2))), Ledger())


def test_a_peak_detector_follows_the_highest_line() -> None:
    rng, ledger = np.random.default_rng(2), Ledger()
    v = rng.standard_normal((1, 9))
    assert read(PeakDetector().peak(volts(v), ledger)) == [[v.max()]]
    assert charged(ledger) == {prices.PEAK: (1, 1)}


ONE_CASE: dict[str, Callable[[Voltage], Any]] = {
    "gate": lambda v: LogisticGate(1.0).share(v, True, Ledger()),
    "excess": lambda v: AutomaticGain(1.0).excess(v, 1.0, Ledger()),
    "peak": lambda v: PeakDetector().peak(v, Ledger()),
}


@pytest.mark.parametrize("part", ONE_CASE)
def test_what_serves_one_case_refuses_several(part: str) -> None:
    with pytest.raises(ValueError, match="one case at a time; got 2"):
        ONE_CASE[part](volts(np.ones((2, 1))))


# Mismatch of a manufactured chip


def drawn(tolerances: Tolerances, n: int, chips: int) -> list[Neurons]:
    rng = np.random.default_rng(3)
    design = Design((1, n), tolerances=tolerances, limits=UNLIMITED, dtype=np.float64)
    return [manufacture(design, IDEAL, rng, Ledger())[0].neurons for _ in range(chips)]


def test_mismatch_has_the_tolerances_it_was_given() -> None:
    # n = 20,000 neurons: 5 sigma of a standard deviation are 5/√40000 = 2.5 %, of a mean 5 σ/√n.
    n = 20_000
    (neurons,) = drawn(Tolerances(0, 0.02, 0.03, 0.05, 0.04, 0), n, 1)
    volt = Design().scale.volt
    for values, mean, sigma in (
        (neurons.amplifier.gain, 1.0, 0.02),
        (neurons.amplifier.offset, 0.0, 0.03 * volt),
        (neurons.squarer.gain, 1.0, 0.05),
        (neurons.gain.gain, 1.0, 0.04),
    ):
        assert np.shape(values) == (1, n)
        assert np.std(values) == pytest.approx(sigma, rel=0.025, abs=0)
        assert abs(np.mean(values) - mean) <= 5 * sigma / math.sqrt(n)


def test_comparator_offsets_have_the_tolerance_they_were_given() -> None:
    # n = 800 chips: 5 sigma of a standard deviation are 5/√1600 = 12.5 %.
    offsets = [neurons.gate.offset for neurons in drawn(Tolerances(0, 0, 0, 0, 0, 2.0), 1, 800)]
    sigma = 2.0 * Design().scale.goodness
    assert np.std(offsets) == pytest.approx(sigma, rel=0.125, abs=0)
    assert abs(np.mean(offsets)) <= 5 * sigma / math.sqrt(800)


def test_no_mismatch_turns_a_sign() -> None:
    (neurons,) = drawn(Tolerances(0, 2.0, 0, 2.0, 2.0, 0), 1000, 1)
    for gain in (neurons.amplifier.gain, neurons.squarer.gain, neurons.gain.gain):
        assert np.min(gain) > 0


def test_exact_tolerances_give_ideal_parts() -> None:
    (neurons,) = drawn(EXACT, 7, 1)
    assert neurons.amplifier.noise == neurons.gate.offset == 0
    assert np.all(np.asarray(neurons.amplifier.offset) == 0)
    for gain in (neurons.amplifier.gain, neurons.squarer.gain, neurons.gain.gain):
        assert np.all(np.asarray(gain) == 1)
    assert neurons.gate.temperature == ROOM


@pytest.mark.parametrize("name", ["noise", "gain", "offset", "squarer", "normaliser", "comparator"])
@pytest.mark.parametrize("bad", [-0.1, math.inf, math.nan])
def test_tolerances_name_what_makes_no_sense(name: str, bad: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected 0 or more"):
        Tolerances(**{name: bad})
