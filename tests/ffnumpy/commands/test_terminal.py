"""Both programs where there is no terminal, a poor one, or one that goes away."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import ffnumpy.__main__ as ffnumpy_program
import hardware_sim.__main__ as chip_program
from ffnumpy.commands import cli, file_path, folder_path, terminal
from ffnumpy.commands.terminal import Output, outputs, wrapped
from ffnumpy.data import load
from ffnumpy.experiments import supervised
from ffnumpy.runs import journal
from ffnumpy.supervised.names import changed

pytestmark = pytest.mark.reports

PROGRAMS = {
    "ffnumpy": (ffnumpy_program, "ffnumpy.commands"),
    "hardware-sim": (chip_program, "hardware_sim.commands"),
}
SMALL = ("train", "--train-images", "300", "--hidden", "20", "--voters", "all")
CHIP = ("train", "--train-images", "10", "--hidden", "8,8", "--no-twin", "--epochs", "1")
needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Return a parser and all below it."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in dict.fromkeys(action.choices.values()):
                yield from parsers(below)


def all_parsers() -> list[argparse.ArgumentParser]:
    """Return every parser of both programs."""
    tops = (
        cli.parser_of(name, "", package, module.COMMANDS)
        for name, (module, package) in PROGRAMS.items()
    )
    return [parser for top in tops for parser in parsers(top)]


def shell(line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a shell's line in which $FF and $HW are the programs."""
    programs = {"FF": f"{sys.executable} -m ffnumpy", "HW": f"{sys.executable} -m hardware_sim"}
    environment = {**os.environ, **programs, **more}
    return subprocess.run(
        ["bash", "-c", line], env=environment, capture_output=True, text=True, check=False
    )


# No stream, a full one, a closed one


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_without_standard_streams_the_work_is_done(tmp_path: Path, closed: str) -> None:
    """A closed descriptor is not taken by a file, into which the system would then speak."""
    files = f"--save {tmp_path}/m.npz --out {tmp_path}/run.json"
    done = shell(f"$FF {' '.join(SMALL)} --epochs 1 {files} {closed}")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert len(json.loads((tmp_path / "run.json").read_text())["epochs"]) == 1
    assert "place" in np.load(tmp_path / "m.npz")


@pytest.mark.parametrize("line", [f"$FF {' '.join(SMALL)} --epochs 2", f"$HW {' '.join(CHIP)}"])
def test_a_reader_who_leaves_loses_nothing_that_goes_to_files(tmp_path: Path, line: str) -> None:
    done = shell(f"{line} --save {tmp_path}/m.npz --out {tmp_path}/r.json | true; exit $PIPESTATUS")
    assert (done.returncode, done.stderr) == (0, "")
    record = json.loads((tmp_path / "r.json").read_text())
    assert 0 < record["test_error"] < 1
    assert (tmp_path / "m.npz").exists()


def test_a_reader_who_leaves_stops_work_that_leaves_no_file() -> None:
    """Ten thousand epochs would outlast any test."""
    done = shell(f"$FF {' '.join(SMALL)} --epochs 10000 | head -n 1; exit $PIPESTATUS")
    assert (done.returncode, done.stderr) == (0, "")
    assert "epoch   1/10000" in done.stdout


@needs_full
def test_lines_that_a_full_disk_refuses_do_not_cost_the_files(tmp_path: Path) -> None:
    done = shell(f"$FF {' '.join(SMALL)} --epochs 1 --out {tmp_path}/r.json > /dev/full")
    assert done.returncode == 1
    assert "could not be printed" in done.stderr
    assert 0 < json.loads((tmp_path / "r.json").read_text())["test_error"] < 1


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, text: str) -> int:
        raise OSError("no space left on device")


