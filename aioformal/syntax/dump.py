"""Syntax trees as indented text: one node a line, stable, for people and for golden tests."""

from __future__ import annotations

from typing import Any, cast

from aioformal.syntax import ast
from aioformal.syntax.nesting import make_room


def dump(node: ast.Node) -> str:
    """`Apply form=infix` with its children indented below it, each after the field it is in."""
    make_room()
    lines: list[str] = []
    _write(node, "", 0, lines)
    return "\n".join(lines) + "\n"


def _write(node: ast.Node, label: str, depth: int, lines: list[str]) -> None:
    scalars: list[str] = []
    children: list[tuple[str, ast.Node]] = []
    for name in node.__struct_fields__:
        if name not in ("span", "binding", "proof"):
            _sort(name, getattr(node, name), scalars, children)
    prefix = f"{label}: " if label else ""
    lines.append("  " * depth + " ".join([prefix + type(node).__name__, *scalars]))
    for name, child in children:
        _write(child, name, depth + 1, lines)


def _sort(name: str, value: Any, scalars: list[str], children: list[tuple[str, ast.Node]]) -> None:
    """A field is written on the node's line if it is a name or a plain value, else below it."""
    if isinstance(value, ast.Identifier):
        scalars.append(f"{name}={value.name}")
    elif isinstance(value, ast.Node):
        children.append((name, value))
    elif isinstance(value, tuple):
        _sort_all(name, cast("tuple[ast.Node, ...]", value), scalars, children)
    elif name in ("value", "text"):
        scalars.append(f"{name}={value!r}")
    elif value is not None and value is not False and value != "call":
        scalars.append(f"{name}={value}")


def _sort_all(
    name: str, items: tuple[ast.Node, ...], scalars: list[str], children: list[tuple[str, ast.Node]]
) -> None:
    names = [item.name for item in items if isinstance(item, ast.Identifier)]
    if names:
        scalars.append(f"{name}={','.join(names)}")
    else:
        children.extend((name, item) for item in items)
