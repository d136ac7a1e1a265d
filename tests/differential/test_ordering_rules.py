"""Ordering rules: every engine against all behaviours of random small models, by the meaning of the rules.

The meaning here is a third one, over lists of states: neither the monitors nor `concrete.ordering` are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget
from aioformal.evidence.verdict import Finding, Holds, Proved, Unknown, Vacuous, Verdict, Violated
from aioformal.session import Options, Session

QUIET: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
    "phases": [Phase.explicit, Phase.generate],
    # To make such a model smaller takes minutes.
}
State = tuple[int, int]
DEPTH = 5
VALUES = range(3)


@dataclass(frozen=True)
class Action:
    """Where `var` (0: x, 1: y) is `when`, it becomes `then`; the other variable becomes `other`, or stays."""

    var: int
    when: int
    then: int
    other: int | None

    def tla(self) -> str:
        v, w = "xy"[self.var], "xy"[1 - self.var]
        rest = f"{w}' = {w}" if self.other is None else f"{w}' = {self.other}"
        return f"{v} = {self.when} /\\ {v}' = {self.then} /\\ {rest}"

    def holds(self, s: State, t: State) -> bool:
        rest = s[1 - self.var] if self.other is None else self.other
        return s[self.var] == self.when and t[self.var] == self.then and t[1 - self.var] == rest


@dataclass(frozen=True)
class Predicate:
    var: int
    value: int

    def tla(self) -> str:
        return f"{'xy'[self.var]} = {self.value}"


Event = Action | Predicate
Moments = list[bool]


def occurrences(event: Event, states: list[State]) -> Moments:
    if isinstance(event, Predicate):
        now = [s[event.var] == event.value for s in states]
        return [now[0], *(b and not a for a, b in pairwise(now))]
    return [False, *(s != t and event.holds(s, t) for s, t in pairwise(states))]


def is_open(begin: Moments, end: Moments, i: int) -> bool:
    return any(begin[j] and not any(end[j + 1 : i]) for j in range(i))


MEANINGS: dict[str, tuple[int, Callable[..., bool]]] = {
    "Precedes": (2, lambda i, a, b: b[i] and not any(a[:i])),
    "AtMostOnce": (1, lambda i, a: a[i] and any(a[:i])),
    "ExactlyOnceBefore": (2, lambda i, a, b: b[i] and sum(a[:i]) != 1),
    "Between": (3, lambda i, a, m, b: b[i] and is_open(a, m, i)),
    "Within": (3, lambda i, a, begin, end: a[i] and not is_open(begin, end, i)),
    "NeverAfter": (2, lambda i, a, b: a[i] and any(b[:i])),
    "NotBetween": (3, lambda i, call, wait, back: wait[i] and is_open(call, back, i)),
}
"""Whether a rule is violated at moment i."""


@dataclass(frozen=True)
class Rule:
    name: str
    events: tuple[Event, ...]

    def tla(self) -> str:
        return f"{self.name}({', '.join(event.tla() for event in self.events)})"

    def violated(self, states: list[State]) -> bool:
        moments = [occurrences(event, states) for event in self.events]
        return any(MEANINGS[self.name][1](i, *moments) for i in range(len(states)))


@dataclass(frozen=True)
class Past:
    """`[](P => Once(Q))` and the like."""

    name: str
    events: tuple[Predicate, ...]
    when: Predicate

    def tla(self) -> str:
        return f"[]({self.when.tla()} => {self.name}({', '.join(event.tla() for event in self.events)}))"

    def violated(self, states: list[State]) -> bool:
        p, *q = ([s[e.var] == e.value for s in states] for e in self.events)
        truth = {
            "Once": lambda i: any(p[: i + 1]),
            "Historically": lambda i: all(p[: i + 1]),
            "Since": lambda i: any(q[0][j] and all(p[j + 1 : i + 1]) for j in range(i + 1)),
        }[self.name]
        return any(s[self.when.var] == self.when.value and not truth(i) for i, s in enumerate(states))


@dataclass(frozen=True)
class Compound:
    connective: str
    parts: tuple[Rule | Past, ...]

    def tla(self) -> str:
        return f" {self.connective} ".join(f"({part.tla()})" for part in self.parts)

    def violated(self, states: list[State]) -> bool:
        found = [part.violated(states) for part in self.parts]
        return all(found) if self.connective == "\\/" else any(found)


Formula = Rule | Past | Compound

actions = st.builds(
    Action,
    st.integers(0, 1),
    st.sampled_from(VALUES),
    st.sampled_from(VALUES),
    st.none() | st.sampled_from(VALUES),
)
predicates = st.builds(Predicate, st.integers(0, 1), st.sampled_from(VALUES))


@st.composite
def models(draw: st.DrawFn) -> tuple[list[Action], Formula]:
    steps = draw(st.lists(actions, min_size=2, max_size=4, unique=True))
    events = st.sampled_from(steps) | predicates | actions

    def rule() -> Rule | Past:
        if draw(st.integers(0, 4)) == 0:
            name = draw(st.sampled_from(["Once", "Historically", "Since"]))
            count = 2 if name == "Since" else 1
            return Past(name, tuple(draw(predicates) for _ in range(count)), draw(predicates))
        name = draw(st.sampled_from(sorted(MEANINGS)))
        return Rule(name, tuple(draw(events) for _ in range(MEANINGS[name][0])))

    if draw(st.integers(0, 2)):
        return steps, rule()
    return steps, Compound(draw(st.sampled_from(["\\/", "/\\"])), (rule(), rule()))


def text_of(steps: list[Action], formula: Formula) -> str:
    names = " \\/ ".join(f"A{i}" for i in range(len(steps)))
    definitions = "\n".join(f"A{i} == {step.tla()}" for i, step in enumerate(steps))
    return (
        "---- MODULE M ----\nEXTENDS Naturals, Ordering\nVARIABLES x, y\n"
        f"Init == x = 0 /\\ y \\in {{0, 1}}\n{definitions}\nNext == {names}\n"
        f"Rule == {formula.tla()}\n====\n"
    )


def first_violation(steps: list[Action], formula: Formula) -> int | None:
    """The length of a shortest behaviour, up to DEPTH steps, that violates a formula."""
    level: list[list[State]] = [[(0, 0)], [(0, 1)]]
    for depth in range(DEPTH + 1):
        if any(formula.violated(states) for states in level):
            return depth
        level = [
            [*states, (a, b)]
            for states in level
            for a in VALUES
            for b in VALUES
            if (a, b) != states[-1] and any(step.holds(states[-1], (a, b)) for step in steps)
        ]
    return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


def verdict(folder: Path, text: str, engine: str, depth: int | None) -> Verdict:
    spec, config = folder / "M.tla", folder / "M.cfg"
    spec.write_text(text, encoding="utf-8")
    config.write_text("INIT Init NEXT Next PROPERTY Rule CHECK_DEADLOCK FALSE", encoding="utf-8")
    report = Session(str(spec)).prove(Options(engine=engine, depth=depth, timeout=60))
    (judged,) = (j for j in report.judgements if j.name == "Rule")
    assert not [d for d in report.diagnostics if d.code.startswith("check.evidence")]
    return judged.verdict


def native(folder: Path, text: str) -> Verdict:
    """What the search in machine code says, with two workers: `explicit` alone leaves small models to the
    reference semantics."""
    (folder / "M.tla").write_text(text, encoding="utf-8")
    problem = Session(str(folder / "M.tla")).problem
    events = Explicit(Settings(small=0, workers=2)).check(problem, Budget())
    (found,) = [e for e in events if isinstance(e, Finding) and e.property == "Rule"]
    return found.verdict


def agrees(found: Verdict, expected: int | None, engine: str) -> None:
    match found:
        case Violated(trace) if expected is None:
            assert trace.depth > DEPTH
        case Violated(trace):
            assert trace.depth == expected
        case Proved() | Vacuous():
            assert expected is None
        case Holds(depth):
            assert expected is None or expected > depth
        case _:
            assert isinstance(found, Unknown)
            assert engine == "k-induction", found.reason


@settings(max_examples=40, **QUIET)
@given(models())
def test_searches_judge_rules_as_all_behaviours_do(folder: Path, model: tuple[list[Action], Formula]) -> None:
    steps, formula = model
    expected, text = first_violation(steps, formula), text_of(steps, formula)
    found = {e: verdict(folder, text, e, None) for e in ("explicit", "explicit-reference")}
    found["native"] = native(folder, text)
    for engine, one in found.items():
        agrees(one, expected, engine)
    assert type(found["explicit"]) is type(found["explicit-reference"])


@settings(max_examples=12, **QUIET)
@given(models())
def test_symbolic_engines_judge_rules_as_all_behaviours_do(
    folder: Path, model: tuple[list[Action], Formula]
) -> None:
    steps, formula = model
    expected, text = first_violation(steps, formula), text_of(steps, formula)
    for engine in ("bmc", "k-induction"):
        agrees(verdict(folder, text, engine, DEPTH), expected, engine)
