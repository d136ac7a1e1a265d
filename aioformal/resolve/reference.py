"""Names, applications and LET: where a flat name is chosen and an instance's arguments are handed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import Note
from aioformal.resolve.enabled import EnabledArguments
from aioformal.resolve.lookup import Found, find
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import (
    BuiltinEntry,
    ConstantEntry,
    DefinitionEntry,
    LocalEntry,
    Place,
    VariableEntry,
    parameters_of,
)
from aioformal.resolve.selection import Selection, selection
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.syntax.operators import INFIX, POSTFIX, PREFIX


class Resolver(Protocol):
    """What resolves expressions and takes in definitions of LET; references need both."""

    def resolve(self, node: ast.Expr, place: Place) -> ast.Expr: ...

    def lambda_(self, node: ast.Lambda, place: Place) -> ast.Lambda: ...

    def take_in(self, entry: DefinitionEntry) -> None: ...


class References(Struct):
    """Binds names and applications. An operator of a parametrized instance gets the instance's
    arguments in front of its own: `M(p)!Op(q)` becomes `M!Op(p, q)`."""

    resolution: Resolution
    resolver: Resolver
    enabled: EnabledArguments

    def name(self, node: ast.Name, place: Place) -> ast.Expr:
        """A name where a value is wanted."""
        part = self._selected(node, (), node.span, place) if node.path else None
        if part is not None:
            return part
        found = find(self.resolution, node, place)
        if found is None or not self._check_count(found, node, 0):
            return node
        return self._use(found, node.span, node.span, (), place)

    def _selected(
        self, name: ast.Name, args: Sequence[ast.Expr], span: Span, place: Place
    ) -> ast.Expr | None:
        """The value of the part of a definition that `Op(a)!2` names."""
        chosen = selection(name, args, place)
        if chosen is None or chosen.given is None:
            return None
        part = self._part(chosen)
        if not part.params:
            return part.body
        given = self.arguments(part.params, chosen.given, place)
        return ast.Apply(span, part, given)  # type: ignore[arg-type]

    def _part(self, chosen: Selection) -> ast.Lambda:
        """A part of a definition as an operator; the parameters of the instances around come first."""
        entry = chosen.entry
        part = self.resolver.lambda_(ast.Lambda(chosen.body.span, chosen.params, chosen.body), entry.place)
        return replace(part, params=(*entry.world.params, *part.params))

    def application(self, node: ast.Apply, place: Place) -> ast.Expr:
        """`F(x)`, `a + b`, `x'`."""
        if isinstance(node.operator, ast.Lambda):
            return self._beta(node, node.operator, place)
        part = self._selected(node.operator, node.args, node.span, place) if node.operator.path else None
        if part is not None:
            return part
        found = find(self.resolution, node.operator, place)
        if found is None or not self._check_count(found, node.operator, len(node.args)):
            return replace(node, args=tuple([self._any_argument(arg, place) for arg in node.args]))
        params = parameters_of(found.entry) or ()
        places = self.enabled.places(found.entry, params, node, place)
        args = tuple([self._argument(p, a, at) for p, a, at in zip(params, node.args, places, strict=True)])
        return self._use(found, node.operator.span, node.span, args, place)

    def infix(self, node: ast.Apply, left: ast.Expr, place: Place) -> ast.Expr:
        """`left + b`, the left side being resolved already: chains are walked by a loop."""
        operator = node.operator
        assert isinstance(operator, ast.Name)
        found = find(self.resolution, operator, place)
        if found is None or not self._check_count(found, operator, 2):
            return replace(node, args=(left, self._any_argument(node.args[1], place)))
        self.enabled.check_infix(found.entry, operator, place)
        right = self.resolver.resolve(node.args[1], place)
        return self._use(found, operator.span, node.span, (left, right), place)

    def _any_argument(self, arg: ast.Expr, place: Place) -> ast.Expr:
        """An argument of something unknown: it may be a value or an operator."""
        if isinstance(arg, ast.Lambda):
            return self.resolver.lambda_(arg, place)
        if isinstance(arg, ast.Name):
            find(self.resolution, arg, place)
            return arg
        return self.resolver.resolve(arg, place)

    def _beta(self, node: ast.Apply, operator: ast.Lambda, place: Place) -> ast.Expr:
        bound = self.resolver.lambda_(operator, place)
        if len(node.args) != len(bound.params):
            message = f"this LAMBDA takes {_count(len(bound.params))}, not {len(node.args)}"
            self.resolution.report("name.arity", message, node.span)
            return replace(node, operator=bound)
        return replace(node, operator=bound, args=self.arguments(operator.params, node.args, place))

    def _check_count(self, found: Found, name: ast.Name, number: int) -> bool:
        params = parameters_of(found.entry) or ()
        if len(params) == number:
            return True
        entry = found.entry
        wanted = _count(len(params)) if params else "no arguments"
        given = str(number) if number else "none"
        message = f"`{entry.name}` takes {wanted}, not {given}"
        notes = () if isinstance(entry, BuiltinEntry) else [Note("declared here", entry.span)]
        self.resolution.report("name.arity", message, name.span, notes=notes)
        return False

    # ------------------------------------------------------------ arguments

    def arguments(
        self, params: Sequence[ast.Parameter], args: Sequence[ast.Expr], place: Place
    ) -> tuple[ast.Expr, ...]:
        """Arguments for parameters, equally many: a parameter `F(_)` takes an operator."""
        return tuple([self._argument(p, arg, place) for p, arg in zip(params, args, strict=True)])

    def _argument(self, param: ast.Parameter, arg: ast.Expr, place: Place) -> ast.Expr:
        if param.arity == 0:
            return self.resolver.resolve(arg, place)
        if isinstance(arg, ast.Lambda):
            if len(arg.params) != param.arity:
                self._report_operator(param, f"a LAMBDA with {len(arg.params)}", arg.span)
            return self.resolver.lambda_(arg, place)
        if not isinstance(arg, ast.Name):
            self._report_operator(param, "an expression", arg.span)
            return self.resolver.resolve(arg, place)
        chosen = selection(arg, (), place) if arg.path else None
        if chosen is not None and chosen.given is None:
            part = self._part(chosen)
            if len(part.params) != param.arity:
                self._report_operator(param, f"a part with {len(part.params)}", arg.span)
            return part
        found = find(self.resolution, arg, place)
        if found is None:
            return arg
        count = len(parameters_of(found.entry) or ())
        if count != param.arity:
            self._report_operator(param, f"`{arg.name}`, which has {count}", arg.span)
            return arg
        return self._as_operator(found, arg.span, param.arity, place)

    def _report_operator(self, param: ast.Parameter, given: str, span: Span) -> None:
        wanted = f"an operator with {param.arity} parameter{'' if param.arity == 1 else 's'}"
        message = f"`{param.name}` wants {wanted}, not {given}"
        self.resolution.report("name.arity", message, span)

    def _as_operator(self, found: Found, span: Span, arity: int, place: Place) -> ast.Expr:
        """An operator as an argument; what an instance's arguments are still missing from is
        wrapped: `LAMBDA _1 : M!Op(p, _1)`."""
        self.enabled.check_operator(found.entry, span, place)
        bound = self._bound_name(found, span)
        leading = self._leading(found, place)
        if not leading:
            return bound
        params = tuple([ast.Parameter(span, f"_{index + 1}") for index in range(arity)])
        own = [_local(param.name, span) for param in params]
        return ast.Lambda(span, params, ast.Apply(span, bound, (*leading, *own)))

    # ------------------------------------------------------------ uses

    def _use(
        self, found: Found, name: Span, whole: Span, args: tuple[ast.Expr, ...], place: Place
    ) -> ast.Expr:
        bound = self._bound_name(found, name)
        every = (*self._leading(found, place), *args)
        if not every:
            return bound
        return ast.Apply(whole, bound, every, form_of(bound.name, len(every)))

    def _bound_name(self, found: Found, span: Span) -> ast.Name:
        match found.entry:
            case BuiltinEntry(key=key):
                return _bound(key, BindingKind.BUILTIN, span)
            case VariableEntry(key=key):
                return _bound(key, BindingKind.VARIABLE, span)
            case ConstantEntry(key=key):
                return _bound(key, BindingKind.CONSTANT, span)
            case LocalEntry(key=key):
                return _local(key, span)
            case DefinitionEntry(key=key) as entry:
                if entry.world.frame is None:
                    self.resolution.demand(entry)
                    return _bound(key, BindingKind.DEFINITION, span)
                self.resolver.take_in(entry)
                return _local(key, span)
            case other:
                raise AssertionError(f"{other} is not a value")

    def _leading(self, found: Found, place: Place) -> tuple[ast.Expr, ...]:
        """The arguments for the parameters of the instances that a definition belongs to: given by
        a qualifier, or, inside the instance itself, its own parameters."""
        if not isinstance(found.entry, DefinitionEntry):
            return ()
        leading: list[ast.Expr] = []
        for param in found.entry.world.params:
            given = found.given.get(param.name)
            if given is None:
                leading.append(_local(param.name, found.entry.span))
            else:
                leading.append(self._argument(param, given.argument, place))
        return tuple(leading)


def _bound(key: str, kind: BindingKind, span: Span) -> ast.Name:
    return ast.Name(span, key, (), ast.Binding(kind, key))


def _local(key: str, span: Span) -> ast.Name:
    return _bound(key, BindingKind.LOCAL, span)


def form_of(key: str, count: int) -> ast.Form:
    """How an application of a flat name is written."""
    if count == 2 and key in INFIX:
        return "infix"
    if count == 1 and key in PREFIX:
        return "prefix"
    return "postfix" if count == 1 and key in POSTFIX else "call"


def _count(number: int) -> str:
    return f"{number} argument{'' if number == 1 else 's'}"
