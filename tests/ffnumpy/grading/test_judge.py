"""The grader: every mistake is named, no honest solution refused, and what is right is measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy.__main__ import main
from ffnumpy.grading.cell import called
from ffnumpy.grading.judge import CASES, check, grade, judged
from ffnumpy.grading.tasks import TASKS, TRAINING, Task
from ffnumpy.losses import Logistic

MISTAKES = [(name, words) for name, task in TASKS.items() for words in task.mistakes]


def drawn(task: Task, seed: int = 0) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [task.draw(rng) for _ in range(CASES)]


def answers(function: Any, cases: list[Any]) -> list[list[Any]]:
    found = (function(*case) for case in cases)
    return [[np.asarray(p, float) for p in (a if isinstance(a, tuple) else (a,))] for a in found]


def test_a_notebook_is_told_how_it_becomes_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "exercises.ipynb"
    assert main(["worksheet", "--notebook", str(path)]) == 0
    assert main(["check", str(path)]) == 2
    assert "jupyter nbconvert --to script" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("seed", [0, 1, 7])
@pytest.mark.parametrize(("name", "words"), MISTAKES)
def test_every_known_mistake_is_named_and_no_other(name: str, words: str, seed: int) -> None:
    task = TASKS[name]
    cases = drawn(task, seed)
    verdict = judged(task, cases, answers(task.mistakes[words], cases))
    assert (verdict.status, verdict.text) == ("wrong", words)


@pytest.mark.parametrize("name", TASKS)
def test_what_is_right_is_right(name: str) -> None:
    task = TASKS[name]
    cases = drawn(task)
    assert judged(task, cases, answers(task.right, cases)).passed


def test_an_unknown_factor_is_told_and_otherwise_the_worst_number() -> None:
    task = TASKS["expected_pulses"]
    cases = drawn(task)
    thrice = judged(task, cases, answers(lambda *a: 3 * task.right(*a), cases))
    assert thrice.text == "every number is 3 times the right one: look for a factor"
    given = answers(task.right, cases)
    given[2][0][1, 2] += 0.5
    worst = judged(task, cases, given)
    assert worst.text.startswith("case 3: 1 of 12 numbers wrong; the worst[1, 2] should be ")


def test_another_shape_and_no_numbers_are_told() -> None:
    task = TASKS["update"]
    cases = drawn(task)
    only_W = judged(task, cases, answers(lambda *a: task.right(*a)[0], cases))
    shapes = cases[0][1].shape, cases[0][2].shape
    assert only_W.text == (
        f"case 1: expected an answer of shape {shapes[0]}; {shapes[1]}, got {shapes[0]}"
    )
    lost = judged(task, cases, answers(lambda *a: tuple(np.nan * p for p in task.right(*a)), cases))
    assert "not finite" in lost.text


def test_a_wrong_part_is_called_by_its_name() -> None:
    task = TASKS["layer"]
    cases = drawn(task)
    given = answers(task.right, cases)
    given[1][2][0] += 1
    assert judged(task, cases, given).text.startswith("case 2, b: 1 of ")


FLOAT32 = {
    "slope": lambda G, sign, theta: sign / (1 + np.exp(sign * (G - theta))),
    "normalise": lambda y: y / (np.sqrt(np.mean(y**2, axis=1, keepdims=True)) + np.float32(1e-8)),
}


@pytest.mark.parametrize("name", ["slope", "normalise", "update", "layer", "one_step"])
def test_single_precision_is_right_for_every_seed(name: str) -> None:
    task = TASKS[name]
    function = FLOAT32.get(name, task.right)
    for seed in range(60):
        cases = drawn(task, seed)
        single = [[np.float32(part) for part in case] for case in cases]
        rounded = [[np.float32(p) for p in each] for each in answers(function, single)]
        verdict = judged(task, cases, rounded)
        assert verdict.passed, (seed, verdict.text)


@pytest.mark.parametrize("name", ["update", "layer"])
def test_no_case_lets_numbers_be_guessed(name: str) -> None:
    # A student might take the width for the inputs, or write θ and ε as those of the first case.
    for seed in range(20):
        cases = drawn(TASKS[name], seed)
        assert all(len({x.shape[0], *W.shape}) == 3 for x, W, *_ in cases)
        assert len({theta for _, _, _, theta, _, _ in cases}) == len(cases)
        assert len({rate for *_, rate in cases}) == len(cases)
        assert all({-1.0, 1.0} == {*sign} for *_, sign, _ in cases)


# What is right, beside the library and the chip


def test_the_update_is_that_of_the_rule() -> None:
    """The complex step of the log probability is what the library's plain lines write."""
    x, W, b, theta, sign, rate = drawn(TASKS["update"])[0]
    dW, db = TASKS["update"].right(x, W, b, theta, sign, rate)
    y = np.maximum(x @ W + b, 0)
    slope = Logistic(theta).slope(np.sum(y**2, axis=1), sign)
    delta = 2 * slope[:, np.newaxis] * y
    assert np.allclose(dW, rate * x.T @ delta / len(x), rtol=1e-10)
    assert np.allclose(db, rate * delta.mean(axis=0), rtol=1e-10)


