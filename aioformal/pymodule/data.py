"""Functions, records, tuples and sets as expressions of Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from aioformal.pymodule.context import Context, Local, safe_names
from aioformal.pymodule.expression import VALUES, unsupported, value
from aioformal.pymodule.layout import Doc, Piece, call, glue
from aioformal.pymodule.names import can_be_argument, text_of_string
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.pymodule.scope import Scope


def function_apply(scope: Scope, node: ast.FunctionApply, context: Context) -> Piece:
    """`f[a][b].c` is one call of `at`."""
    path: list[Piece] = []
    inner: ast.Expr = node
    while isinstance(inner, ast.FunctionApply | ast.FieldAccess):
        path.insert(0, step_of(scope, inner, context))
        inner = inner.function if isinstance(inner, ast.FunctionApply) else inner.record
    return call("at", value(scope, inner, context), *path, line=node.span.line)


def step_of(scope: Scope, node: ast.FunctionApply | ast.FieldAccess, context: Context) -> Piece:
    if isinstance(node, ast.FieldAccess):
        return text_of_string(node.field.name)
    return argument_of(scope, node.args, context)


def argument_of(scope: Scope, args: Sequence[ast.Expr], context: Context) -> Piece:
    """`f[a, b]` is applied to a tuple."""
    pieces = [value(scope, arg, context) for arg in args]
    return pieces[0] if len(pieces) == 1 else call("seq", *pieces)


def fields_call(name: str) -> Callable[[Scope, Any, Context], Piece]:
    def rule(scope: Scope, node: ast.RecordConstructor | ast.RecordSet, context: Context) -> Piece:
        pairs = [(f.name.name, value(scope, f.value, context)) for f in node.fields]
        if all(can_be_argument(field) for field, _ in pairs):
            return call(name, *(glue(f"{field}=", piece) for field, piece in pairs), line=node.span.line)
        items = (glue(f"{text_of_string(field)}: ", piece) for field, piece in pairs)
        return call(name, Doc("**{", tuple(items), ", ", "}", "list"), line=node.span.line)

    return rule


def except_value(scope: Scope, node: ast.Except, context: Context) -> Piece:
    updates: list[Piece] = []
    for update in node.updates:
        steps = [path_step(scope, step, context) for step in update.path]
        path = Doc("(", tuple(steps), ", ", ",)" if len(steps) == 1 else ")", "list")
        updates.append(
            Doc("(", (path, new_value(scope, update, context)), ", ", ")", "list", update.span.line)
        )
    return call("updated", value(scope, node.base, context), *updates, line=node.span.line)


def new_value(scope: Scope, update: ast.ExceptUpdate, context: Context) -> Piece:
    """The value at the end of a path: a function of the old one, unless it has a value in any case."""
    if not scope.laziness.may_fail(update.value, safe_names(context)):
        return value(scope, update.value, context)
    inside = context.bind({"@": Local("old", is_inner=True)})
    return glue("lambda old: ", value(scope, update.value, inside))


def path_step(scope: Scope, step: ast.ExceptIndex | ast.ExceptField, context: Context) -> Piece:
    if isinstance(step, ast.ExceptField):
        return text_of_string(step.field.name)
    return argument_of(scope, step.args, context)


def at_value(_scope: Scope, _node: ast.At, context: Context) -> Piece:
    entry = context.env.get("@")
    return entry.text if isinstance(entry, Local) else unsupported("@ stands outside of EXCEPT")


def several(name: str, field: str) -> Callable[[Scope, Any, Context], Piece]:
    """A call with the values of a node's tuple of expressions."""

    def rule(scope: Scope, node: Any, context: Context) -> Piece:
        parts: Sequence[ast.Expr] = getattr(node, field)
        return call(name, *(value(scope, e, context) for e in parts), line=node.span.line)

    return rule


def set_value(scope: Scope, node: ast.SetEnumeration, context: Context) -> Piece:
    if not node.elements:
        return "frozenset()"
    pieces = [value(scope, e, context) for e in node.elements]
    if len({type(e) for e in node.elements}) == 1 and isinstance(node.elements[0], ast.String | ast.Number):
        return Doc("frozenset({", tuple(pieces), ", ", "})", "list")
    return call("make_set", Doc("[", tuple(pieces), ", ", "]", "list"), line=node.span.line)


def function_set(scope: Scope, node: ast.FunctionSet, context: Context) -> Piece:
    parts = value(scope, node.domain, context), value(scope, node.range, context)
    return call("Functions", *parts, line=node.span.line)


VALUES[ast.At] = at_value
VALUES[ast.FunctionApply] = VALUES[ast.FieldAccess] = function_apply
VALUES[ast.FunctionSet] = function_set
VALUES[ast.RecordConstructor] = fields_call("record")
VALUES[ast.RecordSet] = fields_call("records")
VALUES[ast.Except] = except_value
VALUES[ast.SetEnumeration] = set_value
VALUES[ast.Tuple] = several("seq", "elements")
VALUES[ast.CartesianProduct] = several("times", "factors")
