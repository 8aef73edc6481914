"""Every experiment at quick scale: its record, its seeds, and that it stops and goes on."""

from __future__ import annotations

import json
import re
import signal
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy import experiments
from ffnumpy.__main__ import main
from ffnumpy.commands import points
from ffnumpy.data import Dataset, load
from ffnumpy.experiments import aesop, cifar10, top_down
from ffnumpy.experiments.saved import load_network
from ffnumpy.runs.run import Run
from ffnumpy.supervised.names import NAMES as SETTING_NAMES
from ffnumpy.supervised.names import changed, flat, leaves

NAMES = experiments.names()
TABLES = [name for name in NAMES if hasattr(experiments.named(name), "points")]
SINGLE = [name for name in NAMES if name not in TABLES]
REACHED = {  # test error on strokes at quick scale; guessing gives 0.9
    "supervised": 0.15,
    "pytorch_example": 0.6,
    "backprop": 0.1,
    "backprop_convolutional": 0.1,
    "hybrid_images": 0.1,
    "local_fields": 0.1,
    "supervised_local_fields": 0.15,
    "jitter": 0.15,
    "top_down": 0.15,
    "cifar10": 0.3,
    "vff_fully_connected": 0.08,
}
SMALL: dict[str, list[str]] = {
    "top_down": ["--hidden", "5,5", "--epochs", "2", "--train-images", "500"],
    "cifar10": ["--depth", "1", "--field", "3", "--epochs", "2", "--train-images", "300"],
    "sleep": ["--hidden", "5,5", "--epochs", "1"],
    "aesop": ["--hidden", "5,5", "--epochs", "1", "--train-images", "1000"],
    "two_towers": ["--hidden", "5,5", "--epochs", "1"],
    "learning_fast": ["--hidden", "5,5", "--images", "30"],
    "black_box": ["--width", "5", "--epochs", "1", "--batch", "1000"],
    "supervised": ["--hidden", "20,20", "--epochs", "2", "--batch", "1000"],
    "jitter": ["--hidden", "20,20", "--epochs", "2", "--batch", "1000"],
    "pytorch_example": ["--hidden", "20,20", "--epochs", "2"],
    "backprop": ["--hidden", "20,20", "--epochs", "3", "--batch", "1000"],
    "backprop_convolutional": ["--hidden", "3,4,10", "--epochs", "2"],
    "hybrid_images": [
        *("--hidden", "20,20", "--batch", "1000"),
        *("--epochs", "2", "--readout-epochs", "2"),
    ],
    "hybrid_blurs": ["--hidden", "5,5", "--epochs", "1", "--readout-epochs", "1"],
    "goodness_functions": ["--hidden", "20,20", "--epochs", "1", "--batch", "1000"],
    "local_fields": ["--hidden", "4,5,6", "--epochs", "2", "--readout-epochs", "1"],
    "supervised_local_fields": ["--hidden", "4,5,6", "--epochs", "2"],
    "vff_fully_connected": ["--hidden", "20,20,10", "--epochs", "2"],
}


def run(name: str, *arguments: str | Path) -> int:
    return main(["experiment", "run", name, *map(str, arguments)])


