"""``hardware-sim demo``: what it counts, what it writes, what it refuses."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy.commands import demo as demo_in_floating_point
from ffnumpy.data import strokes
from hardware_sim.__main__ import main
from hardware_sim.chip.design import Design
from hardware_sim.commands import demo
from hardware_sim.studies import demonstration

HIDDEN, IMAGES = (14, 12, 10), 50


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str, Path]:
    """Return record, text and folder of a small demonstration."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "HIDDEN", HIDDEN)
        patch.setitem(demo.IMAGES, "strokes", IMAGES)
        for name, images in (("TESTED", 20), ("PROBED", 8), ("READS", 4)):
            patch.setattr(demonstration, name, images)
        printed: list[str] = []
        patch.setattr("builtins.print", lambda *a, **_: printed.append(" ".join(map(str, a))))
        targets = ["--out", str(folder / "demo.json"), "--figure", str(folder / "demo.png")]
        assert main(["demo", "--seed", "1", *targets]) == 0
    return json.loads((folder / "demo.json").read_text()), "\n".join(printed), folder


def test_it_takes_up_the_network_of_the_other_demonstration() -> None:
    assert demo.HIDDEN == demo_in_floating_point.HIDDEN
    assert demo.TARGET == demo_in_floating_point.TARGET


def test_the_chip_learns_and_steps_without_a_conversion(shown: tuple[Any, str, Path]) -> None:
    record, text, _ = shown
    assert record["adc_conversions"] == 0
    assert record["one_step"]["adc_conversions"] == 0
    assert not any(line["kind"] in ("adc", "probe") for line in record["ledger"])
    assert record["comparator_decisions"] > 0
    assert "A-to-D conversions: 0" in text


def test_the_record_is_that_of_the_training_alone(shown: tuple[Any, str, Path]) -> None:
    """Tests between the parts and probes after them are in no line of the ledger."""
    record = shown[0]
    amplifiers = next(x for x in record["ledger"] if x["operation"] == "column amplifier")
    tiles = [math.ceil((lines + 1) / Design().tile) for lines in (784, *HIDDEN[:-1])]
    # Of an image: a wrong label to choose from, others that change one tile of the first layer,
    # then two cases to learn from.
    whole, others = 3, demonstration.CANDIDATES - 1
    reads = whole * np.dot(tiles, HIDDEN) + others * np.dot([1, *tiles[1:]], HIDDEN)
    assert amplifiers["operations"] == IMAGES * reads
    blocks = record["joules_by_block_of_an_image"]
    totals = np.sum(list(blocks.values()), axis=0) * IMAGES
    low, high = record["joules_bounds"]
    np.testing.assert_allclose(totals, [low, record["joules"], high], rtol=1e-9)


def test_the_record_says_how_the_error_fell(shown: tuple[Any, str, Path]) -> None:
    record = shown[0]
    assert [part["images"] for part in record["passes"]] == [10, 20, 30, 40, 50]
    assert record["test_error"] == record["passes"][-1]["error"]
    assert 0 <= record["test_error"] <= 1
    assert record["seed"] == record["plan"]["seed"] == 1
    assert len(record["one_step"]["after"]) == len(HIDDEN)
    assert record["seconds"] <= record["seconds_of_all"]


def test_it_prints_the_bill_and_draws_a_figure(shown: tuple[Any, str, Path]) -> None:
    record, text, folder = shown
    assert all(f"      {block} " in text for block in record["joules_by_block_of_an_image"])
    assert "most of them are assumed" in text
    assert (folder / "demo.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--figure", "x.doc"], "--figure x.doc: expected a name that ends in"),
        (["--out", "no-such-folder/x.json"], "there is no folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(strokes, "dataset", lambda: pytest.fail("work was done"))
    assert main(["demo", *arguments]) == 2
    assert message in capsys.readouterr().err
