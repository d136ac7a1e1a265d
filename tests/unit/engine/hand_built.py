"""Problems made of transition systems written by hand, with an explicit interpreter of these as oracle.

The interpreter stands where the reference semantics stands in a real problem. It works on the widest
sorts and knows nothing of solvers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from types import SimpleNamespace
from typing import Any, NamedTuple

from aioformal.diagnostic import error
from aioformal.engine.protocol import Budget
from aioformal.evidence.verdict import ActionLabel, Fault, Finding, Verdict
from aioformal.ir.check import check_system
from aioformal.ir.evaluate import evaluate
from aioformal.ir.relation import free, state, successor
from aioformal.ir.sort import BoolSort, EnumSort, IntSort, Sort, admits
from aioformal.ir.system import (
    Initial,
    Label,
    Obligation,
    SystemPart,
    SystemProperty,
    Transition,
    TransitionSystem,
)
from aioformal.ir.term import Term, true
from aioformal.resolve.model import PartKind, PropertyKind
from aioformal.value.values import FALSE, TRUE

Values = tuple[Any, ...]
Build = Callable[[int], TransitionSystem]
"""A system for given shapes: the number says how wide the integers that may grow are."""


class Step(NamedTuple):
    label: ActionLabel
    state: Values


def members(sort: Sort) -> list[Any]:
    if isinstance(sort, BoolSort):
        return [False, True]
    if isinstance(sort, EnumSort):
        return list(range(sort.size))
    assert isinstance(sort, IntSort)
    assert sort.finite
    return list(range(sort.lo, sort.hi + 1))


def boxed(values: dict[str, Any], system: TransitionSystem) -> Values:
    """A state as TLA+ values."""
    return tuple(
        (TRUE if values[v.name] else FALSE) if isinstance(v.sort, BoolSort) else values[v.name]
        for v in system.variables
    )


def plain(values: Values, system: TransitionSystem) -> dict[str, Any]:
    """The values of a state by name; ValueError where one is outside of its sort."""
    held = [bool(x) if x is TRUE or x is FALSE else x for x in values]
    for v, x in zip(system.variables, held, strict=True):
        if not admits(v.sort, x):
            raise ValueError(f"{v.name} is outside of its sort")
    return {v.name: x for v, x in zip(system.variables, held, strict=True)}


class Interpreter:
    """The `Program` of a hand-built problem."""

    def __init__(self, system: TransitionSystem) -> None:
        self.system = system

    def _before(self, values: Values) -> dict[Term, Any]:
        plain = [bool(x) if x is TRUE or x is FALSE else x for x in values]
        return {state(v): x for v, x in zip(self.system.variables, plain, strict=True)}

    def _after(self, values: Values) -> dict[Term, Any]:
        before = self._before(values)
        return {successor(v): before[state(v)] for v in self.system.variables}

    def _fail(self, obligations: tuple[Obligation, ...], known: dict[Term, Any]) -> None:
        for o in obligations:
            if o.kind != "shape" and evaluate([o.condition], known) == [True]:
                raise error(o.code, o.message)

    def _choices(self, rule: Initial | Transition) -> Iterator[dict[Term, Any]]:
        for chosen in product(*(members(i.sort) for i in rule.inputs)):
            yield {free(i): x for i, x in zip(rule.inputs, chosen, strict=True)}

    def initial_states(self) -> Iterator[Values]:
        for rule in self.system.initial:
            for known in self._choices(rule):
                self._fail(rule.obligations, known)
                if evaluate([rule.guard], known) == [True]:
                    made = {name: evaluate([term], known)[0] for name, term in rule.values.items()}
                    yield boxed(made, self.system)

    def successors(self, values: Values) -> Iterator[Step]:
        for transition in self.system.transitions:
            for chosen in self._choices(transition):
                known = self._before(values) | chosen
                self._fail(transition.obligations, known)
                if evaluate([transition.guard], known) == [True]:
                    label = transition.label
                    given = (*label.arguments, *((t.name, x) for t, x in chosen.items()))
                    yield Step(ActionLabel(label.name, given), self._made(transition, known))

    def _made(self, transition: Transition, known: dict[Term, Any]) -> Values:
        updates = transition.updates
        made = {v.name: evaluate([updates.get(v.name, state(v))], known)[0] for v in self.system.variables}
        return boxed(made, self.system)

    def satisfies_constraints(self, values: Values) -> bool:
        of_states = (o for o in self.system.constraint_obligations)
        self._fail(tuple(of_states), self._before(values))
        return evaluate([self.system.constraint], self._before(values)) == [True]

    def satisfies_action_constraints(self, before: Values, after: Values) -> bool:
        known = self._before(before) | self._after(after)
        return evaluate([self.system.action_constraint], known) == [True]

    def holds(self, part: SystemPart, before: Values | None, after: Values) -> bool:
        """A part in a state and, for STEP, on the step to it."""
        known = self._before(after)
        if part.kind is PartKind.STEP:
            if before is None:
                return True
            known = self._before(before) | self._after(after)
        elif part.kind is PartKind.INITIAL and before is not None:
            return True
        return evaluate([part.term], known) == [True]

    def predicate(self, part: SystemPart) -> Callable[[Values], bool]:
        def judge(values: Values) -> bool:
            self._fail(part.obligations, self._before(values))
            return evaluate([part.term], self._before(values)) == [True]

        return judge


@dataclass
class HandBuilt:
    """A stand-in for `Problem`. `widest` is where the interpreter's truth lives."""

    build: Build
    width: int = 8
    widest: int = 1 << 16
    deadlock: bool = False
    widened: list[Values] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.truth = self.build(self.widest)
        self.program = Interpreter(self.truth)
        names = tuple(v.name for v in self.truth.variables)
        stated = self.truth.properties
        self.model = SimpleNamespace(variables=names, next=True, property_named=lambda _: None)
        self.properties = tuple(SimpleNamespace(name=p.name, parts=concrete_parts(p)) for p in stated)
        self.made: tuple[int, Any] | None = None

    def encoding(self) -> Any:
        if self.made is None or self.made[0] != self.width:
            system = self.build(self.width)
            check_system(system)
            decode = lambda values: boxed(dict(values), system)  # noqa: E731
            encode = lambda values: plain(values, system)  # noqa: E731
            encoding = SimpleNamespace(system=system, decode_state=decode, encode_state=encode)
            self.made = self.width, encoding
        return self.made[1]

    def widen(self, values: Values) -> bool:
        sorts = [v.sort for v in self.encoding().system.variables]
        ranges = [(s.lo, s.hi, x) for s, x in zip(sorts, values, strict=True) if isinstance(s, IntSort)]
        if all((lo is None or lo <= x) and (hi is None or x <= hi) for lo, hi, x in ranges):
            return False
        self.widened.append(values)
        self.width *= 2
        return True


