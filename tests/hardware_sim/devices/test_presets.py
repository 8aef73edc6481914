"""The published presets are those of the papers, and the ideal device is arithmetic."""

from __future__ import annotations

import argparse
import json
import re
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.commands import devices as command
from hardware_sim.devices.device import Device
from hardware_sim.devices.presets import IDEAL, PRESETS, Preset, preset
from hardware_sim.devices.rules import (
    ConstantStep,
    ExponentialStep,
    LinearStep,
    SoftBounds,
    SoftBoundsReference,
)
from laws import LAW

every_preset = pytest.mark.parametrize("published", PRESETS.values(), ids=PRESETS)

# Rule, Δ_min, range, variation of Δ, of its asymmetry, of the bounds low and high, write
# noise/Δ_min, stuck, and how far from 0. Provenance: the source code of aihwkit,
# `simulator/presets/devices.py`, [Rasch2021].
PUBLISHED: dict[str, tuple[Any, ...]] = {
    "gokmen-vlasov": (ConstantStep, 0.0016, -1, 1, 0.3, 0.01, 0.3, 0.3, 0, 0, inf),
    "idealised": (ConstantStep, 0.0002, -1, 1, 0.3, 0, 0.3, 0.3, 0, 0, inf),
    "reram-exponential": (ExponentialStep, 0.00135, -1, 1, 0.2, 0.05, 0.3, 0.3, 75, 0, inf),
    "reram-soft-bounds": (SoftBounds, 0.002, -0.75, 1.25, 0.3, 0.01, 0.4, 0.24, 56, 0, inf),
    "reram-array-om": (
        SoftBoundsReference, 0.0949, -1, 1, 0.7829, 0.01, 0.5695, 0.3499, 1.4113, 0.1348, 0.01,
    ),
    "reram-array-hfo2": (
        SoftBoundsReference, 0.4622, -1, 1, 0.7125, 0.01, 0.599, 0.4295, 0.5841, 0.0977, 0.01,
    ),
    "capacitor": (LinearStep, 0.005, -1, 1, 0.1, 0.06, 0.07, 0.07, 0, 0, inf),
    "ecram-li": (LinearStep, 0.002, -0.8276, 1.1724, 0.1, 0.01, 0.05, 0.05, 0, 0, inf),
    "ecram-mo": (LinearStep, 2.8214e-4, -0.8286, 1.1714, 0.1, 0.01, 0.05, 0.05, 0, 0, inf),
    "pcm": (ExponentialStep, 0.01, 0, 2, 0.2, 0.05, 0, 0.1, 0, 0, inf),
}  # fmt: skip
# Standard deviation of one pulse from w = 0, in units of w; same provenance. That of pcm is
# 0.6 (Δ + 0.042) with Δ = 0.01 (1 + 27.235); of reram-exponential 5 Δ with Δ = 0.00135 (1 +
# 1.18445 e^−2.5).
CYCLE = {
    "gokmen-vlasov": 0.3 * 0.0016,
    "idealised": 0.3 * 0.0002,
    "reram-exponential": 5.0 * 0.00135 * (1 + 1.18445 * np.exp(-2.5)),
    "reram-soft-bounds": 3.75 * 0.002,
    "reram-array-om": 0.4158 * 0.0949,
    "reram-array-hfo2": 0.2174 * 0.4622,
    "capacitor": 0.3 * 0.005,
    "ecram-li": 0.3 * 0.002,
    "ecram-mo": 2.0 * 2.8214e-4,
    "pcm": 0.6 * (0.01 * 28.235 + 0.042),
}


def cell(published: Preset) -> Device:
    return published.device.cell


def test_the_ten_presets_are_there() -> None:
    assert set(PRESETS) == set(PUBLISHED)
    assert [p.name for p in PRESETS.values()] == list(PRESETS)


@every_preset
def test_a_preset_has_the_published_numbers(published: Preset) -> None:
    device = cell(published)
    rule, spread = device.rule, device.spread
    kind, *numbers = PUBLISHED[published.name]
    found = [rule.step, rule.low, rule.high, spread.step, spread.asymmetry]
    found += [spread.low, spread.high, device.noise.write, spread.stuck, spread.stuck_within]
    assert type(rule) is kind
    assert found == pytest.approx(numbers, rel=1e-12)
    assert spread.log_normal == published.name.startswith("reram-array")


