"""A curve has every chip at every value, comes out again, and says no more than chance allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import f_oneway

from hardware_sim import __main__ as hardware_program
from hardware_sim.chip.design import Design
from hardware_sim.devices.presets import preset
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, SingleRun, error_rate, train_to_the_end
from hardware_sim.plotting.degradation import degradation_curve, degradation_sheet
from hardware_sim.studies import degradation
from hardware_sim.studies.degradation import (
    Point,
    chance,
    curve,
    finding,
    mean_and_deviation,
    twins,
)
from hardware_sim.studies.nonidealities import QUANTITIES
from hardware_sim.studies.trials import Outcome, Specimen

INPUTS = 20
BASE = Specimen(Plan((6, 5), passes=1), Design((INPUTS, 6, 5)), preset("gokmen-vlasov").device)


def few(images: int = 3) -> Bench:
    rng = np.random.default_rng(7)
    rows = rng.integers(0, 255, (2 * images, INPUTS), dtype=np.uint8)
    labels = np.arange(2 * images) % 10
    return Bench(rows[:images], labels[:images], rows[images:], labels[images:])


def test_a_curve_has_a_point_for_each_value_and_a_chip_for_each_seed() -> None:
    quantity = replace(QUANTITIES["bits"], values=(8, 3))
    points = list(curve(quantity, replace(BASE, plan=replace(BASE.plan, seed=4)), few(), 2))
    assert [point.value for point in points] == [8, 3]
    for point in points:
        assert [chip.seed for chip in point.chips] == [4, 5]
        assert all(0 <= error <= 1 for error in point.errors)
        assert point.joules[0] > 0
        # Per image: two cases, and 3 wrong labels to choose the negative from, through 6 lines.
        assert point.conversions == (5 * 6, 0)
    assert points[0].joules[0] > points[1].joules[0]


def test_the_same_curve_comes_out_again_and_points_depend_on_no_other() -> None:
    quantity = replace(QUANTITIES["stuck"], values=(0, 0.3))
    once, again = list(curve(quantity, BASE, few(), 2)), list(curve(quantity, BASE, few(), 2))
    assert once == again
    assert list(curve(quantity, BASE, few(), 2, done=[0])) == once[1:]


def test_the_energy_is_that_of_the_training_for_one_image() -> None:
    base, bench = replace(BASE, plan=replace(BASE.plan, passes=2)), few()
    (point,) = curve(replace(QUANTITIES["stuck"], values=(0.3,)), base, bench, 2)
    for chip in point.chips:
        specimen = QUANTITIES["stuck"].at(base.seeded(chip.seed), 0.3)
        learner = specimen.learner(3)
        train_to_the_end(SingleRun(learner, bench.rows, bench.labels, specimen.plan))
        assert chip.joules == pytest.approx(learner.ledger.joules() / (2 * 3))
        assert chip.error == error_rate(learner, bench.unseen, bench.truth)


def test_without_converters_nothing_is_converted() -> None:
    quantity = replace(QUANTITIES["train"], values=(7,))
    (point,) = curve(quantity, BASE, few(), 2)
    assert point.conversions == (0, 0)


def test_the_watch_sees_every_step() -> None:
    seen: list[int] = []

    def watch(steps: Any) -> Any:
        for step in steps:
            seen.append(step)
            yield step

    list(curve(replace(QUANTITIES["step"], values=(0.01,)), BASE, few(), 2, watch))
    assert len(seen) == 2 * 3  # chips, images
    twins(BASE, few(), 2, watch)
    assert len(seen) == 2 * 2 * 3


def points_of(*errors: tuple[float, ...]) -> list[Point]:
    """Return points of `stuck` with these errors."""
    found = zip(QUANTITIES["stuck"].values, errors, strict=False)
    return [
        Point(value, tuple(Outcome(n, e, 1e-9, 0.0) for n, e in enumerate(each)))
        for value, each in found
    ]


def test_the_finding_is_a_rise_only_where_it_is_clear() -> None:
    stuck = QUANTITIES["stuck"]
    rising = points_of((0.1, 0.11, 0.12), (0.1, 0.12, 0.11), (0.16, 0.16, 0.17))
    assert finding(stuck, rising) == "Error rises by 5.3 points from 0 % to 5 %"
    unclear = points_of((0.1, 0.2, 0.3), (0.2, 0.2, 0.25))
    assert finding(stuck, unclear) == "No clear rise between 0 % and 1 %"
    assert finding(stuck, points_of((0.5, 0.5))) == "No clear rise between 0 % and 0 %"


def test_chance_is_that_of_an_analysis_of_variance() -> None:
    errors = ((0.1, 0.2, 0.3), (0.15, 0.2, 0.31), (0.3, 0.35, 0.5))
    assert chance(points_of(*errors)) == pytest.approx(f_oneway(*errors).pvalue)
    assert chance(points_of((0.1, 0.1), (0.2, 0.2))) == 0
    assert chance(points_of((0.1, 0.1), (0.1, 0.1))) == 1


def test_a_best_value_in_the_middle_is_named() -> None:
    points = points_of((0.39, 0.41), (0.1, 0.1), (0.2, 0.2))
    assert finding(QUANTITIES["stuck"], points) == "Error rises by 30 points from 1 % to 0 %"


def test_the_deviation_is_that_of_a_sample() -> None:
    assert mean_and_deviation([0.1, 0.2, 0.6]) == pytest.approx((0.3, np.sqrt(0.07)))


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ValueError, match=r"chips: expected 2 or more.*got 1"):
        next(curve(QUANTITIES["step"], BASE, few(), 1))
    with pytest.raises(ValueError, match="expected two or more values"):
        mean_and_deviation([0.1])


def test_error_bars_are_the_standard_deviation_over_chips() -> None:
    from matplotlib.figure import Figure

    points = points_of((0.1, 0.2, 0.3), (0.6, 0.7, 0.8))
    ax = degradation_curve(Figure().subplots(), QUANTITIES["stuck"], points, [0.05, 0.15])
    (container,) = ax.containers
    bars = container.lines[2][0].get_segments()  # type: ignore[attr-defined]
    np.testing.assert_allclose([b[:, 1] for b in bars], [[10, 30], [60, 80]])
    assert ax.get_title() == "Error rises by 50 points from 0 % to 1 %"
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1"]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 10)


def test_the_sheet_shows_energy_where_it_is_of_interest() -> None:
    points = points_of((0.1, 0.2), (0.3, 0.4))
    sheet = degradation_sheet(
        [(QUANTITIES["stuck"], points), (QUANTITIES["train"], points)], [0.1, 0.1]
    )
    labels = [ax.get_ylabel() for ax in sheet.axes]
    assert labels == ["test error [%]", "test error [%]", "training, an image [nJ], nominal"]


SMALL = ["degrade", "--hidden", "6,5", "--samples", "3", "--test-images", "4", "--chips", "2"]


def curves(path: Path) -> tuple[Any, Any]:
    """Return what a resumed run must not change."""
    record = json.loads(path.read_text())
    return record["twins"], record["quantities"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the record of a run that nothing interrupted; its figure is beside it."""
    out = tmp_path_factory.mktemp("degrade") / "run.json"
    files = ["--out", str(out), "--figure", str(out.with_suffix(".png"))]
    assert hardware_program.main([*SMALL, "--quantity", "stuck", *files]) == 0
    return out


