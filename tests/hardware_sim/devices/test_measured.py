"""Measured tables: what a file says, and what no table may say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.devices.measured import MeasuredStep, monotone

GOOD = "pulse,potentiation,depression\n0,1e-6,4e-6\n1,2e-6,3e-6\n2,3e-6,2e-6\n3,4e-6,\n"


def test_a_table_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(GOOD)
    rule = MeasuredStep.from_csv(path)
    assert rule.potentiation == (1e-6, 2e-6, 3e-6, 4e-6)
    assert rule.depression == (4e-6, 3e-6, 2e-6)
    assert (rule.minimum, rule.maximum) == (1e-6, 4e-6)
    assert rule.step == pytest.approx(2 / 3, rel=1e-12)
    assert rule.measured is None
    assert (rule.misfit, rule.gap) == (0, pytest.approx(1 / 3))


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
        (GOOD.replace("e-6", "e-3").replace("4e-3", "0.011"), "got up to 0.011 S"),
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
        (GOOD.replace("1,2e-6", "1,5e-6"), "table.csv: potentiation: .* so often that 2 levels"),
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


@pytest.mark.reports
@given(st.lists(st.floats(0.1, 9.9), min_size=4, max_size=30), st.sampled_from([1, -1]))
def test_a_noisy_table_is_fitted_by_one_that_never_turns_back(
    noise: list[float], sign: int
) -> None:
    """Nor does it leave the measured range; one that never turns back stays as it is."""
    table = tuple((10.0 * n * sign + 300 + e) for n, e in enumerate(noise))
    fit = monotone("x", table, sign)
    assert (sign * np.diff(fit) > 0).all()
    assert min(table) - 1e-9 <= min(fit) <= max(fit) <= max(table) + 1e-9
    if (sign * np.diff(table) > 0).all():
        assert fit == table
    assert np.abs(np.subtract(fit, table)).max() <= 10


@pytest.mark.reports
def test_a_noisy_file_is_fitted_and_keeps_what_was_measured(tmp_path: Path) -> None:
    path, rng = tmp_path / "noisy.csv", np.random.default_rng(0)
    up, down = (np.linspace(*ends, 60) + rng.normal(0, 0.3, 60) for ends in ((2, 20), (20, 2)))
    rows = "\n".join(f"{n},{a},{b}" for n, (a, b) in enumerate(zip(up, down, strict=True)))
    path.write_text(f"pulse,potentiation [uS],depression [uS]\n{rows}")
    rule = MeasuredStep.from_csv(path)
    assert rule.measured is not None
    assert rule.measured[0] == pytest.approx(1e-6 * up)
    assert 0 < rule.misfit < 0.02
    assert rule.step == pytest.approx(2 / 59, rel=0.1)


@pytest.mark.reports
def test_what_has_no_trend_is_no_table() -> None:
    with pytest.raises(ValueError, match="turns back so often that 1 levels"):
        monotone("potentiation", (4.0, 3.0, 2.0, 1.0), 1)


@pytest.mark.reports
def test_tables_that_do_not_meet_say_how_far_apart_they_are(tmp_path: Path) -> None:
    rule = MeasuredStep((1e-6, 2e-6, 3e-6, 4e-6), (3.7e-6, 3e-6, 2e-6, 1e-6))
    assert rule.gap == pytest.approx(0.1)
    path = tmp_path / "apart.csv"
    path.write_text("pulse,potentiation,depression\n0,1e-6,9e-6\n1,2e-6,8e-6\n2,3e-6,7e-6\n")
    with pytest.raises(ValueError, match="in the middle no pulse of potentiation moves a cell"):
        MeasuredStep.from_csv(path)
