"""The names of LET: what they stand for inside it."""

from __future__ import annotations

from aioformal.encode import sets
from aioformal.encode.free import mentions
from aioformal.encode.scope import Bound, Closure, Scope, Thunk
from aioformal.encode.translator import Translator
from aioformal.syntax import ast


def let_scope(t: Translator, node: ast.Let, scope: Scope) -> Scope:
    """The scope inside LET. Its definitions see each other, and themselves where they are recursive."""
    inner: dict[str, Bound] = dict(scope)
    recursive: set[str] = set()
    for unit in node.units:
        match unit:
            case ast.OperatorDefinition():
                inner[unit.name.name] = _local_operator(t, unit, inner, unit.name.name in recursive)
            case ast.FunctionDefinition():
                inner[unit.name.name] = _local_function(t, unit, inner)
            case ast.Recursive():
                recursive.update(declared.name for declared in unit.declarations)
            case _:
                with t.path.at(unit.span):
                    raise t.path.unsupported("this unit cannot stand in LET")
    return inner


def _local_operator(t: Translator, unit: ast.OperatorDefinition, scope: Scope, recursive: bool) -> Bound:
    if unit.params or recursive:
        return Closure(unit.name.name, unit.params, unit.body, scope, recursive)
    return Thunk(unit.body, scope, t.primed, given=t.frame.next)


def _local_function(t: Translator, unit: ast.FunctionDefinition, scope: Scope) -> Bound:
    constructor = ast.FunctionConstructor(unit.span, unit.bounds, unit.body)
    if not mentions(unit.body, unit.name.name):
        return Thunk(constructor, scope, t.primed)
    return sets.lazy_function(t, unit.bounds, unit.body, scope)
