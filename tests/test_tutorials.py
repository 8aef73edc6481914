"""Every tutorial runs as it stands, checks its own numbers and draws figures that say something."""

from __future__ import annotations

import ast
import re
import runpy
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

FOLDER = Path(__file__).resolve().parents[1] / "tutorials"
TUTORIALS = sorted(FOLDER.glob("*.py"))


def cells(source: str) -> list[str]:
    return re.split(r"^# %%.*\n", source, flags=re.MULTILINE)


def asserts(source: str) -> int:
    return sum(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(source)))


def title(ax: Axes) -> str:
    """Return the title of some axes, which the house style puts on the left."""
    return ax.get_title() or ax.get_title(loc="left")


def titles(figure: Figure) -> list[str]:
    return [figure.get_suptitle(), *map(title, figure.axes)]


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
        if not (title(ax) or figure.get_suptitle()):
            found.append("axes without a title")
        if not ax.images and not is_labelled(ax):
            found.append(f"axes without labels, titled {title(ax)!r}")
    return found


def test_there_are_tutorials() -> None:
    numbers = {"01_one_layer", "02_deriving_the_rule", "05_deep_without_backprop"}
    chip = {"13_a_crossbar_multiplies", "15_learning_on_the_chip"}
    assert {path.stem for path in TUTORIALS} >= numbers | chip


def functions(path: Path, name: str) -> list[list[str]]:
    """Return the lines of every function of this name in a file."""
    source = path.read_text(encoding="utf-8")
    found = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    bodies = [ast.get_source_segment(source, n) for n in found if n.name == name]
    return [body.splitlines() for body in bodies if body]


def test_the_chip_learns_by_the_program_of_the_numbers_with_one_line_changed() -> None:
    numbers, chip = functions(FOLDER / "15_learning_on_the_chip.py", "trained")
    pairs = list(zip(numbers, chip, strict=True))
    changed = [(a.strip(), b.strip()) for a, b in pairs if a != b]
    assert changed == [
        (
            "learner = TwinLearner(plan, design, len(images))",
            "learner = ChipLearner(plan, design, device, len(images))",
        )
    ]


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tutorial_is_a_notebook_that_checks_what_it_says(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.startswith("# %% [markdown]\n# # ")
    assert "# ## Checks" in source
    assert any(asserts(cell) for cell in cells(source.split("# ## Checks")[1]))


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
