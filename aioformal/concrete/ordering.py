"""Ordering rules judged on a finished trace, by their meaning over behaviours.

A second reading, on purpose: no bits and no automata, but the quantifiers over moments that the comment of
module `Ordering` gives as the meaning of each operator, evaluated on the states of the trace.

A finite behaviour *refutes* a formula if every behaviour that begins with it violates the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from aioformal.concrete.behaviour import Blame, Trace
from aioformal.concrete.blame import Investigation, Scope, text_of
from aioformal.concrete.choices import defined_by
from aioformal.concrete.condition import builtin_key
from aioformal.concrete.program import Program
from aioformal.resolve.formula import step_of
from aioformal.resolve.model import Property
from aioformal.resolve.ordering_names import ordering_operator, speaks_of_order
from aioformal.syntax import ast
from aioformal.value.values import TRUE, State


class NotJudgedError(Exception):
    """This reading does not know what a formula means."""


class Refutation(Struct, frozen=True):
    """At which moment a formula is refuted, by what, and why. Moment i is the step to state i (from 0)."""

    moment: int
    expr: ast.Expr
    scope: Scope
    because: str


def refutation(program: Program, rule: ast.Expr, trace: Trace) -> Refutation | None:
    """Why a trace refutes a rule, at the earliest moment; None if it does not. Raises `NotJudgedError`."""
    return _Meaning(program, trace.states).refuted(rule, Scope(), wanted=True)


def blame_rule(program: Program, prop: Property, trace: Trace) -> Blame | None:
    """What a rule is violated by, in words."""
    if prop.rule is None:
        return None
    found = refutation(program, prop.rule, trace)
    if found is None:
        return None
    shown = found.scope.bindings
    free = program.analysis.of(found.expr).names
    bindings = tuple(pair for pair in shown if pair[0] in free)
    text, chosen = text_of(found.expr), found.scope.chosen
    return Blame(text, found.moment + 1, found.expr.span, bindings, (), found.because, chosen)


class _Meaning:
    """The meaning of formulas on the states of one finite behaviour."""

    def __init__(self, program: Program, states: Sequence[State]) -> None:
        self._program = program
        self._states = states
        self._definitions = program.model.flat.definitions
        seen = len(program.variables) - len(program.model.hidden_variables)
        self._visible = [state[:seen] for state in states]

    @property
    def _moments(self) -> range:
        return range(len(self._states))

    def _looking(self, moment: int, *, step: bool) -> Investigation:
        """At the state of a moment, or at the step to it."""
        if step:
            return Investigation(self._program, self._states[moment - 1], self._states[moment])
        return Investigation(self._program, self._states[moment], None)

    # ------------------------------------------------------------ formulas

    def refuted(self, expr: ast.Expr, scope: Scope, *, wanted: bool) -> Refutation | None:
        """Why the behaviour refutes a formula, or its negation where it is not `wanted`."""
        match expr:
            case ast.Junction(kind=kind, items=items):
                return self._joined(items, scope, wanted, every=(kind == "\\/") is wanted)
            case ast.Label(body=body):
                return self.refuted(body, scope, wanted=wanted)
            case ast.Let(body=body):
                return self.refuted(body, self._looking(0, step=False).let(expr, scope), wanted=wanted)
            case ast.Quantifier(kind="\\A" | "\\E", bounds=bounds, body=body):
                scopes = self._looking(0, step=False).instances(bounds, scope)
                found = [self.refuted(body, inner, wanted=wanted) for inner in scopes]
                return _together(found, every=(expr.kind == "\\E") is wanted)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                taken = self.truth(condition, scope, 0)
                return self.refuted(then if taken else otherwise, scope, wanted=wanted)
            case _:
                return self._operator(expr, scope, wanted=wanted)

    def _joined(
        self, items: Sequence[ast.Expr], scope: Scope, wanted: bool, *, every: bool
    ) -> Refutation | None:
        return _together([self.refuted(item, scope, wanted=wanted) for item in items], every=every)

    def _operator(self, expr: ast.Expr, scope: Scope, *, wanted: bool) -> Refutation | None:
        args = _arguments(expr)
        key = builtin_key(expr)
        if key in ("/\\", "\\/"):
            return self._joined(args, scope, wanted, every=(key == "\\/") is wanted)
        if key == "~":
            return self.refuted(args[0], scope, wanted=not wanted)
        if key == "=>":
            parts = [
                self.refuted(args[0], scope, wanted=not wanted),
                self.refuted(args[1], scope, wanted=wanted),
            ]
            return _together(parts, every=wanted)
        if key == "[]" and wanted:
            return self._always(expr, args[0], scope)
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        operator = ordering_operator(name, self._definitions)
        if operator is not None and operator in RULES:
            return self._rule(operator, expr, args, scope) if wanted else None
        definition = defined_by(expr, self._definitions)
        if definition is not None and speaks_of_order(definition.body, self._definitions):
            inner = self._looking(0, step=False).entered(definition.params, args, scope)
            return self.refuted(definition.body, inner, wanted=wanted)
        meant = self._stands_for(expr, scope)
        if meant is not None:
            return self.refuted(*meant, wanted=wanted)
        return self._at_first(expr, scope, wanted=wanted)

    def _stands_for(self, expr: ast.Expr, scope: Scope) -> tuple[ast.Expr, Scope] | None:
        """A parameter or a name of a LET that stands for a formula about the order of events."""
        found = Investigation.substituted(expr, scope)
        if found is None or not speaks_of_order(found[0], self._definitions):
            return None
        return found

    def _at_first(self, expr: ast.Expr, scope: Scope, *, wanted: bool) -> Refutation | None:
        if self.truth(expr, scope, 0) is wanted:
            return None
        return Refutation(0, expr, scope, "it is false of the initial state")

    def _always(self, expr: ast.Expr, body: ast.Expr, scope: Scope) -> Refutation | None:
        step = step_of(expr)
        for moment in self._moments[1 if step is not None else 0 :]:
            if not self.truth(step or body, scope, moment, step=step is not None):
                return Refutation(moment, body, scope, f"it is false of state {moment + 1}")
        return None

    # ------------------------------------------------------------ rules

    def _rule(
        self, operator: str, expr: ast.Expr, args: Sequence[ast.Expr], scope: Scope
    ) -> Refutation | None:
        events = [_Event(self, arg, scope) for arg in args]
        for moment in self._moments:
            because = RULES[operator](events, moment)
            if because is not None:
                return Refutation(moment, expr, scope, because)
        return None

    def happens(self, event: ast.Expr, scope: Scope, moment: int) -> bool:
        """Whether an event happens at a moment."""
        if not self._is_action(event, scope):
            now = self.truth(event, scope, moment)
            return now and (moment == 0 or not self.truth(event, scope, moment - 1))
        if moment == 0 or self._visible[moment] == self._visible[moment - 1]:
            return False
        return self.truth(event, scope, moment, step=True)

    def _is_action(self, event: ast.Expr, scope: Scope) -> bool:
        """Whether an event looks at the next state, itself or in what its names stand for."""
        facts = (self._program.analysis.of(one) for one, _ in self._stood_for(event, scope))
        return any(one.following for one in facts)

    # ------------------------------------------------------------ truth

    def truth(self, expr: ast.Expr, scope: Scope, moment: int, *, step: bool = False) -> bool:
        """The truth of a state predicate at a moment, or of an action in the step to it."""
        there = self._looking(moment, step=step)
        if not self._looks_back(expr, scope):
            return there.value(expr, scope) is TRUE
        state = moment - 1 if step else moment
        match expr:
            case ast.Junction(kind=kind, items=items):
                found = (self.truth(item, scope, moment, step=step) for item in items)
                return all(found) if kind == "/\\" else any(found)
            case ast.Label(body=body):
                return self.truth(body, scope, moment, step=step)
            case ast.Let(body=body):
                return self.truth(body, there.let(expr, scope), moment, step=step)
            case ast.Quantifier(kind="\\A" | "\\E", bounds=bounds, body=body):
                scopes = there.instances(bounds, scope)
                truths = (self.truth(body, inner, moment, step=step) for inner in scopes)
                return all(truths) if expr.kind == "\\A" else any(truths)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                taken = self.truth(condition, scope, moment, step=step)
                return self.truth(then if taken else otherwise, scope, moment, step=step)
            case ast.ActionBox(action=action, subscript=subscript):
                return self.truth(action, scope, moment, step=step) or self._stays(subscript, scope, moment)
            case ast.ActionAngle(action=action, subscript=subscript):
                moves = not self._stays(subscript, scope, moment)
                return moves and self.truth(action, scope, moment, step=step)
            case _:
                return self._truth_of_operator(expr, scope, moment, state, step=step)

    def _stays(self, subscript: ast.Expr, scope: Scope, moment: int) -> bool:
        before, after = (self._looking(i, step=False).value(subscript, scope) for i in (moment - 1, moment))
        return before == after

    def _truth_of_operator(
        self, expr: ast.Expr, scope: Scope, moment: int, state: int, *, step: bool
    ) -> bool:
        args = _arguments(expr)
        holds: Callable[[ast.Expr], bool] = lambda e: self.truth(e, scope, moment, step=step)  # noqa: E731
        match builtin_key(expr):
            case "/\\":
                return all(map(holds, args))
            case "\\/":
                return any(map(holds, args))
            case "~":
                return not holds(args[0])
            case "=>":
                return not holds(args[0]) or holds(args[1])
            case "<=>" | "=":
                return holds(args[0]) is holds(args[1])
            case "'":
                return self.truth(args[0], scope, moment)
            case _:
                pass
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        operator = ordering_operator(name, self._definitions)
        if operator is not None and operator in PAST:
            return PAST[operator]([_at_state(self, arg, scope) for arg in args], state)
        definition = defined_by(expr, self._definitions)
        if definition is not None:
            inner = self._looking(moment, step=step).entered(definition.params, args, scope)
            return self.truth(definition.body, inner, moment, step=step)
        meant = Investigation.substituted(expr, scope)
        if meant is not None:
            return self.truth(*meant, moment, step=step)
        raise NotJudgedError(text_of(expr))

    def _looks_back(self, expr: ast.Expr, scope: Scope) -> bool:
        """Whether an expression speaks of the past, itself or in what its names stand for."""
        return any(speaks_of_order(one, self._definitions) for one, _ in self._stood_for(expr, scope))

    def _stood_for(self, expr: ast.Expr, scope: Scope) -> Iterator[tuple[ast.Expr, Scope]]:
        """An expression, and what the names in it stand for."""
        waiting, seen = [(expr, scope)], set[int]()
        while waiting:
            one, around = waiting.pop()
            yield one, around
            for name in self._program.analysis.of(one).names:
                entry = Investigation.named(name, around)
                if entry is not None and id(entry[0]) not in seen:
                    seen.add(id(entry[0]))
                    waiting.append(entry)


def _arguments(expr: ast.Expr) -> Sequence[ast.Expr]:
    return expr.args if isinstance(expr, ast.Apply) else ()


def _at_state(meaning: _Meaning, expr: ast.Expr, scope: Scope) -> Callable[[int], bool]:
    return lambda moment: meaning.truth(expr, scope, moment)


class _Event:
    """An event on the moments of one behaviour, with its answers."""

    def __init__(self, meaning: _Meaning, expr: ast.Expr, scope: Scope) -> None:
        self._meaning, self._expr, self._scope = meaning, expr, scope
        self._known: dict[int, bool] = {}
        self.text = text_of(expr)

    def at(self, moment: int) -> bool:
        known = self._known.get(moment)
        if known is None:
            known = self._known[moment] = self._meaning.happens(self._expr, self._scope, moment)
        return known

    def before(self, moment: int) -> list[int]:
        """The moments before one at which it happens."""
        return [i for i in range(moment) if self.at(i)]


def _when(moment: int) -> str:
    return "state 1" if moment == 0 else f"the step to {moment + 1}"


def _together(found: Sequence[Refutation | None], *, every: bool) -> Refutation | None:
    """The earliest refutation; where `every` part must be refuted, the last of them."""
    known = [one for one in found if one is not None]
    if not known or (every and len(known) < len(found)):
        return None
    return max(known, key=lambda r: r.moment) if every else min(known, key=lambda r: r.moment)


# ---------------------------------------------------------------- the meaning of each operator


def _open(begin: _Event, end: _Event, moment: int) -> int | None:
    """The last Begin before a moment that no End has followed yet."""
    return next(
        (j for j in reversed(begin.before(moment)) if not any(end.at(k) for k in range(j + 1, moment))),
        None,
    )


def _precedes(events: Sequence[_Event], i: int) -> str | None:
    a, b = events
    if b.at(i) and not a.before(i):
        return f"{_when(i)} is {b.text}, and no {a.text} came before it"
    return None


def _at_most_once(events: Sequence[_Event], i: int) -> str | None:
    (a,) = events
    if a.at(i) and a.before(i):
        return f"{_when(i)} is {a.text} once more: the first was {_when(a.before(i)[0])}"
    return None


def _exactly_once_before(events: Sequence[_Event], i: int) -> str | None:
    a, b = events
    before = a.before(i)
    if not b.at(i) or len(before) == 1:
        return None
    if not before:
        return f"{_when(i)} is {b.text}, and no {a.text} came before it"
    return f"{_when(i)} is {b.text}, and {a.text} came before it in {' and '.join(map(_when, before))}"


def _between(events: Sequence[_Event], i: int) -> str | None:
    a, m, b = events
    begun = _open(a, m, i) if b.at(i) else None
    if begun is None:
        return None
    return f"{_when(i)} is {b.text}, and since {a.text} in {_when(begun)} there was no {m.text}"


def _within(events: Sequence[_Event], i: int) -> str | None:
    a, begin, end = events
    if not a.at(i) or _open(begin, end, i) is not None:
        return None
    if not begin.before(i):
        return f"{_when(i)} is {a.text}, and no {begin.text} came before it"
    ended = max(k for k in end.before(i) if k > begin.before(i)[-1])
    return f"{_when(i)} is {a.text}, and since {end.text} in {_when(ended)} there was no {begin.text}"


def _never_after(events: Sequence[_Event], i: int) -> str | None:
    a, b = events
    if a.at(i) and b.before(i):
        return f"{_when(i)} is {a.text}, after {b.text} in {_when(b.before(i)[0])}"
    return None


def _not_between(events: Sequence[_Event], i: int) -> str | None:
    call, wait, back = events
    return _between((call, back, wait), i)


RULES: dict[str, Callable[[Sequence[_Event], int], str | None]] = {
    "Precedes": _precedes,
    "AtMostOnce": _at_most_once,
    "ExactlyOnceBefore": _exactly_once_before,
    "Between": _between,
    "Within": _within,
    "NeverAfter": _never_after,
    "NotBetween": _not_between,
}
"""Why a rule is violated at a moment, None if it is not."""

States = Sequence[Callable[[int], bool]]

PAST: dict[str, Callable[[States, int], bool]] = {
    "Once": lambda of, i: any(of[0](j) for j in range(i + 1)),
    "Historically": lambda of, i: all(of[0](j) for j in range(i + 1)),
    "Since": lambda of, i: any(of[1](j) and all(of[0](k) for k in range(j + 1, i + 1)) for j in range(i + 1)),
}
"""The truth of what looks back, at a moment."""
