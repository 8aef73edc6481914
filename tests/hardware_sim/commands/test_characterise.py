"""``hardware-sim characterise`` draws what the device's own formulas say."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy.commands import UsageError
from hardware_sim.commands import characterise as command
from hardware_sim.devices.presets import IDEAL, PRESETS, preset
from hardware_sim.plotting.devices import step_histogram

TABLE = "pulse,potentiation,depression\n0,1e-6,4e-6\n1,2e-6,2.5e-6\n2,3e-6,1.5e-6\n3,4e-6,\n"


def run(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(a) for a in arguments]))


@pytest.mark.parametrize("name", [*PRESETS, "ideal"])
def test_every_device_gets_a_figure_and_a_record(name: str, tmp_path: Path) -> None:
    assert run("--device", name, "--out-dir", tmp_path, "--devices", "5") == 0
    assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((tmp_path / f"{name}.json").read_text())
    assert found["device"] == name
    assert found["seed"] == 0
    assert found["pulses"][0] == 0
    assert all(len(curve) == len(found["pulses"]) for curve in found["up"].values())
    assert (found["down"] is None) == (name == "pcm")
    assert all(math.isfinite(x) for curve in found["up"].values() for x in curve)


def test_the_same_seed_gives_the_same_numbers(tmp_path: Path) -> None:
    found = []
    for seed in ("3", "3", "4"):
        run("--device", "reram-array-om", "--out-dir", tmp_path, "--devices", "9", "--seed", seed)
        record = json.loads((tmp_path / "reram-array-om.json").read_text())
        found.append((record["up"], record["steps"]))
    assert found[0] == found[1] != found[2]


def test_an_ideal_device_rises_and_falls_in_a_straight_line() -> None:
    found = command.characterise(IDEAL, 3, np.random.default_rng(0))
    assert found.down is not None
    step, low = IDEAL.unit * IDEAL.rule.step, IDEAL.conductance.minimum.nominal
    rising = low + step * found.pulses[:, np.newaxis]
    assert np.abs(found.up - rising).max() <= 1e-12 * found.up.max()
    assert np.abs(found.down - rising[::-1]).max() <= 1e-12 * found.up.max()


def test_steps_have_the_mean_and_the_spread_of_the_device() -> None:
    # 40 steps of each of n = 4000 devices, Δ of 6 nS: between devices σ = 0.3 Δ and, of the mean
    # of 40, 0.3 Δ/√40; cycle to cycle 0.3 Δ (1 + ...): √E[Δ²] = Δ √1.09. Mean ± σ/√n, σ ± σ/√2n,
    # 5 sigma; 10 for the pooled cycle-to-cycle value, whose devices differ.
    device: Any = preset("gokmen-vlasov").device
    found = command.characterise(device, 4000, np.random.default_rng(0))
    size = device.unit * device.rule.step
    for steps, sign in ((found.steps["up"], 1), (found.steps["down"], -1)):
        statistics = command._statistics(steps)
        between = 0.3 * size * math.sqrt(1 + 1.09 / 40)
        assert abs(sign * statistics["mean"] - size) <= 5 * between / math.sqrt(4000)
        assert abs(statistics["between_devices"] - between) <= 5 * between / math.sqrt(8000)
        cycle = 0.3 * size * math.sqrt(1.09) * math.sqrt(39 / 40)
        assert abs(statistics["cycle_to_cycle"] - cycle) <= 10 * cycle / math.sqrt(8000)


def test_read_noise_is_given_by_its_causes() -> None:
    device: Any = preset("reram-exponential").device
    found = command.characterise(device, 2, np.random.default_rng(0))
    assert found.deviations["write noise"][0] == pytest.approx(
        75 * 0.00135 * device.unit, rel=1e-12
    )
    # 4kTB G/V² with B = 1/(2 · 10 ns), 10 µS and 0.2 V: 14.4 nS, by hand.
    assert found.deviations["thermal"][0] == pytest.approx(14.4e-9, rel=2e-3)
    assert not found.deviations["white read noise"].any()


def test_a_measured_table_is_drawn_as_it_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE)
    assert run("--csv", path, "--out-dir", tmp_path, "--devices", "2") == 0
    found = json.loads((tmp_path / "mine.json").read_text())
    assert found["pulses"][:4] == [0, 1, 2, 3]
    assert found["up"]["mean"][:4] == pytest.approx([1e-6, 2e-6, 3e-6, 4e-6], rel=1e-9)
    assert found["down"]["mean"][:3] == pytest.approx([4e-6, 2.5e-6, 1.5e-6], rel=1e-9)


def test_what_cannot_be_done_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="expected a folder; this is a file"):
        run("--device", "pcm", "--out-dir", tmp_path / "file")
    with pytest.raises(UsageError, match="at least 2"):
        run("--device", "pcm", "--out-dir", tmp_path, "--devices", "1")
    with pytest.raises(UsageError, match=r"--csv: .*none\.csv"):
        run("--csv", tmp_path / "none.csv", "--out-dir", tmp_path)
    (tmp_path / "bad.csv").write_text("pulse\n")
    with pytest.raises(UsageError, match="line 1: expected pulse,potentiation,depression"):
        run("--csv", tmp_path / "bad.csv", "--out-dir", tmp_path)
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="expected a table as text"):
        run("--csv", tmp_path / "bad.csv", "--out-dir", tmp_path)
    table = tmp_path / "bad.json"
    table.touch()
    with pytest.raises(UsageError, match="is the file of --csv too"):
        run("--csv", table, "--out-dir", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"bad.csv", "bad.json", "file"}


def test_a_device_or_a_table_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ((), ("--device", "pcm", "--csv", "table.csv"), ("--device", "rram")):
        with pytest.raises(SystemExit, match="2"):
            run(*arguments)
    assert "choose from" in capsys.readouterr().err


@pytest.mark.parametrize(("siemens", "unit", "factor"), [(3e-6, "µS", 1e6), (4e-9, "nS", 1e9)])
def test_steps_are_drawn_in_the_unit_that_axis_and_title_name(
    siemens: float, unit: str, factor: float
) -> None:
    from matplotlib.figure import Figure

    steps = siemens * (1 + 0.1 * np.random.default_rng(0).standard_normal(1000))
    ax = step_histogram(Figure().subplots(), {"up": steps})
    assert unit in ax.get_title()
    assert ax.get_xlabel() == f"change of conductance [{unit}]"
    bars: Any = ax.patches
    drawn = sum(b.get_height() * (b.get_x() + b.get_width() / 2) for b in bars)
    mean = drawn / sum(b.get_height() for b in bars)
    assert mean == pytest.approx(factor * siemens, rel=0.02)