def concrete_parts(prop: SystemProperty) -> tuple[Any, ...]:
    return tuple(SimpleNamespace(kind=p.kind, formula=p, subscript=None) for p in prop.parts)


def always(name: str, term: Term, *obligations: Obligation) -> SystemProperty:
    return SystemProperty(
        name, PropertyKind.INVARIANT, (SystemPart(PartKind.ALWAYS, term, tuple(obligations)),)
    )


def every_step(name: str, term: Term) -> SystemProperty:
    return SystemProperty(name, PropertyKind.ACTION, (SystemPart(PartKind.STEP, term),))


def transition(name: str, guard: Term = true, **updates: Term) -> Transition:
    return Transition(Label(name), guard, updates)


def verdicts(engine: Any, problem: HandBuilt, depth: int | None = None) -> dict[str, Verdict]:
    """What an engine says of each property; every trace is replayed."""
    found: dict[str, Verdict] = {}
    for event in engine.check(problem, Budget(depth)):
        assert not isinstance(event, Fault), event
        if isinstance(event, Finding):
            assert event.property not in found, "two findings on one property"
            found[event.property] = event.verdict
    return found


def replay(problem: HandBuilt, name: str, trace: Any) -> None:
    """Assert that a trace is a behaviour whose end violates the property."""
    program = problem.program
    assert trace.states[0] in set(program.initial_states())
    for before, label, after in zip(trace.states, trace.actions, trace.states[1:], strict=False):
        assert program.satisfies_constraints(before)
        assert Step(label, after) in list(program.successors(before))
    if name == "deadlock":
        assert list(program.successors(trace.states[-1])) == []
        return
    prop = next(p for p in problem.truth.properties if p.name == name)
    before = trace.states[-2] if trace.depth else None
    assert not all(program.holds(part, before, trace.states[-1]) for part in prop.parts)


def shortest_violations(problem: HandBuilt, most: int) -> dict[str, int | None]:
    """By explicit search: the depth of the first violation of each property within `most` steps.
    Deadlock included. The whole reachable state space may be no deeper than `most`."""
    program = problem.program
    depths: dict[str, int | None] = {p.name: None for p in problem.truth.properties} | {"deadlock": None}
    level: dict[Values, None] = dict.fromkeys(program.initial_states())
    edges: list[tuple[Values | None, Values]] = [(None, s) for s in level]
    expanded: set[Values] = set()
    for depth in range(most + 1):
        for prop in problem.truth.properties:
            bad = any(not program.holds(part, b, a) for part in prop.parts for b, a in edges)
            if bad and depths[prop.name] is None:
                depths[prop.name] = depth
        admitted = [
            a
            for b, a in edges
            if program.satisfies_constraints(a) and (b is None or program.satisfies_action_constraints(b, a))
        ]
        fresh = dict.fromkeys(a for a in admitted if a not in expanded)
        expanded |= fresh.keys()
        edges = []
        for values in fresh:
            following = list(program.successors(values))
            if not following and depths["deadlock"] is None:
                depths["deadlock"] = depth
            edges += [(values, step.state) for step in following]
    return depths
