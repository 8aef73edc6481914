"""``hardware-sim characterise`` as a user meets it."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import pytest

from ffnumpy.commands import UsageError
from hardware_sim.commands import characterise as command
from hardware_sim.devices.presets import PRESETS

TABLE = "pulse,potentiation,depression\n0,1e-6,4e-6\n1,2e-6,2.5e-6\n2,3e-6,1.5e-6\n3,4e-6,\n"


def run(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(a) for a in arguments]))


@pytest.mark.parametrize("name", [*PRESETS, "ideal"])
def test_every_device_gets_a_figure_and_a_record(name: str, tmp_path: Path) -> None:
    assert run("--device", name, "--plots", tmp_path, "--devices", "5") == 0
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
        run("--device", "reram-array-om", "--plots", tmp_path, "--devices", "9", "--seed", seed)
        record = json.loads((tmp_path / "reram-array-om.json").read_text())
        found.append((record["up"], record["steps"]))
    assert found[0] == found[1] != found[2]


def test_a_measured_table_is_drawn_as_it_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE)
    assert run("--device-csv", path, "--plots", tmp_path, "--devices", "2") == 0
    found = json.loads((tmp_path / "mine.json").read_text())
    assert found["pulses"][:4] == [0, 1, 2, 3]
    assert found["up"]["mean"][:4] == pytest.approx([1e-6, 2e-6, 3e-6, 4e-6], rel=1e-9, abs=0)
    assert found["down"]["mean"][:3] == pytest.approx([4e-6, 2.5e-6, 1.5e-6], rel=1e-9, abs=0)


def test_what_cannot_be_done_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="expected a folder; this is a file"):
        run("--device", "pcm", "--plots", tmp_path / "file")
    with pytest.raises(UsageError, match="at least 2"):
        run("--device", "pcm", "--plots", tmp_path, "--devices", "1")
    with pytest.raises(UsageError, match=r"--device-csv: .*none\.csv"):
        run("--device-csv", tmp_path / "none.csv", "--plots", tmp_path)
    (tmp_path / "bad.csv").write_text("pulse\n")
    with pytest.raises(UsageError, match="line 1: expected pulse,potentiation,depression"):
        run("--device-csv", tmp_path / "bad.csv", "--plots", tmp_path)
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="expected a table as text"):
        run("--device-csv", tmp_path / "bad.csv", "--plots", tmp_path)
    table = tmp_path / "bad.json"
    table.touch()
    with pytest.raises(UsageError, match="is also the file of --device-csv"):
        run("--device-csv", table, "--plots", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"bad.csv", "bad.json", "file"}


def test_a_device_or_a_table_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ((), ("--device", "pcm", "--device-csv", "table.csv"), ("--device", "rram")):
        with pytest.raises(SystemExit, match="2"):
            run(*arguments)
    assert "choose from" in capsys.readouterr().err
