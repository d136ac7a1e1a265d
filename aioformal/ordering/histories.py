"""The hidden variables that rules are compiled into: one for each thing that has to be remembered.

A variable is a Boolean, or a (curried) function to Booleans over the sets whose members the remembered
events depend on. Equal things are remembered once, whatever their bound names are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from aioformal.ordering import construct
from aioformal.ordering.context import Context
from aioformal.ordering.operators import All, Bit, Condition, Event, Not, Remembered, bits_below, following
from aioformal.resolve.formula import replace_locals
from aioformal.resolve.model import VariableDeclaration
from aioformal.source import Span
from aioformal.syntax import ast

LONGEST = 48
"""Characters of a hidden variable's name."""


class Happening(Struct, frozen=True):
    """An event where it stands: an action, or a state predicate that becomes true. `expr` has no free
    names but those of quantifiers; `text` is what is shown."""

    expr: ast.Expr
    is_state: bool
    text: str


class Variable(Struct, frozen=True):
    """A hidden variable, with its first value and its next one for each choice of `bounds`."""

    declaration: VariableDeclaration
    bounds: tuple[ast.Bound, ...]
    first: ast.Expr
    following: ast.Expr


Key = tuple[object, ...]


class Histories(Struct):
    """`own`: the tuple of the specification's own variables; a step that changes none is no event."""

    own: ast.Tuple
    variables: list[Variable] = field(default_factory=list[Variable])
    _known: dict[Key, ast.Expr] = field(default_factory=dict[Key, ast.Expr])
    _names: set[str] = field(default_factory=set[str])

    # ------------------------------------------------------------ events

    def occurs(self, event: Happening) -> ast.Expr:
        """That an event happens in a step that changes something."""
        if isinstance(event.expr, ast.Boolean) and (event.is_state or not event.expr.value):
            return construct.boolean(event.expr.span, False)
        if not event.is_state:
            return ast.ActionAngle(event.expr.span, event.expr, self.own)
        now, then = event.expr, construct.primed(event.expr)
        return construct.conjunction(event.expr.span, (construct.negation(now), then))

    def occurs_first(self, event: Happening) -> ast.Expr:
        """That an event happens at the start."""
        return event.expr if event.is_state else construct.boolean(event.expr.span, False)

    # ------------------------------------------------------------ rules

    def condition(self, condition: Condition, events: Sequence[Happening], context: Context) -> ast.Expr:
        """A condition on a step, over the bits before it."""
        return _formula(
            condition,
            events[0].expr.span,
            lambda index: self.occurs(events[index]),
            lambda bit: self.bit(bit, events, context),
        )

    def condition_at_first(self, condition: Condition, events: Sequence[Happening]) -> ast.Expr:
        """The same of the start, before which nothing happened."""
        span = events[0].expr.span
        nothing = construct.boolean(span, False)
        return _formula(condition, span, lambda i: self.occurs_first(events[i]), lambda _: nothing)

    def bit(self, bit: Bit, events: Sequence[Happening], context: Context) -> ast.Expr:
        """A bit's value before a step."""
        for below in bits_below(bit):
            self.bit(below, events, context)
        chosen = [events[index] for index in bit.events]
        if bit.kind == "once" and chosen[0].is_state:
            return self.once(chosen[0], context)
        local = Bit(bit.kind, tuple(range(len(chosen))))

        def first() -> ast.Expr:
            happens = self.occurs_first(chosen[0])
            return construct.boolean(happens.span, False) if bit.kind == "twice" else happens

        name = f"{bit.kind}({', '.join(event.text for event in chosen)})"
        return self._variable(
            name, chosen, context, first, lambda _: self.condition(following(local), chosen, context)
        )

    # ------------------------------------------------------------ the past

    def once(self, event: Happening, context: Context) -> ast.Expr:
        """That a state predicate has been true."""
        return self._variable(
            f"once({event.text})",
            [event],
            context,
            lambda: event.expr,
            lambda now: construct.disjunction(now.span, (now, construct.primed(event.expr))),
        )

    def historically(self, event: Happening, context: Context) -> ast.Expr:
        """That a state predicate has always been true."""
        return self._variable(
            f"historically({event.text})",
            [event],
            context,
            lambda: event.expr,
            lambda now: construct.conjunction(now.span, (now, construct.primed(event.expr))),
        )

    def since(self, kept: Happening, begun: Happening, context: Context) -> ast.Expr:
        """That `begun` was true once, and `kept` in all states after that."""

        def step(now: ast.Expr) -> ast.Expr:
            still = construct.conjunction(now.span, (now, construct.primed(kept.expr)))
            return construct.disjunction(now.span, (construct.primed(begun.expr), still))

        name = f"since({kept.text}, {begun.text})"
        return self._variable(name, [kept, begun], context, lambda: begun.expr, step)

    # ------------------------------------------------------------ latches

    def latch(self, name: str, first: ast.Expr, step: ast.Expr, context: Context) -> ast.Expr:
        """That something was true of the start, or of some step."""
        events = [Happening(first, True, ""), Happening(step, False, "")]
        return self._variable(
            name,
            events,
            context,
            lambda: first,
            lambda now: construct.disjunction(now.span, (now, step)),
        )

    # ------------------------------------------------------------ variables

    def _variable(
        self,
        name: str,
        events: Sequence[Happening],
        context: Context,
        first: Callable[[], ast.Expr],
        step: Callable[[ast.Expr], ast.Expr],
    ) -> ast.Expr:
        """The value, in a state, of the variable that remembers what `first` and `step` say."""
        span = events[0].expr.span
        bounds = context.places(ast.Tuple(span, tuple(event.expr for event in events)))
        key = _key(name.partition("(")[0], events, bounds)
        known = self._known.get(key)
        if known is None:
            text = self._free(name)
            known = self._known[key] = construct.variable(span, text)
            now = construct.looked_up(known, bounds)
            made = Variable(VariableDeclaration(text, span), bounds, first(), step(now))
            self.variables.append(made)
        return construct.looked_up(known, bounds)

    def forget(self, count: int) -> None:
        """Leave only the first `count` variables: the others belong to a formula that was given up."""
        gone = {variable.declaration.name for variable in self.variables[count:]}
        del self.variables[count:]
        self._names -= gone
        self._known = {k: v for k, v in self._known.items() if getattr(v, "name", None) not in gone}

    def _free(self, name: str) -> str:
        """A name that is not taken, nor by a variable of the specification: a bracket is in it. It does not
        hold what quoted names of solvers cannot hold."""
        plain = "".join(c if c not in "\\|" else "!" for c in " ".join(name.split()))
        short = plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 2]}.."
        text, number = short, 2
        while text in self._names:
            text, number = f"{short}#{number}", number + 1
        self._names.add(text)
        return text


def _formula(
    condition: Condition,
    span: Span,
    happens: Callable[[int], ast.Expr],
    remembered: Callable[[Bit], ast.Expr],
) -> ast.Expr:
    match condition:
        case Event(index):
            return happens(index)
        case Remembered(bit):
            return remembered(bit)
        case Not(body):
            return construct.negation(_formula(body, span, happens, remembered))
        case All(parts):
            return construct.conjunction(span, [_formula(p, span, happens, remembered) for p in parts])
        case _:
            parts = condition.parts
            return construct.disjunction(span, [_formula(p, span, happens, remembered) for p in parts])


def _key(kind: str, events: Sequence[Happening], bounds: Sequence[ast.Bound]) -> Key:
    """What is remembered, with bound names by their position."""
    names = [name.name for bound in bounds for name in bound.names]
    span = events[0].expr.span
    numbered: dict[str, ast.Expr] = {
        name: construct.local(span, f"@{index}") for index, name in enumerate(names)
    }
    domains = tuple(
        (len(b.names), None if b.domain is None else replace_locals(b.domain, numbered)) for b in bounds
    )
    return kind, domains, tuple((replace_locals(e.expr, numbered), e.is_state) for e in events)
