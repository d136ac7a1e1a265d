"""The floors of ARCHITECTURE.md: imports go down only, never across a floor, and files stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "aioformal"
FLOORS = [
    {"processes", "source"},
    {"diagnostic", "explanation"},
    {"syntax", "value"},
    {"resolve"},
    {"concrete", "ir", "ordering"},
    {"evidence", "pymodule", "vacuity"},
    {"encode", "native", "solve"},
    {"engine"},
    {"audit", "report"},
    {"mutation", "portfolio", "tracing"},
    {"session"},
    {"compilation", "matrix", "observe", "watch"},
    {"cli", "hypothesis", "pytest_plugin"},
]
FLOOR_OF = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 400
LONG_FOR_A_REASON = {"syntax/ast.py": "one node class after another; the kinds refer to each other"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            names |= {f"{module}.{alias.name}" for alias in node.names} if module == "aioformal" else {module}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    parts = (name.split(".") for name in names)
    return {part[1] for part in parts if part[0] == "aioformal" and len(part) > 1 and part[1] in FLOOR_OF}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    room = room_of(path)
    if room in {"__init__", "__main__"}:
        return
    assert room in FLOOR_OF, f"{room} stands on no floor"
    for other in imported_rooms(path) - {room}:
        assert FLOOR_OF[other] < FLOOR_OF[room], f"{room} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_stay_small(path: Path) -> None:
    if path.relative_to(PACKAGE).as_posix() in LONG_FOR_A_REASON:
        return
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES, f"{lines} lines"


def test_z3_never_leaves_solve() -> None:
    for path in MODULES:
        if room_of(path) != "solve":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not any("z3" in ast.unparse(n).split() for n in imports), f"{path} imports z3"