def test_a_function_that_works_in_place_is_graded_by_what_it_returns() -> None:
    def normalise(y: Any) -> Any:
        y[:] = 0
        return y

    with pytest.raises(AssertionError, match="normalise: "):
        check(normalise)

    def layer(x: Any, W: Any, b: Any, *how: Any) -> Any:
        out, new_W, new_b = TASKS["layer"].right(x, W.copy(), b.copy(), *how)
        W[:], b[:] = new_W, new_b
        return out, W, b

    check(layer)


# Honest solutions, as different people write them

HEAD = "import numpy as np\n\ndef sigmoid(t):\n    return 1 / (1 + np.exp(-t))\n\n"
HONEST = {
    "slope": [
        "return sign * (1 - sigmoid(sign * (G - theta)))",
        "p = sigmoid(G - theta)\n    return np.where(sign > 0, 1 - p, -p)",
        "return sign / (1 + np.exp(sign * (G - theta)))",
        "out = []\n    for g, s in zip(G, sign):\n"
        "        out.append(s * (1 - sigmoid(s * (g - theta))))\n    return out",
    ],
    "normalise": [
        "r = np.sqrt((y**2).mean(axis=1, keepdims=True))\n    return y / np.where(r > 0, r, 1)",
        "return y / (np.sqrt(np.mean(y * y, axis=1, keepdims=True)) + 1e-12)",
        "n = np.linalg.norm(y, axis=1, keepdims=True)\n    n[n == 0] = 1\n"
        "    return y * np.sqrt(y.shape[1]) / n",
        "rows = [row / max((row @ row / len(row)) ** 0.5, 1e-30) for row in y]\n"
        "    return tuple(tuple(row) for row in rows)",
        "z = y.copy()\n    for row in z:\n        if row.any():\n"
        "            row /= (row @ row / len(row)) ** 0.5\n    return z",
    ],
    "update": [
        "y = np.maximum(x @ W + b, 0)\n    p = sigmoid(sign * ((y**2).sum(1) - theta))\n"
        "    d = 2 * (sign * (1 - p))[:, None] * y\n    n = len(x)\n"
        "    return rate * x.T @ d / n, rate * d.sum(0) / n",
        "dW, db = np.zeros_like(W), np.zeros_like(b)\n    for case, s in zip(x, sign):\n"
        "        y = np.maximum(case @ W + b, 0)\n"
        "        q = s * (1 - sigmoid(s * (y @ y - theta)))\n"
        "        dW += 2 * q * np.outer(case, y)\n        db += 2 * q * y\n"
        "    return rate * dW / len(x), rate * db / len(x)",
        "y = np.clip(x @ W + b, 0, None)\n    S = np.einsum('ij,ij->i', y, y)\n"
        "    q = sign * sigmoid(-sign * (S - theta))\n"
        "    return (2 * rate * np.einsum('ni,nj,n->ij', x, y, q) / len(x),\n"
        "            2 * rate * np.einsum('nj,n->j', y, q) / len(x))",
        "x, W, b = x.astype('f'), W.astype('f'), b.astype('f')\n"
        "    y = np.maximum(x @ W + b, 0)\n    S = (y * y).sum(1)\n"
        "    q = sign.astype('f') * sigmoid(-sign.astype('f') * (S - np.float32(theta)))\n"
        "    d = 2 * q[:, None] * y\n"
        "    return [np.float32(rate) * x.T @ d / len(x), np.float32(rate) * d.mean(0)]",
    ],
    "one_step": [
        "return (np.sqrt(S_star / S) - 1) / (x @ x + 1)",
        "x1 = np.append(x, 1)\n    return ((S_star / S) ** 0.5 - 1) / np.sum(x1**2)",
        "return [(np.sqrt(S_star / S) - 1) / (np.linalg.norm(x) ** 2 + 1)][0]",
        "return np.array([(np.sqrt(S_star / S) - 1) / (x @ x + 1)])",
    ],
    "column_currents": [
        "return V @ G_plus - V @ G_minus",
        "return np.array([[sum(v[i] * (G_plus[i, j] - G_minus[i, j]) for i in range(len(v)))\n"
        "        for j in range(G_plus.shape[1])] for v in V])",
        "return np.tensordot(V, G_plus - G_minus, 1)",
    ],
    "expected_pulses": [
        "return slots * np.outer(p_row, p_column)",
        "return p_row[:, None] * p_column * slots",
        "return [[slots * r * c for c in p_column] for r in p_row]",
    ],
    "joules_an_image": [
        "return operations @ joules / images",
        "return sum(n * e for n, e in zip(operations, joules)) / images",
    ],
}


