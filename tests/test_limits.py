"""Approximations, each with its rate: how an error shrinks as its cause does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from cells import RANGE
from crossbars import ONE, STEP
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.chip.design import EXACT, Design
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Adc, Dac
from hardware_sim.circuits.goodness import Squarer
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.circuits.rectifiers import DiodeRectifier, Rectifier
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.presets import IDEAL
from hardware_sim.devices.rules import SoftBounds, UnboundedStep
from hardware_sim.devices.variation import Spread
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import Price
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Drive, Engine
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude
from instruments import read, volts
from laws import EPS


def ideal_array(n_in: int, n_out: int) -> Crossbar:
    cells = IDEAL.manufacture((n_in + 1, n_out), np.random.default_rng(0))
    return Crossbar(cells, IDEAL.unit, IDEAL.reference, 1.0, ArrayNoise(0.0))


def write(
    engine: Engine,
    array: Crossbar,
    factors: tuple[NDArray, NDArray],
    pulses: float,
    rng: np.random.Generator,
    ledger: Ledger | None = None,
    times: int = 1,
) -> NDArray:
    """Write x and d where x = d = 1 wants so many pulses; return what each cell got, each time."""
    x, d = (volts(factor[np.newaxis]) for factor in factors)
    drive, states = Drive(x, d, True), [array.cells.w.copy()]
    for _ in range(times):
        engine.write(array, drive, pulses * STEP, rng, ledger or Ledger())
        states.append(array.cells.w.copy())
    return np.diff(states, axis=0) / STEP


def operations(ledger: Ledger, price: Price) -> int:
    return sum(entry.operations for entry in ledger.entries if entry.price is price)


# Converters: the largest error over a grid, 200 points a code, is half a step to 1 %.


@pytest.mark.parametrize("full_scale", [1.0, 28.0])
def test_a_dacs_error_halves_with_every_bit(full_scale: float) -> None:
    errors = []
    for bits in range(1, 11):
        codes = 2**bits - 1
        x = np.linspace(0, full_scale, 200 * codes + 1)
        found = read(Dac(Ledger(), 1.0, bits, full_scale).forward(x)[0])[0]
        assert len(np.unique(found)) == codes + 1
        errors.append(np.abs(found - x).max() * codes / full_scale)
    assert errors == pytest.approx([0.5] * 10, rel=0.01, abs=0)


@pytest.mark.parametrize("signed", [False, True])
def test_an_adcs_error_halves_with_every_bit(signed: bool) -> None:
    # A signed one may leave a code away, to have one for 0: its step is 1/(2ᵇ − 2) of the range.
    low = -4.0 if signed else 0.0
    for bits in range(4, 11):
        adc = Adc(Ledger(), volt=0.1, bits=bits, full_scale=4.0, signed=signed)
        x = np.linspace(low, 4.0, 200 * 2**bits + 1)
        error = np.abs(adc.convert(volts(0.1 * x))[0] - x).max()
        assert error == pytest.approx(adc.step / 2, rel=0.01, abs=0)
        assert (4.0 - low) / (2**bits - 1) <= adc.step * (1 + 4 * EPS)
        assert adc.step * (1 - 4 * EPS) <= (4.0 - low) / (2**bits - 1 - signed)


@pytest.mark.parametrize(
    ("bits", "signed"), [(1, False), (2, False), (8, False), (2, True), (4, True), (8, True)]
)
def test_an_adc_has_no_more_codes_than_its_bits_and_none_out_of_range(
    bits: int, signed: bool
) -> None:
    adc = Adc(Ledger(), volt=0.1, bits=bits, full_scale=4.0, signed=signed)
    found = adc.convert(volts(0.1 * np.linspace(-10, 10, 5001)))
    assert len(np.unique(np.round(found, 9))) <= 2**bits
    assert found.max() <= 4.0 * (1 + 4 * EPS)
    assert found.min() >= (-4.0 if signed else 0.0) * (1 + 4 * EPS)


# Noise


@pytest.mark.parametrize("reads", [4, 16, 64])
def test_averaging_reads_shrinks_the_noise_by_their_root(reads: int) -> None:
    # n = 1,000 averages of 4 columns: the standard deviation's own is 1/√8000, 5 sigma 5.6 %.
    rng, n = np.random.default_rng(1), 1000
    design = Design((6, 4), tolerances=EXACT, dtype=np.float64)
    (layer,) = manufacture(design, IDEAL, rng, Ledger())
    one = 0.1 * rng.random((1, 6))
    amplifier = TransimpedanceAmplifier(layer.neurons.amplifier.resistance, noise=0.01)

    def outputs(times: int) -> NDArray:
        voltage = volts(np.repeat(one, times, axis=0))
        return read(amplifier.read(layer.array.currents(voltage, rng, Ledger()), rng, Ledger()))

    single = outputs(n).std(axis=0)
    averages = outputs(n * reads).reshape(n, reads, 4).mean(axis=1).std(axis=0)
    # both sides are estimates: √2 of 5.6 %
    ratio = np.sqrt(np.mean(averages**2) / np.mean(single**2)) * math.sqrt(reads)
    assert abs(ratio - 1) <= 5 * math.sqrt(2 / 8000)


# Coincidence trains


X = np.array([1.0, 0.7, 0.31, 0.0])  # and the bias row, 1
D = np.array([1.0, 0.55, 0.12, 0.0])
WANTED = np.outer(np.append(X, 1.0), D)


@pytest.mark.parametrize("pulses", [0.05, 1.0, 5.5, 31.0])
def test_a_trains_counts_are_sums_of_coin_flips_about_what_was_asked_for(pulses: float) -> None:
    # n = 1,500 trains. In slot s a cell gets a pulse with q = xd min(1, k − s): the mean of its
    # count is m = κxd, its variance v = Σ q (1 − q). 5 sigma of the mean; of the variance 6, whose
    # own is √((μ₄ − v²)/n) with μ₄ = Σ u (1 − 6u) + 3 v², u = q (1 − q). Where that is 0, the
    # square of the mean's error, v/n times 6², is what is left.
    rng, ledger, n = np.random.default_rng(2), Ledger(), 1500
    found = write(Coincidence(ONE), ideal_array(4, 4), (X, D), pulses, rng, ledger, n)
    assert np.all(found == np.rint(found))
    slots, m = math.ceil(pulses), pulses * WANTED
    q = WANTED[..., np.newaxis] * np.minimum(pulses - np.arange(slots), 1)
    each = q * (1 - q)
    variance = each.sum(axis=-1)
    assert np.all(np.abs(found.mean(axis=0) - m) <= 5 * np.sqrt(variance / n) + 10 * EPS * slots)
    fourth = (each * (1 - 6 * each)).sum(axis=-1) + 3 * variance**2
    spread = np.sqrt(np.maximum(fourth - variance**2, 0) / n) + 6 * variance / n
    assert np.all(np.abs(found.var(axis=0) - variance) <= 6 * spread + 10 * EPS * slots)
    assert operations(ledger, prices.CLIPPED) == 0
    if pulses == slots:  # the strongest cell's lines fire in every slot
        assert np.all(found[:, 0, 0] == slots)


def test_a_trains_relative_variance_shrinks_as_one_over_its_length() -> None:
    # n = 800 trains, 4 cells. For these counts a variance's relative standard deviation is below
    # √(3/n), 5 sigma of a cell 31 %, of the mean of the cells 15 %; against a factor 4.
    rng, n, relative = np.random.default_rng(3), 800, []
    inner = np.s_[1:3, 1:3]
    for pulses in (2.0, 8.0, 31.0):
        found = write(Coincidence(ONE), ideal_array(4, 4), (X, D), pulses, rng, times=n)
        relative.append((found[:, *inner] / (pulses * WANTED[inner])).var(axis=0) * pulses)
    for scaled in relative:
        ratio = scaled / (1 / WANTED[inner] - 1)
        assert np.all(np.abs(ratio - 1) <= 5 * math.sqrt(3 / n))
        assert abs(ratio.mean() - 1) <= 2.5 * math.sqrt(3 / n)


@pytest.mark.parametrize("longest", [1, 7, 31])
def test_clipping_is_counted_line_by_line_and_only_when_a_train_is_too_short(longest: int) -> None:
    rng = np.random.default_rng(4)
    for pulses in (longest / 2, float(longest), 1.5 * longest, 6.0 * longest):
        ledger = Ledger()
        found = write(Coincidence(ONE, longest), ideal_array(4, 4), (X, D), pulses, rng, ledger)
        share = math.sqrt(pulses / longest)
        expected = sum(probability * share > 1 for probability in [*X, 1.0, *D])
        assert operations(ledger, prices.CLIPPED) == (expected if pulses > longest else 0)
        assert operations(ledger, prices.SAMPLING) == (5 + 4 + 1) * min(math.ceil(pulses), longest)
        assert found.max() <= longest
    assert expected >= 4


def test_a_clipped_train_writes_less_than_asked_for_and_a_longer_one_mends_it() -> None:
    # n = 300 trains. The strongest cell gets 31 of 62 pulses, always; the counts of the others are
    # binomial in 62 slots, of a standard deviation of √(62/4) at most.
    rng, n = np.random.default_rng(5), 300
    short, enough = (
        write(Coincidence(ONE, slots), ideal_array(4, 4), (X, D), 62.0, rng, times=n)
        for slots in (31, 62)
    )
    assert np.all(short[:, 0, 0] == 31)
    assert np.all(enough[:, 0, 0] == 62)
    assert np.all(np.abs(enough.mean(axis=0) - 62 * WANTED) <= 5 * math.sqrt(62 / 4 / n))


# Pulse widths


def test_the_error_of_pulse_widths_halves_with_twice_the_levels() -> None:
    # 2,001 widths in the full scale: the largest error falls short of half a level by at most half
    # a spacing, 1.6 % at 64 levels.
    rng, errors = np.random.default_rng(6), []
    x, one = np.linspace(0, 8.0, 2001), np.ones(1)
    for levels in (4, 8, 16, 32, 64):
        engine = WidthTimesAmplitude(ONE, levels, 8.0)
        found = write(engine, ideal_array(2001, 1), (x, one), 1.0, rng)[0, :-1, 0]
        assert len(np.unique(np.rint(found / (8.0 / levels)))) == levels + 1
        errors.append(np.abs(found - x).max())
    assert errors == pytest.approx(
        [4.0 / levels for levels in (4, 8, 16, 32, 64)], rel=0.035, abs=0
    )


def test_widths_above_the_full_scale_are_cut_and_without_levels_none_is_rounded() -> None:
    rng, one = np.random.default_rng(7), np.ones(1)
    x = np.array([0.3, 7.9, 8.0, 20.0])
    cut = write(WidthTimesAmplitude(ONE, 80, 8.0), ideal_array(4, 1), (x, one), 1.0, rng)
    assert cut[0, :-1, 0] == pytest.approx([0.3, 7.9, 8.0, 8.0], rel=1e-9, abs=0)
    x = np.array([0.3, 7.9, 8.0, 1 / 3])
    exact = write(WidthTimesAmplitude(ONE), ideal_array(4, 1), (x, one), 1.0, rng)
    assert exact[0, :-1, 0] == pytest.approx(x, rel=1e-12, abs=0)


# Circuits


def test_the_diode_rectifier_becomes_an_ideal_one_as_its_knee_goes_to_zero() -> None:
    v = np.linspace(-0.5, 0.5, 1001)[np.newaxis]
    ideal = read(Rectifier().pass_on(volts(v), Ledger()))
    for knee in (0.08, 0.04, 0.02, 0.01, 0.001):
        soft = read(DiodeRectifier(knee).pass_on(volts(v), Ledger()))
        error = soft - ideal
        assert np.all(error >= -4 * EPS * np.abs(v))
        assert np.argmax(error) == 500  # at 0 V
        assert error.max() == pytest.approx(knee * math.log(2), rel=1e-12, abs=0)
        assert np.all(error <= knee * np.exp(-np.abs(v) / knee) + 4 * EPS * np.abs(v))


@pytest.mark.parametrize("most", [1.0, 3.0, 100.0])
def test_the_gain_control_is_exact_within_its_range_and_no_stronger_beyond(most: float) -> None:
    rng, wanted, n = np.random.default_rng(8), 0.02, 20
    squarer, part = Squarer(0.1), AutomaticGain(wanted, most)
    shape = rng.random((1, n)) + 0.1
    edge = math.sqrt(wanted / 0.1 / (shape**2).sum()) / most  # where the gain would be `most`
    for factor in (0.01, 0.5, 0.999, 1.001, 2.0, 1e4):
        activity = volts(edge * factor * shape)
        goodness = squarer.goodness(activity, Ledger())
        out = read(part.normalise(activity, goodness, Ledger()))
        length = 0.1 * (out**2).sum()
        assert length == pytest.approx(wanted * min(factor, 1.0) ** 2, rel=1e-12, abs=0)


# Devices


def soft(step: float) -> Device:
    return Device(SoftBounds(-1.0, 1.0, step), Spread(), Noise(), RANGE)


@pytest.mark.parametrize("pulses", [2, 8])
def test_the_bias_of_pulses_at_once_shrinks_in_proportion_to_the_step(pulses: int) -> None:
    # From w = 0, n soft-bounds steps of Δ go to 1 − (1 − Δ)ⁿ = nΔ − n (n − 1)/2 Δ² + …, at once to
    # nΔ: the relative bias is (n − 1) Δ/2 to leading order, the next term (n − 1) (n − 2) Δ²/6.
    rng, rows, counts = np.random.default_rng(9), np.arange(3), np.full((3, 2), float(pulses))
    for step in 2.0 ** np.arange(-12, -6):
        cells = [soft(step).manufacture((3, 2), rng) for _ in range(2)]
        assert cells[0].pulses(rows, counts, True, rng) == 6 * pulses
        assert cells[1].pulses_at_once(rows, counts, True, rng) == 6 * pulses
        assert cells[0].w == pytest.approx(1 - (1 - step) ** pulses, rel=1e-9, abs=0)
        bias = (cells[1].w - cells[0].w) / cells[0].w
        leading = (pulses - 1) * step / 2
        assert np.all(np.abs(bias / leading - 1) <= pulses * step)


@pytest.mark.parametrize("up", [True, False])
def test_at_once_is_exact_for_constant_steps(up: bool) -> None:
    rng = np.random.default_rng(10)
    device = Device(UnboundedStep(step=STEP), Spread(), Noise(), RANGE)
    one, other = (device.manufacture((4, 3), rng) for _ in range(2))
    counts = rng.integers(0, 20, (4, 3)).astype(float)
    one.pulses(np.arange(4), counts, up, rng)
    other.pulses_at_once(np.arange(4), counts, up, rng)
    assert np.array_equal(one.w, other.w)
    assert np.array_equal(one.w, (1 if up else -1) * counts * STEP)
