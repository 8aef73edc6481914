"""The figures of the README, the pages and the results can be made again from what is here."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "figures"


def in_the_folder(code: str) -> str:
    """Run lines of Python where the figures are made."""
    done = subprocess.run([sys.executable, "-c", code], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_overview_counts_the_conversions_of_the_records() -> None:
    modules = "from overview import overview; from ffnumpy.plotting import title_of"
    told = in_the_folder(f"{modules}; print(title_of(overview().axes[1]))")
    assert "0 A-to-D conversions" in told


def test_what_is_computed_again_has_a_record_with_its_command() -> None:
    code = "import runpy; print(*runpy.run_path('__main__.py', run_name='figures')['COMPUTED'])"
    names = in_the_folder(code).split()
    assert names
    for name in names:
        record = json.loads((ROOT / "results" / f"{name}.json").read_text(encoding="utf-8"))
        words = shlex.split(record["command"])
        assert words[words.index("--figure") + 1] == f"results/{name}.png"
        assert (ROOT / "results" / f"{name}.png").is_file()
