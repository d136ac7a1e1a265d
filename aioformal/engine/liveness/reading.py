"""From syntax to temporal formulas: definitions unfolded, quantifiers instance by instance.

Where a quantifier or a parameter binds a name, its value or its argument is put in place, so that an atom is
a closed formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, product

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.concrete import Program
from aioformal.concrete.condition import builtin_key
from aioformal.engine.liveness.atoms import Atoms
from aioformal.engine.liveness.formula import (
    FALSE,
    TRUE,
    Literal,
    Temporal,
    always,
    both,
    either,
    eventually,
    negated,
)
from aioformal.ordering.context import level_of
from aioformal.resolve.formula import needed_units, replace_locals
from aioformal.resolve.model import Level, Model
from aioformal.resolve.traverse import walk
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.vacuity.entering import entered, written
from aioformal.value.fault import ValueFault
from aioformal.value.sets import members
from aioformal.value.values import Function, Value, elements_of

MOST_INSTANCES = 10_000
TOO_MANY = f"a temporal formula has more than {MOST_INSTANCES:,} instances"
DEEPEST = 500
"""Definitions inside each other: more are recursive."""


_VARIABLE = BindingKind.VARIABLE


class RefusedError(Exception):
    """A formula that is not understood. `reason` says what, `span` where."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(f"{reason} ({span})")


class Around(Struct, frozen=True):
    """`lets`: units of the LETs around a formula, those that stand for temporal formulas apart, by name.
    `chosen`: what quantifiers have chosen."""

    lets: tuple[tuple[ast.Unit, ...], ...] = ()
    temporal: Mapping[str, tuple[ast.OperatorDefinition, Around]] = field(
        default_factory=dict[str, "tuple[ast.OperatorDefinition, Around]"]
    )
    chosen: tuple[tuple[str, Value], ...] = ()
    depth: int = 0

    def closed(self, expr: ast.Expr) -> ast.Expr:
        for units in reversed(self.lets):
            if needed := needed_units(units, expr):
                expr = ast.Let(expr.span, needed, expr)
        return expr

    def deeper(self, span: Span) -> Around:
        if self.depth >= DEEPEST:
            raise RefusedError("a temporal formula is defined by itself", span)
        return replace(self, depth=self.depth + 1)


class Part(Struct, frozen=True):
    """One conjunct of a temporal formula, for one choice of the quantifiers around it."""

    expr: ast.Expr
    around: Around


