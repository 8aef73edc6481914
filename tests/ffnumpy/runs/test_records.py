"""A record tells what its numbers depend on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ffnumpy.runs.records import versions

SAY = """
from ffnumpy.runs.records import command_line, versions
print(versions()["kernels"], command_line(), sep="|")
"""
chooses = pytest.mark.skipif(
    "openblas" not in versions()["blas"] or versions()["machine"] != "x86_64",
    reason="only OpenBLAS on x86-64 takes its kernels from the environment by these names",
)


@chooses
@pytest.mark.parametrize("kernels", ["Haswell", "Nehalem"])
def test_a_record_names_the_kernels_that_blas_has_chosen(kernels: str) -> None:
    """The command that a record holds chooses them again."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("OPENBLAS")}
    told = subprocess.run(
        [sys.executable, "-c", SAY, "--an option"],
        env={**environment, "OPENBLAS_CORETYPE": kernels},
        capture_output=True,
        text=True,
        check=True,
    )
    found, command = told.stdout.strip().split("|")
    assert found == kernels
    assert command == f"OPENBLAS_CORETYPE={kernels} -c '--an option'"


@pytest.mark.reports
def test_a_platform_without_resource_has_no_peak_and_both_programs(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['resource'] = sys.modules['fcntl'] = None\n"
        "import hardware_sim.__main__; from ffnumpy.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    out = tmp_path / "run.json"
    small = ["--train-images", "300", "--hidden", "20", "--voters", "all", "--epochs", "1"]
    command = [sys.executable, "-c", code, "train", *small, "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    record = json.loads(out.read_text())
    assert record["peak_rss_bytes"] is None
    assert len(record["epochs"]) == 1
