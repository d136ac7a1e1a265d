"""Reading what has a next value of its own below ENABLED: see `resolve.model.Definition`.

The state that ENABLED puts together has a place for it behind those of the variables. Functions do not know
whom they are called by, so they look whether the state has one: any other is shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aioformal.concrete.context import Context, Partial, Whole
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler


def own_next_of(c: Compiler, expr: ast.Expr) -> int | None:
    """The place, behind the variables, of what an expression applies; None for all other expressions."""
    name = expr.operator if isinstance(expr, ast.Apply) else expr
    binding = name.binding if isinstance(name, ast.Name) else None
    if binding is None or binding.kind is not ast.BindingKind.DEFINITION:
        return None
    return c.own_next.get(binding.key)


def reading(
    c: Compiler, place: int, context: Context, usual: Callable[[], str], *, as_condition: bool
) -> str:
    """Python text for the value where it has one of its own, else for the `usual` one."""
    state = context.now
    if isinstance(state, Partial):
        if place >= state.size:
            return usual()
        return _wanted(state.text_of(place) or f"unset({c.names[place]!r})", as_condition)
    if not isinstance(state, Whole):
        return usual()
    own = _wanted(f"have({state.text}, {place}, NAMES)", as_condition)
    return f"({own} if len({state.text}) > {place} else {usual()})"


def _wanted(text: str, as_condition: bool) -> str:
    return f"truth({text})" if as_condition else text
