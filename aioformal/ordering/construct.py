"""Making expressions. Boolean constants are folded away, so that what never matters is never made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind


def boolean(span: Span, value: bool) -> ast.Expr:
    return ast.Boolean(span, value)


def is_known(expr: ast.Expr, value: bool) -> bool:
    """Whether an expression is this very constant."""
    return isinstance(expr, ast.Boolean) and expr.value is value


def negation(expr: ast.Expr) -> ast.Expr:
    if isinstance(expr, ast.Boolean):
        return ast.Boolean(expr.span, not expr.value)
    return applied("~", expr.span, (expr,), "prefix")


def conjunction(span: Span, parts: Iterable[ast.Expr]) -> ast.Expr:
    return _junction(span, "/\\", [p for p in parts if not is_known(p, True)], neutral=True)


def disjunction(span: Span, parts: Iterable[ast.Expr]) -> ast.Expr:
    return _junction(span, "\\/", [p for p in parts if not is_known(p, False)], neutral=False)


def _junction(span: Span, kind: str, parts: Sequence[ast.Expr], *, neutral: bool) -> ast.Expr:
    if any(is_known(part, not neutral) for part in parts):
        return ast.Boolean(span, not neutral)
    if not parts:
        return ast.Boolean(span, neutral)
    if len(parts) == 1:
        return parts[0]
    return ast.Junction(span, "/\\" if kind == "/\\" else "\\/", tuple(parts))


def primed(expr: ast.Expr) -> ast.Expr:
    """`expr'`."""
    if isinstance(expr, ast.Boolean):
        return expr
    return applied("'", expr.span, (expr,), "postfix")


def equality(left: ast.Expr, right: ast.Expr) -> ast.Expr:
    return applied("=", right.span, (left, right), "infix")


def applied(key: str, span: Span, args: tuple[ast.Expr, ...], form: ast.Form) -> ast.Expr:
    """A built-in operator applied."""
    return ast.Apply(span, ast.Name(span, key, (), ast.Binding(BindingKind.BUILTIN, key)), args, form)


def variable(span: Span, name: str) -> ast.Expr:
    return ast.Name(span, name, (), ast.Binding(BindingKind.VARIABLE, name))


def local(span: Span, name: str) -> ast.Name:
    return ast.Name(span, name, (), ast.Binding(BindingKind.LOCAL, name))


def quantified(bounds: Iterable[ast.Bound], body: ast.Expr, *, universal: bool = True) -> ast.Expr:
    """`\\A bounds : body`, the first bound outermost; each has its own quantifier."""
    kind = "\\A" if universal else "\\E"
    for bound in reversed(tuple(bounds)):
        body = ast.Quantifier(body.span, kind, (bound,), body)
    return body


def function(bounds: Iterable[ast.Bound], body: ast.Expr) -> ast.Expr:
    """`[x \\in S |-> [y \\in T |-> body]]`: curried, since T may depend on x."""
    for bound in reversed(tuple(bounds)):
        body = ast.FunctionConstructor(body.span, (bound,), body)
    return body


def looked_up(expr: ast.Expr, bounds: Iterable[ast.Bound]) -> ast.Expr:
    """`expr[x][y]` for the names of the bounds."""
    for bound in bounds:
        names: tuple[ast.Expr, ...] = tuple(local(name.span, name.name) for name in bound.names)
        index = ast.Tuple(bound.span, names) if bound.is_tuple else names[0]
        expr = ast.FunctionApply(expr.span, expr, (index,))
    return expr
