"""The README's Python runs as it stands and prints what is promised beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ffnumpy.__main__ import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [path for folder in ("", "docs", "benchmarks") for path in (ROOT / folder).glob("*.md")]


def python_block() -> str:
    (block,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return str(block)


def test_the_python_prints_the_promised_error(capsys: pytest.CaptureFixture[str]) -> None:
    block = python_block()
    promised = re.search(r"# (\d+) ± (\d+) %", block)
    assert promised
    names: dict[str, float] = {}
    exec(compile(block, "README.md", "exec"), names)
    printed = re.fullmatch(r"test error: ([\d.]+) %\n", capsys.readouterr().out)
    assert printed
    middle, spread = map(float, promised.groups())
    assert abs(float(printed[1]) - middle) < 3 * spread
    assert len(block.splitlines()) < 16


def test_the_python_of_the_command_lines_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")
    saved, classifier = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    small = ("--hidden", "9,9", "--epochs", "1", "--train-images", "300", "--save", "m.npz")
    assert main(["train", *small]) == 0
    capsys.readouterr()
    exec(compile(saved, "command_line.md", "exec"), {})
    assert len(re.findall(r"\d", capsys.readouterr().out)) == 10
    pytest.importorskip("sklearn")
    exec(compile(classifier, "command_line.md", "exec"), {})
    scores = [float(score) for score in re.findall(r"[\d.]+", capsys.readouterr().out)]
    assert len(scores) == 5
    assert min(scores) > 0.8


def test_the_readme_is_short_and_shows_its_picture_early() -> None:
    lines = README.splitlines()
    assert len(lines) <= 120
    assert any("](docs/figures/overview.png)" in line for line in lines[:30])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    inside = [target for target in targets if "://" not in target]
    assert [target for target in inside if not (page.parent / target).exists()] == []
