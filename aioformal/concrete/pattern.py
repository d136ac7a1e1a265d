"""Names bound over sets, alone or by a tuple pattern, and the sets that they range over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aioformal.concrete.context import Context, Entry, Local
from aioformal.concrete.writer import Writer
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler


def domain_text(c: Compiler, bounds: Sequence[ast.Bound], context: Context) -> str:
    """The domain of a function: of tuples, if it has several arguments."""
    texts = [_domain(c, bound, context) for bound in bounds for _ in _patterns(bound)]
    return texts[0] if len(texts) == 1 else f"cartesian_product(({', '.join(texts)},))"


def argument_text(c: Compiler, args: Sequence[ast.Expr], context: Context) -> str:
    """What a function is applied to: a tuple, if it has several arguments."""
    texts = [c.value(arg, context) for arg in args]
    return texts[0] if len(texts) == 1 else f"make_tuple(({', '.join(texts)},))"


def _domain(c: Compiler, bound: ast.Bound, context: Context) -> str:
    if bound.domain is None:
        return c.mark(bound, "unsupported('a bound without a set cannot be enumerated')")
    return c.value(bound.domain, context)


def _patterns(bound: ast.Bound) -> Sequence[tuple[ast.Identifier, ...]]:
    """The names that each element of the domain is bound to, in turn."""
    return [bound.names] if bound.is_tuple else [(name,) for name in bound.names]


def bind_argument(c: Compiler, bounds: Sequence[ast.Bound], text: str, writer: Writer) -> dict[str, Entry]:
    """Statements that take a function's argument apart, and the entries of the bound names."""
    patterns = [(bound, names) for bound in bounds for names in _patterns(bound)]
    if len(patterns) == 1:
        return bind_pattern(c, patterns[0][0], patterns[0][1], text, writer)
    parts = [c.fresh("x") for _ in patterns]
    writer.line(f"{', '.join(parts)}, = unpack({text}, {len(parts)})")
    entries: dict[str, Entry] = {}
    for part, (bound, names) in zip(parts, patterns, strict=True):
        entries.update(bind_pattern(c, bound, names, part, writer))
    return entries


def bind_pattern(
    c: Compiler, bound: ast.Bound, names: Sequence[ast.Identifier], text: str, writer: Writer
) -> dict[str, Entry]:
    """Entries for one name, or for the names of a tuple pattern."""
    if not bound.is_tuple:
        return {names[0].name: Local(text)}
    variables = {name.name: c.fresh(f"v_{name.name}") for name in names}
    writer.line(c.mark(bound, f"{', '.join(variables.values())}, = unpack({text}, {len(names)})"))
    return {name: Local(variable) for name, variable in variables.items()}


def parts_of_tuple(c: Compiler, expr: ast.Expr) -> Sequence[ast.Expr]:
    """The elements of a tuple of tuples, also by way of definitions without parameters: `vars`."""
    if isinstance(expr, ast.Tuple):
        return [part for element in expr.elements for part in parts_of_tuple(c, element)]
    if isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is ast.BindingKind.DEFINITION:
        definition = c.definitions[expr.binding.key]
        if not definition.params and isinstance(definition.body, ast.Tuple):
            return parts_of_tuple(c, definition.body)
    return [expr]