class Reader:
    """Reads formulas of one model, and collects their atoms."""

    def __init__(self, model: Model) -> None:
        self.atoms = Atoms()
        self._definitions = model.flat.definitions
        self._model = model
        self._program = Program(model)
        self._constants = 0
        self._entries = 0

    # ------------------------------------------------------------ conjuncts

    def parts(self, expr: ast.Expr, around: Around | None = None) -> list[Part]:
        """A formula as conjuncts, each of which can be judged by itself. Raises `RefusedError`."""
        around = around or Around()
        match expr:
            case ast.Junction(kind="/\\", items=items):
                return [part for item in items for part in self.parts(item, around)]
            case ast.Quantifier(kind="\\A") if self._is_temporal(expr):
                inner = self._instances(expr, around)
                return [part for body, there in inner for part in self.parts(body, there)]
            case ast.Apply(args=args) if builtin_key(expr) == "/\\":
                return [part for arg in args for part in self.parts(arg, around)]
            case _:
                pass
        opened = self._opened(expr, around)
        if opened is None:
            return [Part(expr, around)]
        return self.parts(*opened)

    def formula(self, part: Part) -> Temporal:
        """Raises `RefusedError`."""
        return self._read(part.expr, part.around)

    # ------------------------------------------------------------ formulas

    def _read(self, expr: ast.Expr, around: Around) -> Temporal:
        if isinstance(expr, ast.Boolean):
            return TRUE if expr.value else FALSE
        if not self._is_temporal(expr, around):
            return self._atom(around.closed(expr))
        match expr:
            case ast.Junction(kind=kind, items=items):
                parts = [self._read(item, around) for item in items]
                return both(parts) if kind == "/\\" else either(parts)
            case ast.Quantifier(kind="\\A" | "\\E"):
                instances = [self._read(body, there) for body, there in self._instances(expr, around)]
                return both(instances) if expr.kind == "\\A" else either(instances)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                holds = self._read(condition, around)
                yes = both((holds, self._read(then, around)))
                return either((yes, both((negated(holds), self._read(otherwise, around)))))
            case ast.Fairness():
                return self._fairness(expr, around)
            case ast.Apply() if (key := builtin_key(expr)) is not None:
                return self._built_in(key, expr, around)
            case _:
                opened = self._opened(expr, around)
        if opened is None:
            raise RefusedError("this form of a temporal formula is not judged", expr.span)
        return self._read(*opened)

    def _built_in(self, key: str, expr: ast.Apply, around: Around) -> Temporal:
        if key not in _OPERATORS:
            raise RefusedError(f"`{key}` is not judged", expr.span)
        return _OPERATORS[key]([self._read(arg, around) for arg in expr.args])

    def _fairness(self, expr: ast.Fairness, around: Around) -> Temporal:
        """Lamport, Specifying Systems, section 8.4: `WF_v(A)` is `[]<>(~ENABLED <<A>>_v) \\/ []<><<A>>_v`."""
        step = around.closed(ast.ActionAngle(expr.span, expr.action, expr.subscript))
        taken = Literal(self.atoms.step(step))
        if not expr.substituted:
            disabled = Literal(self.atoms.enabled(step), wanted=False)
        else:
            disabled = negated(self._atom(self._enabled(expr, around)))
        idle = always(eventually(disabled)) if expr.kind == "WF" else eventually(always(disabled))
        return either((idle, always(eventually(taken))))

    def _enabled(self, expr: ast.Fairness, around: Around) -> ast.Expr:
        """ENABLED of fairness in a module with expressions for its variables. They are definitions here: any
        variable that is left was handed over from outside."""
        if expr.enabled is None:
            reason = "here ENABLED cannot be said of a module with expressions for its variables"
            raise RefusedError(reason, expr.span)
        closed = around.closed(expr.enabled)
        if any(isinstance(n, ast.Name) and n.binding and n.binding.kind is _VARIABLE for n in walk(closed)):
            raise RefusedError("fairness of what is handed over to an instance is not judged", expr.span)
        return closed

    def _atom(self, closed: ast.Expr) -> Temporal:
        """A formula without temporal operators. It is not taken apart: what is left of an operator may be
        what gives what is right of it a value."""
        key = builtin_key(closed)
        if isinstance(closed, ast.Apply) and key == "~":
            return negated(self._atom(closed.args[0]))
        if isinstance(closed, ast.Apply) and key == "ENABLED" and not self._model.flat.own_next:
            return Literal(self.atoms.enabled(closed.args[0]))
        is_step = level_of(closed, self._definitions) is Level.ACTION
        return Literal(self.atoms.step(closed) if is_step else self.atoms.state(closed))

    # ------------------------------------------------------------ what names stand for

    def _opened(self, expr: ast.Expr, around: Around) -> tuple[ast.Expr, Around] | None:
        """What a temporal formula stands for, if it is a name, an application, a label or a LET."""
        if not self._is_temporal(expr, around):
            return None
        args: tuple[ast.Expr, ...] = ()
        name = expr
        if isinstance(expr, ast.Apply):
            name, args = expr.operator, expr.args
        match name:
            case ast.Label(body=body):
                return body, around
            case ast.Let(units=units, body=body):
                return body, self._within(units, around)
            case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                self._entries += 1
                body = entered(self._definitions[key], args, self._entries)
                if body is None:
                    raise RefusedError("an operator is handed over to a temporal formula", expr.span)
                return body, around.deeper(expr.span)
            case ast.Name(binding=ast.Binding(kind=BindingKind.LOCAL, key=key)) if key in around.temporal:
                return self._named(key, args, around.deeper(expr.span), expr.span)
            case _:
                return None

    def _named(
        self, key: str, args: tuple[ast.Expr, ...], around: Around, span: Span
    ) -> tuple[ast.Expr, Around]:
        """What a name of a LET stands for."""
        unit, there = around.temporal[key]
        if any(param.arity for param in unit.params):
            raise RefusedError("an operator is handed over to a temporal formula", span)
        closed = {p.name: around.closed(arg) for p, arg in zip(unit.params, args, strict=True)}
        return replace_locals(unit.body, closed), replace(there, depth=around.depth, chosen=around.chosen)

    def _within(self, units: tuple[ast.Unit, ...], around: Around) -> Around:
        temporal = dict(around.temporal)
        plain: list[ast.Unit] = []
        for unit in units:
            if isinstance(unit, ast.OperatorDefinition) and self._is_temporal(unit.body, around):
                temporal[unit.name.name] = (
                    unit,
                    replace(around, lets=(*around.lets, tuple(plain)), temporal=dict(temporal)),
                )
            else:
                plain.append(unit)
        return replace(around, lets=(*around.lets, tuple(plain)), temporal=temporal)

    def _is_temporal(self, expr: ast.Expr, around: Around | None = None) -> bool:
        if level_of(expr, self._definitions) is Level.TEMPORAL:
            return True
        return around is not None and bool(around.temporal) and _mentions(expr, around.temporal)

    # ------------------------------------------------------------ quantifiers

    def _instances(self, expr: ast.Quantifier, around: Around) -> Iterator[tuple[ast.Expr, Around]]:
        """The body for each choice of values."""
        choices = [self._choices(bound, around) for bound in expr.bounds]
        count = 1
        for found in choices:
            count *= len(found)
        if count > MOST_INSTANCES:
            raise RefusedError(TOO_MANY, expr.span)
        for chosen in product(*choices):
            replaced: dict[str, ast.Expr] = {}
            pairs: list[tuple[str, Value]] = []
            for one in chosen:
                for identifier, value in one:
                    replaced[identifier.name] = self.atoms.name_of(value, identifier)
                    pairs.append((written(identifier.name), value))
            there = replace(around, chosen=(*around.chosen, *pairs))
            yield replace_locals(expr.body, replaced), there

    def _choices(self, bound: ast.Bound, around: Around) -> list[tuple[tuple[ast.Identifier, Value], ...]]:
        """What the names of a bound may be."""
        if bound.domain is None:
            raise RefusedError("a temporal formula is quantified over everything", bound.span)
        domain = around.closed(bound.domain)
        if level_of(domain, self._definitions) > Level.CONSTANT:
            raise RefusedError(
                "a temporal formula is quantified over a set that may change", bound.domain.span
            )
        values = self._members(domain)
        if bound.is_tuple:
            return [tuple(zip(bound.names, _elements(value, bound), strict=True)) for value in values]
        return [
            tuple(zip(bound.names, each, strict=True)) for each in product(values, repeat=len(bound.names))
        ]

    def _members(self, domain: ast.Expr) -> list[Value]:
        try:
            values = list(islice(members(self._constant(domain)), MOST_INSTANCES + 1))
        except ValueFault as fault:
            raise RefusedError(
                f"a temporal formula is quantified over what cannot be enumerated: {fault.message}",
                domain.span,
            ) from None
        if len(values) > MOST_INSTANCES:
            raise RefusedError(TOO_MANY, domain.span)
        return values

    def _constant(self, expr: ast.Expr) -> Value:
        if len(self.atoms.constants) != self._constants:
            self._constants = len(self.atoms.constants)
            self._program = Program(replace(self._model, constants=self.atoms.constants_of(self._model)))
        return self._program.evaluate(expr)


