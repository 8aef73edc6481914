from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import f_oneway

from hardware_sim import __main__ as hardware_program
from hardware_sim import degradation, plotting
from hardware_sim.cells import CycleNoise
from hardware_sim.chip import AnalogLayer
from hardware_sim.circuits import resistor_noise
from hardware_sim.comparisons import Bench, ConvertedLearner, train_to_the_end
from hardware_sim.constants import ROOM
from hardware_sim.degradation import (
    QUANTITIES,
    Outcome,
    Point,
    Specimen,
    chance,
    curve,
    finding,
    mean_and_deviation,
    twins,
)
from hardware_sim.devices import OneSidedPair
from hardware_sim.layout import Layout
from hardware_sim.presets import preset
from hardware_sim.pulses import Coincidence
from hardware_sim.runs import Plan, SingleRun, error_rate
from hardware_sim.update_rules import ConstantStep, MeasuredStep

INPUTS = 20
BASE = Specimen(Plan((6, 5), passes=1), Layout((INPUTS, 6, 5)), preset("gokmen-vlasov").device)
WIDE = replace(BASE, layout=Layout((300, 200, 5)))  # 60,200 cells in the first layer


def few(images: int = 3) -> Bench:
    rng = np.random.default_rng(7)
    rows = rng.integers(0, 255, (2 * images, INPUTS), dtype=np.uint8)
    labels = np.arange(2 * images) % 10
    return Bench(rows[:images], labels[:images], rows[images:], labels[images:])


def made(name: str, value: float, base: Specimen = WIDE) -> AnalogLayer:
    """Return the first layer of a chip on which a quantity has a value."""
    return QUANTITIES[name].at(base, value).learner(1).chip[0]


IDEAL: dict[str, Callable[[Specimen], bool]] = {
    "step": lambda s: s.device.rule.step == 2e-4,
    "bias": lambda s: s.device.spread.bias == 0,  # type: ignore[union-attr]
    "asymmetry": lambda s: s.device.spread.asymmetry == 0,  # type: ignore[union-attr]
    "cycle": lambda s: s.device.noise.cycle.silent,
    "spread": lambda s: s.device.spread == replace(BASE.device.spread, step=0, low=0, high=0),  # type: ignore[union-attr]
    "read": lambda s: s.device.read_noise == 0,
    "amplifier-noise": lambda s: s.layout.tolerances.noise == 0,
    "offset": lambda s: s.layout.tolerances.offset == 0,
    "gain-control": lambda s: s.layout.tolerances.normaliser == 0,
    "squarer": lambda s: s.layout.tolerances.squarer == 0,
    "stuck": lambda s: s.device.spread.stuck == 0,  # type: ignore[union-attr]
    "bits": lambda s: s.bits == 10,
    "train": lambda s: s.engine == Coincidence(s.layout.scale, 63),
}


@pytest.mark.parametrize("name", QUANTITIES)
def test_the_first_value_is_the_ideal_one(name: str) -> None:
    quantity = QUANTITIES[name]
    assert IDEAL[name](quantity.at(BASE, quantity.ideal))


# Values of each quantity that leave the default chip as it is.
USUAL = {"step": 8e-4, "bias": 0, "asymmetry": 0.01, "cycle": 0.3, "spread": 0.3, "read": 0,
    "amplifier-noise": 0.27, "offset": 0.09, "gain-control": 0.02, "squarer": 0.05, "stuck": 0,
    "bits": 0, "train": 31}  # fmt: skip


@pytest.mark.parametrize("name", QUANTITIES)
def test_nothing_else_changes(name: str) -> None:
    moved = QUANTITIES[name].at(BASE, USUAL[name])
    if name == "train":
        assert moved == replace(BASE, engine=Coincidence(BASE.layout.scale))
    else:
        assert moved == BASE
    assert name == "bits" or USUAL[name] in QUANTITIES[name].values


@pytest.mark.parametrize("name", QUANTITIES)
def test_values_go_from_ideal_to_bad_in_one_direction(name: str) -> None:
    values = QUANTITIES[name].values
    assert len(values) >= 5
    assert list(values) in (sorted(values), sorted(values, reverse=True))
    assert QUANTITIES[name].unit.startswith("%") == (max(values) <= 10 and name != "bits")


def test_the_step_of_the_cells_is_the_given_part_of_the_range() -> None:
    cells = made("step", 0.008).array.cells
    assert cells.mean_step == pytest.approx(0.008 * 2)
    assert np.median(cells.up) == pytest.approx(0.016, rel=0.02)


def test_steps_up_and_down_differ_by_the_asymmetry() -> None:
    # n = 60,200: the deviation of a sample standard deviation is σ/√(2n) = 0.3 %; 5 of them.
    cells = made("asymmetry", 0.2).array.cells
    tilt = (cells.up - cells.down) / (cells.up + cells.down)
    assert tilt.std() == pytest.approx(0.2, rel=0.015)


def test_the_bias_is_the_mean_asymmetry() -> None:
    # n = 60,200 tilts of standard deviation 0.01 about 0.1: the mean's is 0.01/√n; 5 of them.
    cells = made("bias", 0.1).array.cells
    tilt = (cells.up - cells.down) / (cells.up + cells.down)
    assert tilt.mean() == pytest.approx(0.1, abs=5 * 0.01 / 245)
    assert tilt.std() == pytest.approx(0.01, rel=0.015)


