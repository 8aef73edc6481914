"""Measured tables: what a file says, and what no table may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware_sim.devices.measured import MeasuredStep

GOOD = "pulse,potentiation,depression\n0,1e-6,4e-6\n1,2e-6,3e-6\n2,3e-6,2e-6\n3,4e-6,\n"


def test_a_table_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(GOOD)
    rule = MeasuredStep.from_csv(path)
    assert rule.potentiation == (1e-6, 2e-6, 3e-6, 4e-6)
    assert rule.depression == (4e-6, 3e-6, 2e-6)
    assert (rule.minimum, rule.maximum) == (1e-6, 4e-6)
    assert rule.step == pytest.approx(2 / 3, rel=1e-12)


IN_MICROSIEMENS = "pulse,potentiation,depression\n0,1,4\n1,2,3\n2,20,2\n"


@pytest.mark.reports
@pytest.mark.parametrize("unit", ["µS", "μS", "uS"])
def test_a_table_may_name_its_units(unit: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    named = IN_MICROSIEMENS.replace("potentiation", f"potentiation [{unit}]")
    path.write_text(named.replace("depression\n", f"depression[{unit}]\n"), encoding="utf-8")
    rule = MeasuredStep.from_csv(path)
    assert rule.potentiation == pytest.approx([1e-6, 2e-6, 20e-6], rel=1e-12, abs=0)
    assert rule.depression == pytest.approx([4e-6, 3e-6, 2e-6], rel=1e-12, abs=0)


@pytest.mark.reports
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (IN_MICROSIEMENS, r"got up to 20 S.* name it in line 1: pulse,potentiation \[µS\]"),
        (IN_MICROSIEMENS.replace("2,20,2", "2,3,0.002"), "got up to 3 S"),
        (IN_MICROSIEMENS.replace("depression", "depression [ohm]"), r"line 1: .*mS.* \[ohm\]"),
    ],
)
def test_a_table_in_another_unit_is_asked_for_it(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        MeasuredStep.from_csv(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected pulse,potentiation,depression.* got an empty file"),
        ("pulse,up,down\n", "line 1: .* got pulse,up,down"),
        ("pulse,potentiation,depression\n", "at least 3 conductances"),
        (GOOD.replace("2e-6,3e-6", "2 µS,3e-6"), "line 3: expected 1,.* got 1,2 µS,3e-6"),
        (GOOD.replace("\n2,", "\n3,"), "line 4: expected 2,"),
        (GOOD.replace("1,2e-6,3e-6", "1,2e-6"), "line 3"),
        (GOOD.replace("1,2e-6,3e-6", "1,,3e-6"), "after pulse 1 is missing"),
        (GOOD.replace("1,2e-6", "1,5e-6"), "table.csv: potentiation: .* from pulse 1 to 2"),
        (GOOD.replace("1,2e-6", "1,-2e-6"), "0 S or more"),
        (GOOD.replace("1,2e-6", "1,inf"), "at least 3 conductances"),
    ],
)
def test_a_file_that_is_no_table_says_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        MeasuredStep.from_csv(path)


@pytest.mark.parametrize(
    ("up", "down", "message"),
    [
        ((1.0, 2.0), (3.0, 2.0, 1.0), "at least 3 conductances"),
        ((1.0, 2.0, 2.0), (3.0, 2.0, 1.0), "from pulse 1 to 2"),
        ((1.0, 2.0, 3.0), (3.0, 2.0, 2.5), "falls with every pulse"),
    ],
)
def test_what_turns_back_or_is_too_short_is_refused(
    up: tuple[float, ...], down: tuple[float, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        MeasuredStep(up, down)