def _implied(parts: Sequence[Temporal]) -> Temporal:
    return either((negated(parts[0]), parts[1]))


def _equivalent(parts: Sequence[Temporal]) -> Temporal:
    return either((both(parts), both(map(negated, parts))))


def _leads_to(parts: Sequence[Temporal]) -> Temporal:
    return always(either((negated(parts[0]), eventually(parts[1]))))


_OPERATORS: Mapping[str, Callable[[Sequence[Temporal]], Temporal]] = {
    "/\\": both,
    "\\/": either,
    "~": lambda parts: negated(parts[0]),
    "=>": _implied,
    "<=>": _equivalent,
    "=": _equivalent,
    "[]": lambda parts: always(parts[0]),
    "<>": lambda parts: eventually(parts[0]),
    "~>": _leads_to,
}


def _elements(value: Value, bound: ast.Bound) -> tuple[Value, ...]:
    elements = tuple(elements_of(value)) if isinstance(value, Function) else ()
    if len(elements) != len(bound.names):
        raise RefusedError("the pattern does not fit all members of the set", bound.span)
    return elements


def _mentions(expr: ast.Expr, names: Mapping[str, object]) -> bool:
    return any(
        isinstance(node, ast.Name)
        and node.binding is not None
        and node.binding.kind is BindingKind.LOCAL
        and node.binding.key in names
        for node in walk(expr)
    )