def test_the_record_has_every_chip_and_what_they_have_in_common(whole: Path) -> None:
    record = json.loads(whole.read_text())
    assert {"command", "seed", "versions", "options", "plan", "seconds"} <= set(record)
    assert len(record["twins"]) == 2
    points = record["quantities"]["stuck"]["points"]
    assert [point["value"] for point in points] == list(QUANTITIES["stuck"].values)
    for point in points:
        errors = [chip["error"] for chip in point["chips"]]
        assert point["error"] == dict(
            zip(("mean", "deviation"), mean_and_deviation(errors), strict=True)
        )
        assert point["joules"]["mean"] > 0
        assert point["conversions"]["mean"] == 0
    assert whole.with_suffix(".png").stat().st_size > 10_000


def test_an_interrupted_run_goes_on_where_it_stood(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, made, outcome = tmp_path / "run.json", [], degradation.outcome

    def interrupted(specimen: Specimen, *rest: Any) -> Outcome:
        made.append(specimen)
        if len(made) == 6:  # the second chip of the third value
            raise KeyboardInterrupt
        return outcome(specimen, *rest)

    monkeypatch.setattr(degradation, "outcome", interrupted)
    arguments = [*SMALL, "--quantity", "stuck", "--out", str(out)]
    assert hardware_program.main(arguments) == 130
    assert "go on with --resume" in capsys.readouterr().out
    assert len(json.loads(out.read_text())["quantities"]["stuck"]["points"]) == 2
    assert hardware_program.main([*arguments, "--resume"]) == 0
    assert len(made) == 6 + 2 * 3
    assert curves(out) == curves(whole)


def test_a_whole_run_is_not_run_again(
    whole: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = curves(whole)
    monkeypatch.delattr(degradation, "outcome")
    arguments = [*SMALL, "--quantity", "stuck", "--out", str(whole), "--resume"]
    assert hardware_program.main(arguments) == 0
    assert "stuck devices: " in capsys.readouterr().out
    assert curves(whole) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--samples", "0"], "--samples: expected 1 or more"),
        (["--test-images", "0"], "--test-images: expected 1 or more"),
        (["--passes", "0"], "--passes: expected 1 or more"),
        (["--chips", "1"], "--chips: expected 2 or more"),
        (["--candidates", "10"], "--candidates: expected 1 … 9"),
        (["--rate", "0"], "--rate: expected above 0"),
        (["--hidden", "0"], "--hidden: expected widths"),
        (["--figure", "x.doc"], "--figure x.doc: expected a name that ends in"),
        (["--out", "no-such-folder/x.json"], "there is no folder"),
        (["--resume"], "--resume: name the record to go on with by --out"),
        (["--quantity", "train", "--device", "capacitor"], "expected a device that takes whole"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hardware_program.main(["degrade", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "is there already; go on with --resume"),
        (["--resume", "--seed", "1"], "was started with --seed 0; got 1"),
        (["--resume", "--quantity", "step"], "was started with --quantity stuck; got step"),
        (["--resume", "--hidden", "7,5"], "was started with --hidden [6, 5]; got [7, 5]"),
    ],
)
def test_a_record_is_neither_overwritten_nor_continued_as_another(
    arguments: list[str], message: str, whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole.read_bytes()
    same = [*SMALL, "--quantity", "stuck", "--out", str(whole)]
    assert hardware_program.main([*same, *arguments]) == 2
    assert message in capsys.readouterr().err
    assert whole.read_bytes() == before


def test_points_of_other_versions_are_not_mixed(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, out = json.loads(whole.read_text()), tmp_path / "run.json"
    record["versions"]["numpy"] = "0.1"
    out.write_text(json.dumps(record))
    same = [*SMALL, "--quantity", "stuck", "--out", str(out), "--resume"]
    assert hardware_program.main(same) == 2
    assert "go on there, or begin another record" in capsys.readouterr().err


def test_a_record_of_before_something_was_told_goes_on(whole: Path, tmp_path: Path) -> None:
    record, out = json.loads(whole.read_text()), tmp_path / "run.json"
    del record["versions"]["kernels"]
    out.write_text(json.dumps(record))
    same = [*SMALL, "--quantity", "stuck", "--out", str(out), "--resume"]
    assert hardware_program.main(same) == 0
    assert curves(out) == curves(whole)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r["tolerances"].update(noise=0.5), "its chips have tolerances"),
        (lambda r: r["scale"].update(volt=0.2), "its chips have scale"),
        (lambda r: r["quantities"]["stuck"]["points"][0].update(value=0.7), "has no value 0.7"),
    ],
)
def test_chips_of_another_drawing_are_not_mixed(
    change: Callable[[Any], None],
    message: str,
    whole: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    record, out = json.loads(whole.read_text()), tmp_path / "run.json"
    change(record)
    out.write_text(json.dumps(record))
    same = [*SMALL, "--quantity", "stuck", "--out", str(out), "--resume"]
    assert hardware_program.main(same) == 2
    assert message in (found := capsys.readouterr().err)
    assert "Begin another record" in found


def test_a_file_that_is_no_record_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("a", "{}"), ("b", "no JSON"), ("c", "[1]")):
        (tmp_path / name).write_text(text)
        assert hardware_program.main([*SMALL, "--out", str(tmp_path / name), "--resume"]) == 2
        assert "an earlier run of this command" in capsys.readouterr().err


def test_of_all_quantities_those_are_left_out_that_the_device_does_not_have() -> None:
    import argparse

    from hardware_sim.commands.degrade import quantities_of

    base = replace(BASE, device=preset("capacitor").device)
    found = quantities_of(argparse.Namespace(quantity="all"), base)
    assert {quantity.name for quantity in found} == set(QUANTITIES) - {"train"}
