"""Every tutorial runs as it stands, checks its own numbers and draws figures that say something."""

from __future__ import annotations

import ast
import re
import runpy
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ffnumpy.plotting import title_of

FOLDER = Path(__file__).resolve().parents[1] / "tutorials"
TUTORIALS = sorted(FOLDER.glob("*.py"))


def cells(source: str) -> list[str]:
    return re.split(r"^# %%.*\n", source, flags=re.MULTILINE)


def asserts(source: str) -> int:
    return sum(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(source)))


def titles(figure: Figure) -> list[str]:
    return [figure.get_suptitle(), *map(title_of, figure.axes)]


def is_colorbar(ax: Axes) -> bool:
    return ax.get_label() == "<colorbar>"


def is_labelled(ax: Axes) -> bool:
    """Return whether both axes say what they are, themselves or through those they share."""
    along_x = ax.get_shared_x_axes().get_siblings(ax)
    along_y = ax.get_shared_y_axes().get_siblings(ax)
    return any(a.get_xlabel() for a in along_x) and any(a.get_ylabel() for a in along_y)


def flaws(figure: Figure) -> list[str]:
    """Return what a reader would miss in a figure."""
    found = []
    if not any(re.search(r"\d", title) for title in titles(figure)):
        found.append("no title states a measured number")
    for ax in figure.axes:
        if is_colorbar(ax):
            if not (ax.get_xlabel() or ax.get_ylabel()):
                found.append("a colour bar without a label")
            continue
        if not (title_of(ax) or figure.get_suptitle()):
            found.append("axes without a title")
        if not ax.images and not is_labelled(ax):
            found.append(f"axes without labels, titled {title_of(ax)!r}")
    return found


def test_there_are_tutorials() -> None:
    assert [int(path.name[:2]) for path in TUTORIALS] == list(range(1, 20))


NUMBERS, CHIP = FOLDER / "06_label_in_the_picture.py", FOLDER / "15_learning_on_the_chip.py"


def what_the_chip_runs(names: dict[str, Any]) -> dict[str, Any]:
    """Return the names of the chip's tutorial as they are before it trains anything."""
    source = CHIP.read_text(encoding="utf-8")
    exec("".join(takewhile(lambda cell: "exec(" not in cell, cells(source))), names)
    return names


def test_the_chip_learns_by_the_program_of_the_numbers_with_one_line_changed() -> None:
    found = what_the_chip_runs({"__file__": str(CHIP)})
    before, after = (text.splitlines() for text in (found["text"], found["changed"]))
    assert found["text"] == NUMBERS.read_text(encoding="utf-8")
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        (
            "learner = made_of.numbers(plan, len(images))",
            "learner = made_of.cells(plan, len(images))",
        )
    ]
    changed = [line for line in found["diff"][2:] if line[0] in "+-"]
    assert changed == [f"-{changed[0][1:]}", f"+{changed[1][1:]}"]


def test_what_runs_on_the_chip_is_the_text_of_the_numbers() -> None:
    """It is those cells of the text that are called program, and neither figures nor checks."""
    found = what_the_chip_runs({"__file__": str(CHIP)})
    tree = ast.parse(CHIP.read_text(encoding="utf-8"))
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert sorted(call for call in calls if call.startswith("exec(")) == [
        "exec(program(changed), (on_chip := {}))",
        "exec(program(text), (in_numbers := {}))",
    ]
    program, text = found["program"](found["text"]), found["text"]
    parts = re.split(r"^(?=# %%)", program, flags=re.MULTILINE)[1:]
    assert len(parts) == text.count("# %% program")
    assert all(part.startswith("# %% program") and part in text for part in parts)
    assert "keep(" not in program
    assert "train(learner.layers, single_rows(cases))" in program


def test_the_text_of_the_numbers_is_found_from_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    assert what_the_chip_runs({})["text"] == NUMBERS.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tutorial_is_a_notebook_that_checks_what_it_says(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.startswith("# %% [markdown]\n# # ")
    assert "# ## Checks" in source
    assert any(asserts(cell) for cell in cells(source.split("# ## Checks")[1]))


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tutorial_is_short_states_its_limits_and_sets_three_exercises(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 180
    assert "# ## What this does not show" in source
    exercises = source.split("# ## Exercises")[1].split("# ## Checks")[0]
    assert re.findall(r"^# (\d\. [^:]*):", exercises, re.MULTILINE) == [
        "1. With a pencil",
        "2. In code",
        "3. Open",
    ]


BULLET = re.compile(r"(?:[-+*]|\d+[.)]) ")


@pytest.mark.reports
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_no_line_of_a_paragraph_becomes_a_bullet(path: Path) -> None:
    """A sum that is broken before its + would be a list, as is a number with a dot."""
    source = path.read_text(encoding="utf-8")
    lines = [line.removeprefix("#").removeprefix(" ") for line in source.splitlines()]
    for before, line in pairwise(lines):
        if BULLET.match(line):
            in_list = BULLET.match(before) or before.startswith(" ")
            assert in_list or not before.strip() or before.endswith(":"), line


@pytest.mark.slow
@pytest.mark.no_cover  # which would take as long again
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tutorial_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its asserts hold, no warning is given, and its figures are complete."""
    plt.switch_backend("Agg")
    monkeypatch.setenv("FFNUMPY_FIGURES", str(tmp_path))
    try:
        runpy.run_path(str(path), run_name="__main__")
        figures = [plt.figure(number) for number in plt.get_fignums()]
        assert figures
        assert [flaw for figure in figures for flaw in flaws(figure)] == []
        assert len(list(tmp_path.glob(f"{path.stem}_*.png"))) == len(figures)
    finally:
        plt.close("all")
    assert capsys.readouterr().err == ""


def test_figures_without_title_or_labels_are_found() -> None:
    figure = Figure()
    figure.subplots()
    assert flaws(figure) == [
        "no title states a measured number",
        "axes without a title",
        "axes without labels, titled ''",
    ]
