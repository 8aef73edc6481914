"""Energy against size: the same trial at every size, and ratios that follow from its records."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from hardware_sim.__main__ import main
from hardware_sim.studies import sizes
from hardware_sim.studies.comparison import BACKPROP, CHIP

TINY = ["sizes", "--sizes", "6,9", "--train-images", "6", "--test-images", "4"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the record of a run that nothing interrupted."""
    out = tmp_path_factory.mktemp("sizes") / "run.json"
    assert main([*TINY, "--out", str(out), "--figure", str(out.with_suffix(".png"))]) == 0
    assert out.with_suffix(".png").stat().st_size > 10_000
    return out


def entries_of(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text())["sizes"]
    return found


def test_a_larger_chip_takes_more_and_converts_nothing(whole: Path) -> None:
    small, large = entries_of(whole)
    assert (small["size"], large["size"]) == (6, 9)
    for purpose in sizes.PURPOSES:
        for way in (CHIP, BACKPROP):
            assert (
                small[way][purpose]["joules"]["nominal"] < large[way][purpose]["joules"]["nominal"]
            )
        assert small[CHIP][purpose]["operations"]["adc"] == 0
        assert small[BACKPROP][purpose]["operations"]["adc"] > 0


def test_a_constant_moves_the_ratio_as_far_as_it_moves_either_energy(whole: Path) -> None:
    entry = entries_of(whole)[0]
    found = sizes.ratios_of_constants(entry, "training")
    middle = sizes.ratio(entry, "training")
    assert all(min(ends) <= middle * (1 + 1e-9) for ends in found.values())
    assert all(max(ends) >= middle * (1 - 1e-9) for ends in found.values())
    chip, rival = entry[CHIP]["training"], entry[BACKPROP]["training"]
    own = {line["constant"] for line in chip["sensitivity"]}
    (adc,) = (line for line in rival["sensitivity"] if line["constant"] == "8-bit ADC")
    assert "8-bit ADC" not in own
    assert found["8-bit ADC"][1] == pytest.approx(
        chip["joules"]["nominal"] / adc["joules"]["high"], rel=1e-9
    )
    swings = [abs(math.log(high / low)) for low, high in found.values()]
    assert swings == sorted(swings, reverse=True)


def test_a_run_that_stopped_goes_on(whole: Path, tmp_path: Path) -> None:
    out, record = tmp_path / "run.json", json.loads(whole.read_text())
    out.write_text(json.dumps({**record, "sizes": record["sizes"][:1]}))
    assert main([*TINY, "--out", str(out), "--resume"]) == 0
    assert entries_of(out) == entries_of(whole)


@pytest.mark.parametrize("wrong", ["6,6", "0,6"])
def test_sizes_that_make_no_sense_are_refused(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sizes", "--sizes", wrong]) == 2
    assert "--sizes: expected widths above 0, each once" in " ".join(
        capsys.readouterr().err.split()
    )
