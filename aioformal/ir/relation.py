"""A transition system as formulas: which states are initial, which pairs of states are steps.

Which transition a step takes is itself said by inputs, one boolean for each transition: one at least is
true, and each that is true holds with its guard and all its updates. So an assignment names its
transition. Several may be true together, when they lead to the same state; to forbid that would only
cost. (Measured on 113 transitions at depth 7: 10 s, against 24 s with one input that enumerates them.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from aioformal.ir.node import Term, false, integer
from aioformal.ir.sort import BOOL, IntSort
from aioformal.ir.system import Initial, Input, Obligation, StateVariable, Transition, TransitionSystem
from aioformal.ir.term import (
    and_,
    eq,
    implies,
    input_variable,
    lt,
    next_variable,
    or_,
    variable,
)

ACTION = "@action"
RULE = "@initial"


class Relation(Struct, frozen=True, dict=True):
    """The formulas of one system. Each is built when first asked for."""

    system: TransitionSystem

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """Those that can be taken at all, in the order of the inputs that choose them."""
        return tuple(t for t in self.system.transitions if t.guard is not false)

    @cached_property
    def initial(self) -> Term:
        """Over inputs (`choices` named `RULE` among them) and the next state: a step out of nothing, so
        that the inputs of an initial rule are never those of the first step."""
        rules = [rule for rule in self.system.initial if rule.guard is not false]
        if not rules:
            return false
        chosen = choices(RULE, len(rules))
        guards = [implies(c, rule.guard) for c, rule in zip(chosen, rules, strict=True)]
        values = [
            _becomes(successor(v), chosen, [rule.values[v.name] for rule in rules])
            for v in self.system.variables
        ]
        return and_(or_(*chosen), *guards, *values)

    @cached_property
    def step(self) -> Term:
        """Over the state, inputs (`choices` named `ACTION` among them) and the next state: some transition
        leads from the one to the other. CONSTRAINT and ACTION_CONSTRAINT are not part of it."""
        transitions = self.transitions
        if not transitions:
            return false
        chosen = choices(ACTION, len(transitions))
        guards = [implies(c, t.guard) for c, t in zip(chosen, transitions, strict=True)]
        values = [
            _becomes(successor(v), chosen, [t.updates.get(v.name, state(v)) for t in transitions])
            for v in self.system.variables
        ]
        return and_(or_(*chosen), *guards, *values)

    @cached_property
    def initial_obligations(self) -> tuple[Obligation, ...]:
        """What may go wrong while an initial state is made; over inputs alone."""
        return _unfolded(
            obligation for rule in self.system.initial for obligation in obligations_of(rule, self.system)
        )

    @cached_property
    def step_obligations(self) -> tuple[Obligation, ...]:
        """What may go wrong in a step; over the state before it and its inputs."""
        return _unfolded(
            obligation
            for transition in self.system.transitions
            for obligation in obligations_of(transition, self.system)
        )


def state(v: StateVariable) -> Term:
    return variable(v.name, v.sort)


def successor(v: StateVariable) -> Term:
    return next_variable(v.name, v.sort)


def free(i: Input) -> Term:
    return input_variable(i.name, i.sort)


def choices(name: str, count: int) -> list[Term]:
    """The inputs that say which of `count` rules is followed."""
    return [input_variable(f"{name} {number}", BOOL) for number in range(count)]


def _becomes(target: Term, chosen: Sequence[Term], values: Sequence[Term]) -> Term:
    """The target has the value that belongs to each choice that holds."""
    tests: dict[Term, list[Term]] = {}
    for choice, value in zip(chosen, values, strict=True):
        tests.setdefault(value, []).append(choice)
    if len(tests) == 1:
        return eq(target, values[0])
    return and_(*(implies(or_(*group), eq(target, value)) for value, group in tests.items()))


def obligations_of(rule: Initial | Transition, system: TransitionSystem) -> list[Obligation]:
    """The rule's own obligations and, for every integer that it may move out of its variable's
    interval, the one that says so. A "shape" obligation is joined with the guard: an update that is
    not made leaves nothing."""
    values = rule.values if isinstance(rule, Initial) else rule.updates
    ranges = [_range(v, values[v.name]) for v in system.variables if v.name in values]
    found = [o for o in (*rule.obligations, *ranges) if o is not None]
    return [_under_guard(o, rule.guard) for o in found]


def _under_guard(obligation: Obligation, guard: Term) -> Obligation:
    if obligation.kind != "shape":
        return obligation
    condition = and_(guard, obligation.condition)
    return Obligation(
        "shape", condition, obligation.message, obligation.code, obligation.span, obligation.variable
    )


def _range(v: StateVariable, value: Term) -> Obligation | None:
    """Conditions that the value leaves the sort of the variable; None where its interval rules it out."""
    if not isinstance(v.sort, IntSort) or not isinstance(value.sort, IntSort) or v.sort.includes(value.sort):
        return None
    below = false if v.sort.lo is None else lt(value, integer(v.sort.lo))
    above = false if v.sort.hi is None else lt(integer(v.sort.hi), value)
    return Obligation("shape", or_(below, above), f"{v.name} leaves {v.sort}", variable=v.name)


def _unfolded(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """Those that the constructors have not already shown impossible, each condition once."""
    kept: dict[tuple[str, Term], Obligation] = {}
    for obligation in obligations:
        if obligation.condition is not false:
            kept.setdefault((obligation.kind, obligation.condition), obligation)
    return tuple(kept.values())
