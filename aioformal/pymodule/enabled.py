"""ENABLED: whether the enumeration of an action finds anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aioformal.pymodule import expression, letting
from aioformal.pymodule.action import enumerate_action
from aioformal.pymodule.context import Context
from aioformal.pymodule.layout import Piece, call
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.pymodule.scope import Scope


def enabled(scope: Scope, expr: ast.Expr, context: Context) -> Piece:
    """`ENABLED A`: a generator inside the function, started on a state in which nothing has a value."""
    if context.now is None:
        return expression.unsupported("ENABLED is asked where there is no state")
    given = letting.free_inner(expr, context)
    name, target = scope.fresh("enabled"), scope.fresh("n")
    header = "".join(f", {entry.text}: {entry.annotation}" for entry in given)
    inside = replace(context.outermost(), after=target, initial=False)
    with scope.writer.block(
        f"def {name}({target}: NextState{header}) -> Iterator[NextState]", line=expr.span.line
    ):
        enumerate_action(scope, expr, inside, opens=False)
    return call("is_any", call(name, "NextState()", *(entry.text for entry in given)), line=expr.span.line)
