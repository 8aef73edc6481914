"""What a tool is worth: the same chips, images and prices for both rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hardware_sim.__main__ import main
from hardware_sim.chip.design import Design
from hardware_sim.commands.options.choices import scale_of
from hardware_sim.devices.presets import preset
from hardware_sim.learning.plan import Plan
from hardware_sim.studies import tools
from hardware_sim.studies.trials import Trial

TINY = ["tools", "--hidden", "6", "--train-images", "8", "--test-images", "5", "--epochs", "1"]


def trial_of(name: str) -> Trial:
    return Trial(Plan((6,)), Design((784, 6), scale_of(0.4)), preset(name).device)


def test_a_pair_that_is_reset_has_no_reference_to_find() -> None:
    without = {"a reference at its symmetry point"}
    assert tools.tools_of(preset("pcm").device) == [t for t in tools.TOOLS if t not in without]
    assert tools.tools_of(preset("reram-soft-bounds").device) == list(tools.TOOLS)


def test_chips_of_a_tool_differ_in_their_seed_alone() -> None:
    made = tools.points(trial_of("reram-soft-bounds"), 3)
    assert len(made) == 3 * len(tools.TOOLS)
    for tool in tools.TOOLS:
        own = [trial for name, trial in made.values() if name == tool]
        assert [trial.plan.seed for trial in own] == [0, 1, 2]
        assert len({repr(trial.device) for trial in own}) == 1


def test_a_chip_that_stopped_goes_on_and_every_conversion_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tools.json"
    run = [*TINY, "--device", "pcm", "--chips", "1", "--out", str(out)]
    assert main(run) == 0
    whole = json.loads(out.read_text())
    assert len(whole["chips"]) == len(tools.tools_of(preset("pcm").device))
    for entry in whole["chips"]:
        forward, backward = (entry.get(rule) for rule in tools.RULES)
        assert forward["conversions"] == 0
        assert (backward is None) == (entry["tool"] == "single pulses")
        assert backward is None or backward["conversions"] > 0
        assert min(forward["joules"], *(backward or forward)["pulses_over_net"]) > 0
    out.write_text(json.dumps({**whole, "chips": whole["chips"][:3]}))
    capsys.readouterr()
    assert main([*run, "--resume"]) == 0
    assert json.loads(out.read_text())["chips"] == whole["chips"]
    assert "test error, mean ± deviation" in capsys.readouterr().out
