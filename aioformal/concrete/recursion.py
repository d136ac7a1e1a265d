"""`f[x \\in S] == e` where `e` uses `f`: values are computed on need and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioformal.concrete.context import Context, Local
from aioformal.concrete.pattern import bind_argument, domain_text
from aioformal.concrete.writer import Writer
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
    own, rule, member = c.fresh("f"), c.fresh(f"rule_{name}"), c.fresh("x")
    inner = Writer()
    names = bind_argument(c, bounds, member, inner)
    inside = context.bind({**names, name: Local(own, is_rule=True)})
    c.tail(body, inside, inner, as_condition=False)
    c.function(rule, (*header, own, member), inner.lines)
    c.definition_of[rule] = name.removesuffix(OWN)
    domain = domain_text(c, bounds, context)
    writer.line(f"return recursive_function({', '.join((domain, rule, *header))})")
