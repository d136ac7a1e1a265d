"""Mistakes in expressions: comparisons, truth values, numbers, operators, updates, conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from msgspec.structs import replace

from aioformal.mutation.building import (
    FALSE,
    TRUE,
    conjuncts_of,
    disjuncts_of,
    is_builtin,
    negated,
    renamed,
)
from aioformal.mutation.mutant import Kind, Mutant, left_out, replaced
from aioformal.syntax import ast

OTHER: dict[str, tuple[Kind, str]] = {
    "=": ("flip-comparison", "#"),
    "#": ("flip-comparison", "="),
    "\\in": ("flip-comparison", "\\notin"),
    "\\notin": ("flip-comparison", "\\in"),
    "<": ("flip-comparison", "<="),
    "<=": ("flip-comparison", "<"),
    ">": ("flip-comparison", ">="),
    ">=": ("flip-comparison", ">"),
    "+": ("swap-operator", "-"),
    "-": ("swap-operator", "+"),
    "\\cup": ("swap-operator", "\\cap"),
    "\\cap": ("swap-operator", "\\cup"),
}
NEGATIONS = frozenset({"=", "#", "\\in", "\\notin", "~"})
"""Operators whose other form says the contrary."""


def mistakes(key: str, node: Any, *, flipped: bool = False, within: str = "") -> Iterator[Mutant]:
    """In an expression or a definition of LET. `flipped`: its negation is a mutant already. `within`: it is
    an argument of this operator."""
    if isinstance(node, tuple):
        items = cast("tuple[Any, ...]", node)
        for item in items:
            yield from mistakes(key, item, within=within)
        return
    if not isinstance(node, ast.Node) or isinstance(node, ast.Name):
        return
    yield from _here(key, node, flipped, within)
    outer = node.operator.name if isinstance(node, ast.Apply) and isinstance(node.operator, ast.Name) else ""
    for name in node.__struct_fields__:
        yield from mistakes(key, getattr(node, name), within=outer)


def _here(key: str, node: ast.Node, flipped: bool, within: str) -> Iterator[Mutant]:
    match node:
        case ast.Apply(operator=ast.Name() as operator) if is_builtin(operator):
            yield from _operator(key, node, operator, flipped)
            if operator.name in ("/\\", "\\/") and operator.name != within:
                yield from _dropped(key, node)
        case ast.Junction():
            yield from _dropped(key, node)
        case ast.If(condition=condition):
            yield replaced("flip-condition", key, condition, negated(condition))
        case ast.CaseArm(guard=guard):
            yield replaced("flip-condition", key, guard, negated(guard))
        case ast.Quantifier(kind="\\A" | "\\E" as kind):
            other = replace(node, kind="\\E" if kind == "\\A" else "\\A")
            yield replaced("flip-condition", key, node, other)
        case ast.Boolean(value=value):
            yield replaced("flip-truth", key, node, ast.Boolean(node.span, not value))
        case ast.Number(value=value):
            yield replaced("shift-number", key, node, ast.Number(node.span, value + 1))
            if value > 0:
                yield replaced("shift-number", key, node, ast.Number(node.span, value - 1))
        case ast.Except(base=base, updates=updates):
            for update in updates:
                rest = tuple(u for u in updates if u is not update)
                left = replace(node, updates=rest) if rest else base
                yield left_out("drop-update", key, node, left, update)
        case _:
            pass


def _operator(key: str, node: ast.Apply, operator: ast.Name, flipped: bool) -> Iterator[Mutant]:
    if operator.name == "\\" and len(node.args) == 2:
        yield replaced("swap-operator", key, node, node.args[0])
    found = OTHER.get(operator.name)
    if found is None or len(node.args) != 2 or (flipped and operator.name in NEGATIONS):
        return
    kind, name = found
    yield replaced(kind, key, node, replace(node, operator=renamed(operator, name)))


def _dropped(key: str, node: ast.Expr) -> Iterator[Mutant]:
    for item in conjuncts_of(node):
        yield left_out("drop-condition", key, item, TRUE, item)
    for item in disjuncts_of(node):
        yield left_out("drop-choice", key, item, FALSE, item)
