"""ENABLED: whether the enumeration of an action finds anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aioformal.pymodule import expression, letting
from aioformal.pymodule.action import enumerate_action
from aioformal.pymodule.context import Context
from aioformal.pymodule.layout import Piece, call
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

if TYPE_CHECKING:
    from aioformal.pymodule.scope import Scope


def enabled(scope: Scope, expr: ast.Expr, context: Context) -> Piece:
    """`ENABLED A`: a generator inside the function, started on a state in which nothing has a value."""
    if context.now is None:
        return expression.unsupported("ENABLED is asked where there is no state")
    if _has_own_next(scope, expr):
        return expression.unsupported("ENABLED in an instance that puts expressions for variables")
    given = letting.free_inner(expr, context)
    name, target = scope.fresh("enabled"), scope.fresh("n")
    header = "".join(f", {entry.text}: {entry.annotation}" for entry in given)
    inside = replace(context.outermost(), after=target, initial=False)
    with scope.writer.block(
        f"def {name}({target}: NextState{header}) -> Iterator[NextState]", line=expr.span.line
    ):
        enumerate_action(scope, expr, inside, opens=False)
    return call("is_any", call(name, "NextState()", *(entry.text for entry in given)), line=expr.span.line)


def _has_own_next(scope: Scope, expr: ast.Expr) -> bool:
    """Whether ENABLED may be about next values that are no variable's: see `resolve.model.Definition`. Where
    names stand for what is handed over, it may be about any."""
    definitions = scope.facts.definitions
    if not any(definition.own_next for definition in definitions.values()):
        return False
    waiting: list[ast.Node] = [expr]
    seen: set[str] = set()
    while waiting:
        for node in walk(waiting.pop()):
            binding = node.binding if isinstance(node, ast.Name) else None
            if binding is None or (binding.kind is BindingKind.DEFINITION and binding.key in seen):
                continue
            if binding.kind is BindingKind.LOCAL or (
                binding.kind is BindingKind.DEFINITION and definitions[binding.key].own_next
            ):
                return True
            if binding.kind is BindingKind.DEFINITION:
                seen.add(binding.key)
                waiting.append(definitions[binding.key].body)
    return False
