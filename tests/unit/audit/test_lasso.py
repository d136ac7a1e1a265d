"""A lasso is shown only if its steps are steps, it is fair, and by its meaning it violates the property."""

from __future__ import annotations

import time

import pytest

from aioformal.audit.bystanders import relevance
from aioformal.audit.explanation import explained
from aioformal.audit.replay import replay_trace
from aioformal.concrete import Program
from aioformal.evidence.join import EvidenceError
from aioformal.evidence.verdict import ActionLabel, Trace
from aioformal.value.values import State
from tests.unit.concrete.specs import model_of

TEXT = """
VARIABLE x
Init == x = 0
Up == x < 3 /\\ x' = x + 1
Back == x = 3 /\\ x' = 1
Next == Up \\/ Back
Spec == Init /\\ [][Next]_x /\\ WF_x(Up)
Zero == []<>(x = 0)
Three == []<>(x = 3)
Twice == \\A n \\in {1, 2} : x = n ~> x = 2 * n
Calm == <>[][x' > x]_x
Odd == <>(x = 1) -+-> <>(x = 9)
"""


def program_of(name: str) -> Program:
    return Program(model_of(TEXT, f"SPECIFICATION Spec\nPROPERTY {name}"))


def lasso(*xs: int, loop: int) -> Trace:
    states: tuple[State, ...] = tuple((x,) for x in xs)
    return Trace(("x",), states, tuple(ActionLabel("Up") for _ in states[1:]), loop)


def replayed(name: str, trace: Trace) -> Trace:
    program = program_of(name)
    return replay_trace(program, program.model.property_named(name), trace)


def test_a_lasso_is_replayed_with_the_labels_of_all_its_steps() -> None:
    trace = replayed("Zero", lasso(0, 1, 2, 3, loop=1))
    assert [action.name for action in trace.actions] == ["Up", "Up", "Up"]
    assert trace.closing is not None
    assert trace.closing.name == "Back"


@pytest.mark.parametrize(
    ("name", "trace", "reason"),
    [
        ("Zero", lasso(0, 1, 2, 3, loop=2), "is no step"),
        ("Zero", lasso(0, 1, 2, loop=2), "is not fair"),
        ("Three", lasso(0, 1, 2, 3, loop=1), "does not violate it"),
        ("Zero", lasso(1, 2, 3, loop=0), "does not begin in an initial state"),
        ("Odd", lasso(0, 1, 2, 3, loop=1), "cannot be judged a second time"),
    ],
)
def test_what_is_no_counterexample(name: str, trace: Trace, reason: str) -> None:
    with pytest.raises(EvidenceError, match=reason):
        replayed(name, trace)


@pytest.mark.parametrize(
    ("name", "text", "step", "instance"),
    [
        ("Zero", "<>(x = 0)", 2, ()),
        ("Twice", "x = n ~> x = 2 * n", 3, (("n", 2),)),
        ("Calm", "<>[][x' > x]_x", 1, ()),
    ],
)
def test_blame(name: str, text: str, step: int, instance: object) -> None:
    program = program_of(name)
    prop = program.model.property_named(name)
    assert prop is not None
    trace = lasso(0, 1, 2, 3, loop=1)
    blame = explained(program, prop, trace)
    assert blame is not None
    assert (blame.text, blame.step, blame.instance) == (text, step, instance)


def test_steps_that_do_not_matter_are_found_in_a_lasso() -> None:
    text = """
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\\ y = 0
Ask == x = 0 /\\ x' = 1 /\\ y' = y
Answer == x = 1 /\\ y < 3 /\\ x' = 2 /\\ y' = y
Turn == y < 3 /\\ y' = y + 1 /\\ x' = x
Back == y = 2 /\\ y' = 1 /\\ x' = x
Next == Ask \\/ Answer \\/ Turn \\/ Back
Spec == Init /\\ [][Next]_vars /\\ WF_vars(Turn \\/ Back)
Answered == x = 1 ~> x = 2
"""
    program = Program(model_of(text, "SPECIFICATION Spec\nPROPERTY Answered"))
    prop = program.model.property_named("Answered")
    assert prop is not None
    states: tuple[State, ...] = ((0, 0), (0, 1), (1, 1), (1, 2))
    steps = tuple(map(ActionLabel, ("Turn", "Ask", "Turn")))
    trace = replay_trace(program, prop, Trace(("x", "y"), states, steps, loop=2))
    found = relevance(program, prop, trace, explained(program, prop, trace), time.monotonic() + 60)
    assert found.complete
    assert [steps[index].name for index in found.steps] == ["Turn", "Ask", "Turn"]
    longer: tuple[State, ...] = ((0, 0), (0, 1), (0, 2), (0, 1), (1, 1), (1, 2))
    steps = tuple(map(ActionLabel, ("Turn", "Turn", "Back", "Ask", "Turn")))
    trace = replay_trace(program, prop, Trace(("x", "y"), longer, steps, loop=4))
    found = relevance(program, prop, trace, explained(program, prop, trace), time.monotonic() + 60)
    assert [index for index in range(5) if index not in found.steps] == [1, 2]
    assert found.behaviour.loop is not None
