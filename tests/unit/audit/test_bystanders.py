"""Which steps of a counterexample matter."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aioformal.audit.bystanders import relevance
from aioformal.audit.explanation import explained
from aioformal.audit.replay import replay_trace, violates
from aioformal.concrete import ActionLabel, Program, Trace
from aioformal.evidence.verdict import Relevance
from tests.unit.concrete.specs import program_of

SPEC = """
VARIABLES a, b, lock
Init == a = 0 /\\ b = 0 /\\ lock = 0
Left == a' = a + 1 /\\ UNCHANGED <<b, lock>>
Right(n) == b' = b + n /\\ UNCHANGED <<a, lock>>
Take == lock = 0 /\\ lock' = 1 /\\ UNCHANGED <<a, b>>
Free == lock = 1 /\\ lock' = 0 /\\ UNCHANGED <<a, b>>
Guess == b' \\in 0..3 /\\ UNCHANGED <<a, lock>>
Critical == lock = 1 /\\ a' = 9 /\\ UNCHANGED <<b, lock>>
Next == Left \\/ (\\E n \\in 1..2 : Right(n)) \\/ Take \\/ Free \\/ Guess \\/ Critical
Small == b < 4
"""


def program(formula: str, kind: str = "INVARIANT", more: str = "") -> Program:
    return program_of(f"{SPEC}\nAsked == {formula}", f"INIT Init\nNEXT Next\n{kind} Asked\n{more}")


def walk(program: Program, *wanted: str) -> Trace:
    """The first behaviour with these actions: `Right:2` is Right with the argument 2."""
    states = [next(program.initial_states())]
    actions: list[ActionLabel] = []
    for text in wanted:
        step = next(s for s in program.successors(states[-1]) if told(s.label) == text)
        states.append(step.state)
        actions.append(step.label)
    return Trace(program.variables, tuple(states), tuple(actions))


def told(label: ActionLabel) -> str:
    return ":".join([label.name, *(str(value) for _, value in label.arguments)])


def asked(program: Program, trace: Trace, deadline: float = math.inf) -> Relevance:
    prop = program.model.properties[0]
    return relevance(program, prop, trace, explained(program, prop, trace), deadline)


CASES = [
    # what another process does is a bystander
    ("b < 2", "INVARIANT", "Left Right:1 Left Right:1", (1, 3)),
    # the guard of a step that matters makes an earlier one matter
    ("a # 9", "INVARIANT", "Right:2 Take Left Critical", (1, 3)),
    # two steps that can only be left out together
    ("a # 9", "INVARIANT", "Take Free Take Critical", (2, 3)),
    # a property of steps is about the last one
    ("[][b' - b < 2]_b", "PROPERTY", "Left Take Right:1 Right:2", (3,)),
    # the initial state alone
    ("a # 0 \\/ b = 7", "INVARIANT", "Right:2", ()),
    # everything matters
    ("b < 3", "INVARIANT", "Right:1 Right:1 Right:1", (0, 1, 2)),
    # leaving Take out, another conjunct would be false: that is another failure
    ("(lock = 1 \\/ b < 2) /\\ a < 1", "INVARIANT", "Take Right:2 Left", (2,)),
    ("a < 1 /\\ (lock = 0 \\/ b < 2)", "INVARIANT", "Take Right:2", (0, 1)),
    # so it is where another instance would be
    (
        '\\A v \\in {"a", "b"} : lock = (IF v = "a" THEN 1 ELSE 0) => a + b < 2',
        "INVARIANT",
        "Left Take Left",
        (0, 1, 2),
    ),
    # an open choice is made anew
    ("b < 3", "INVARIANT", "Right:2 Guess Right:1 Right:2", (1,)),
]


@pytest.mark.parametrize(("formula", "kind", "actions", "steps"), CASES)
def test_only_the_steps_that_matter_are_kept(
    formula: str, kind: str, actions: str, steps: tuple[int, ...]
) -> None:
    judged = program(formula, kind)
    found = asked(judged, walk(judged, *actions.split()))
    assert found.complete
    assert found.steps == steps
    assert found.behaviour.depth == len(steps)


def test_a_state_outside_the_constraint_is_not_passed() -> None:
    judged = program("a < 2 \\/ b < 2", more="CONSTRAINT Small\n")
    found = asked(judged, walk(judged, "Right:2", "Take", "Left", "Left"))
    assert found.steps == (0, 2, 3)


def test_without_time_every_step_counts() -> None:
    judged = program("b < 2")
    found = asked(judged, walk(judged, "Left", "Right:2"), deadline=0.0)
    assert not found.complete
    assert found.steps == (0, 1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["Left", "Right:1", "Right:2"]), min_size=1, max_size=7))
def test_what_is_kept_violates_and_nothing_more_can_go(actions: list[str]) -> None:
    judged = program("~(a >= 1 /\\ b >= 2)")
    prop = judged.model.properties[0]
    trace = walk(judged, *actions)
    assume(violates(judged, prop, trace))
    found = asked(judged, trace)
    assert [trace.actions[index] for index in found.steps] == list(found.behaviour.actions)
    assert replay_trace(judged, prop, found.behaviour) == found.behaviour
    for fewer in combinations(found.behaviour.actions, len(found.steps) - 1):
        assert not violates(judged, prop, walk(judged, *map(told, fewer)))