@every_preset
def test_one_pulse_is_as_noisy_as_published(published: Preset) -> None:
    device = cell(published)
    zero, low, high = (
        np.zeros(1),
        np.full(1, device.rule.low),
        np.full(1, device.rule.high),
    )
    size = device.rule.size(zero, True, low, high)
    found = device.rule.step * device.noise.cycle.deviation(size, zero)[0]
    assert found == pytest.approx(CYCLE[published.name], rel=1e-12)


def test_the_published_slopes_shapes_and_resets() -> None:
    # Provenance as above.
    slopes = {"capacitor": (0.05, 0.05), "ecram-li": (0.1153, 0.5085), "ecram-mo": (0.4152, 0.7342)}
    for name, expected in slopes.items():
        rule: Any = cell(preset(name)).rule
        assert (rule.slope_up, rule.slope_down) == expected
    reram: Any = cell(preset("reram-exponential")).rule
    pcm: Any = preset("pcm").device
    assert tuple(vars(reram.shape).values()) == (-0.5, -0.5, 5.0, 5.0, -1.18445, -0.081404)
    assert reram.bias == 0.259359
    assert tuple(vars(pcm.cell.rule.shape).values()) == (-1.0, 0.0, 2.5, 2.5, -27.235, -2.235)
    assert (pcm.reset, pcm.reset_spread) == (0.01, 0.02)
    assert pcm.cell.noise.cycle.slope * 0.01 == pytest.approx(0.6 * 0.108, rel=1e-12)
    assert preset("capacitor").device.cell.lifetime == 1e6


@every_preset
def test_a_preset_says_where_it_is_from_and_what_it_leaves_out(published: Preset) -> None:
    references = (Path(__file__).parents[3] / "REFERENCES.md").read_text()
    assert f"**[{published.source}]**" in references
    for key in re.findall(r"\[([A-Z]\w+)\]", published.fit + published.valid):
        assert f"**[{key}]**" in references
    assert min(map(len, (published.fit, published.valid, published.not_modelled))) > 20


@every_preset
def test_no_conductance_is_taken_for_published(published: Preset) -> None:
    conductance = published.device.cell.conductance
    for end in (conductance.minimum, conductance.maximum):
        assert end.source == "assumed"
        assert end.unit == "S"
        assert end.low < end.nominal < end.high
    assert conductance.minimum.high < conductance.maximum.low


@every_preset
def test_only_what_moves_by_charge_follows_charge(published: Preset) -> None:
    charged = published.name in {"capacitor", "ecram-li", "ecram-mo"}
    assert published.device.cell.follows_charge == charged


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"expected one of gokmen-vlasov, .*, pcm; got rram"):
        preset("rram")


@LAW
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(-6, 6))
def test_the_ideal_device_is_arithmetic(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    cells, w = IDEAL.manufacture((4, 3), rng), rng.normal(0, 10**scale, (4, 3))
    cells.set(w)
    assert np.array_equal(cells.w, w)
    amount = rng.random((4, 3)) * 10**scale
    cells.charge(np.arange(4), amount, True, rng)
    expected = w + amount * IDEAL.rule.step
    assert np.array_equal(cells.w, expected)
    assert cells.seen is cells.w


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


def test_the_table_has_a_line_for_each_with_units_and_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run() == 0
    printed = capsys.readouterr().out
    lines = {line.split()[0]: line for line in printed.splitlines()}
    for name, published in PRESETS.items():
        assert "µS" in lines[name]
        assert lines[name].endswith(f"[{published.source}]")
    assert "assumed" in printed
    assert max(map(len, printed.splitlines())) <= 110


def test_the_json_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == set(PRESETS)
    assert found["ecram-mo"]["step"] == 2.8214e-4
    assert found["pcm"]["one_sided_pair"] is True
    assert found["pcm"]["maximum"] == {
        "nominal": 25e-6,
        "low": 10e-6,
        "high": 40e-6,
        "unit": "S",
        "source": "assumed",
    }
    assert all(entry["not_modelled"] for entry in found.values())
