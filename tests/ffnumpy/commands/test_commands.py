"""The command line, as a person uses it: exit status, files on disk, words on the screen."""

import errno
import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy import goodness, plotting
from ffnumpy.__main__ import main
from ffnumpy.commands import FIGURES, check_figure, demo
from ffnumpy.data import strokes
from ffnumpy.proofs import table
from ffnumpy.proofs.rows import Row
from ffnumpy.runs import checkpoint
from ffnumpy.runs.run import Run

SMALL = ("--train-images", "300", "--hidden", "30,20")


def arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as file:
        return {name: file[name] for name in file if name != "place"}


def same(one: Path, other: Path) -> bool:
    a, b = arrays(one), arrays(other)
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def train(*arguments: str | Path) -> int:
    return main(["train", *SMALL, *map(str, arguments)])


def test_training_writes_a_record_a_model_and_figures(tmp_path: Path) -> None:
    out, model, plots = tmp_path / "run.json", tmp_path / "m.npz", tmp_path / "plots"
    assert train("--epochs", "2", "--save", model, "--out", out, "--plots", plots) == 0
    record = json.loads(out.read_text())
    assert record["seed"] == 0
    assert record["setting"]["hidden"] == [30, 20]
    assert set(record["versions"]) >= {"python", "numpy", "ffnumpy"}
    assert 0 < record["test_error"] < 1
    assert 0 < record["test_error_softmax"] < 1
    assert len(record["epochs"]) == 2
    assert record["seconds"] > 0
    assert record["peak_rss_bytes"] > 1e7
    figures = {figure.name for figure in plots.iterdir()}
    names = {"learning_curves", "receptive_fields", "goodness", "confusion"}
    assert figures == {f"{name}.png" for name in names}


def test_evaluate_finds_the_errors_of_the_training_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, model, again = tmp_path / "run.json", tmp_path / "m.npz", tmp_path / "eval.json"
    train("--epochs", "1", "--save", model, "--out", out)
    assert main(["evaluate", str(model), "--out", str(again)]) == 0
    run, evaluation = json.loads(out.read_text()), json.loads(again.read_text())
    for key in ("test_error", "test_error_softmax", "test_error_by_layer", "confusion"):
        assert evaluation[key] == run[key]
    assert np.sum(evaluation["confusion"]) == 2000
    assert main(["evaluate", str(model), "--count-layers", "1", "--out", str(again)]) == 0
    assert json.loads(again.read_text())["test_error"] == run["test_error_by_layer"][0]
    for wrong in ("3", "0", "1,1"):
        assert main(["evaluate", str(model), "--count-layers", wrong]) == 2
        assert f"expected layers 1 … 2 of this model, each at most once; got {wrong}" in (
            capsys.readouterr().err
        )


@pytest.mark.parametrize("command", [("train",), ("evaluate", "m.npz")])
def test_layers_to_count_are_whole_numbers(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*command, "--count-layers", "a"])
    message = "--count-layers: expected whole numbers separated by commas; got a"
    assert message in capsys.readouterr().err


def test_training_counts_the_layers_that_evaluate_would_and_says_so_in_its_record(
    tmp_path: Path,
) -> None:
    out, model, again = tmp_path / "run.json", tmp_path / "m.npz", tmp_path / "eval.json"
    train("--epochs", "2", "--evaluate-every", "1", "--out", out, "--save", model)
    usual = json.loads(out.read_text())
    assert "count_layers" not in usual
    train("--epochs", "2", "--evaluate-every", "1", "--out", out, "--count-layers", "1")
    run = json.loads(out.read_text())
    assert run["count_layers"] == [1]
    assert run["test_error"] == run["test_error_by_layer"][0] == usual["test_error_by_layer"][0]
    assert [e["error"] for e in run["epochs"]] == [e["error_by_layer"][0] for e in usual["epochs"]]
    train("--resume", model, "--count-layers", "1,2", "--out", out)
    main(["evaluate", str(model), "--count-layers", "1,2", "--out", str(again)])
    errors = {json.loads(path.read_text())["test_error"] for path in (out, again)}
    assert len(errors) == 1


def test_evaluate_reads_the_model_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, loads, original = tmp_path / "m.npz", [], np.load
    train("--epochs", "1", "--save", model)
    monkeypatch.setattr(np, "load", lambda *a, **k: loads.append(a) or original(*a, **k))
    assert main(["evaluate", str(model)]) == 0
    assert len(loads) == 1


