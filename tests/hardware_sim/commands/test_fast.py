"""``hardware-sim fast`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hardware_sim import __main__ as hardware_program


def test_the_command_writes_record_and_figure(tmp_path: Path) -> None:
    out, figure = tmp_path / "fast.json", tmp_path / "fast.png"
    small = ["--hidden", "12,10", "--cases", "4", "--stream", "12", "--test-images", "5"]
    targets = ["--out", str(out), "--figure", str(figure)]
    assert hardware_program.main(["fast", *small, *targets]) == 0
    record = json.loads(out.read_text())
    exact = next(r for r in record["reached"] if r["value"] == "inf")
    assert max(exact["largest_relative_error"]) <= 1e-12
    assert {"chip as manufactured", "read noise"} <= {r["varied"] for r in record["reached"]}
    assert len(record["streams"]) == 15
    assert all(0 <= s["test_error"] <= 1 for s in record["streams"])
    assert figure.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cases", "1"], "--cases: expected 2 or more"),
        (["--stream", "0"], "--stream: expected 1 or more"),
        (["--shares", "2"], "share: expected"),
        (["--rates", "0"], "rate: expected a number above 0"),
        (["--below", "2"], "0 ≤ below < above"),
        (["--figure", "x.doc"], "--figure x.doc: expected a name"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hardware_program.main(["fast", *arguments]) == 2
    assert message in capsys.readouterr().err
