"""A saved run goes on bit for bit, a save is all or nothing, and a bad file is refused by name."""

from __future__ import annotations

import json
import os
import pickle
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import numpy as np
import pytest

from ffnumpy import experiments
from ffnumpy.experiments import backprop, supervised
from ffnumpy.experiments.saved import load_network
from ffnumpy.runs import checkpoint
from ffnumpy.runs.checkpoint import CheckpointError, about
from ffnumpy.runs.files import write_atomically, write_json
from ffnumpy.runs.run import Run
from ffnumpy.supervised.names import changed, flat

RNG = np.random.default_rng(0)
ROWS, LABELS = RNG.integers(0, 256, (24, 20), np.uint8), np.arange(24) % 3
ROWS[:, :3] = 0  # room for the label
EPOCHS = 3
SMALL: dict[str, Any] = {"hidden": (6, 5), "batch": 7}  # four batches in an epoch, the last short
SETTINGS: dict[str, dict[str, Any]] = {
    "together": {},
    "uniform, adam": {"negatives": "uniform", "optimiser": "adam"},
    "one after another": {"order": "one-after-another"},
    "fixed, one after another": {"order": "one-after-another", "negatives": "fixed"},
    "whole set": {"negatives": "fixed", "batch": 1000, "optimiser": "momentum", "peer": 0.0},
    "backprop": {},
}


DATA: Any = SimpleNamespace(
    train_images=ROWS, train_labels=LABELS, test_images=ROWS, test_labels=LABELS, classes=3
)


def setting_of(name: str, **changes: Any) -> Any:
    base = backprop.FULL if name == "backprop" else supervised.AUTHOR
    return changed(base, **{"epochs": EPOCHS, **SMALL, **SETTINGS[name], **changes})


def start(name: str = "together", **changes: Any) -> Run:
    module = backprop if name == "backprop" else supervised
    run: Run = module.start(setting_of(name, **changes), DATA, 5)
    return run


def save(path: Path, run: Run, name: str = "together", **changes: Any) -> None:
    notes = {
        "experiment": "backprop" if name == "backprop" else "supervised",
        "setting": flat(setting_of(name, **changes)),
        "classes": 3,
        "columns": 20,
    }
    checkpoint.save(path, run, notes)


def restore(path: Path, name: str = "together", **changes: Any) -> Run:
    run = start(name, **changes)
    checkpoint.restore(path, run)
    return run


def state(run: Run) -> dict[str, Any]:
    """Return everything that a run is, so that two can be compared."""
    arrays = {
        f"{part}/{name}": array.tobytes()
        for part, owner in run.parts.items()
        for name, array in owner.arrays().items()
    }
    place = run.cases.epoch, run.cases.done
    return {**arrays, "place": place, "generator": run.rng.bit_generator.state}


def finish(run: Run) -> Run:
    while not run.finished:
        for _ in run.steps():
            pass
    return run


def stop_after(run: Run, batches: int) -> Run:
    """Leave the training loop, as Ctrl-C does, after so many batches."""
    left = batches
    while left and not run.finished:
        for _ in run.steps():
            left -= 1
            if not left:
                return run
    return run


@pytest.mark.parametrize("batches", [0, 1, 4, 5, 10, 11])
@pytest.mark.parametrize("name", SETTINGS)
def test_a_restored_run_ends_bit_for_bit_as_one_that_was_never_stopped(
    name: str, batches: int, tmp_path: Path
) -> None:
    straight = finish(start(name))
    stopped = stop_after(start(name), batches)
    save(tmp_path / "m.npz", stopped, name)
    resumed = restore(tmp_path / "m.npz", name)
    assert state(resumed) == state(stopped)
    assert state(finish(resumed)) == state(straight)


def test_stopping_after_every_single_batch_changes_nothing(tmp_path: Path) -> None:
    run = start()
    for _ in range(EPOCHS * 4):
        save(tmp_path / "m.npz", stop_after(run, 1))
        run = restore(tmp_path / "m.npz")
    assert state(finish(run)) == state(finish(start()))


def test_a_run_that_was_saved_on_its_way_goes_on_itself_as_if_it_were_not(tmp_path: Path) -> None:
    run = start()
    while not run.finished:
        for _ in run.steps():
            save(tmp_path / "m.npz", run)
    assert state(run) == state(finish(start()))


def test_epochs_is_the_total_on_resume_too(tmp_path: Path) -> None:
    save(tmp_path / "m.npz", finish(start()))
    assert restore(tmp_path / "m.npz").finished
    longer = restore(tmp_path / "m.npz", epochs=5)
    assert not longer.finished
    assert finish(longer).cases.epoch == 5
    with pytest.raises(CheckpointError, match="has 3 epochs behind it; expected a total of at le"):
        restore(tmp_path / "m.npz", epochs=2)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_loaded_network_answers_the_same(name: str, tmp_path: Path) -> None:
    run = stop_after(start(name), 6)
    save(tmp_path / "m.npz", run, name)
    network, notes = load_network(tmp_path / "m.npz")
    assert np.array_equal(network.predict(ROWS), run.network.predict(ROWS))
    assert network.measure(ROWS, LABELS) == run.measure()
    assert notes["experiment"] in experiments.names()


