"""``ffnumpy data list`` and ``get``."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from ffnumpy.commands import data as command
from ffnumpy.data import NAMES, TEXTS, downloads, folders, idx


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


def test_list_says_of_every_set_where_it_lies_or_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / idx.IMAGES["train"]).touch()
    (tmp_path / "cache" / "cifar-10").mkdir(parents=True)
    (tmp_path / "cache" / "cifar-10" / "cifar-10-binary.tar.gz").touch()
    monkeypatch.setattr(folders, "_roots", lambda: [tmp_path])
    monkeypatch.setenv("FFNUMPY_CACHE", str(tmp_path / "cache"))
    assert run("list") == 0
    said = capsys.readouterr().out.splitlines()
    lines = {one.split()[0]: other for one, other in zip(said[::2], said[1::2], strict=True)}
    assert tuple(lines) == NAMES + TEXTS
    assert lines["strokes"].endswith("nothing to fetch")
    assert lines["tales"].endswith("nothing to fetch")
    assert lines["aesop"].endswith("not here: ffnumpy data get aesop")
    assert lines["mnist"].endswith(str(tmp_path / "mnist"))
    assert lines["fashion-mnist"].endswith("not here: ffnumpy data get fashion-mnist")
    for name in ("cifar-10", "cifar-10-grey"):
        assert lines[name].endswith(str(tmp_path / "cache" / "cifar-10"))


@pytest.mark.parametrize("given", [True, False])
def test_get_says_where_the_set_lies_now(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: bool,
) -> None:
    asked: list[tuple[str, Path | None]] = []

    def fetch(name: str, folder: Path | None) -> Path:
        asked.append((name, folder))
        return tmp_path / "there"

    monkeypatch.setattr(downloads, "fetch", fetch)
    assert run("get", "mnist", *["--data-dir", str(tmp_path)] * given) == 0
    assert asked == [("mnist", tmp_path if given else None)]
    assert capsys.readouterr().out == f"mnist is in {tmp_path / 'there'}\n"


def test_get_knows_only_sets_that_can_be_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run("get", "strokes")
    assert "invalid choice: 'strokes'" in capsys.readouterr().err
