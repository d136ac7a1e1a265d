"""A lasso is shown only if its steps are steps, it is fair, and by its meaning it violates the property."""

from __future__ import annotations

import pytest

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