@pytest.mark.parametrize(
    "choices",
    [
        (),
        ("--rule", "backprop"),
        ("--order", "one-after-another"),
        ("--optimiser", "adam", "--rate", "0.001"),
        ("--negatives", "fixed", "--batch", "1000"),
    ],
    ids=" ".join,
)
def test_a_resumed_run_is_the_run_that_never_stopped(tmp_path: Path, choices: tuple[str]) -> None:
    straight, halves = tmp_path / "straight.npz", tmp_path / "halves.npz"
    assert train("--epochs", "2", "--rate", "0.01", *choices, "--save", straight) == 0
    stop_after(0, monkeypatch := pytest.MonkeyPatch(), steps=1)
    assert train("--epochs", "2", "--rate", "0.01", *choices, "--save", halves) == 130
    monkeypatch.undo()
    assert not same(straight, halves)
    assert train("--epochs", "2", "--resume", halves) == 0
    assert same(straight, halves)


def stop_after(epochs: int, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Press Ctrl-C after so many epochs and steps."""
    original = Run.steps

    def interrupted(self):
        for step in original(self):
            if self.cases.epoch == epochs and step == steps:
                signal.raise_signal(signal.SIGINT)
            yield step

    monkeypatch.setattr(Run, "steps", interrupted)


def test_ctrl_c_saves_and_exits_with_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.npz"
    stop_after(0, monkeypatch, steps=2)
    before = signal.getsignal(signal.SIGINT)
    assert train("--epochs", "2", "--save", model) == 130
    assert model.exists()
    assert f"go on with --resume {model}" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) == before


def test_ctrl_c_says_that_there_is_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model, out = tmp_path / "m.npz", tmp_path / "run.json"
    stop_after(0, monkeypatch, steps=2)
    assert train("--epochs", "2", "--save", model, "--out", out) == 130
    line = f"interrupted; go on with --resume {model}; no record was written to {out}\n"
    assert capsys.readouterr().out == line
    assert not out.exists()
    assert train("--epochs", "2") == 130
    assert capsys.readouterr().out == "interrupted; nothing was saved\n"


def test_more_epochs_on_resume_are_a_new_total_and_not_a_run_of_that_length(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, out = tmp_path / "m.npz", tmp_path / "run.json"
    train("--epochs", "1", "--save", model)
    assert train("--epochs", "3", "--resume", model, "--out", out) == 0
    assert len(json.loads(out.read_text())["epochs"]) == 3
    told = capsys.readouterr().out
    assert f"{model}: 1 of 3 epochs are done; they followed the falling rate of a run of 1" in told
    assert train("--resume", model) == 0
    assert "3 of 3 epochs are done; nothing is left to train" in capsys.readouterr().out


def test_a_resumed_run_asks_and_records_as_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, out = tmp_path / "m.npz", tmp_path / "run.json"
    stop_after(1, monkeypatch, steps=1)
    begun = ["--epochs", "4", "--evaluate-every", "2", "--count-layers", "1"]
    assert train(*begun, "--save", model) == 130
    monkeypatch.undo()
    assert main(["train", "--resume", str(model), "--out", str(out)]) == 0
    record = json.loads(out.read_text())
    assert ["error" in epoch for epoch in record["epochs"]] == [False, True, False, True]
    assert record["count_layers"] == [1]
    assert record["started_by"] != record["command"] or "--resume" not in record["command"]


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_two_files_of_one_name_are_refused_before_either_is_lost(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, link = tmp_path / "m.npz", tmp_path / "link.npz"
    train("--epochs", "1", "--save", model)
    link.symlink_to(model)
    before = model.read_bytes()
    given = ["--resume", str(model)] if command == "train" else [str(model)]
    assert main([command, *given, "--out", str(link)]) == 2
    assert "which would be lost; give it another name" in capsys.readouterr().err
    assert model.read_bytes() == before


def test_a_device_or_a_pipe_is_not_replaced_by_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert train("--epochs", "1", "--save", pipe) == 2
    assert "expected an ordinary file" in capsys.readouterr().err
    assert pipe.is_fifo()


def test_a_system_that_refuses_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "m.npz")

    monkeypatch.setattr(checkpoint, "write_atomically", full)
    assert train("--epochs", "1", "--save", tmp_path / "m.npz") == 1
    assert "the system refuses: [Errno 28] No space left on device" in capsys.readouterr().err


def test_what_needs_more_memory_than_there_is_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["train", "--hidden", str(10**15), "--epochs", "0"]) == 1
    assert "not enough memory" in capsys.readouterr().err


def test_validation_holds_images_out_and_leaves_the_test_images_alone(tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    assert train("--epochs", "1", "--validation", "500", "--out", out) == 0
    record = json.loads(out.read_text())
    assert "test_error" not in record
    assert record["validation"] == 500
    assert np.sum(record["confusion"]) == 500


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--epochs", "-1"), "--epochs: expected 0 or more"),
        (("--rate", "0"), "rate: expected a number above 0"),
        (("--temperature", "-1"), "temperature: expected a number above 0"),
        (("--evaluate-every", "-3"), "--evaluate-every: expected 0 or more"),
        (("--rule", "backprop", "--goodness", "unsquared-sum"), "takes no --goodness"),
        (("--rule", "backprop", "--count-layers", "1"), "does not name classes by the goodness"),
        (("--count-layers", "1,3"), "expected layers 1 … 2 of this model, each at most once"),
        (("--peer", "-1"), "peer: expected 0 or more"),
        (("--hidden", "0"), "hidden: expected at least one width"),
        (("--validation", "10000"), "--validation: expected 0 … 9999"),
        (("--train-images", "20000"), "--train-images: expected 1 … 10000"),
        (("--resume", "absent.npz"), "no such file"),
        (("--data", "mnist", "--data-dir", "absent"), "absent"),
        (("--save", "absent/m.npz"), "absent"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_impossible_is_refused_in_one_line(
    arguments: tuple[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(*arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("ffnumpy train: ")
    assert message in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--epochs", "0"), "has 1 epochs behind it"),
        (("--seed", "7"), "started with seed 0; got 7"),
        (("--rate", "5"), "started with rate 0.01; got 5.0"),
        (("--preset", "pytorch-example"), "A resumed run keeps its options"),
        (("--validation", "5000"), "started with validation 0; got 5000"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_run_goes_on_as_it_began(
    tmp_path: Path, arguments: tuple[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.npz"
    train("--epochs", "1", "--evaluate-every", "0", "--save", model)
    before = model.read_bytes()
    assert train("--resume", model, *arguments) == 2
    assert message in capsys.readouterr().err
    assert model.read_bytes() == before


def test_a_run_that_goes_on_keeps_the_name_of_its_setting(tmp_path: Path) -> None:
    model, out = tmp_path / "m.npz", tmp_path / "r.json"
    small = ["--hidden", "20,20", "--batch", "1000", "--epochs", "1", "--save", str(model)]
    assert main(["experiment", "run", "supervised", *small]) == 0
    assert main(["train", "--resume", str(model), "--epochs", "2", "--out", str(out)]) == 0
    assert json.loads(out.read_text())["scale"] == "quick"
    assert checkpoint.about(model)["scale"] == "quick"
    assert main(["experiment", "run", "supervised", "--resume", str(model)]) == 0


def test_layers_that_learn_one_after_another_keep_their_epochs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.npz"
    train("--preset", "pytorch-example", "--epochs", "1", "--save", model)
    assert train("--resume", model, "--epochs", "2") == 2
    assert "it learns in stages" in capsys.readouterr().err


def test_a_run_that_goes_on_knows_its_images(tmp_path: Path) -> None:
    model, out = tmp_path / "m.npz", tmp_path / "r.json"
    train("--epochs", "1", "--validation", "50", "--save", model)
    again = ["train", "--resume", str(model), "--epochs", "2", "--out", str(out)]
    assert main(again) == 0
    record = json.loads(out.read_text())
    assert (record["data"], record["train_images"]) == ("strokes", 300)
    assert "validation_error" in record


def test_weights_that_are_no_numbers_any_more_are_not_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.npz"
    with np.errstate(all="ignore"):
        assert train("--epochs", "2", "--rate", "1e30", "--decay", "0", "--save", model) == 2
    assert "no longer finite after epoch 1" in capsys.readouterr().err
    assert not model.exists()


def test_a_program_alone_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "train" in capsys.readouterr().err


@pytest.mark.parametrize("loss", ["logistic", "softplus-margin"])
def test_a_layer_learns_by_either_loss(tmp_path: Path, loss: str) -> None:
    out = tmp_path / "run.json"
    arguments = ("--train-images", "2000", "--hidden", "100", "--epochs", "10", "--loss", loss)
    assert main(["train", *arguments, "--evaluate-every", "0", "--out", str(out)]) == 0
    assert json.loads(out.read_text())["test_error"] < 0.3


def test_a_run_is_resumed_on_its_own_data_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.npz"
    train("--epochs", "1", "--save", model)
    before = model.read_bytes()
    assert main(["train", "--train-images", "200", "--resume", str(model)]) == 2
    assert "was trained on 300 rows of 784 columns; got 200 rows" in capsys.readouterr().err
    assert model.read_bytes() == before


def test_verify_prints_a_table_and_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 0
    assert "FAILS" not in capsys.readouterr().out


def test_verify_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--json", "--seed", "5"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["passed"]
    assert all(row["passed"] for row in report["rows"])
    assert report["limits"] == {"complex_step": 1e-12, "central": 1e-7}


def test_verify_exits_with_1_when_a_slope_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = goodness.Goodness("half a slope", goodness.sum_of_squares.value, lambda y: y, float)
    monkeypatch.setitem(goodness.BY_NAME, wrong.name, wrong)
    assert main(["verify"]) == 1
    assert "FAILS" in capsys.readouterr().out


def test_by_hand_prints_another_sheet_for_another_seed(capsys: pytest.CaptureFixture[str]) -> None:
    sheets = []
    for seed in ("1", "2"):
        assert main(["verify", "--by-hand", "--seed", seed]) == 0
        sheets.append(capsys.readouterr().out)
    assert sheets[0] != sheets[1]
    assert all("∂log p/∂S = 1 − p" in sheet for sheet in sheets)


def test_the_demonstration_leaves_a_figure_and_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(demo.EPOCHS, "strokes", 2)
    out, figure = tmp_path / "demo.json", tmp_path / "demo.png"
    assert main(["demo", "--out", str(out), "--figure", str(figure)]) == 0
    record = json.loads(out.read_text())
    assert figure.stat().st_size > 10_000
    assert record["test_error"] < 0.5
    assert record["one_step"]["after"] == pytest.approx([demo.TARGET] * 3, rel=1e-12)
    assert record["one_step"]["turn"] < 1e-12
    assert "derivatives and laws hold" in capsys.readouterr().out


def test_the_demonstration_stops_when_a_proof_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(table, "all_proofs", lambda seed: [Row("a slope", 1.0, None)])
    assert main(["demo"]) == 1
    assert "a slope" in capsys.readouterr().out


def test_show_draws_positive_negative_and_neutral_images(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.png"
    assert main(["data", "show", "strokes", "--out", str(sheet)]) == 0
    assert sheet.read_bytes().startswith(b"\x89PNG")
    assert str(sheet) in capsys.readouterr().out


@pytest.mark.parametrize("name", ["x.foo", "x", "x.npz"])
@pytest.mark.parametrize("command", [("data", "show", "strokes", "--out"), ("demo", "--figure")])
def test_a_figure_of_no_known_format_is_refused_before_any_work(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    name: str,
) -> None:
    monkeypatch.setattr(table, "all_proofs", lambda seed: pytest.fail("work was done"))
    monkeypatch.setattr(strokes, "dataset", lambda: pytest.fail("work was done"))
    assert main([*command, str(tmp_path / name)]) == 2
    error = capsys.readouterr().err
    assert f"{command[-1]} {tmp_path / name}: expected a name that ends in .png, .pdf" in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [*FIGURES, ".PNG"])
def test_a_figure_of_a_known_format_can_be_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    check_figure("--out", path)
    plotting.save(plotting.blank(1, 1)[0], path)
    assert path.stat().st_size > 0


def test_a_person_at_a_terminal_sees_a_progress_bar_and_a_file_does_not(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ffnumpy", "train", *SMALL, "--epochs", "1"]
    assert "batch/s" not in subprocess.run(command, capture_output=True, text=True).stderr
    here, there = os.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=there, check=True)
    os.close(there)
    shown = os.read(here, 100_000).decode()
    os.close(here)
    assert "epoch 1/1" in shown
    assert "batch" in shown


def test_peers_are_pushed_only_where_a_push_makes_more_active(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.json"
    assert train("--activation", "student-t", "--epochs", "1", "--out", out) == 0
    assert json.loads(out.read_text())["setting"]["peer"] == 0
    capsys.readouterr()
    assert train("--activation", "student-t", "--peer", "0.1") == 2
    assert "--peer: pushes up" in capsys.readouterr().err


def test_a_link_to_nowhere_is_refused_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.npz").symlink_to(tmp_path / "nowhere" / "m.npz")
    assert train("--epochs", "1", "--save", tmp_path / "m.npz") == 2
    assert "there is no folder" in capsys.readouterr().err


def test_the_model_that_goes_on_is_not_replaced_by_a_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.npz"
    train("--epochs", "1", "--save", model)
    before = model.read_bytes()
    again = ["--resume", model, "--save", tmp_path / "n.npz", "--out", model, "--epochs", "2"]
    assert train(*again) == 2
    assert "is also the file of --resume" in capsys.readouterr().err
    assert model.read_bytes() == before


def test_a_closed_output_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["data", "list"]) == 0
