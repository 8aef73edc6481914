"""``hardware-sim access``, and ``--access`` of the commands that train chips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hardware_sim.__main__ import main
from hardware_sim.studies.access import FIRING, SIZES

SMALL = ("--data", "strokes", "--train-images", "60", "--hidden", "12,9")


def record(path: Path, *words: str) -> dict[str, Any]:
    assert main([*words, "--out", str(path)]) == 0
    return dict(json.loads(path.read_text()))


def test_the_command_prices_every_array_and_draws_them(tmp_path: Path) -> None:
    figure = tmp_path / "access.png"
    device = "--device", "reram-soft-bounds"
    found = record(tmp_path / "access.json", "access", *device, "--figure", str(figure))
    by = {(w["access"], w["size"], w["firing"]): w for w in found["writes"]}
    assert len(by) == 3 * len(SIZES) * len(FIRING)
    assert figure.stat().st_size > 10_000
    for (access, size, firing), write in by.items():
        joules = write["joules"]
        assert write["pulses"] == pytest.approx(31 * (size * firing) ** 2, rel=1e-12)
        assert joules["low"] <= joules["nominal"] <= joules["high"]
        assert joules["nominal"] == pytest.approx(sum(write["parts"].values()), rel=1e-9)
        if access == "1T1R":
            assert joules["nominal"] < by["cross-point", size, firing]["joules"]["nominal"]
    for firing in FIRING[2:]:  # the size drops out of the energy of a pulse
        each = [by["1T1R", n, firing]["joules"]["nominal"] / n**2 for n in SIZES]
        assert each == pytest.approx([each[0]] * len(each), rel=1e-3)


def test_access_changes_the_energy_and_no_cell(tmp_path: Path) -> None:
    bare, gated = (
        record(tmp_path / f"{access}.json", "compare", *SMALL, "--access", access)
        for access in ("cross-point", "1T1R")
    )
    assert (bare["access"], gated["access"]) == ("cross-point", "1T1R")
    for way in "bcd":
        one, other = bare["variants"][way], gated["variants"][way]
        assert one["test_error"] == other["test_error"]
        ends = [v["training"]["joules_by_block"]["update"]["nominal"] for v in (one, other)]
        # Cells of nanosiemens take less from a line than transistors take from a gate.
        assert 0 < ends[0] < ends[1]


@pytest.mark.parametrize("command", ["degrade", "ablate"])
def test_a_study_goes_on_with_its_access(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, small = tmp_path / "study.json", ("--epochs", "1", "--test-images", "20")
    more = {
        "degrade": ("--quantity", "stuck", "--values", "0,1%", "--chips", "2"),
        "ablate": ("--device", "gokmen-vlasov"),
    }
    run = (command, *SMALL, *small, *more[command], "--out", str(out))
    assert main([*run, "--access", "1T1R"]) == 0
    capsys.readouterr()
    assert main([*run, "--resume"]) == 2
    assert "access" in capsys.readouterr().err
    assert main([*run, "--access", "1T1R", "--resume"]) == 0


def test_a_chip_goes_on_with_its_access(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chip = tmp_path / "chip.npz"
    run = ("train", *SMALL, "--epochs", "1", "--no-twin", "--save", str(chip))
    assert main([*run, "--access", "1T1R"]) == 0
    assert "transistor gates" not in capsys.readouterr().err
    assert main(["train", "--resume", str(chip), "--access", "cross-point"]) == 2
    assert "was started with --access 1T1R" in " ".join(capsys.readouterr().err.split())