@pytest.mark.parametrize("stream", [None, Full()], ids=["none", "full"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_failure_that_cannot_be_told_is_still_one(
    program: str, stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    assert PROGRAMS[program][0].main(["train", "--rate", "0"]) == 2
    with pytest.raises(SystemExit, match="2"):
        PROGRAMS[program][0].main(["train", "--unknown"])


def test_streams_are_those_from_before_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.stdout, sys.stderr
    monkeypatch.setattr(sys, "stderr", None)
    with outputs():
        print("nobody hears this", file=sys.stderr)
        assert not getattr(sys.stderr, "closed", True) or sys.stderr.stream is None
    assert (sys.stdout, sys.stderr) == (before[0], None)


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("ffnumpy", "evaluate {} --out {}.json"),
        ("ffnumpy", "evaluate other.npz {} --out {}.json"),
        ("ffnumpy", "train --rate 0 --save {} --out {}.json"),
        ("ffnumpy", "train --resume {} --out {}.json"),
        ("hardware-sim", "train --rate 0 --save {} --out {}.json"),
        ("hardware-sim", "program {} --out {}.json"),
    ],
)
def test_every_start_removes_what_a_killed_save_has_left(
    program: str, arguments: str, tmp_path: Path
) -> None:
    model = tmp_path / "m.npz"
    for name in (".m.npz.abcdefgh.part", ".m.npz.json.abcdefgh.part", "other.part"):
        (tmp_path / name).touch()
    assert PROGRAMS[program][0].main(arguments.format(model, model).split()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["other.part"]


# Characters


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1", "utf-8"])
@pytest.mark.parametrize(
    ("program", "arguments", "word"),
    [("ffnumpy", "verify --by-hand", "log p"), ("hardware-sim", "presets", "[Kim2019]")],
)
def test_a_terminal_shows_what_it_can(
    encoding: str, program: str, arguments: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", shown)
    assert PROGRAMS[program][0].main(arguments.split()) == 0
    assert word in shown.buffer.getvalue().decode(encoding)


def test_a_help_is_spelled_as_well() -> None:
    done = shell("$HW train --help", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "epsilon at the start" in done.stdout


def test_characters_are_spelled_by_what_they_mean() -> None:
    shown = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print("ε·Σ y² ≤ 1 … θ → 5 µS, Müller, w⁺, 猫, \udcff", file=Output(shown), flush=True)
    said = shown.buffer.getvalue().decode("ascii")
    assert said == "epsilon*sigma y2 <= 1 ... theta -> 5 uS, Muller, w+, ?, ?\n"


def test_a_terminal_that_shows_everything_shows_it() -> None:
    shown = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    print("ε·Σ y² 猫 \udcff", file=Output(shown), flush=True)
    assert shown.buffer.getvalue().decode() == "ε·Σ y² 猫 ?\n"


# Width


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what the other tests have of width."""
    monkeypatch.setattr(terminal, "WIDTH", 100)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("parser", all_parsers(), ids=lambda parser: parser.prog)
def test_help_has_lines_of_a_hundred_at_most(parser: argparse.ArgumentParser) -> None:
    lines = (*parser.format_help().splitlines(), *parser.format_usage().splitlines())
    assert [line for line in lines if len(line) > 100] == []


@pytest.mark.parametrize("parser", all_parsers(), ids=lambda parser: parser.prog)
def test_help_ends_with_an_example_that_the_program_takes(parser: argparse.ArgumentParser) -> None:
    if parser.prog in PROGRAMS:
        return
    head, line = parser.format_help().rstrip().rsplit("\n", 1)
    said = head.splitlines()[-1]
    assert said.startswith("example, ")
    assert any(word in said for word in ("second", "minute"))
    program, *arguments = line.split()
    assert line.strip().startswith(parser.prog)
    module, package = PROGRAMS[program]
    cli.parser_of(program, "", package, module.COMMANDS).parse_args(arguments)


@pytest.mark.usefixtures("narrow")
def test_a_failure_is_wrapped_and_its_paths_stay_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / ("a-long-name-" * 6) / "model-of-mine.npz"
    assert ffnumpy_program.main(["train", "--save", str(path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 1
    assert any(str(path) in line for line in lines)
    assert [line for line in lines if len(line) > 100 and str(path.parent) not in line] == []


@pytest.mark.usefixtures("narrow")
def test_a_wrong_option_is_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        ffnumpy_program.main(["train", "--goodness", "x"])
    assert max(map(len, capsys.readouterr().err.splitlines())) <= 100


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(
    "arguments",
    ["ffnumpy verify", "ffnumpy verify --by-hand", "ffnumpy experiment list",
     "ffnumpy train --data mnist --data-dir nowhere",
     "hardware-sim devices", "hardware-sim train --reference moving --device pcm"],
)  # fmt: skip
def test_what_is_printed_has_lines_of_a_hundred_at_most(
    arguments: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program, *rest = arguments.split()
    PROGRAMS[program][0].main(rest)
    said = capsys.readouterr()
    assert [line for line in (said.out + said.err).splitlines() if len(line) > 100] == []


def test_the_bar_is_that_of_the_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the time left that it shows is until the last epoch, also of a run that goes on."""
    bars = []
    monkeypatch.setattr(journal, "watched", lambda steps, *bar: bars.append(bar) or steps)
    setting = changed(supervised.QUICK, hidden=(5, 5), batch=1000, epochs=3)
    run = supervised.start(setting, load("strokes"), 0)
    next(iter(run.steps()))
    begun = journal.Journal(run, every=0, quiet=True)
    for _ in range(3):
        list(begun.steps())
    assert bars == [
        ("epoch 1/3", 30, "batch", 1),
        ("epoch 2/3", 30, "batch", 10),
        ("epoch 3/3", 30, "batch", 20),
    ]


def test_words_that_fit_are_left_as_they_are() -> None:
    assert wrapped("two  blanks in a/path of.npz") == "two  blanks in a/path of.npz"


# Paths


def test_every_option_that_takes_a_path_reads_it_as_people_write_it() -> None:
    """Who adds an option for a path gives it `file_path` or `folder_path`."""
    actions = [action for parser in all_parsers() for action in parser._actions]
    assert [action.option_strings for action in actions if action.type is Path] == []
    read = {action.dest for action in actions if action.type in (file_path, folder_path)}
    assert {"save", "resume", "out", "plots", "figure", "data_dir", "device_csv"} <= read
    assert {"markdown", "model"} <= read
    named = [a for a in actions if a.metavar in ("DIR", "FILE") or "." in str(a.metavar)]
    assert [a.dest for a in named if a.type not in (file_path, folder_path)] == []
