"""Every command of `ffnumpy` with data of one's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ffnumpy import experiments
from ffnumpy.__main__ import main
from ffnumpy.commands import demo
from hardware_sim.__main__ import main as hardware_sim

pytestmark = pytest.mark.reports

RNG = np.random.default_rng(0)


def blobs(n: int, side: int, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures of a bright bar, whose place is the class, on a noisy ground."""
    labels = np.arange(n) % classes
    pictures = RNG.integers(0, 20, (n, side, side))
    for n_th, label in enumerate(labels):
        pictures[n_th, :, 4 * label : 4 * label + 3] = 255
    return pictures.astype(np.uint8), labels


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    path = tmp_path / "blobs.npz"
    images, labels = blobs(240, 28)
    np.savez(path, images=images, labels=np.array(["left", "middle", "right"])[labels])
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path, labels = tmp_path / "table.csv", np.arange(120) % 2
    columns = RNG.normal(labels[:, np.newaxis] * [3.0, -2.0, 0.0], 1.0)
    rows = [",".join(map(str, row)) for row in columns]
    lines = [f"{row},{['no', 'yes'][label]}" for row, label in zip(rows, labels, strict=True)]
    path.write_text("a,b,c,target\n" + "\n".join(lines))
    return path


def test_a_network_learns_them_says_how_they_were_read_and_names_their_classes(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, out = tmp_path / "m.npz", tmp_path / "run.json"
    options = ["--hidden", "60,60", "--epochs", "40", "--batch", "10"]
    files = ["--save", str(model), "--out", str(out), "--plots", str(tmp_path / "plots")]
    assert main(["train", "--data", str(pictures), *options, *files]) == 0
    said = capsys.readouterr().out
    assert "no test part" in said
    assert "the label is put before them" in said
    record = json.loads(out.read_text())
    assert record["data"] == str(pictures)
    assert record["setting"]["overwrite"] is False
    assert record["test_error"] < 0.1
    assert main(["evaluate", str(model)]) == 0
    assert "  middle" in capsys.readouterr().out


def test_a_model_that_overwrites_pixels_refuses_data_with_ink_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images, labels = blobs(60, 28)
    inked, blank, model = tmp_path / "inked.npz", tmp_path / "blank.npz", tmp_path / "m.npz"
    np.savez(inked, images=images, labels=labels)
    images[:, 0] = 0
    np.savez(blank, images=images, labels=labels)
    small = ["--hidden", "6,6", "--epochs", "1", "--save", str(model)]
    assert main(["train", "--data", str(blank), *small]) == 0
    capsys.readouterr()
    for command in (main, hardware_sim):
        words = ["evaluate"] if command is main else ["program"]
        assert command([*words, str(model), "--data", str(inked)]) == 2
        captured = capsys.readouterr()
        assert "which carry ink in" in captured.err
        assert "put before them" not in captured.out


def test_a_run_goes_on_where_its_file_has_moved_but_not_with_another(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, moved = tmp_path / "m.npz", tmp_path / "moved.npz"
    small = ["--hidden", "6,6", "--epochs", "1", "--save", str(model)]
    assert main(["train", "--data", str(pictures), *small]) == 0
    shutil.move(pictures, moved)
    again = ["train", "--resume", str(model), "--epochs", "2", "--data"]
    assert main([*again, str(moved)]) == 0
    images, labels = blobs(240, 28)
    np.savez(moved, images=images, labels=labels)
    assert main([*again, str(moved)]) == 2
    assert "holds other data" in capsys.readouterr().err
    assert main([*again, "strokes"]) == 2
    assert "files of one's own; got strokes" in capsys.readouterr().err


def test_a_table_is_learned_and_drawn(table: Path, tmp_path: Path) -> None:
    out, plots = tmp_path / "run.json", tmp_path / "plots"
    options = ["--hidden", "40,40", "--epochs", "40", "--batch", "10"]
    files = ["--out", str(out), "--plots", str(plots)]
    assert main(["train", "--data", str(table), *options, *files]) == 0
    assert json.loads(out.read_text())["test_error"] < 0.15
    assert (plots / "receptive_fields.png").exists()
    assert main(["data", "show", str(table), "--out", str(tmp_path / "sheet.png")]) == 0


def test_the_demonstration_takes_them(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "HIDDEN", (12, 10, 8))
    out, figure = tmp_path / "demo.json", tmp_path / "demo.png"
    assert main(["demo", "--data", str(pictures), "--out", str(out), "--figure", str(figure)]) == 0
    assert figure.exists()


PICTURES_ONLY = {"backprop_convolutional", "cifar10", "hybrid_blurs", "hybrid_images", "jitter",
    "local_fields", "supervised_local_fields"}  # fmt: skip
TEXTS = {"aesop"}
OF_IMAGES = [name for name in experiments.names() if name not in TEXTS]
SHORT = {"pytorch_example": 3}


@pytest.mark.parametrize("name", OF_IMAGES)
def test_every_experiment_on_images_takes_them(
    name: str, pictures: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that needs neighbours among the pixels refuses a table, and says why."""
    few = ["--train-images", "40", *epochs(name, 1)]
    assert main(["experiment", "run", name, "--data", str(pictures), *few]) == 0
    capsys.readouterr()
    status = main(["experiment", "run", name, "--data", str(table), *few])
    assert status == (2 if name in PICTURES_ONLY else 0)
    if status:
        assert "expected pictures" in capsys.readouterr().err


def epochs(name: str, number: int) -> list[str]:
    """Return the option for a short run, where there is one."""
    from ffnumpy.supervised.names import leaves

    return ["--epochs", str(number)] if "epochs" in leaves(experiments.named(name).QUICK) else []


def test_a_misspelt_name_lists_the_sets(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--data", "mnits"])
    error = " ".join(capsys.readouterr().err.split())
    assert "expected one of strokes, mnist" in error
    assert "FOLDER/CLASS/*.png; got mnits" in error
