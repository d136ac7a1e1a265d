"""Parts of definitions that are named by where they stand: `Inv!2`, `Thm!:`, `Op!label!<<`.

Lamport, TLA+ Version 2: A Preliminary Guide, section 6. Parts under bound names would need the
names' values as arguments; those are not supported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aioformal.resolve.scope import DefinitionEntry, InstanceEntry, Place
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind


@dataclass(frozen=True, slots=True)
class Selection:
    """A definition, and the steps that lead to a part of its right-hand side."""

    entry: DefinitionEntry
    steps: tuple[str, ...]


def selection(name: ast.Name, place: Place) -> Selection | None:
    """What `M!Op!2!<<` selects; None if it is no selection, or one with arguments."""
    if any(step.args for step in name.path):
        return None
    steps = [*[step.name for step in name.path], name.name]
    entry = place.lookup(steps[0])
    position = 1
    while isinstance(entry, InstanceEntry) and not entry.params and position < len(steps):
        entry = entry.scope.exported(steps[position])
        position += 1
    if not isinstance(entry, DefinitionEntry) or position == len(steps):
        return None
    if entry.world.params or entry.world.frame:
        return None
    return Selection(entry, tuple(steps[position:]))


def select(body: ast.Expr, steps: Sequence[str]) -> ast.Expr | None:
    """The part of a right-hand side that the steps lead to, if it makes sense by itself."""
    part: ast.Expr | None = body
    for step in steps:
        part = None if part is None else _step(part, step)
    return None if part is None or _has_free_locals(part) else part


def _step(part: ast.Expr, step: str) -> ast.Expr | None:
    if step == ":":
        return part
    inner = part.body if isinstance(part, ast.Label) else part
    if step in ("<<", ">>") or step.isdigit():
        return _operand(_operands(inner), step)
    labelled = [node for node in walk(part) if isinstance(node, ast.Label) and node.name.name == step]
    return labelled[0].body if len(labelled) == 1 and not labelled[0].params else None


def _operand(operands: Sequence[ast.Expr], step: str) -> ast.Expr | None:
    index = {"<<": 0, ">>": 1}.get(step, int(step) - 1 if step.isdigit() else -1)
    return operands[index] if 0 <= index < len(operands) else None


def _operands(part: ast.Expr) -> tuple[ast.Expr, ...]:
    match part:
        case ast.Junction(items=items):
            return items
        case ast.Apply(args=args):
            return args
        case ast.If():
            return part.condition, part.then, part.otherwise
        case ast.Tuple(elements=elements) | ast.SetEnumeration(elements=elements):
            return elements
        case ast.CartesianProduct(factors=factors):
            return factors
        case ast.FunctionSet():
            return part.domain, part.range
        case ast.Let(body=body):
            return _operands(body)
        case _:
            return ()


def _has_free_locals(part: ast.Expr) -> bool:
    """Flat expressions bind each local name once, so what is bound inside is not free."""
    used: set[str] = set()
    bound: set[str] = set()
    for node in walk(part):
        if isinstance(node, ast.Name) and node.binding and node.binding.kind is BindingKind.LOCAL:
            used.add(node.binding.key)
        elif isinstance(node, ast.Identifier | ast.Parameter):
            bound.add(node.name)
    return not used <= bound