def test_cells_spread_as_far_as_asked_in_step_and_bounds() -> None:
    cells = made("spread", 0.15).array.cells
    for drawn in (cells.up, cells.down, cells.low, cells.high):
        assert drawn.std() / abs(drawn.mean()) == pytest.approx(0.15, rel=0.02)


def test_cycle_noise_is_that_of_a_pulse() -> None:
    assert made("cycle", 3.0).array.cells.kind.noise.cycle == CycleNoise(relative=3.0)


def test_the_part_of_stuck_cells_is_the_given_one() -> None:
    # n = 60,200, p = 0.15: one standard deviation is √(p(1 − p)/n) = 0.0015; 5 of them.
    stuck = made("stuck", 0.15).array.cells.stuck
    assert stuck.mean() == pytest.approx(0.15, abs=0.0075)


def test_the_stuck_cells_of_a_better_chip_are_among_those_of_a_worse_one() -> None:
    better, worse = (made("stuck", value).array.cells.stuck for value in (0.05, 0.3))
    assert not (better & ~worse).any()


def test_read_noise_reaches_the_array() -> None:
    array = made("read", 0.03).array
    assert array.noise.white == pytest.approx(0.03 * BASE.device.conductance.span)


# n = 200 neurons: the deviation of a sample standard deviation is 1/√(2n) = 5 %; 4 of them.
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("offset", lambda n: n.amplifier.offset / Layout().scale.volt),
        ("squarer", lambda n: n.squarer.gain),
        ("gain-control", lambda n: n.gain.gain),
    ],
)
def test_the_periphery_comes_out_as_unlike_as_asked(name: str, found: Callable[..., Any]) -> None:
    assert np.std(found(made(name, 0.1).neurons)) == pytest.approx(0.1, rel=0.2)
    assert np.std(found(made(name, 0.0).neurons)) == 0


def test_amplifier_noise_is_in_activities() -> None:
    amplifier = (layer := made("amplifier-noise", 0.3)).neurons.amplifier
    own = resistor_noise(amplifier.resistance, ROOM)
    expected = math.hypot(0.3 * layer.scale.volt, own)
    assert amplifier.noise == pytest.approx(expected, rel=1e-12, abs=0)


def test_bits_put_converters_between_the_layers() -> None:
    learner = QUANTITIES["bits"].at(BASE, 3).learner(1)
    assert isinstance(learner, ConvertedLearner)
    assert learner.stack[1].converted.adc.bits == learner.stack[1].converted.dac.bits == 3


def test_the_train_is_no_longer_than_asked() -> None:
    assert made("train", 7).writing.engine == Coincidence(WIDE.layout.scale, 7)


def test_both_cells_of_a_pair_get_worse() -> None:
    base = replace(BASE, device=preset("pcm").device)
    for name, value in (("stuck", 0.3), ("step", 0.01), ("read", 0.1)):
        moved = QUANTITIES[name].at(base, value).device
        assert isinstance(moved, OneSidedPair)
        assert isinstance(base.device, OneSidedPair)
        assert moved == replace(base.device, cell=moved.cell)
    step = QUANTITIES["step"].at(base, 0.01).device.rule.step
    assert step == pytest.approx(0.01 * 2)  # its range is 0 … 2


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
    with pytest.raises(ValueError, match="train: expected a device that takes whole pulses"):
        QUANTITIES["train"].at(replace(BASE, device=preset("ecram-li").device), 7)
    for name in ("pcm", "reram-array-om", "reram-exponential"):
        with pytest.raises(ValueError, match="bias: expected cells that go up and down by equal"):
            QUANTITIES["bias"].at(replace(BASE, device=preset(name).device), 0.1)
    with pytest.raises(ValueError, match="Leave the engine out"):
        replace(BASE, engine=Coincidence(BASE.layout.scale), bits=8)
    measured = MeasuredStep((0, 1e-6, 2e-6), (2e-6, 1e-6, 0))
    assert isinstance(BASE.device.rule, ConstantStep)
    with pytest.raises(ValueError, match="step: expected a rule whose step can be set"):
        QUANTITIES["step"].at(replace(BASE, device=replace(BASE.device, rule=measured)), 0.01)


def test_error_bars_are_the_standard_deviation_over_chips() -> None:
    from matplotlib.figure import Figure

    points = points_of((0.1, 0.2, 0.3), (0.6, 0.7, 0.8))
    ax = plotting.degradation_curve(Figure().subplots(), QUANTITIES["stuck"], points, [0.05, 0.15])
    (container,) = ax.containers
    bars = container.lines[2][0].get_segments()  # type: ignore[attr-defined]
    np.testing.assert_allclose([b[:, 1] for b in bars], [[10, 30], [60, 80]])
    assert ax.get_title() == "Error rises by 50 points from 0 % to 1 %"
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1"]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 10)


def test_the_sheet_shows_energy_where_it_is_of_interest() -> None:
    points = points_of((0.1, 0.2), (0.3, 0.4))
    sheet = plotting.degradation_sheet(
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
        assert "expected a record of `hardware-sim degrade`" in capsys.readouterr().err


def test_of_all_quantities_those_are_left_out_that_the_device_does_not_have() -> None:
    import argparse

    from hardware_sim.commands.degrade import quantities_of

    base = replace(BASE, device=preset("capacitor").device)
    found = quantities_of(argparse.Namespace(quantity="all"), base)
    assert {quantity.name for quantity in found} == set(QUANTITIES) - {"train"}