def written(folder: Path, name: str, body: str) -> Path:
    path = folder / "mine.py"
    arguments = TRAINING.arguments if name == "train" else TASKS[name].arguments
    path.write_text(f"{HEAD}def {name}({arguments}):\n    {body}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "body"), [(name, body) for name, bodies in HONEST.items() for body in bodies]
)
def test_no_honest_solution_is_refused(name: str, body: str, tmp_path: Path) -> None:
    (verdict,) = grade(written(tmp_path, name, body), [name])
    assert verdict.passed, verdict.text


def test_there_are_twenty_honest_solutions_and_a_dozen_mistakes() -> None:
    assert sum(map(len, HONEST.values())) >= 20
    assert len(MISTAKES) >= 12


# Code that is no solution


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ("while True:\n        pass", "time", ""),
        ("import time\n    time.sleep(60)", "time", ""),
        ("exit()", "exit", ""),
        ("raise SystemExit(0)", "exit", ""),
        ("import os\n    os._exit(0)", "crash", ""),
        ("import ctypes\n    ctypes.string_at(0)", "crash", ""),
        ("return slope(G, sign, theta)", "error", "calls itself without an end"),
        ("return np.ones(10**10)", "memory|error", ""),
        ("while True:\n        print('x' * 1000)", "flood|error", ""),
        ("import os\n    os.fork()", "error", "starts or stops a process"),
        ("import subprocess\n    subprocess.run(['ls'])", "error", "starts or stops a process"),
        ("import os\n    os.system('ls')", "error", "starts or stops a process"),
        ("import socket\n    socket.create_connection(('127.0.0.1', 9))", "error", "connects"),
        ("open('/tmp/not_here.txt', 'w')", "error", "changes a file"),
        ("import os\n    os.remove(__file__)", "error", "changes a file"),
        (
            "return nothing",
            "error",
            "NameError: name 'nothing' is not defined line 7: return nothing",
        ),
        ("return 'words'", "error", "could not convert string"),
        ("pass", "error", "it returns nothing; is a `return` missing?"),
        ("raise NotImplementedError", "empty", ""),
        ("return np.ones((500, 400))", "error", "it returns 200,000 numbers"),
        ("import ffnumpy.rule", "error", "it imports the library"),
    ],
)
def test_what_a_file_does_is_a_result_and_no_accident(
    body: str, status: str, text: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "slope", body)
    outcome = called(path, "slope", drawn(TASKS["slope"]), seconds=2)
    assert outcome.status in status.split("|"), outcome
    assert text in outcome.said
    assert path.exists()
    assert not Path("/tmp/not_here.txt").exists()


