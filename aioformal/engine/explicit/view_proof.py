"""A proof that what VIEW leaves out decides nothing that is checked.

VIEW shows the variables that it lists. If nothing reads the others but their own updates, two states that
agree on what is shown have steps that agree on it again, and are judged alike. So constraints, properties,
and all of Next must not read a hidden variable `h`, but for conjuncts `h' = e`, `h' \\in S` and UNCHANGED,
one of them for a step: these only say what becomes of `h`, and there is always something.

Whether `e` has a value is looked at in the states that are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from aioformal.resolve.model import Definition, Model
from aioformal.resolve.traverse import walk
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

Lets: TypeAlias = Mapping[str, ast.Expr]
"""The operators of the LETs around, by name."""

AHEAD = frozenset({"'", "UNCHANGED", "ENABLED", "\\cdot"})
"""Built-ins that look at the next state."""


class Reading(Struct, frozen=True):
    """Where a hidden variable is read."""

    variable: str
    span: Span


class _ReadError(Exception):
    def __init__(self, variable: str, span: Span) -> None:
        super().__init__(variable)
        self.reading = Reading(variable, span)


def shown_variables(model: Model, view: ast.Expr) -> frozenset[str]:
    """The variables whose values follow from the value of a view."""
    match view:
        case ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE, key=key)):
            return frozenset({key})
        case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
            definition = model.flat.definitions[key]
            if definition.params or definition.recursive:
                return frozenset()
            return shown_variables(model, definition.body)
        case ast.Tuple(elements=elements):
            return frozenset[str]().union(*(shown_variables(model, one) for one in elements))
        case ast.RecordConstructor(fields=fields):
            return frozenset[str]().union(*(shown_variables(model, one.value) for one in fields))
        case _:
            return frozenset()


class Hidden:
    """What is said of some variables of a model."""

    def __init__(self, model: Model, variables: Iterable[str]) -> None:
        self._definitions = model.flat.definitions
        self._variables = frozenset(variables)

    def read_by(self, formulas: Iterable[ast.Expr]) -> Reading | None:
        """Where formulas read a hidden variable, itself or in what they use."""
        try:
            for formula in formulas:
                self._read(formula, {})
        except _ReadError as found:
            return found.reading
        return None

    def read_by_step(self, action: ast.Expr) -> Reading | None:
        """Where an action reads one for more than what becomes of the hidden ones."""
        try:
            self._step(action, {})
        except _ReadError as found:
            return found.reading
        return None

    # ------------------------------------------------------------ expressions

    def _read(self, expr: ast.Expr, lets: Lets) -> None:
        for node, _ in self._nodes(expr, lets):
            match node:
                case ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE, key=key)) if (
                    key in self._variables
                ):
                    raise _ReadError(key, node.span)
                case _:
                    pass

    def _read_ahead(self, expr: ast.Expr, lets: Lets) -> None:
        """What becomes of one hidden variable must not depend on what becomes of another: both could be
        impossible."""
        for node, around in self._nodes(expr, lets):
            match node:
                case ast.Apply(operator=ast.Name(binding=ast.Binding(kind=BindingKind.BUILTIN, key=key))):
                    if key in AHEAD:
                        self._read(node, around)
                case _:
                    pass

    def _nodes(self, expr: ast.Expr, lets: Lets) -> Iterator[tuple[ast.Node, Lets]]:
        """All nodes of an expression and of what it uses, with the LETs around each."""
        waiting: list[tuple[ast.Expr, Lets]] = [(expr, lets)]
        seen: set[int] = set()
        while waiting:
            body, around = waiting.pop()
            if id(body) in seen:
                continue
            seen.add(id(body))
            for node in walk(body):
                yield node, around
                match node:
                    case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                        waiting.append((self._definitions[key].body, {}))
                    case ast.Name(binding=ast.Binding(kind=BindingKind.LOCAL, key=key)) if key in around:
                        waiting.append((around[key], around))
                    case _:
                        pass

    # ------------------------------------------------------------ actions

    def _step(self, action: ast.Expr, lets: Lets) -> frozenset[str]:
        """The hidden variables of which an action says what becomes of them."""
        match action:
            case ast.Junction(kind=kind, items=items):
                return self._together(items, lets) if kind == "/\\" else self._either(items, lets)
            case ast.Apply(
                operator=ast.Name(binding=ast.Binding(kind=BindingKind.BUILTIN, key=key)), args=args
            ):
                return self._built_in(key, action, args, lets)
            case ast.Apply(operator=ast.Name(binding=ast.Binding() as binding), args=args):
                return self._operator(binding, action, args, lets)
            case ast.Name(binding=ast.Binding() as binding):
                return self._operator(binding, action, (), lets)
            case ast.Quantifier(kind="\\E", bounds=bounds, body=body):
                self._read_all((bound.domain for bound in bounds), lets)
                return self._step(body, lets)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                self._read(condition, lets)
                return self._either((then, otherwise), lets)
            case ast.Case(arms=arms, other=other):
                self._read_all((arm.guard for arm in arms), lets)
                ends = [arm.value for arm in arms] + ([] if other is None else [other])
                return self._either(ends, lets)
            case ast.Let(units=units, body=body):
                return self._step(body, {**lets, **_operators_of(units)})
            case ast.Label(body=body):
                return self._step(body, lets)
            case ast.ActionBox(action=inner, subscript=subscript):
                return self._step(inner, lets) | self._unchanged(subscript, lets)
            case _:
                return self._plain(action, lets)

    def _plain(self, expr: ast.Expr, lets: Lets) -> frozenset[str]:
        self._read(expr, lets)
        return frozenset()

    def _read_all(self, exprs: Iterable[ast.Expr | None], lets: Lets) -> None:
        for expr in exprs:
            if expr is not None:
                self._read(expr, lets)

    def _built_in(self, key: str, action: ast.Expr, args: tuple[ast.Expr, ...], lets: Lets) -> frozenset[str]:
        if key == "/\\":
            return self._together(args, lets)
        if key == "\\/":
            return self._either(args, lets)
        if key == "UNCHANGED":
            return self._unchanged(args[0], lets)
        if key in ("=", "\\in") and (name := _primed(args[0])) in self._variables:
            self._read_ahead(args[1], lets)
            if key == "\\in":
                # Whether there is a member must not depend on what is hidden.
                self._read(args[1], lets)
            return frozenset({name})
        return self._plain(action, lets)

    def _operator(
        self, binding: ast.Binding, action: ast.Expr, args: tuple[ast.Expr, ...], lets: Lets
    ) -> frozenset[str]:
        """A definition's body, where it may say what becomes of hidden variables; arguments may not."""
        self._read_all(args, lets)
        if binding.kind is BindingKind.DEFINITION:
            definition: Definition = self._definitions[binding.key]
            if not definition.recursive:
                return self._step(definition.body, {})
        elif binding.kind is BindingKind.LOCAL and binding.key in lets:
            return self._step(lets[binding.key], {k: v for k, v in lets.items() if k != binding.key})
        return self._plain(action, lets)

    def _together(self, parts: Iterable[ast.Expr], lets: Lets) -> frozenset[str]:
        """Two conjuncts that both say what becomes of a variable may contradict each other."""
        said = frozenset[str]()
        for part in parts:
            more = self._step(part, lets)
            if said & more:
                raise _ReadError(min(said & more), part.span)
            said |= more
        return said

    def _either(self, parts: Iterable[ast.Expr], lets: Lets) -> frozenset[str]:
        return frozenset[str]().union(*(self._step(part, lets) for part in parts))

    def _unchanged(self, what: ast.Expr, lets: Lets) -> frozenset[str]:
        match what:
            case ast.Tuple(elements=elements):
                found = [self._unchanged(one, lets) for one in elements]
                return frozenset[str]().union(*found)
            case ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE, key=key)) if key in self._variables:
                return frozenset({key})
            case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                definition = self._definitions[key]
                if not definition.params and not definition.recursive:
                    return self._unchanged(definition.body, {})
            case _:
                pass
        return self._plain(what, lets)


def _primed(expr: ast.Expr) -> str:
    """The variable of which `expr` is the next value; empty if it is something else."""
    match expr:
        case ast.Apply(
            operator=ast.Name(binding=ast.Binding(kind=BindingKind.BUILTIN, key="'")),
            args=(ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE, key=key)),),
        ):
            return key
        case _:
            return ""


def _operators_of(units: Iterable[ast.Unit]) -> Lets:
    """What a LET defines, with recursive functions as what they are computed from."""
    found: dict[str, ast.Expr] = {}
    for unit in units:
        match unit:
            case ast.OperatorDefinition(name=name, body=body):
                found[name.name] = body
            case ast.FunctionDefinition(name=name, bounds=bounds, body=body):
                found[name.name] = ast.FunctionConstructor(unit.span, bounds, body)
            case _:
                pass
    return found
