"""Worksheets: the keys are right, the sheets are blank, and no two seeds are alike."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.__main__ import main
from ffnumpy.grading import TASKS, check
from ffnumpy.worksheets import TOPICS, draw
from ffnumpy.worksheets.sheets import GAP, key, numbers, page

topics = st.sampled_from(sorted(TOPICS))


@given(topics, st.integers(0, 10**6))
@settings(max_examples=200, deadline=None)
def test_what_a_key_says_is_computed_twice(topic: str, seed: int) -> None:
    sheet = draw(topic, seed)
    assert sheet.checked < 1e-12
    assert 5 <= len(sheet.questions) <= 8
    assert all("nan" not in question.answer for question in sheet.questions)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_sheet_asks_what_its_key_answers_and_gives_no_answer_away(topic: str) -> None:
    sheet = draw(topic, 5)
    blank, answered = page(sheet, 5), key(sheet, 5)
    assert blank.count(GAP) == len(sheet.questions)
    assert GAP not in answered
    for question in sheet.questions:
        assert question.text in blank
        assert question.text in answered
        last = question.answer.split("\n")[-1].strip()
        assert last in answered
        assert len(last) < 4 or last not in blank.partition("1. ")[2]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_seed_has_a_sheet_of_its_own_and_always_the_same(topic: str) -> None:
    pages = [page(draw(topic, seed), seed).split("\n", 1)[1] for seed in range(12)]
    assert len(set(pages)) >= 11
    assert page(draw(topic, 3), 3) == page(draw(topic, 3), 3)


def parsed(text: str) -> NDArray:
    """Return the numbers of a matrix or a row as it is printed."""
    rows = [list(map(float, re.findall(r"-?[\d.]+(?:e-?\d+)?", line))) for line in text.split("\n")]
    return np.array(rows if len(rows) > 1 else rows[0])


@pytest.mark.parametrize("seed", range(5))
def test_the_currents_are_those_of_the_printed_conductances(seed: int) -> None:
    sheet = draw("crossbar", seed)
    V, plus, minus = (parsed(sheet.given[n]) for n in ("V [V]", "G⁺ [µS]", "G⁻ [µS]"))
    answers = {q.text: q.answer for q in sheet.questions}
    currents = parsed(answers["the current of each column [µA]"])
    assert np.allclose(
        currents, [sum(V[i] * (plus - minus)[i, j] for i in range(3)) for j in (0, 1)]
    )
    joules = float(answers["the energy of a read of 10 ns [fJ]"])
    assert joules == pytest.approx(
        1e15 * 10e-9 * 1e-6 * np.sum(V[:, None] ** 2 * (plus + minus)), rel=1e-3
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_pulses_are_those_of_the_printed_trains(seed: int) -> None:
    sheet = draw("pulses", seed)
    trains = {name: sheet.given[name] for name in sheet.given if " " in name}
    counted = [
        [
            sum(
                a == b == "|"
                for a, b in zip(trains[f"row {i}"], trains[f"column {j}"], strict=True)
            )
            for j in (1, 2)
        ]
        for i in (1, 2)
    ]
    assert parsed(sheet.questions[0].answer).tolist() == counted


@pytest.mark.parametrize("seed", range(4))
def test_the_goodness_after_a_step_is_that_of_the_sums_beside_it(seed: int) -> None:
    answers = [question.answer for question in draw("rule", seed).questions]
    after = [answer for answer in answers if "z′" in answer]
    assert len(after) == 2
    for answer in after:
        z = parsed(answer.partition("]")[0])
        S = float(re.findall(r"S = ([\d.]+)", answer)[0])
        assert pytest.approx(np.sum(np.maximum(z, 0) ** 2), rel=2e-3) == S


def test_numbers_are_written_as_people_write_them() -> None:
    assert numbers(-0.0) == "0"
    assert numbers([1, 2.5]) == "[1  2.5]"
    assert numbers(1 / 3) == "0.3333"


@pytest.mark.parametrize("kind", ["md", "pdf"])
def test_the_command_writes_a_sheet_and_its_key_apart(kind: str, tmp_path: Path) -> None:
    sheet, answers = tmp_path / f"sheet.{kind}", tmp_path / f"key.{kind}"
    files = ["--out", str(sheet), "--key", str(answers)]
    assert main(["worksheet", "--topic", "rule", "--seed", "4", *files]) == 0
    if kind == "pdf":
        assert sheet.read_bytes().startswith(b"%PDF-")
        assert answers.read_bytes().rstrip().endswith(b"%%EOF")
    else:
        assert sheet.read_text() == page(draw("rule", 4), 4)
        assert answers.read_text() == key(draw("rule", 4), 4)


def test_what_cannot_be_written_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = str(tmp_path / "a.md")
    assert main(["worksheet", "--topic", "rule", "--out", same, "--key", same]) == 2
    assert "is also the file of" in capsys.readouterr().err
    assert main(["worksheet", "--topic", "rule", "--out", str(tmp_path / "a.docx")]) == 2
    assert "expected a name that ends in .md or .pdf" in capsys.readouterr().err
    assert main(["worksheet", "--topic", "rule"]) == 0
    assert capsys.readouterr().out.startswith("# The rule, by hand (sheet 0)")


def test_the_notebook_is_one_grades_itself_and_bears_the_notes_of_nbgrader(tmp_path: Path) -> None:
    path = tmp_path / "exercises.ipynb"
    assert main(["worksheet", "--notebook", str(path)]) == 0
    assert main(["worksheet", "--notebook", str(path)]) == 2, "what was filled in would be lost"
    whole = json.loads(path.read_text())
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    cells = whole["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)
    names: dict[str, Any] = {}
    for cell in cells:
        notes = cell["metadata"].get("nbgrader")
        if notes and notes["grade"]:
            task = TASKS[notes["grade_id"].removesuffix("-grade")]
            with pytest.raises(NotImplementedError):
                exec(cell["source"], names)
            names[task.name] = named(task.right, task.name)
            exec(cell["source"], names)
            names[task.name] = named(next(iter(task.mistakes.values())), task.name)
            with pytest.raises(AssertionError, match=re.escape(next(iter(task.mistakes)))):
                exec(cell["source"], names)
        elif cell["cell_type"] == "code":
            exec(cell["source"], names)


def named(function: Any, name: str) -> Any:
    """Return the function under a name."""

    def called(*arguments: Any) -> Any:
        return function(*arguments)

    called.__name__ = name
    return called


def test_a_function_of_no_task_cannot_be_checked() -> None:
    with pytest.raises(ValueError, match=r"expected a function called slope.*got print"):
        check(print)
