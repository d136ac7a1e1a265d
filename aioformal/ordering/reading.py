"""A property's formula as a tree of rules, or the reason why no finite behaviour can refute it.

Which formulas are safety properties: a rule is (it is violated at some moment, or never), and so are
`[]P` and `[][A]_v`; conjunctions and disjunctions of safety properties, and \\A and \\E over a set that is
the same everywhere, are as well: a disjunction is violated when its last part is. A statement about the
first state alone is decided there, so it may be negated: `c => Rule` is a disjunction. The negation of a
rule says that something will happen that the rule forbids. No finite behaviour refutes that, and it is
refused with this reason. Alpern, Schneider: Defining Liveness (Information Processing Letters 21, 1985).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from aioformal.ordering import construct
from aioformal.ordering.context import Context, level_of
from aioformal.ordering.histories import Happening
from aioformal.ordering.operators import OPERATORS, Operator
from aioformal.ordering.past import Past, RefusedError
from aioformal.resolve.formula import step_of
from aioformal.resolve.model import Definition, Level
from aioformal.resolve.ordering_names import ordering_operator
from aioformal.syntax import ast, unparse
from aioformal.syntax.ast import BindingKind


class Rule(Struct, frozen=True):
    """An operator of `Ordering` applied; `bounds` are all quantifiers around it."""

    operator: Operator
    events: tuple[Happening, ...]
    context: Context
    bounds: tuple[ast.Bound, ...]
    text: str


class First(Struct, frozen=True):
    """A formula about the first state."""

    expr: ast.Expr
    context: Context


class Always(Struct, frozen=True):
    """A formula about every state, or with `is_step` about every step."""

    expr: ast.Expr
    context: Context
    is_step: bool


class Both(Struct, frozen=True):
    parts: tuple[Formula, ...]


class Either(Struct, frozen=True):
    parts: tuple[Formula, ...]


class Each(Struct, frozen=True):
    """`\\A`, or `\\E` where it is not `universal`, over a constant set."""

    bound: ast.Bound
    body: Formula
    universal: bool


Formula: TypeAlias = Rule | First | Always | Both | Either | Each


class Reader(Struct):
    """Reads formulas of one model. Raises `RefusedError`."""

    definitions: Mapping[str, Definition]
    past: Past

    def read(self, expr: ast.Expr, context: Context, *, positive: bool = True) -> Formula:
        """The formula, or its negation."""
        level = level_of(context.wrapped(expr), self.definitions)
        if level <= Level.STATE:
            return self._first(expr, context, positive=positive)
        if level is Level.ACTION:
            raise RefusedError("an action stands outside of [][..]_vars and of an ordering rule", expr.span)
        return self._temporal(expr, context, positive=positive)

    def _first(self, expr: ast.Expr, context: Context, *, positive: bool) -> Formula:
        plain = context.wrapped(self.past.rewritten(expr, context))
        return First(plain if positive else construct.negation(plain), context)

    def _temporal(self, expr: ast.Expr, context: Context, *, positive: bool) -> Formula:
        match expr:
            case ast.Junction(kind=kind, items=items):
                return self._joined(
                    items, context, positive=positive, conjunctive=(kind == "/\\") is positive
                )
            case ast.Let(units=units, body=body):
                return self.read(body, context.within(units), positive=positive)
            case ast.Label(body=body):
                return self.read(body, context, positive=positive)
            case ast.Quantifier(kind="\\A" | "\\E"):
                return self._quantified(expr, context, positive=positive)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                return self._branches(condition, then, otherwise, context, positive=positive)
            case ast.Name() | ast.Apply(operator=ast.Name()):
                return self._applied(expr, context, positive=positive)
            case _:
                raise RefusedError("this kind of formula cannot stand around ordering rules", expr.span)

    def _joined(
        self, items: Sequence[ast.Expr], context: Context, *, positive: bool, conjunctive: bool
    ) -> Formula:
        parts = tuple(self.read(item, context, positive=positive) for item in items)
        return Both(parts) if conjunctive else Either(parts)

    def _branches(
        self, condition: ast.Expr, then: ast.Expr, otherwise: ast.Expr, context: Context, *, positive: bool
    ) -> Formula:
        """IF as two implications."""
        met = self.read(condition, context, positive=False), self.read(then, context, positive=positive)
        unmet = self.read(condition, context), self.read(otherwise, context, positive=positive)
        return Both((Either(met), Either(unmet)))

    def _quantified(self, expr: ast.Quantifier, context: Context, *, positive: bool) -> Formula:
        bounds: list[ast.Bound] = []
        inner = context
        for bound in Context().under(expr.bounds).around:
            assert isinstance(bound, ast.Bound)
            bounds.append(self._constant(bound, context))
            inner = inner.under((bound,))
        formula = self.read(expr.body, inner, positive=positive)
        for bound in reversed(bounds):
            formula = Each(bound, formula, (expr.kind == "\\A") is positive)
        return formula

    def _constant(self, bound: ast.Bound, context: Context) -> ast.Bound:
        closed = context.closed(bound)
        if closed.domain is None or level_of(closed.domain, self.definitions) > Level.CONSTANT:
            raise RefusedError(
                "an ordering rule is under a quantifier whose set is not the same in all states", bound.span
            )
        return closed

    def _applied(self, expr: ast.Name | ast.Apply, context: Context, *, positive: bool) -> Formula:
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        args = expr.args if isinstance(expr, ast.Apply) else ()
        assert isinstance(name, ast.Name)
        rule = OPERATORS.get(ordering_operator(name, self.definitions) or "")
        if rule is not None:
            if not positive:
                raise RefusedError(_why_no_negation(rule), expr.span)
            return self._rule(rule, expr, args, context)
        match name.binding:
            case ast.Binding(kind=BindingKind.DEFINITION, key=key):
                body, inner = self.past.entered(self.definitions[key], args, context, expr.span)
                return self.read(body, inner, positive=positive)
            case ast.Binding(kind=BindingKind.LOCAL, key=key):
                body, inner = self.past.local_body(key, args, context, expr.span)
                return self.read(body, inner, positive=positive)
            case ast.Binding(kind=BindingKind.BUILTIN, key=key):
                return self._built_in(key, expr, args, context, positive=positive)
            case _:
                raise RefusedError("this kind of formula cannot stand around ordering rules", expr.span)

    def _built_in(
        self, key: str, expr: ast.Expr, args: Sequence[ast.Expr], context: Context, *, positive: bool
    ) -> Formula:
        match key:
            case "/\\" | "\\/":
                return self._joined(args, context, positive=positive, conjunctive=(key == "/\\") is positive)
            case "~":
                return self.read(args[0], context, positive=not positive)
            case "=>":
                premise = self.read(args[0], context, positive=not positive)
                parts = premise, self.read(args[1], context, positive=positive)
                return Either(parts) if positive else Both(parts)
            case "[]":
                return self._always(expr, args[0], context, positive=positive)
            case _:
                raise RefusedError(f"{key} needs a liveness engine", expr.span)

    def _always(self, expr: ast.Expr, body: ast.Expr, context: Context, *, positive: bool) -> Formula:
        if not positive:
            raise RefusedError(
                "the negation of [] says that something will happen: no finite behaviour refutes that",
                expr.span,
            )
        step = step_of(expr)
        wanted = body if step is None else step
        level = level_of(context.wrapped(wanted), self.definitions)
        if level > (Level.STATE if step is None else Level.ACTION):
            raise RefusedError(
                "[] stands around an ordering rule, which speaks of whole behaviours already", expr.span
            )
        plain = context.wrapped(self.past.rewritten(wanted, context))
        return Always(plain, context, step is not None)

    def _rule(self, rule: Operator, expr: ast.Expr, args: Sequence[ast.Expr], context: Context) -> Rule:
        events = tuple(self._event(arg, context) for arg in args)
        bounds = tuple(
            Context(context.around[:index]).closed(around)
            for index, around in enumerate(context.around)
            if isinstance(around, ast.Bound)
        )
        return Rule(rule, events, context, bounds, shown(expr))

    def _event(self, arg: ast.Expr, context: Context) -> Happening:
        arg, context = self.past.meant(arg, context)
        level = level_of(context.wrapped(arg), self.definitions)
        if level is Level.TEMPORAL:
            raise RefusedError("an event must be an action or a state predicate", arg.span)
        plain = context.wrapped(self.past.rewritten(arg, context))
        return Happening(plain, level <= Level.STATE, shown(arg))


def shown(expr: ast.Expr) -> str:
    """An expression on one line."""
    return " ".join(unparse(expr).split())


def _why_no_negation(rule: Operator) -> str:
    return (
        f"the negation of {rule.name} says that what it forbids will happen: no finite behaviour refutes "
        "that, and stuttering for ever is enough to make it false"
    )
