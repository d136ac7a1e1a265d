"""What stands around a part of a formula: quantifiers and LETs, and what of them the part depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from aioformal.resolve.formula import needed_units
from aioformal.resolve.model import Definition, Level
from aioformal.resolve.traverse import children, walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

Around: TypeAlias = tuple[ast.Unit, ...] | ast.Bound
"""The units of a LET, or what a quantifier or another binder binds: one name, or one tuple of names."""

_ACTION = frozenset({"'", "UNCHANGED", "\\cdot"})
_TEMPORAL = frozenset({"[]", "<>", "~>", "-+->"})


class Context(Struct, frozen=True):
    """`around`: outermost first."""

    around: tuple[Around, ...] = ()

    def within(self, units: tuple[ast.Unit, ...]) -> Context:
        """Inside of a LET."""
        return Context((*self.around, units)) if units else self

    def under(self, bounds: Iterable[ast.Bound]) -> Context:
        """Inside of a binder."""
        return Context((*self.around, *(one for bound in bounds for one in single(bound))))

    def wrapped(self, expr: ast.Expr) -> ast.Expr:
        """An expression of this place with the LETs that it needs: only bound names are left free."""
        for around in reversed(self.around):
            if not isinstance(around, ast.Bound) and (units := needed_units(around, expr)):
                expr = ast.Let(expr.span, units, expr)
        return expr

    def places(self, expr: ast.Expr) -> tuple[ast.Bound, ...]:
        """The binders whose names an expression of this place depends on, outermost first, each with a
        domain that needs no LET around it."""
        used = free_names(self.wrapped(expr))
        found: list[ast.Bound] = []
        for index in range(len(self.around) - 1, -1, -1):
            around = self.around[index]
            if not isinstance(around, ast.Bound) or not used & {name.name for name in around.names}:
                continue
            here = Context(self.around[:index]).closed(around)
            found.append(here)
            if here.domain is not None:
                used |= free_names(here.domain)
        return tuple(reversed(found))

    def closed(self, bound: ast.Bound) -> ast.Bound:
        """A binder of this place, its domain with the LETs that it needs."""
        return bound if bound.domain is None else replace(bound, domain=self.wrapped(bound.domain))


def single(bound: ast.Bound) -> list[ast.Bound]:
    """`x, y \\in S` as two binders."""
    return [bound] if bound.is_tuple else [replace(bound, names=(name,)) for name in bound.names]


def free_names(expr: ast.Expr) -> set[str]:
    """The local names that an expression does not bind itself. No name is bound inside its own scope."""
    used = {
        node.binding.key
        for node in walk(expr)
        if isinstance(node, ast.Name) and node.binding and node.binding.kind is BindingKind.LOCAL
    }
    return used - bound_names(expr)


def bound_names(expr: ast.Expr) -> set[str]:
    """The local names that an expression binds somewhere."""
    bound: set[str] = set()
    for node in walk(expr):
        match node:
            case ast.Bound(names=names):
                bound |= {name.name for name in names}
            case ast.Lambda(params=params):
                bound |= {param.name for param in params}
            case ast.OperatorDefinition(name=name, params=params):
                bound |= {name.name, *(param.name for param in params)}
            case ast.FunctionDefinition(name=name):
                bound.add(name.name)
            case _:
                pass
    return bound


def level_of(expr: ast.Expr, definitions: Mapping[str, Definition]) -> Level:
    """The level of an expression whose local names are bound to values, or inside it."""
    highest = Level.CONSTANT
    waiting: list[ast.Node] = [expr]
    while waiting and highest is not Level.TEMPORAL:
        node = waiting.pop()
        if isinstance(node, ast.Apply) and _is_enabled(node):
            highest = max(highest, Level.STATE)
            continue
        highest = max(highest, _own_level(node, definitions))
        waiting.extend(children(node))
    return highest


def _is_enabled(node: ast.Apply) -> bool:
    name = node.operator
    return isinstance(name, ast.Name) and name.binding is not None and name.binding.key == "ENABLED"


def _own_level(node: ast.Node, definitions: Mapping[str, Definition]) -> Level:
    match node:
        case ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE)):
            return Level.STATE
        case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
            return definitions[key].level
        case ast.Name(binding=ast.Binding(kind=BindingKind.BUILTIN, key=key)):
            return Level.ACTION if key in _ACTION else Level.TEMPORAL if key in _TEMPORAL else Level.CONSTANT
        case ast.ActionBox() | ast.ActionAngle():
            return Level.ACTION
        case ast.Fairness() | ast.Quantifier(kind="\\EE" | "\\AA"):
            return Level.TEMPORAL
        case _:
            return Level.CONSTANT
