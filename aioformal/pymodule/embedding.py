"""The text of the runtime, as far as a generated module uses it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from msgspec import Struct

BEFORE = ("values", "sets", "operators", "folds")
"""Parts that stand before the module's own State, and those after it."""
AFTER = ("behaviour", "monitor", "events")


GENERATED = (
    ("collections.abc", "Callable", "Callable"),
    ("collections.abc", "Iterator", "Iterator"),
    ("dataclasses", "dataclass", "dataclass"),
    ("functools", "cache", "cache"),
)
"""What the generated part may need from the standard library: module, name, and what it is called."""


class Piece(Struct, frozen=True):
    """A definition at the top of a file of the runtime: what it defines, what it uses, its text."""

    part: str
    defines: frozenset[str]
    uses: frozenset[str]
    text: str


class Imports(Struct, frozen=True):
    """What is imported from the standard library: modules, and names from modules."""

    modules: frozenset[str]
    names: frozenset[tuple[str, str, str]]
    """Module, name, and what it is called here."""


@cache
def runtime() -> tuple[tuple[Piece, ...], Imports]:
    """The runtime taken apart."""
    pieces: list[Piece] = []
    modules: set[str] = set()
    names = set(GENERATED)
    for part in (*BEFORE, *AFTER):
        text = files("aioformal.pymodule.runtime").joinpath(f"{part}.py").read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.parse(text).body:
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if not module.startswith(("aioformal", "__future__")):
                    names |= {(module, alias.name, alias.asname or alias.name) for alias in node.names}
            elif isinstance(node, ast.Expr):
                _describe(pieces, node, lines)
            else:
                pieces.append(_piece(part, node, lines))
    return tuple(pieces), Imports(frozenset(modules), frozenset(names))


def _piece(part: str, node: ast.stmt, lines: list[str]) -> Piece:
    first = node.lineno
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list:
        first = node.decorator_list[0].lineno
    text = "\n".join(lines[first - 1 : node.end_lineno]).replace("  # noqa: RUF012", "")
    return Piece(part, frozenset(_defined(node)), used_names(node), text)


def _describe(pieces: list[Piece], node: ast.Expr, lines: list[str]) -> None:
    """A string after a constant describes it; the first of a file is about the file."""
    if pieces and pieces[-1].text.splitlines()[-1] in lines[: node.lineno]:
        last = pieces.pop()
        text = "\n".join([last.text, *lines[node.lineno - 1 : node.end_lineno]])
        pieces.append(Piece(last.part, last.defines, last.uses, text))


def _defined(node: ast.stmt) -> Iterable[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def used_names(tree: ast.AST) -> frozenset[str]:
    """The names that occur in Python text, those in quoted annotations too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " | " in node.value:
            found |= used_names(ast.parse(node.value, mode="eval")) if _is_python(node.value) else set()
    return frozenset(found)


def _is_python(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def needed(names: Iterable[str]) -> tuple[list[str], list[str], str]:
    """The definitions that some names need, those before State and those after it, and the imports."""
    pieces, imports = runtime()
    by_name = {name: piece for piece in pieces for name in piece.defines}
    chosen: set[Piece] = set()
    used: set[str] = set(names)
    waiting = list(used)
    while waiting:
        piece = by_name.get(waiting.pop())
        if piece is not None and piece not in chosen:
            chosen.add(piece)
            waiting.extend(piece.uses - used)
            used |= piece.uses
    before = [piece.text for piece in pieces if piece in chosen and piece.part in BEFORE]
    after = [piece.text for piece in pieces if piece in chosen and piece.part in AFTER]
    return before, after, _import_lines(imports, used)


def _import_lines(imports: Imports, used: set[str]) -> str:
    lines = [f"import {module}" for module in sorted(imports.modules) if module in used]
    by_module: dict[str, list[str]] = {}
    for module, name, called in sorted(imports.names):
        if called in used:
            by_module.setdefault(module, []).append(name if name == called else f"{name} as {called}")
    lines += [f"from {module} import {', '.join(names)}" for module, names in sorted(by_module.items())]
    return "\n".join(lines)


def runtime_names() -> frozenset[str]:
    """Every name that the runtime may bring along."""
    pieces, imports = runtime()
    own = {name for piece in pieces for name in piece.defines}
    return frozenset(own | imports.modules | {called for _, _, called in imports.names})