def test_the_list_has_every_experiment_with_its_section_and_the_papers_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["experiment", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1::2]] == NAMES
    assert {"supervised", "pytorch_example", "backprop", "hybrid_images"} <= set(NAMES)
    for name in NAMES:
        module = experiments.named(name)
        (line,) = (line for line in lines if line.startswith(f"{name} "))
        assert module.SECTION in line
        assert module.PAPER in line
        assert f"{module.MINUTES} min" in line
        assert name in TABLES or f" {100 * module.REACH:.2f} % " in line


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_is_one_short_module_that_says_what_the_paper_did(name: str) -> None:
    module = experiments.named(name)
    text = Path(str(module.__file__)).read_text()
    assert len(text.splitlines()) <= 120
    assert re.search("differs", module.__doc__ or "")
    assert hasattr(module, "REACH") != hasattr(module, "points")
    assert 0 < getattr(module, "REACH", 0.5) < 1
    assert module.DIFFERS
    assert type(module.FULL) is type(module.QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("name", SINGLE)
def test_an_experiment_learns_at_quick_scale_and_leaves_a_record(name: str, tmp_path: Path) -> None:
    out, model = tmp_path / f"{name}.json", tmp_path / "m.npz"
    assert run(name, "--out", out, "--save", model) == 0
    record = json.loads(out.read_text())
    assert record["test_error"] < REACHED[name]
    assert (record["experiment"], record["scale"], record["seed"]) == (name, "quick", 0)
    assert record["seconds"] > 0
    assert {"setting", "command", "versions", "epochs"} <= record.keys()
    network, about = load_network(model)
    assert about["experiment"] == name
    assert hasattr(network, "predict")


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_an_entry_for_every_point_and_is_resumed_where_it_stopped(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"{name}.json"
    original = points.sweep

    def interrupted(*arguments: Any, **options: Any) -> Any:
        for number, entry in enumerate(original(*arguments, **options)):
            if number == 2:
                raise KeyboardInterrupt
            yield entry

    with monkeypatch.context() as patch:
        patch.setattr(points, "sweep", interrupted)
        assert run(name, *SMALL[name], "--out", out) == 130
    assert f"go on with --resume {out}" in capsys.readouterr().out
    begun = json.loads(out.read_text())["points"]
    assert run(name, *SMALL[name], "--resume", out) == 0
    record, module = json.loads(out.read_text()), experiments.named(name)
    assert record["points"][:2] == begun[:2]
    names = [entry["name"] for entry in record["points"]]
    assert names == list(module.points(module.QUICK, 0))
    assert all(0 <= entry["error"] <= 1 for entry in record["points"])
    assert [key for key in record if key.endswith("_error")] == ["guessing_error"]
    other = tmp_path / "other.json"
    capsys.readouterr()
    assert run(name, *SMALL[name], "--resume", out, "--out", other) == 0
    assert f"{len(names)} of {len(names)} points are done" in capsys.readouterr().out
    assert json.loads(other.read_text()) == record


def test_a_table_says_on_which_images_it_was_measured_and_keeps_to_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few, out = ["--train-images", "200"], tmp_path / "r.json"
    small = [*SMALL["two_towers"], *few, "--validation", "300"]
    assert run("two_towers", *small, "--out", out) == 0
    told, record = capsys.readouterr().out, json.loads(out.read_text())
    assert "validation error" in told.splitlines()[1]
    assert (record["train_images"], record["validation"]) == (200, 300)
    assert "test_error" not in record
    for other, message in (
        ([*small[:-1], "400"], "made with validation 300; this run has 400"),
        ([*small, "--train-images", "100"], "made with train_images 200; this run has 100"),
        (small[:-2], "made with validation 300; this run has 0"),
    ):
        assert run("two_towers", *other, "--resume", out) == 2
        assert message in capsys.readouterr().err
    assert run("two_towers", *small, "--resume", out) == 0


SINGLE_NAMES = {
    leaf for leaf, known in SETTING_NAMES.items() if len(known) < 2
}  # no option for these


@pytest.mark.parametrize("name", SINGLE)
def test_a_resumed_experiment_ends_bit_for_bit_as_one_that_was_never_stopped(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, halves = tmp_path / "straight.npz", tmp_path / "halves.npz"
    assert run(name, *SMALL[name], "--save", straight) == 0
    original = Run.steps

    def interrupted(self: Any) -> Any:
        for step in original(self):
            if self.cases.epoch == 1:
                signal.raise_signal(signal.SIGINT)
            yield step

    with monkeypatch.context() as patch:
        patch.setattr(Run, "steps", interrupted)
        assert run(name, *SMALL[name], "--save", halves) == 130
    assert not same(straight, halves)
    assert run(name, "--resume", halves) == 0
    assert same(straight, halves)


def same(one: Path, other: Path) -> bool:
    a, b = (dict(np.load(path)) for path in (one, other))
    names = a.keys() - {"place"}
    return names == b.keys() - {"place"} and all(np.array_equal(a[n], b[n]) for n in names)


def test_an_experiment_goes_on_as_it_began(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.npz"
    assert run("supervised", *SMALL["supervised"], "--save", model) == 0
    for arguments, message in (
        (["--seed", "3"], "started with seed 0; got 3"),
        (["--rate", "3"], "started with rate 0.01; got 3.0"),
        (["--scale", "full"], "started with scale quick; got full"),
        (["--data", "mnist", "--data-dir", "absent"], "started with data strokes; got mnist"),
    ):
        assert run("supervised", "--resume", model, *arguments) == 2
        assert message in capsys.readouterr().err
    assert run("backprop", "--resume", model) == 2
    assert "started with experiment supervised; got backprop" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["pytorch_example", "hybrid_images", "local_fields"])
def test_the_stages_of_a_run_under_way_keep_their_lengths(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.npz"
    assert run(name, *SMALL[name], "--save", model) == 0
    before = model.read_bytes()
    assert run(name, "--resume", model, "--epochs", "3") == 2
    assert "it learns in stages" in capsys.readouterr().err
    assert model.read_bytes() == before
    assert run(name, "--resume", model, "--epochs", "2") == 0


def test_a_run_of_one_stage_may_become_longer(tmp_path: Path) -> None:
    model, out = tmp_path / "m.npz", tmp_path / "r.json"
    assert run("supervised", *SMALL["supervised"], "--save", model) == 0
    assert run("supervised", "--resume", model, "--epochs", "3", "--out", out) == 0
    assert len(json.loads(out.read_text())["epochs"]) == 3


def test_a_file_without_a_choice_that_came_later_goes_on_as_if_there_were_none(
    tmp_path: Path,
) -> None:
    model = tmp_path / "m.npz"
    run("jitter", *SMALL["jitter"], "--save", model)
    with np.load(model) as file:
        arrays = dict(file)
    place = json.loads(str(arrays.pop("place")))
    del place["about"]["setting"]["dropout"]
    with model.open("wb") as opened:
        np.savez(opened, place=json.dumps(place), **arrays)
    assert leaves(experiments.named("jitter").FULL)["dropout"] > 0
    assert leaves(load_network(model)[0].setting)["dropout"] == 0


def test_a_file_of_the_version_before_goes_on_as_an_experiment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    straight, model = tmp_path / "straight.npz", tmp_path / "m.npz"
    run("supervised", *SMALL["supervised"], "--epochs", "3", "--save", straight)
    run("supervised", *SMALL["supervised"], "--epochs", "3", "--save", model)
    with np.load(model) as file:
        arrays = dict(file)
    place = json.loads(str(arrays.pop("place")))
    about = place.pop("about")
    journal, setting = about.pop("journal"), about.pop("setting")
    recipe = {"rule": "forward-forward", **{n: v for n, v in setting.items() if n != "epochs"}}
    kept = {name: about[name] for name in ("rows", "columns", "classes", "seed", "epochs")}
    notes = {"data": "strokes", "validation": 0, **journal}
    old = {**place, "format": 1, **kept, "recipe": recipe, "notes": notes}
    with model.open("wb") as opened:
        np.savez(opened, place=json.dumps(old), **arrays)
    capsys.readouterr()
    assert run("supervised", "--resume", model) == 0
    assert "nothing is left to train" in capsys.readouterr().out
    assert same(straight, model)
    assert run("supervised", "--resume", model, "--rate", "3") == 2
    assert "started with rate 0.01; got 3.0" in capsys.readouterr().err


def test_a_choice_that_a_point_cannot_have_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("goodness_functions", "--loss", "softplus-margin") == 2
    assert "has none; leave it out" in capsys.readouterr().err


def test_work_that_is_done_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, record = tmp_path / "m.npz", tmp_path / "r.json"
    assert run("hybrid_images", *SMALL["hybrid_images"], "--save", model) == 0
    assert run("two_towers", *SMALL["two_towers"], "--out", record) == 0
    for name, option, path in (
        ("hybrid_images", "--save", model),
        ("two_towers", "--out", record),
    ):
        before = path.read_bytes()
        assert run(name, option, path) == 2
        assert f"exists already and would be lost; go on with --resume {path}" in (
            capsys.readouterr().err
        )
        assert path.read_bytes() == before
    assert run("two_towers", *SMALL["two_towers"], "--resume", record, "--out", record) == 0


@pytest.mark.parametrize("name", TABLES)
def test_a_table_offers_no_option_that_would_change_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--save", "--plots", "--evaluate-every"):
        assert run(name, option, "1") == 2
        assert f"{option}: {name} trains several networks" in capsys.readouterr().err
    assert run(name, "--resume", tmp_path / "absent.json") == 2
    assert "no such file" in capsys.readouterr().err
    module, compared = experiments.named(name), getattr(experiments.named(name), "COMPARED", ())
    usual = module.points(module.FULL, 0)
    for leaf, value in flat(module.FULL).items():
        if leaf in compared:
            assert len({flat(setting)[leaf] for setting, _ in usual.values()}) > 1
        elif value is not None and leaf not in SINGLE_NAMES:
            assert points_or_refusal(module, {leaf: another(leaf, value)}) != usual


@pytest.mark.parametrize("name", TABLES)
def test_the_name_of_a_point_says_what_is_compared(name: str) -> None:
    module = experiments.named(name)
    usual = {point: flat(one) for point, (one, _) in module.points(module.FULL, 0).items()}
    assert module.COMPARED
    for leaf, value in flat(module.FULL).items():
        # θ is a multiple of the width
        if value is None or leaf in ("hidden", *module.COMPARED, *SINGLE_NAMES):
            continue
        others = points_or_refusal(module, {leaf: another(leaf, value)})
        if isinstance(others, str):
            continue
        assert others.keys() == usual.keys()
        for point, (one, _) in others.items():
            now, then = flat(one), usual[point]
            assert [now[n] for n in module.COMPARED] == [then[n] for n in module.COMPARED]
            # A point has what the option says, or its name says what it has instead.
            assert now[leaf] != then[leaf] or f"{now[leaf]}" in point or not now[leaf]


def test_weights_are_perturbed_at_a_rate_of_one_over_their_number() -> None:
    module = experiments.named("black_box")
    products = []
    for width, shape in ((2, (4, 3)), (5, (4, 5))):
        part = np.full((6, shape[0] * shape[1]), 9, np.uint8), np.array([0, 1, 2] * 2, np.uint8)
        data = Dataset("patches", *part, *part, shape, classes=3)
        setting = changed(module.QUICK, method="perturbation", width=width)
        learner = module.start(setting, data, 0).parts["weights"]
        products.append(learner.rate * sum(v.size for v in learner.values))
    assert products == pytest.approx([30.0, 30.0])


def test_a_label_has_the_same_share_of_an_images_length_with_and_without_a_tower() -> None:
    module, rows = experiments.named("two_towers"), load("strokes").train_images[:300]
    shares = {}
    for towers in (True, False):
        setting = changed(module.FULL, towers=towers)
        encoding = module.encoding(setting, 10, rows)
        x = encoding.labelled(encoding.features(rows), np.zeros(len(rows), int)).toarray()
        shares[towers] = np.mean(np.sum(x[:, 1:] ** 2, axis=1) / x[:, 0] ** 2) ** -0.5
    # The mean of the inverse squares: exact for towers, and in the picture as the images' lengths.
    assert shares[True] == pytest.approx(module.FULL.strength, rel=1e-5)
    assert shares[False] == pytest.approx(module.FULL.strength, rel=1e-2)


@pytest.mark.parametrize("rule", ["fast", "slow", "sgd", "perceptron"])
def test_a_stream_is_asked_about_its_own_images_and_about_others(rule: str) -> None:
    module, data = experiments.named("learning_fast"), load("strokes")
    setting = changed(module.QUICK, rule=rule, amount=0.001, hidden=(8, 8), images=60)
    others = np.arange(0, 2000, 100)
    part = replace(data, test_images=data.test_images[others], test_labels=data.test_labels[others])
    errors = []
    for shown in (part, replace(part, test_labels=(part.test_labels + 1) % 10)):
        run = module.start(setting, shown, 0)
        for _ in run.steps():
            pass
        measured = run.measure()
        errors.append(measured.pop("error"))
        assert measured["error_of_last"] == measured["error_of_stream"]  # 60 are fewer than 500
        assert measured["running_error"][-1] == measured["error_of_stream"]
    right = [round(20 * (1 - error)) for error in errors]
    assert errors == [1 - n / 20 for n in right]
    assert sum(right) <= 20  # an image has one of both labels at most


def test_a_threshold_for_all_layers_needs_layers_of_one_width() -> None:
    module = experiments.named("goodness_functions")
    with pytest.raises(ValueError, match="expected layers of one width"):
        module.points(changed(module.FULL, hidden=(20, 10)), 0)


def points_or_refusal(module: Any, changes: dict[str, Any]) -> Any:
    try:
        return module.points(changed(module.FULL, **changes), 0)
    except ValueError as refused:
        return str(refused)


def another(leaf: str, value: Any) -> Any:
    if leaf in SETTING_NAMES:
        return next(name for name in SETTING_NAMES[leaf] if name != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return (7, 7)
    return value + 1 if isinstance(value, int) else value / 2 + 0.001


@pytest.mark.parametrize("name", NAMES)
def test_a_number_of_something_is_a_whole_number_that_makes_sense(name: str) -> None:
    for setting in (experiments.named(name).FULL, experiments.named(name).QUICK):
        for leaf, value in leaves(setting).items():
            if isinstance(value, int) and not isinstance(value, bool):
                for wrong in (-1, 0.5, True):
                    with pytest.raises(ValueError, match=f"{leaf}: expected"):
                        changed(setting, **{leaf: wrong})


def test_evaluate_tells_what_the_run_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("top_down", "hybrid_images", "backprop", "backprop_convolutional", "supervised"):
        model, out, again = (tmp_path / f"{name}{end}" for end in (".npz", ".json", "-again.json"))
        assert run(name, *SMALL[name], "--save", model, "--out", out) == 0
        capsys.readouterr()
        assert main(["evaluate", str(model), "--out", str(again)]) == 0
        told, record, measured = (
            capsys.readouterr().out,
            *(json.loads(path.read_text()) for path in (out, again)),
        )
        for key in measured.keys() & record.keys() - {"seconds", "peak_rss_bytes", "command"}:
            assert measured[key] == record[key]
        by_goodness = (
            f"error by the goodness of every label       {100 * record['test_error']:.2f} %"
        )
        assert (by_goodness in told) == (name in ("top_down", "supervised"))
        status = main(["evaluate", str(model), "--count-layers", "1"])
        assert (status == 0) == (name == "supervised")


@pytest.mark.slow
def test_the_next_character_is_predicted_better_by_layers_that_learned(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    assert run("aesop", "--out", out) == 0
    entries = {e["name"]: e for e in json.loads(out.read_text())["points"]}
    bits = {name: entry["bits"] for name, entry in entries.items()}
    for seed in range(3):
        learned = bits[f"teacher-forced, seed {seed}"]
        assert learned < bits[f"fixed random layers, seed {seed}"] < bits["bigram table"]
    for entry in entries.values():
        for what in ("error", "bits"):
            low, high = entry[f"interval_of_{what}"]
            assert low < entry[what] < high


def test_an_experiment_is_given_the_kind_of_data_it_is_about(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, data in (("aesop", "strokes"), ("supervised", "aesop")):
        with pytest.raises(SystemExit, match="2"):
            run(name, "--data", data)
        error = capsys.readouterr().err
        assert "argument --data: " in error
        assert data in error
    with pytest.raises(ValueError, match=r"expected windows of 10 characters, .* got strokes"):
        aesop.start(aesop.QUICK, load("strokes"), 0)


def test_there_is_no_error_before_the_readout_has_begun(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    assert run("hybrid_images", *SMALL["hybrid_images"], "--out", out) == 0
    errors = [entry["error"] for entry in json.loads(out.read_text())["epochs"]]
    assert errors[:2] == [None, None]
    assert all(0 <= error <= 1 for error in errors[2:])


def test_another_seed_is_another_run(tmp_path: Path) -> None:
    records = []
    for seed in ("0", "0", "1"):
        out = tmp_path / "r.json"
        assert run("hybrid_images", *SMALL["hybrid_images"], "--seed", seed, "--out", out) == 0
        records.append(json.loads(out.read_text()))
    errors = [[e["error"] for e in record["epochs"]] for record in records]
    assert errors[0] == errors[1] != errors[2]


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    with pytest.raises(ValueError, match=r"expected one of .*hybrid_images.*; got nothing"):
        experiments.named("nothing")


def test_a_rate_falls_by_epochs_however_often_the_weights_move_in_one() -> None:
    rng = np.random.default_rng(0)

    def schedule(at_every_iteration: bool) -> Any:
        setting = changed(top_down.QUICK, hidden=(5, 5), at_every_iteration=at_every_iteration)
        return top_down.network(setting, 16, 3, rng, 10).layer.layers[0].bottom_up.schedule

    for batches in (0, 45, 79):
        assert schedule(False)(batches) == pytest.approx(schedule(True)(3 * batches))


def glow(n: int) -> Dataset:
    """Return small pictures in colour, every second one with a red glow above."""
    rng, labels = np.random.default_rng(0), np.arange(n, dtype=np.uint8) % 2
    rows = rng.integers(0, 100, (n, 8, 8, 3), np.uint8)
    rows[labels == 1, :4, :, 0] += 100
    images = rows.reshape(n, -1)
    return Dataset("glow", images, labels, images, labels, (8, 8, 3), 2)


@pytest.mark.parametrize("rule", cifar10.RULES)
def test_nets_of_local_fields_take_pictures_in_colour_and_learn_by_every_rule(rule: str) -> None:
    run = cifar10.start(cifar10.Setting(rule=rule, epochs=25, field=3), glow(200), seed=0)
    assert run.measure()["error"] > 0.2
    while not run.finished:
        list(run.steps())
    assert run.measure()["error"] < 0.05


@pytest.mark.parametrize(("rule", "sign"), [("minimise", -1), ("maximise", 1)])
def test_true_labels_have_the_lower_activity_where_goodness_is_minimised(
    rule: str, sign: int
) -> None:
    data = glow(200)
    run = cifar10.start(cifar10.Setting(rule=rule, epochs=25, field=3), data, seed=0)
    while not run.finished:
        list(run.steps())
    net: Any = run.network
    every = net.encoding.every_label(net.encoding.features(data.test_images))
    *_, moments = islice(net.layer.iterate(every), max(cifar10.COUNTED))
    squares = sum(np.mean(moment.state**2, axis=1) for moment in moments).reshape(2, -1)
    n = np.arange(len(data.test_labels))
    true, wrong = squares[data.test_labels, n], squares[1 - data.test_labels, n]
    assert np.mean(sign * (true - wrong) > 0) > 0.95


def test_pictures_that_are_no_squares_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected square pictures, .* got 10 numbers"):
        cifar10.picture(10)


def test_convolutions_that_do_not_fit_are_refused_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("backprop_convolutional", "--hidden", "3,4,5,6") == 2
    message = "hidden: expected at most 2 convolutions on pictures of 28 × 28"
    assert message in capsys.readouterr().err
