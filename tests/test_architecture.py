"""What may import what, which words stand where, and that every source named has a reference."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ffnumpy

ROOT = Path(__file__).parents[1]
PACKAGE, CHIP = ROOT / "ffnumpy", ROOT / "hardware_sim"
FILES = sorted(PACKAGE.rglob("*.py"))
CHIP_FILES = sorted(CHIP.rglob("*.py"))
# From the top down: a folder imports only from those before the last bar before its own, or itself.
ORDER = (
    "validation draws | rule goodness activations | losses optimisers data | "
    "normalisation contrastive weights | reference layers | "
    "cases training | inference intervals | baselines ensemble | runs proofs | "
    "supervised unsupervised | experiments classifier plotting | grading | worksheets | commands | "
    "__main__ __init__"
)
CHIP_ORDER = (
    "constants validation | signals scale | energy devices | circuits arrays | updates | chip | "
    "learning | studies | plotting | commands | __main__ __init__"
)


def ranks(order: str) -> dict[str, int]:
    return {name: n for n, line in enumerate(order.split("|")) for name in line.split()}


RANK, CHIP_RANK = ranks(ORDER), ranks(CHIP_ORDER)
PHYSICS = {"devices", "circuits", "arrays", "updates", "chip"}
MAY_PLOT = {"commands", "plotting"}
SLOW_OR_ONLINE = {"matplotlib", "urllib.request", "http.client", "requests", "urllib3", "pooch",
    "sklearn", "pandas", "tqdm", "hardware_sim"}  # fmt: skip


def part(path: Path, package: Path = PACKAGE) -> str:
    return path.relative_to(package).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return dotted names of all that a file imports, wherever in it, modules of ours in full."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: import by the full name"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def ours(path: Path, package: Path = PACKAGE) -> set[str]:
    """Return the parts of a package that a file imports."""
    found = {name for name in imported(path) if name.startswith(f"{package.name}.")}
    return {name.split(".")[1] for name in found} - {"__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_imports_only_from_files_above_it(path: Path) -> None:
    mine, found = part(path), ours(path)
    assert mine in RANK, f"{mine}: give it a place in ORDER"
    wrong = {n for n in found if n != mine and not RANK.get(n, 99) < RANK[mine]}
    assert wrong == set()
    assert mine != "data" or found <= {"data"}
    assert mine in MAY_PLOT or "plotting" not in found
    assert not any(name.split(".")[0] == "hardware_sim" for name in imported(path))


@pytest.mark.parametrize("path", CHIP_FILES, ids=lambda p: str(p.relative_to(CHIP)))
def test_a_file_of_the_chip_imports_only_from_files_above_it(path: Path) -> None:
    mine, found = part(path, CHIP), ours(path, CHIP)
    assert mine in CHIP_RANK, f"{mine}: give it a place in CHIP_ORDER"
    wrong = {n for n in found if n != mine and not CHIP_RANK.get(n, 99) < CHIP_RANK[mine]}
    assert wrong == set()
    assert mine in MAY_PLOT or "plotting" not in found
    if CHIP_RANK[mine] < CHIP_RANK["learning"]:
        assert not any(n.startswith("ffnumpy") for n in imported(path))


def test_every_source_has_its_reference() -> None:
    references = (ROOT / "REFERENCES.md").read_text()
    entries = set(re.findall(r"^- \*\*\[(\w+)\]\*\*", references, re.MULTILINE))
    lines = [
        line
        for path in [*FILES, *CHIP_FILES]
        for line in path.read_text().splitlines()
        if "Source" in line
    ]
    named = {key for line in lines for key in re.findall(r"\[([A-Z]\w+)\]", line)}
    assert {"Hinton2022", "HintonCode"} <= named
    assert named - entries == set()


def test_the_missing_third_verb_is_missing() -> None:
    outside = [path for path in FILES if part(path) != "baselines"]
    assert [p for p in outside if re.search("backward", p.read_text(), re.IGNORECASE)] == []


def test_importing_ffnumpy_loads_no_plots_and_no_network_client() -> None:
    code = "import sys, ffnumpy; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "ffnumpy" in done.stdout.split()
    assert set(done.stdout.split()) & SLOW_OR_ONLINE == set()


def test_importing_the_library_proper_loads_them_neither() -> None:
    above = [n for n in RANK if RANK[n] < RANK["runs"]]
    code = f"import sys, {', '.join(f'ffnumpy.{n}' for n in above)}; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & SLOW_OR_ONLINE == set()


def test_every_public_name_can_be_had_and_no_other() -> None:
    assert all(getattr(ffnumpy, name) is not None for name in ffnumpy.__all__)
    assert "check_slope" in ffnumpy.__all__
    assert "FFClassifier" not in ffnumpy.__all__  # `import *` does not ask for scikit-learn
    assert ffnumpy.FFClassifier.__name__ == "FFClassifier"
    with pytest.raises(AttributeError, match="'ffnumpy' has no attribute 'Trainer'"):
        _ = ffnumpy.Trainer


# What the parts of the chip may touch

SIGNAL_VALUES = {"circuits", "arrays", "updates", "signals"}
OF_A_PRICE = {"joules", "seconds", "factors", "times"}
BELOW_LEARNING = [p for p in CHIP_FILES if CHIP_RANK[part(p, CHIP)] < CHIP_RANK["learning"]]
PHYSICS_FILES = [p for p in CHIP_FILES if part(p, CHIP) in PHYSICS]


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


def attributes(path: Path) -> set[str]:
    return {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)}


def placed(node: ast.expr) -> str:
    return f"line {node.lineno}: {ast.unparse(node)}"


def prices_named(path: Path) -> set[str]:
    """Return every ``prices.X`` of a file, with its line."""
    named = [node for node in nodes(path) if isinstance(node, ast.Attribute)]
    return {placed(n) for n in named if isinstance(n.value, ast.Name) and n.value.id == "prices"}


def passed_on(path: Path) -> set[str]:
    """Return all that a file charges a ledger for or puts into a tariff, with its line."""
    arguments: list[ast.expr] = []
    for call in (node for node in nodes(path) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "charge":
            arguments += call.args[:1]
        elif isinstance(call.func, ast.Name) and call.func.id == "Tariff":
            arguments += [a.value if isinstance(a, ast.Starred) else a for a in call.args]
    return {placed(a.func if isinstance(a, ast.Call) else a) for a in arguments}


@pytest.mark.parametrize("path", PHYSICS_FILES, ids=lambda p: str(p.relative_to(CHIP)))
def test_physics_passes_prices_on_and_never_reads_one(path: Path) -> None:
    energy = {name for name in imported(path) if name.startswith("hardware_sim.energy")}
    assert energy <= {
        "hardware_sim.energy.prices",
        "hardware_sim.energy.prices.Price",
        "hardware_sim.energy.ledger.Ledger",
    }
    assert prices_named(path) - passed_on(path) == set()
    assert attributes(path) & OF_A_PRICE == set()


def kinds_asked_for(path: Path) -> set[str]:
    """Return the names in the second argument of every ``isinstance`` of a file."""
    calls = [node for node in nodes(path) if isinstance(node, ast.Call)]
    asked = [c.args[1] for c in calls if isinstance(c.func, ast.Name) and c.func.id == "isinstance"]
    return {n.id for kind in asked for n in ast.walk(kind) if isinstance(n, ast.Name)}


@pytest.mark.parametrize("path", PHYSICS_FILES, ids=lambda p: str(p.relative_to(CHIP)))
def test_physics_asks_no_part_of_which_kind_it_is(path: Path) -> None:
    assert kinds_asked_for(path) <= {"int", "np"}


@pytest.mark.parametrize("path", CHIP_FILES, ids=lambda p: str(p.relative_to(CHIP)))
def test_only_circuits_touch_the_value_behind_a_signal(path: Path) -> None:
    if part(path, CHIP) not in SIGNAL_VALUES:
        assert attributes(path) & {"_of", "_si"} == set()
        assert not any(name.endswith(".line_factors") for name in imported(path))


def test_no_file_below_the_rival_knows_the_transposed_read() -> None:
    knows = [p for p in BELOW_LEARNING if re.search("transpos", p.read_text(), re.IGNORECASE)]
    assert knows == []
    assert "transposed" in (CHIP / "learning" / "backprop.py").read_text()


def test_no_private_name_of_the_chip_is_imported() -> None:
    names = {(p.name, name) for p in CHIP_FILES for name in imported(p)}
    assert {n for n in names if re.search(r"^hardware_sim\..*\._[a-z]", n[1])} == set()


FACES = sorted(CHIP.rglob("__init__.py"))


@pytest.mark.parametrize("path", FACES, ids=lambda p: p.parent.name)
def test_every_name_of_a_face_can_be_had(path: Path) -> None:
    name = ".".join(path.parent.relative_to(ROOT).parts)
    face = importlib.import_module(name)
    public = getattr(face, "__all__", [])
    assert len(set(public)) == len(public)
    assert [n for n in public if not hasattr(face, n)] == []
    assert public or part(path, CHIP) not in PHYSICS | {"energy"}
    defined = {n.name for n in nodes(path) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    assert defined == set(), "a face has names and no code"
