"""A record tells what its numbers depend on."""

import os
import subprocess
import sys

import pytest

from ffnumpy.records import versions

SAY = "from ffnumpy.records import versions; print(versions()['kernels'])"
chooses = pytest.mark.skipif(
    "openblas" not in versions()["blas"] or versions()["machine"] != "x86_64",
    reason="only OpenBLAS on x86-64 takes its kernels from the environment by these names",
)


@chooses
@pytest.mark.parametrize("kernels", ["Haswell", "Nehalem"])
def test_a_record_names_the_kernels_that_blas_has_chosen(kernels: str) -> None:
    chosen = {**os.environ, "OPENBLAS_CORETYPE": kernels}
    said = subprocess.run([sys.executable, "-c", SAY], env=chosen, capture_output=True, text=True)
    assert said.stdout.strip() == kernels
