"""What a lecturer is given is true: links, commands, answers, minutes and slides."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from ffnumpy.__main__ import COMMANDS
from ffnumpy.__main__ import main as ffnumpy
from ffnumpy.commands.cli import parser_of
from hardware_sim.__main__ import COMMANDS as OF_THE_CHIP

ROOT = Path(__file__).resolve().parents[1]
TEACHING = ROOT / "teaching"
TUTORIALS = sorted((ROOT / "tutorials").glob("*.py"))
ANSWERS = sorted((TEACHING / "answers").glob("*.py"))
PAGES = sorted(TEACHING.rglob("*.md"))
PARSERS = {
    "ffnumpy": parser_of("ffnumpy", "", "ffnumpy.commands", COMMANDS),
    "hardware-sim": parser_of("hardware-sim", "", "hardware_sim.commands", OF_THE_CHIP),
}


def text_of(name: str) -> str:
    return (TEACHING / name).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(TEACHING))


# Answers


def test_every_tutorial_has_its_answers() -> None:
    assert [path.name for path in ANSWERS] == [path.name for path in TUTORIALS]


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_three_exercises_are_answered_and_checked(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"^# ## (\d)\. \S", source, re.MULTILINE) == ["1", "2", "3"]
    assert "\nassert " in source.split("# %%")[-1]
    asked = (ROOT / "tutorials" / path.name).read_text(encoding="utf-8")
    exercises = asked.split("# ## Exercises")[1].split("# ## Checks")[0]
    assert re.findall(r"^# (\d)\. ", exercises, re.MULTILINE) == ["1", "2", "3"]


@pytest.mark.slow
@pytest.mark.no_cover  # which would take as long again
@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_the_answers_hold(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plt.switch_backend("Agg")
    monkeypatch.chdir(tmp_path)
    try:
        runpy.run_path(str(path), run_name="__main__")
    finally:
        plt.close("all")
    assert capsys.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []


def test_the_guide_lists_every_file_with_its_seconds_and_its_tutorial() -> None:
    rows = re.findall(
        r"^\| \[(\w+)\]\((\w+)\.py\) \| \[(.+)\]\(.+/(\w+)\.py\) \| \d+ s \|$",
        text_of("answers/README.md"),
        re.MULTILINE,
    )
    assert [row[0] for row in rows] == [path.stem for path in ANSWERS]
    assert all(row[0] == row[1] == row[3] for row in rows)
    titles = [path.read_text(encoding="utf-8").splitlines()[1] for path in TUTORIALS]
    assert [f"# # {row[2]}" for row in rows] == titles


# Links


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are called in links to them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve()
        assert file.exists(), target
        assert file.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(file), target


def test_every_misconception_is_a_question_with_an_answer_and_a_place_to_read_on() -> None:
    parts = re.split(r"^### ", text_of("misconceptions.md"), flags=re.MULTILINE)[1:]
    assert len(parts) >= 14
    for part in parts:
        question, _, answer = part.partition("\n")
        assert re.fullmatch(r"\".+[.?]\"", question), question
        said, more, links = answer.partition("\nMore: ")
        assert more, question
        assert "](" in links, question
        sentences = re.findall(r"[.?:](?=\s|$)", said)
        assert 3 <= len(sentences) <= 9, (question, len(sentences))
        assert re.search(r"\d|=", said), question


# Commands


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of a page in a language; a list may hold them."""
    found = re.findall(
        rf"^( *)```{language}\n(.*?)^\1```",
        page.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def commands(page: Path) -> list[str]:
    """Return every command that a page shows, in a block or in a line."""
    text = page.read_text(encoding="utf-8")
    inline = re.findall(r"(?<!`)`((?:ffnumpy|hardware-sim) [^`]+)`", text)
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    loops = [found[0] for line in lines if (found := re.findall(r"do (.+?)(?: > .+)?; done", line))]
    plain = [line for line in lines if line.startswith(("ffnumpy ", "hardware-sim "))]
    filled = [c.replace("$seed", "1").replace("$file", "mine.py") for c in inline + plain + loops]
    return [" ".join(command.split()) for command in filled]


def is_whole(command: str) -> bool:
    """Return whether a command can be run; a name alone, as `ffnumpy check`, is only mentioned."""
    return len(shlex.split(command)) > 2 or command == "ffnumpy demo"


ALL = sorted({command for page in PAGES for command in commands(page)})
WHOLE = [command for command in ALL if is_whole(command)]
QUICK = [c for c in WHOLE if re.match("ffnumpy (worksheet|check|tutorials) ", c)]


def test_commands_are_found() -> None:
    assert len([c for c in QUICK if " worksheet " in c]) >= 10
    assert len([c for c in QUICK if " check " in c]) >= 10
    assert any(command.startswith("hardware-sim ") for command in WHOLE)


@pytest.mark.parametrize("command", ALL)
def test_every_command_is_understood(command: str) -> None:
    program, *arguments = shlex.split(command)
    if is_whole(command):
        PARSERS[program].parse_args(arguments)
    else:
        assert arguments[0] in {**COMMANDS, **OF_THE_CHIP}


RIGHT = """\
import numpy as np


def slope(G, sign, theta):
    return sign / (1 + np.exp(sign * (G - theta)))


def normalise(y):
    length = np.sqrt(np.mean(y**2, axis=1, keepdims=True))
    return y / np.where(length > 0, length, 1)


def update(x, W, b, theta, sign, rate):
    y = np.maximum(x @ W + b, 0)
    delta = 2 * slope(np.sum(y**2, axis=1), sign, theta)[:, None] * y
    return rate * x.T @ delta / len(x), rate * delta.mean(axis=0)


def layer(x, W, b, theta, sign, rate):
    dW, db = update(x, W, b, theta, sign, rate)
    return normalise(np.maximum(x @ W + b, 0)), W + dW, b + db


def one_step(S, S_star, x):
    return (np.sqrt(S_star / S) - 1) / (x @ x + 1)


def column_currents(V, G_plus, G_minus):
    return V @ (G_plus - G_minus)


def expected_pulses(p_row, p_column, slots):
    return slots * np.outer(p_row, p_column)


def joules_an_image(operations, joules, images):
    return operations @ joules / images


def train(rows, labels, classes, rng):
    def inputs(rows, labels):
        x = rows / 255
        x[np.arange(len(x)), labels] = 1
        return x / np.sqrt(np.mean(x**2, axis=1, keepdims=True))

    rng = np.random.default_rng(rng)
    W, ascent, sign = rng.standard_normal((784, 100)) / 28, 0, np.repeat([1, -1], 100)
    for index in np.concatenate([rng.permutation(len(rows)) for _ in range(12)]).reshape(-1, 100):
        wrong = (labels[index] + rng.integers(1, classes, 100)) % classes
        x = np.vstack([inputs(rows[index], k) for k in (labels[index], wrong)])
        y = np.maximum(x @ W, 0)
        t = np.clip(sign * (np.sum(y**2, axis=1) - 100), -50, 50)
        ascent = 0.9 * ascent + 0.1 * x.T @ (2 * (sign / (1 + np.exp(t)))[:, None] * y) / 200
        W += 0.02 * ascent

    def predict(rows):
        every = [inputs(rows, np.full(len(rows), k)) for k in range(classes)]
        return np.argmax([np.sum(np.maximum(x @ W, 0) ** 2, axis=1) for x in every], axis=0)

    return predict
"""
WRONG = """\
import numpy as np


def slope(G, sign, theta):
    p = 1 / (1 + np.exp(-sign * (G - theta)))
    return sign * p * (1 - p)


def normalise(y):
    while {endless}:
        pass
    return y


def update(x, W, b, theta, sign, rate):
    y = np.maximum(x @ W + b, 0)
    factor = sign / (1 + np.exp(sign * (np.sum(y**2, axis=1) - theta)))
    delta = factor[:, None] * y
    return rate * x.T @ delta / len(x), rate * delta.mean(axis=0)


def one_step(S, S_star, x):
    return (np.sqrt(S_star / S) - 1) / (x @ x)
"""


@pytest.fixture
def classroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with what students have handed in."""
    (tmp_path / "handed_in").mkdir()
    (tmp_path / "handed_in" / "anna.py").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "handed_in" / "ben.py").write_text(WRONG.format(endless=False), encoding="utf-8")
    (tmp_path / "handed_in" / "carl.py").write_text("def slope(G, sign, theta)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", QUICK)
def test_quick_commands_run(command: str, classroom: Path) -> None:
    arguments = shlex.split(command)[1:]
    if arguments[0] == "check" and "--template" not in arguments and "mine.py" in arguments:
        Path("mine.py").write_text(RIGHT, encoding="utf-8")
    assert ffnumpy(arguments) == (1 if "handed_in/ben.py" in arguments else 0)


def what_it_prints(page: str, command: str) -> list[str]:
    """Return the lines that a page says a command prints, apart from those left out."""
    found = re.search(rf"{re.escape(command)}\n```\n\n```\n(.*?)```", text_of(page), re.DOTALL)
    assert found
    return [line for line in found[1].splitlines() if line != "…"]


@pytest.mark.parametrize(
    "command",
    [
        "ffnumpy check mine.py --template",
        "ffnumpy check handed_in/anna.py --only slope,update --seed 7",
        "ffnumpy tutorials course",
    ],
)
def test_the_entry_shows_what_is_printed(
    command: str, classroom: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ffnumpy(shlex.split(command)[1:])
    assert capsys.readouterr().out.splitlines() == what_it_prints("README.md", command)


@pytest.mark.slow
def test_the_entry_shows_how_mistakes_are_told(
    classroom: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("handed_in/ben.py").write_text(WRONG.format(endless=True), encoding="utf-8")
    command = "ffnumpy check handed_in/ben.py"
    assert ffnumpy(shlex.split(command)[1:]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in what_it_prints("README.md", command) if line not in printed] == []


def test_a_folder_becomes_a_table(classroom: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (loop,) = [b for b in blocks(TEACHING / "README.md", "sh") if "handed_in/*.py" in b]
    program = f'ffnumpy() {{ {shlex.quote(sys.executable)} -m ffnumpy "$@"; }}'
    here = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    subprocess.run(["bash", "-c", f"{program}\n{loop}"], env=here, capture_output=True, check=False)
    (table,) = blocks(TEACHING / "README.md", "python")
    exec(compile(table, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert f"```\n{printed}```" in text_of("README.md")


# The plans


def test_the_minutes_are_two_hours() -> None:
    table = re.findall(r"^\| (\d+) \| (\d+) \| (.+)$", text_of("two_hours.md"), re.MULTILINE)
    minutes, starts = ([int(row[k]) for row in table] for k in (0, 1))
    assert sum(minutes) == 120
    assert starts == [sum(minutes[:k]) for k in range(len(minutes))]
    shown = [
        range(int(first), int(last or first) + 1)
        for *_, row in table
        for first, last in re.findall(r"slides? (\d+)(?: (?:to|and) (\d+))?", row.split("|")[0])
    ]
    numbers = [number for some in shown for number in some]
    assert numbers == list(range(1, len(the_slides()) + 1))


def test_the_course_has_eight_weeks_with_everything() -> None:
    text = text_of("eight_weeks.md")
    weeks = re.split(r"^## Week \d: ", text, flags=re.MULTILINE)[1:]
    rows = ("aim", "reading", "tutorials", "sheet", "to write", "to discuss", "hand in")
    assert len(weeks) == 8
    assert all(f"\n| {row} | " in week for week in weeks for row in rows)
    assert all(f"tutorials/{path.name}" in text for path in TUTORIALS)
    shares = re.findall(r"\| (\d+) % \|", text)
    assert sum(map(int, shares)) == 100
    assert set(re.findall(r"--only ([\w,]+)", text)) >= {"slope", "train", "one_step"}


# Slides


PROGRAM = runpy.run_path(str(TEACHING / "slides.py"))


def the_slides() -> list[Any]:
    found: list[Any] = PROGRAM["slides"](text_of("slides.md"))
    return found


class Page(HTMLParser):
    """What a test wants to know of a page: its elements, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page of the slides, made of stubs for figures."""
    folder = tmp_path_factory.mktemp("figures")
    for slide in the_slides():
        if slide.figure:
            plt.imsave(folder / f"{slide.figure[0]}.png", np.zeros((2, 3)))
    PROGRAM["main"](["--figures", str(folder), "--out", str(folder / "slides.html")])
    return (folder / "slides.html").read_text(encoding="utf-8")


def test_every_slide_is_a_section_that_says_and_asks(page: str) -> None:
    found = the_slides()
    assert 20 <= len(found) <= 25
    for slide in found:
        assert 1 <= len(slide.items["say"]) <= 3, slide.title
        assert len(slide.items["ask"]) == 1, slide.title
    parsed = Page(page)
    assert len(parsed.all("section")) == len(parsed.all("aside")) == len(found)
    assert len(parsed.all("h1")) == 1
    assert len(parsed.all("h2")) == len(found) - 1


def test_every_picture_has_a_text_and_its_own_bytes(page: str) -> None:
    pictures = Page(page).all("img")
    assert len(pictures) == sum(slide.figure is not None for slide in the_slides())
    assert all(len(picture["alt"] or "") > 40 for picture in pictures)
    assert all((picture["src"] or "").startswith("data:image/png;base64,") for picture in pictures)


def test_the_page_needs_no_network(page: str) -> None:
    assert re.findall(r"https?:|//[\w.]+\.\w+|@import|url\(", page) == []
    outside = {tag for tag, attributes in Page(page).elements if {"href", "srcset"} & {*attributes}}
    assert outside == set()


def test_every_figure_of_a_slide_is_drawn_by_a_tutorial() -> None:
    drawn = {
        name
        for path in TUTORIALS
        for name in re.findall(r'keep\(figure, "(\w+)"\)', path.read_text(encoding="utf-8"))
    }
    assert {slide.figure[0] for slide in the_slides() if slide.figure} <= drawn


def test_a_slide_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="A picture agrees"):
        PROGRAM["main"](["--figures", str(tmp_path), "--out", str(tmp_path / "slides.html")])
    with pytest.raises(SystemExit, match="Title: expected"):
        PROGRAM["slides"]("## Title\n\n- shout: loud\n")


@pytest.mark.slow
def test_figures_are_drawn_by_running_the_tutorials(tmp_path: Path) -> None:
    PROGRAM["draw"](["13_a_crossbar_multiplies_1", "13_a_crossbar_multiplies_2"], tmp_path)
    drawn = sorted(path.name for path in tmp_path.glob("*.png"))
    assert drawn == ["13_a_crossbar_multiplies_1.png", "13_a_crossbar_multiplies_2.png"]