def test_a_training_loop_is_judged_by_what_it_reaches(tmp_path: Path) -> None:
    (verdict,) = grade(written(tmp_path, "train", LOOP.format(sign=1)), ["train"])
    assert verdict.passed, verdict.text
    (flipped,) = grade(written(tmp_path, "train", LOOP.format(sign=-1)), ["train"])
    assert flipped.status == "wrong"
    assert "expected 25 % or less (guessing errs on about 90 %)" in flipped.text


LOOP = """\
def norm(y):
        return y / (np.sqrt((y**2).mean(1, keepdims=True)) + 1e-9)

    def inputs(rows, labels):
        x = rows / 255.0
        x[:, :classes] = np.eye(classes)[labels]
        return norm(x)

    net = [rng.normal(size=s) / np.sqrt(s[0]) for s in ((rows.shape[1], 300), (300, 300))]
    for _ in range(20):
        for i in np.array_split(rng.permutation(len(rows)), 40):
            wrong = (labels[i] + rng.integers(1, classes, len(i))) % classes
            x = np.vstack([inputs(rows[i], labels[i]), inputs(rows[i], wrong)])
            sign = np.repeat([1.0, -1.0], len(i))
            for W in net:
                y = np.maximum(x @ W, 0)
                p = sigmoid(np.clip(sign * ((y**2).sum(1) - 300), -50, 50))
                W += {sign} * 0.005 * x.T @ (2 * (sign * (1 - p))[:, None] * y) / len(x)
                x = norm(y)

    def predict(unseen):
        votes = []
        for label in range(classes):
            x = inputs(unseen, np.full(len(unseen), label))
            for W in net:
                y = np.maximum(x @ W, 0)
                x = norm(y)
            votes.append((y**2).sum(1))
        return np.argmax(votes, axis=0)

    return predict"""


# The command


def test_the_command_grades_writes_a_template_and_has_an_exit_code_for_a_gradebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.py"
    assert main(["check", str(path), "--template"]) == 0
    assert main(["check", str(path), "--template"]) == 2
    assert "exists already" in capsys.readouterr().err
    names = {}
    exec(path.read_text(), names)
    assert {*TASKS, "train"} <= names.keys()
    assert main(["check", str(path), "--only", "slope, one_step"]) == 2
    assert "nothing is filled in yet" in capsys.readouterr().err
    path.write_text(HEAD + "def slope(G, sign, theta):\n    " + HONEST["slope"][0])
    assert main(["check", str(path), "--json"]) == 0
    graded = json.loads(capsys.readouterr().out)
    assert (graded["right"], graded["written"]) == (1, 1)
    assert graded["functions"][0] == {
        "name": "slope",
        "status": "right",
        "text": f"right in {CASES} cases",
        "passed": True,
    }


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (None, [], "cannot be read"),
        ("def slope(:", [], "is not Python"),
        ("x = 1", [], "has none of the functions slope"),
        ("x = 1", ["--only", "slop"], "--only: expected slope.*; got slop"),
    ],
)
def test_what_cannot_be_graded_is_told(
    text: str | None,
    options: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import re

    path = tmp_path / "mine.py"
    if text is not None:
        path.write_text(text)
    assert main(["check", str(path), *options, "--json"]) == 2
    told = capsys.readouterr()
    assert re.search(message, " ".join(told.err.split()))
    graded = json.loads(told.out)
    assert re.search(message, graded.pop("error"))
    assert graded == {"functions": [], "right": 0, "written": 0}
