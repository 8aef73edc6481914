"""The way in and the ways out: what a Dac, an Adc and a Probe make of a value, and charge."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffnumpy.cases.labelled import Features, Labelled
from hardware_sim.circuits.converters import Adc, Converted, Dac, Probe
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import relative_adc_energy
from instruments import read
from laws import EPS, LAW, seeds


@LAW
@given(volt=st.floats(1e-3, 10), reads=st.integers(1, 5), n=st.integers(1, 9), seed=seeds)
def test_an_exact_dac_multiplies_by_its_volt(volt: float, reads: int, n: int, seed: int) -> None:
    x, ledger = np.random.default_rng(seed).standard_normal((reads, n)), Ledger()
    voltage, goodness = Dac(ledger, volt).forward(x)
    assert goodness is None
    assert np.array_equal(read(voltage), x * volt)
    (entry,) = ledger.entries
    assert (entry.price, entry.operations, entry.uses) == (prices.DAC, reads * n, reads)
    assert ledger.count("dac") == reads * n


@LAW
@given(bits=st.integers(1, 12), full_scale=st.floats(0.5, 100), x=st.floats(-200, 200), seed=seeds)
def test_a_dac_gives_the_nearest_of_its_codes_and_stops_at_its_full_scale(
    bits: int, full_scale: float, x: float, seed: int
) -> None:
    step = full_scale / (2**bits - 1)
    found = read(Dac(Ledger(), 1.0, bits, full_scale).forward([[x]])[0])[0, 0]
    if 0 <= x <= full_scale:
        assert abs(found - x) <= step / 2 + 4 * EPS * full_scale
        assert abs(found / step - round(found / step)) <= 4 * EPS * 2**bits
    else:
        assert found == (full_scale if x > 0 else 0)


@pytest.mark.parametrize("bits", [2, 5, 8])
def test_a_signed_dac_has_as_many_codes_as_one_of_its_bits_less_one(bits: int) -> None:
    dac = Dac(Ledger(), 1.0, bits, 3.0, signed=True)
    found = np.unique(read(dac.forward(np.linspace(-4, 4, 20_001)[np.newaxis])[0]))
    assert len(found) == 2**bits - 1
    assert np.abs(found + found[::-1]).max() <= 4 * EPS
    assert found[-1] == 3.0


def test_a_dacs_learn_converts_and_passes_on() -> None:
    x, dac = np.random.default_rng(0).random((1, 5)), Dac(Ledger())
    assert np.array_equal(read(dac.learn(x, np.ones(1))), read(dac.forward(x)[0]))


def test_a_dac_takes_a_row_a_list_and_labelled_images_and_keeps_its_input() -> None:
    rng = np.random.default_rng(1)
    images = Labelled(Features(rng.random((2, 6))), np.eye(3)[[0, 2]])
    x = images.toarray()
    kept = x.copy()
    dac = Dac(Ledger(), 0.1, 8, 28.0)
    for same in (images, x, x.tolist()):
        assert np.array_equal(read(dac.forward(same)[0]), read(dac.forward(kept)[0]))
    assert np.array_equal(x, kept)
    assert dac.forward(x[0])[0].shape == (1, x.shape[1])
    read(dac.forward(x)[0])[:] = 7.0
    assert np.array_equal(x, kept)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_dac_makes_signals_of_its_data_type(dtype: type) -> None:
    found = read(Dac(Ledger(), 0.1, 8, 28.0, dtype).forward(np.arange(6))[0])
    assert found.dtype == dtype
    step = 28 / 255
    expected = np.rint(np.arange(6) / step) * step * 0.1
    assert np.abs(found - expected).max() <= 4 * np.finfo(dtype).eps * expected.max()


@pytest.mark.parametrize("bad", [np.ones((1, 2, 3)), [[1.0, math.nan]], [[math.inf, 0.0]]])
def test_a_dac_refuses_what_is_no_table_of_finite_numbers(bad: Any) -> None:
    ledger = Ledger()
    with pytest.raises(ValueError, match="Dac: expected a table of finite numbers"):
        Dac(ledger).forward(bad)
    assert ledger.entries == ()


@pytest.mark.parametrize(
    ("bits", "full_scale"), [(8, math.inf), (0, 1.0), (0.5, 1.0), (math.nan, 1.0)]
)
def test_a_dac_says_what_it_cannot_divide(bits: float, full_scale: float) -> None:
    with pytest.raises(ValueError, match="Dac: expected at least 1 bit and a finite full scale"):
        Dac(Ledger(), bits=bits, full_scale=full_scale)


@pytest.mark.parametrize("full_scale", [0.0, -1.0, math.nan])
def test_a_dac_of_any_resolution_has_a_range_above_zero(full_scale: float) -> None:
    with pytest.raises(ValueError, match="full_scale: expected a number above 0"):
        Dac(Ledger(), full_scale=full_scale)


@pytest.mark.parametrize(
    ("bits", "full_scale"),
    [(0, 1.0), (0.5, 1.0), (math.inf, 1.0), (8, 0.0), (8, math.inf), (8, -1.0), (8, math.nan)],
)
def test_an_adc_says_what_it_cannot_divide(bits: Any, full_scale: float) -> None:
    with pytest.raises(ValueError, match="Adc: expected at least 1 bit and a full scale above 0"):
        Adc(Ledger(), 0.1, bits, full_scale)


@LAW
@given(bits=st.integers(2, 12), reads=st.integers(1, 4), signed=st.booleans(), seed=seeds)
def test_an_adc_is_within_half_a_step_and_counts_every_conversion(
    bits: int, reads: int, signed: bool, seed: int
) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    low = -4.0 if signed else 0.0
    x = rng.uniform(low, 4.0, (reads, 5))
    adc = Adc(ledger, 0.2, bits, 4.0, signed)
    found = adc.convert(Dac(Ledger(), 0.2).forward(x)[0])
    assert np.abs(found - x).max() <= adc.step / 2 + 8 * EPS * 4.0
    (entry,) = ledger.entries
    assert (entry.operations, entry.uses) == (5 * reads, reads)
    assert ledger.count("adc") == 5 * reads
    expected = 5 * reads * relative_adc_energy(bits) * prices.ADC_ENERGY.nominal
    assert ledger.joules() == pytest.approx(expected, rel=1e-12, abs=0)


def test_an_adc_clips_to_its_range() -> None:
    voltage = Dac(Ledger(), 0.2).forward([[-9.0, 9.0]])[0]
    found = Adc(Ledger(), 0.2, 8, 4.0).convert(voltage)
    assert np.abs(found - [[0.0, 4.0]]).max() <= 8 * EPS * 4.0
    signed = Adc(Ledger(), 0.2, 8, 4.0, signed=True)
    assert np.abs(np.abs(signed.convert(voltage)) - 4.0).max() <= signed.step / 2


def test_a_conversion_has_the_price_of_its_bits() -> None:
    assert prices.adc(8) is prices.ADC
    assert prices.adc(6) is prices.adc(6)
    for bits in (4, 8, 10):
        price, ratio = prices.adc(bits), relative_adc_energy(bits)
        assert price.joules() == pytest.approx(ratio * prices.ADC.joules(), rel=1e-12, abs=0)
        assert (price.block, price.kind, price.times) == ("converters", "adc", prices.ADC.times)


def test_more_bits_cost_more_and_eight_are_the_unit() -> None:
    assert relative_adc_energy(8) == 1.0
    costs = [relative_adc_energy(bits) for bits in range(1, 13)]
    assert all(one < other for one, other in pairwise(costs))
    assert costs[0] > 0
    assert relative_adc_energy(4) == pytest.approx(0.79 / 1.67, rel=1e-12, abs=0)  # Shafiee2016
    assert relative_adc_energy(10) == pytest.approx(2.38 / 1.67, rel=1e-12, abs=0)


@LAW
@given(bits=st.integers(4, 12), seed=seeds)
def test_a_signal_carried_through_numbers_is_the_same_but_for_half_a_step(
    bits: int, seed: int
) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    x = rng.uniform(0, 4, (1, 6))
    adc = Adc(ledger, 0.1, bits, 4.0)
    layer = Converted(adc, Dac(ledger, 0.1))
    voltage = Dac(Ledger(), 0.1).forward(x)[0]
    out, goodness = layer.forward(voltage)
    assert goodness is None
    assert np.abs(read(out) - 0.1 * x).max() <= 0.1 * (adc.step / 2 + 8 * EPS * 4.0)
    assert np.array_equal(read(layer.learn(voltage, 1.0)), read(out))
    assert ledger.count("adc") == ledger.count("dac") == 12


def test_a_probe_takes_no_time() -> None:
    ledger = Ledger()
    voltage = Dac(Ledger()).forward(np.ones((3, 4)))[0]
    Probe(ledger).read(voltage)
    assert ledger.count("probe") == 12
    assert ledger.seconds() == ledger.joules() == 0
