"""Square brackets and braces whose form shows only when all of it has been read.

The grammar takes `x \\in S` between brackets for an expression; here it becomes a bound where the
form wants one. Parentheses tell: they widen a span, so `(x \\in S)` does not begin where `x` does.
"""

from __future__ import annotations

from typing import cast

from msgspec import Struct

from aioformal.diagnostic import DiagnosticError, error
from aioformal.source import Span
from aioformal.syntax import ast


class Pair(Struct, frozen=True):
    """`a |-> b` or `a : b` between square brackets, before it is known what it stands for."""

    span: Span
    mark: str
    left: ast.Expr
    right: ast.Expr


def bracket_form(span: Span, entries: list[ast.Expr | Pair]) -> ast.Expr:
    """`[x \\in S |-> e]`, `[a |-> 1, b |-> 2]` or `[a : S, b : T]`."""
    last = entries[-1]
    if not isinstance(last, Pair):
        raise _not_a_bracket_form(last)
    if last.mark == "MAPSTO" and not _is_field_name(last.left):
        return _function_constructor(span, entries)
    fields = tuple(_field(entry, last.mark) for entry in entries)
    return (ast.RecordConstructor if last.mark == "MAPSTO" else ast.RecordSet)(span, fields)


def _is_bare_membership(expr: ast.Expr) -> bool:
    """`x \\in S` with no parentheses around it."""
    return (
        isinstance(expr, ast.Apply)
        and expr.form == "infix"
        and cast(ast.Name, expr.operator).name == "\\in"
        and expr.span.start == expr.args[0].span.start
    )


def bound_of(expr: ast.Expr) -> ast.Bound | None:
    """`x \\in S` or `<<x, y>> \\in S`, parsed as an expression, read as a bound."""
    if not _is_bare_membership(expr):
        return None
    left, domain = cast(ast.Apply, expr).args
    if isinstance(left, ast.Name) and not left.path:
        return ast.Bound(expr.span, (ast.Identifier(left.span, left.name),), domain)
    if isinstance(left, ast.Tuple) and left.elements and all(map(_is_field_name, left.elements)):
        names = tuple(ast.Identifier(e.span, cast(ast.Name, e).name) for e in left.elements)
        return ast.Bound(expr.span, names, domain, True)
    return None


def _is_field_name(expr: ast.Expr) -> bool:
    return isinstance(expr, (ast.Name, ast.Boolean)) and not getattr(expr, "path", ())


def group_bounds(exprs: list[ast.Expr]) -> tuple[ast.Bound, ...]:
    """`x, y \\in S, <<a, b>> \\in T`, read from a list of expressions."""
    bounds: list[ast.Bound] = []
    names: list[ast.Identifier] = []
    for expr in exprs:
        bound = bound_of(expr)
        if bound is None and isinstance(expr, ast.Name) and not expr.path:
            names.append(ast.Identifier(expr.span, expr.name))
            continue
        if bound is None or (names and bound.is_tuple):
            raise _not_a_bound(expr)
        span = names[0].span.to(bound.span) if names else bound.span
        bounds.append(ast.Bound(span, (*names, *bound.names), bound.domain, bound.is_tuple))
        names = []
    if names:
        raise _not_a_bound(exprs[-1])
    return tuple(bounds)


def _not_a_bound(expr: ast.Expr) -> DiagnosticError:
    return error(
        "parse.unexpected",
        "a bound variable is expected here",
        expr.span,
        hint="write `x \\in S`, `x, y \\in S` or `<<x, y>> \\in S`",
    )


def _function_constructor(span: Span, entries: list[ast.Expr | Pair]) -> ast.FunctionConstructor:
    *before, last = entries
    for entry in before:
        if isinstance(entry, Pair):
            raise _not_a_bracket_form(entry)
    assert isinstance(last, Pair)
    bounds = group_bounds([*cast("list[ast.Expr]", before), last.left])
    return ast.FunctionConstructor(span, bounds, last.right)


def _field(entry: ast.Expr | Pair, mark: str) -> ast.Field:
    if not isinstance(entry, Pair) or entry.mark != mark or not _is_field_name(entry.left):
        raise _not_a_bracket_form(entry)
    name = ast.Identifier(entry.left.span, entry.left.span.text)
    return ast.Field(entry.span, name, entry.right)


def _not_a_bracket_form(entry: ast.Expr | Pair) -> DiagnosticError:
    return error(
        "parse.unexpected",
        "this is none of the forms that square brackets have",
        entry.span,
        hint="[a |-> 1]  [a : S]  [x \\in S |-> e]  [S -> T]  [f EXCEPT ![x] = e]  [A]_v",
    )
