"""`f[x \\in S] == e` where `e` uses `f`: values are computed on need and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aioformal.concrete.context import Context, Local
from aioformal.concrete.pattern import argument_text, bind_argument, domain_text
from aioformal.concrete.writer import Writer
from aioformal.resolve.traverse import gives_constructor
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

OWN = " itself"
"""Ends the local name by which a global recursive function goes inside its own right side."""


def recursive_function(
    c: Compiler,
    name: str,
    bounds: tuple[ast.Bound, ...],
    body: ast.Expr,
    context: Context,
    header: tuple[str, ...],
    writer: Writer,
) -> None:
    """Writes a body that returns the function; inside, `name` is the function itself."""
    rules = [_rule(c, name, bounds, body, context, header)]
    if gives_constructor(body):
        rules.append(_rule(c, name, bounds, body, context, header, by_need=True))
    else:
        rules.append("None")
    domain = domain_text(c, bounds, context)
    writer.line(f"return recursive_function({', '.join((domain, *rules, *header))})")


def _rule(
    c: Compiler,
    name: str,
    bounds: tuple[ast.Bound, ...],
    body: ast.Expr,
    context: Context,
    header: tuple[str, ...],
    *,
    by_need: bool = False,
) -> str:
    """The function for the value at an argument."""
    own, rule, member = c.fresh("f"), c.fresh(f"rule_{name}"), c.fresh("x")
    inner = Writer()
    names = bind_argument(c, bounds, member, inner)
    inside = context.bind({**names, name: Local(own, is_rule=True, by_need=by_need)})
    shown = name.removesuffix(OWN)
    c.tail(body, replace(inside, by_need=shown if by_need else None), inner, as_condition=False)
    c.function(rule, (*header, own, member), inner.lines)
    c.definition_of[rule] = shown
    return rule


def constructor_tail(
    c: Compiler, node: ast.FunctionConstructor, context: Context, writer: Writer, as_condition: bool
) -> bool:
    """A function constructor that may stay a rule: it is what a recursive function is at an argument."""
    if as_condition or context.by_need is None:
        return False
    lifted = c.lifted("value", c.needs(c.analysis.of(node), context.env), context)
    member, inner = c.fresh("x"), Writer()
    names = bind_argument(c, node.bounds, member, inner)
    c.tail(node.body, replace(lifted.context.bind(names), by_need=context.by_need), inner, as_condition=False)
    c.function(lifted.name, (*lifted.header, member), inner.lines)
    c.definition_of[lifted.name] = context.by_need
    domain = domain_text(c, node.bounds, context)
    writer.line(f"return {c.mark(node, f'ByNeed({domain}, {lifted.partial()})')}")
    return True


def steps_by_need(c: Compiler, expr: ast.Expr, context: Context) -> list[str]:
    """For `f[a][b].c` in the definition of `f`: `f`, `a`, `b` and `c`; nothing for anything else, and where
    values are computed at once."""
    own = _own_name(_base(expr), context)
    return [own, *_steps(c, expr, context)] if own and not isinstance(expr, ast.Name) else []


def _base(expr: ast.Expr) -> ast.Expr:
    while isinstance(expr, ast.FunctionApply | ast.FieldAccess):
        expr = expr.function if isinstance(expr, ast.FunctionApply) else expr.record
    return expr


def _own_name(expr: ast.Expr, context: Context) -> str | None:
    binding = expr.binding if isinstance(expr, ast.Name) else None
    if binding is None or binding.kind is not ast.BindingKind.LOCAL:
        return None
    entry = context.env.get(binding.key)
    return entry.text if isinstance(entry, Local) and entry.by_need else None


def _steps(c: Compiler, expr: ast.Expr, context: Context) -> list[str]:
    match expr:
        case ast.FunctionApply(function=function, args=args):
            return [*_steps(c, function, context), argument_text(c, args, context)]
        case ast.FieldAccess(record=record, field=field):
            return [*_steps(c, record, context), repr(field.name)]
        case _:
            return []
