"""Saves that are killed, wherever they are, and what is left of them."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ffnumpy.runs import files
from ffnumpy.runs.files import remove_unfinished, write_atomically

KILLS = 50
# Save k + 1 over k, and kill the saving process before the line of Python that is number `fatal`.
SAVES = """
import os, signal, sys
import numpy as np
from ffnumpy.runs.files import write_atomically
path, kills = sys.argv[1], int(sys.argv[2])

def save(number, fatal):
    lines = 0
    def trace(frame, event, argument):
        nonlocal lines
        lines += 1
        if lines == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.settrace(trace)
    write_atomically(path, lambda file: np.savez(file, number=np.full(1000, number)))
    sys.settrace(None)
    return lines

save(0, fatal=0)  # and import what that needs
open(f"{os.path.dirname(path)}/.{os.path.basename(path)}.killed.part", "x").close()
count, counted = os.pipe()
if os.fork() == 0:  # as each of those to be killed
    os.write(counted, str(save(0, fatal=0)).encode())
    os._exit(0)
total, before = int(os.read(count, 20)), 0
for kill in range(kills):
    child = os.fork()
    if child == 0:
        save(before + 1, fatal=1 + kill * (total - 1) // (kills - 1))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    now = set(np.load(path)["number"].tolist())
    print(os.WTERMSIG(status), before, *now)
    before = max(now)
"""
needs_kills = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@pytest.mark.reports
@needs_kills
def test_a_save_killed_anywhere_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a model.npz"
    command = [sys.executable, "-c", SAVES, str(path), str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    assert len(lines) == KILLS
    assert {line[0] for line in lines} == {signal.SIGKILL}
    moved = [now - before for _, before, now in lines]  # one number for all of the file
    assert set(moved) == {0, 1}
    assert moved[0] == 0
    assert moved[-1] == 1
    write_atomically(path, lambda file: file.write(b"the next"))
    assert [p.name for p in tmp_path.iterdir()] == ["a model.npz"]


def unfinished(folder: Path, name: str) -> Path:
    """Leave what a killed save of a file leaves."""
    left = folder / f".{name}.abcdefgh.part"
    left.write_bytes(b"half")
    return left


@pytest.mark.reports
def test_what_a_killed_save_has_left_goes_and_what_belongs_to_another_file_stays(
    tmp_path: Path,
) -> None:
    left, other = unfinished(tmp_path, "m[1].npz"), unfinished(tmp_path, "m1.npz")
    remove_unfinished(tmp_path / "m[1].npz")
    assert not left.exists()
    assert other.exists()


@pytest.mark.reports
def test_a_save_under_way_is_not_taken_for_one_that_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    write_atomically(path, lambda file: (remove_unfinished(path), file.write(b"whole")))
    assert path.read_bytes() == b"whole"


@pytest.mark.reports
@needs_kills
def test_a_save_that_lost_its_file_before_the_lock_takes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, locked, flock = tmp_path / "m.npz", [], files.fcntl.flock

    def too_late(handle: int, operation: int) -> None:
        if not locked:
            next(tmp_path.glob(".m.npz.*.part")).unlink()
        locked.append(flock(handle, operation))

    monkeypatch.setattr(files.fcntl, "flock", too_late)
    write_atomically(path, lambda file: file.write(b"whole"))
    assert len(locked) == 2
    assert path.read_bytes() == b"whole"


@pytest.mark.reports
def test_files_are_written_where_there_are_no_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    importlib.reload(files)
    left = unfinished(tmp_path, "m.npz")
    files.write_atomically(tmp_path / "m.npz", lambda file: file.write(b"whole"))
    monkeypatch.undo()
    importlib.reload(files)
    assert not left.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["m.npz"]
