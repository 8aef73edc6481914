"""The tutorials copied out: the same cells, as text and as notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ffnumpy.__main__ import main
from ffnumpy.worksheets.lessons import ANSWERS, as_notebook, lessons

ROOT = Path(__file__).parents[3]


def test_all_tutorials_are_found() -> None:
    assert [path.name for path in lessons()] == sorted(
        path.name for path in (ROOT / "tutorials").glob("*.py")
    )


def test_prose_loses_its_marks_and_code_keeps_every_line() -> None:
    text = (
        "# %% [markdown]\n# # Title\n#\n# Words, *bold*.\n\n# %%\nx = 1  # a comment\n# another\n"
    )
    prose, code = json.loads(as_notebook(text))["cells"]
    assert (prose["cell_type"], prose["source"]) == ("markdown", "# Title\n\nWords, *bold*.")
    assert (code["cell_type"], code["source"]) == ("code", "x = 1  # a comment\n# another")


@pytest.mark.parametrize("path", lessons(), ids=lambda p: p.stem)
def test_the_code_of_a_notebook_is_that_of_its_tutorial(path: Path) -> None:
    cells = json.loads(as_notebook(path.read_text()))["cells"]
    code = [c["source"] for c in cells if c["cell_type"] == "code"]
    kept = [line for line in path.read_text().split("\n") if line and not line.startswith("#")]
    written = [line for source in code for line in source.split("\n")]
    assert [line for line in written if line and not line.startswith("#")] == kept
    compile("\n".join(code), path.name, "exec")


def test_the_command_copies_them_and_overwrites_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tutorials", str(tmp_path / "new")]) == 0
    assert len(list((tmp_path / "new").glob("*.ipynb"))) == len(lessons())
    assert main(["tutorials", str(tmp_path / "new")]) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_lecturer_gets_the_answers_too(tmp_path: Path) -> None:
    assert main(["tutorials", str(tmp_path), "--answers"]) == 0
    assert len(list(tmp_path.glob("answers/*.ipynb"))) == len(lessons())
    names = sorted(path.name for path in tmp_path.glob("*.py"))
    assert sorted(path.name for path in tmp_path.glob("answers/*.py")) == names
    assert len(lessons(ANSWERS)) == len(lessons())