def test_a_file_gives_the_callers_notes_back_and_no_array_is_read_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, notes = stop_after(start(), 5), {"epochs": [{"error": 0.5}], "data": "θ"}
    checkpoint.save(tmp_path / "m.npz", run, notes)
    read: list[str] = []
    original = np.lib.npyio.NpzFile.__getitem__
    monkeypatch.setattr(
        np.lib.npyio.NpzFile, "__getitem__", lambda f, n: read.append(n) or original(f, n)
    )
    assert about(tmp_path / "m.npz") == notes
    assert read == ["place"]


def test_a_generator_is_a_part_like_any_other() -> None:
    for kind in (np.random.PCG64, np.random.SFC64, np.random.MT19937):
        one, other = (np.random.Generator(kind(seed)) for seed in (1, 2))
        one.random(7)
        kept = checkpoint.SavedGenerator(one).arrays()
        expected = one.random(5)
        checkpoint.SavedGenerator(other).restore(kept)
        assert np.array_equal(other.random(5), expected)


# All or nothing


def crash(error: BaseException) -> Callable[[BinaryIO], object]:
    def write(file: BinaryIO) -> None:
        file.write(b"half of the new")
        raise error

    return write


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), ValueError("x")])
@pytest.mark.parametrize("old", [b"the old file", None])
def test_an_exception_during_the_write_leaves_the_old_file_and_nothing_else(
    error: BaseException, old: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "m.npz"
    if old is not None:
        path.write_bytes(old)
    with pytest.raises(type(error)):
        write_atomically(path, crash(error))
    found = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert found == ({} if old is None else {"m.npz": old})


def test_a_save_that_fails_leaves_the_old_model_loadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, run = tmp_path / "m.npz", start()
    save(path, run)
    expected = run.network.predict(ROWS)
    finish(run)

    def full(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        save(path, run)
    assert np.array_equal(load_network(path)[0].predict(ROWS), expected)
    assert [p.name for p in tmp_path.iterdir()] == ["m.npz"]


def test_a_kill_during_the_write_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    path.write_bytes(b"the old file")
    code = (
        "import os, signal, sys; from ffnumpy.runs.files import write_atomically\n"
        "def write(file):\n"
        "    file.write(b'half'); file.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_atomically(sys.argv[1], write)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"the old file"


def test_a_link_stays_one_and_leads_to_the_new_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    real, link = tmp_path / "elsewhere" / "m.npz", tmp_path / "m.npz"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_atomically(link, lambda file: file.write(b"new"))
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert [p.name for p in tmp_path.rglob("*.part")] == []


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_saved_file_has_the_permissions_of_any_other(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        write_json(tmp_path / "run.json", {"θ": 1.5})
        (tmp_path / "other").write_text("")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("run.json", "other")]
    assert modes[0] == modes[1]
    assert json.loads((tmp_path / "run.json").read_text()) == {"θ": 1.5}


# Files that are no model

LOADERS: list[Callable[[Path], object]] = [load_network, about, restore]


def saved(path: Path) -> bytes:
    save(path, stop_after(start(), 2))
    return path.read_bytes()


def refused(path: Path, loaders: list[Callable[[Path], object]] = LOADERS) -> str:
    """Return the one message with which all loaders refuse a file; it must name the file."""
    messages = set()
    for load in loaders:
        with pytest.raises(CheckpointError) as error:
            load(path)
        messages.add(str(error.value))
    assert len(messages) == 1
    assert min(messages).startswith(f"{path}: ")
    return messages.pop()


def as_npy(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def as_archive(**arrays: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, **arrays)

    return write


FOREIGN: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("not a model\n" * 100),
    "folder": lambda path: path.mkdir(),
    "pickle": lambda path: path.write_bytes(pickle.dumps({"weights": [1, 2, 3]})),
    "one array": as_npy,
    "an archive of arrays": as_archive(a=np.zeros(3)),
    "an archive of pickles": as_archive(place=np.array({"format": 1}, object)),
    "place is no JSON": as_archive(place="{"),
    "place is no dictionary": as_archive(place="[1]"),
    "zip header alone": lambda path: path.write_bytes(b"PK\x03\x04"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_file_is_refused_with_what_was_expected(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    FOREIGN[kind](path)
    assert "expected a model" in refused(path)


def test_no_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    assert "no such file. Train and --save one first" in refused(tmp_path / "none.npz")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    whole = saved(path)
    for length in range(0, len(whole), 137):
        path.write_bytes(whole[:length])
        assert "it is damaged, or another kind of file" in refused(path, [load_network])


def test_a_file_with_a_wrong_byte_is_refused_or_means_the_same(tmp_path: Path) -> None:
    # Every 61st byte, a prime, so that headers, names, sizes, checksums and numbers are all hit;
    # some bytes (times, permissions) mean nothing to a model.
    path = tmp_path / "m.npz"
    whole = saved(path)
    expected = state(restore(path))
    wrong: list[tuple[int, int, str]] = []
    for at in range(0, len(whole), 61):
        for flip in (0x01, 0x80, 0xFF):
            damaged = bytearray(whole)
            damaged[at] ^= flip
            path.write_bytes(damaged)
            try:
                if state(restore(path)) != expected:
                    wrong.append((at, flip, "another run"))
            except CheckpointError:
                pass
            except Exception as error:
                wrong.append((at, flip, repr(error)))
    assert wrong == []


def rewritten(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
    """Save a run and change its place or its arrays on disk."""
    saved(path)
    with np.load(path) as file:
        arrays = dict(file)
    place = json.loads(str(arrays.pop("place")))
    change(place, arrays)
    with path.open("wb") as file:
        np.savez(file, place=json.dumps(place), **arrays)


def test_another_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    rewritten(tmp_path / "m.npz", lambda place, _: place.update(format=3))
    assert "Use the version that wrote it" in refused(tmp_path / "m.npz")


@pytest.mark.parametrize(
    "change",
    [
        lambda _, arrays: arrays.pop("layer2/values"),
        lambda _, arrays: arrays.update({"layer1/values": np.zeros((3, 2))}),
        lambda _, arrays: arrays.update({"layer1/updates": np.zeros(3)}),
        lambda _, arrays: arrays.update({"layer1/peer_mean": np.zeros(99)}),
        lambda place, _: place["about"]["setting"].update(hidden=[6, 4]),
        lambda place, _: place["about"]["setting"].update(optimiser="adam"),
        lambda place, _: place["about"].update(classes=4),
    ],
    ids=["lost", "shape", "counter", "peers", "widths", "optimiser", "classes"],
)
def test_arrays_that_do_not_fit_the_setting_are_refused(change: Any, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    rewritten(path, change)
    assert "is inconsistent" in refused(path, [load_network])


def test_a_run_of_other_arrays_is_not_put_where_the_saved_one_stood(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    saved(path)
    for changes in ({"hidden": (6, 4)}, {"optimiser": "adam"}, {"hidden": (6, 5, 4)}):
        with pytest.raises(CheckpointError, match="is inconsistent or a different one"):
            restore(path, **changes)


def test_what_another_program_has_saved_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    rewritten(path, lambda place, _: place["about"].update(experiment="chip"))
    assert "Chips come from `hardware-sim train`" in refused(path, [load_network])


@pytest.mark.parametrize(
    "change",
    [
        lambda place, _: place["about"]["setting"].update(goodness="of-the-future"),
        lambda place, _: place["about"]["setting"].update(invented=1),
        lambda place, _: place["about"]["setting"].update(hidden=None),
        lambda place, _: place["about"].pop("columns"),
    ],
    ids=["unknown goodness", "unknown choice", "no widths", "no columns"],
)
def test_a_setting_that_this_version_does_not_know_is_refused(change: Any, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    rewritten(path, change)
    assert "is inconsistent" in refused(path, [load_network])


def as_format_1(path: Path, name: str) -> None:
    """Write a saved run as the version before did: with a recipe, and the notes beside it."""
    with np.load(path) as file:
        arrays = dict(file)
    place = json.loads(str(arrays.pop("place")))
    setting = place["about"]["setting"]
    recipe = {"rule": "backprop" if name == "backprop" else "forward-forward", **setting}
    before = {
        "format": 1,
        **{key: place[key] for key in ("epoch", "done", "generator")},
        "recipe": {**flat(supervised.AUTHOR), **recipe},
        "epochs": recipe.pop("epochs"),
        **{"classes": 3, "columns": 20, "rows": 24, "seed": 5},
        "notes": {"data": "θ", "epochs": [{"epoch": 1}], "seconds": 1.5, "open_epoch": 0.5},
    }
    before["recipe"].pop("epochs")
    with path.open("wb") as file:
        np.savez(file, place=json.dumps(before), **arrays)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_file_of_the_version_before_answers_and_goes_on(name: str, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    straight, stopped = finish(start(name)), stop_after(start(name), 6)
    save(path, stopped, name)
    as_format_1(path, name)
    network, notes = load_network(path)
    assert np.array_equal(network.predict(ROWS), stopped.network.predict(ROWS))
    assert notes["journal"] == {"epochs": [{"epoch": 1}], "seconds": 1.5, "open_epoch": 0.5}
    assert notes["epochs"] == EPOCHS
    assert state(finish(restore(path, name))) == state(straight)
