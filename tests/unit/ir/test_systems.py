"""Well-formedness, the formulas of a system, and its text."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError
from aioformal.ir.check import check_system
from aioformal.ir.dump import dump_system
from aioformal.ir.evaluate import evaluate
from aioformal.ir.relation import ACTION, Relation, choices, free, state, successor
from aioformal.ir.sort import BOOL, int_sort
from aioformal.ir.system import (
    Initial,
    Input,
    Label,
    Obligation,
    StateVariable,
    SystemPart,
    SystemProperty,
    Transition,
    TransitionSystem,
)
from aioformal.ir.term import add, and_, input_variable, integer, le, next_variable, not_, true, variable
from aioformal.resolve.model import PartKind, PropertyKind
from aioformal.value.values import make_tuple

SORT = int_sort(0, 3)
X, B = StateVariable("x", SORT), StateVariable("b", BOOL)
MORE = Input("more", int_sort(1, 2))
LABEL = Label("Up", (("p", make_tuple(["a"])),))
UP = Transition(LABEL, variable("b", BOOL), {"x": add(state(X), free(MORE))}, (MORE,))
SMALL = SystemPart(PartKind.ALWAYS, le(state(X), integer(2)))
FLIP = Transition(Label("Flip"), true, {"b": not_(variable("b", BOOL))})
SYSTEM = TransitionSystem(
    variables=(X, B),
    initial=(Initial(true, {"x": integer(0), "b": true}),),
    transitions=(UP, FLIP),
    properties=(SystemProperty("Small", PropertyKind.INVARIANT, (SMALL,)),),
    unsupported=(("Live", "a temporal formula"),),
)


def test_a_step_follows_the_transition_that_is_chosen() -> None:
    step = Relation(SYSTEM).step

    def is_step(action: int, more: int, before: tuple[int, bool], after: tuple[int, bool]) -> bool:
        known = {choice: i == action for i, choice in enumerate(choices(ACTION, 2))} | {free(MORE): more}
        known |= {state(X): before[0], state(B): before[1], successor(X): after[0], successor(B): after[1]}
        return evaluate([step], known) == [True]

    assert is_step(0, 2, (1, True), (3, True))
    assert not is_step(0, 1, (1, True), (3, True)), "1 + 1 is not 3"
    assert not is_step(0, 1, (1, False), (2, False)), "Up needs b"
    assert not is_step(0, 1, (1, True), (2, False)), "Up leaves b as it is"
    assert is_step(1, 1, (1, True), (1, False))
    assert not is_step(1, 1, (1, True), (2, False)), "Flip leaves x as it is"
    assert not is_step(2, 1, (1, True), (1, True)), "some transition is taken"


def test_an_update_beyond_its_sort_is_an_obligation_of_the_relation() -> None:
    [escape] = Relation(SYSTEM).step_obligations
    assert (escape.kind, escape.variable, escape.message) == ("shape", "x", "x leaves 0..3")

    def fires(x: int, b: bool, more: int) -> bool:
        return evaluate([escape.condition], {state(X): x, state(B): b, free(MORE): more}) == [True]

    assert fires(2, True, 2)
    assert not fires(2, True, 1)
    assert not fires(2, False, 2), "what is not done leaves nothing"


def test_a_transition_that_is_never_taken_keeps_its_obligations() -> None:
    wrong = Obligation("evaluation", le(state(X), integer(1)), "x is small", "eval.domain")
    never = Transition(Label("Never"), not_(true), {}, (), (wrong,))
    relation = Relation(replace(SYSTEM, transitions=(FLIP, never)))
    assert relation.transitions == (FLIP,)
    assert relation.step_obligations == (wrong,)


def test_systems_are_checked() -> None:
    check_system(SYSTEM)


@pytest.mark.parametrize(
    ("system", "complaint"),
    [
        (replace(SYSTEM, variables=(X, B, B)), "two variables have one name"),
        (replace(SYSTEM, initial=(Initial(true, {"x": integer(0)}),)), r"\['b'\] without a value"),
        (replace(SYSTEM, transitions=(replace(UP, inputs=()),)), "speaks of more"),
        (replace(SYSTEM, transitions=(replace(UP, updates={"y": integer(0)}),)), "y, which is no variable"),
        (replace(SYSTEM, transitions=(replace(UP, ways=true),)), "counts in sort Bool"),
        (replace(SYSTEM, transitions=(replace(FLIP, ways=free(MORE)),)), "speaks of more"),
        (
            replace(SYSTEM, initial=(Initial(true, {"x": integer(0), "b": true}, ways=state(X)),)),
            "of the state",
        ),
        (replace(SYSTEM, transitions=(replace(UP, updates={"x": true}),)), "a value of sort Bool"),
        (replace(SYSTEM, constraint=next_variable("b", BOOL)), "speaks of the next variable b"),
        (replace(SYSTEM, constraint=state(X)), "a formula of sort 0..3"),
        (replace(SYSTEM, constraint=variable("x", BOOL)), "speaks of x as Bool, declared 0..3"),
        (replace(SYSTEM, constraint=input_variable("more", BOOL)), "speaks of the input variable more"),
    ],
)
def test_what_is_malformed_is_named(system: TransitionSystem, complaint: str) -> None:
    with pytest.raises(DiagnosticError, match=complaint) as raised:
        check_system(system)
    assert raised.value.diagnostics[0].code == "internal.fault"


def test_a_system_as_text() -> None:
    shared = and_(SYSTEM.properties[0].parts[0].term, variable("b", BOOL))
    often = replace(FLIP, ways=add(state(X), integer(1)))
    system = replace(SYSTEM, transitions=(UP, often), constraint=shared)
    assert (
        dump_system(system)
        == """\
variable x: 0..3
variable b: Bool

initial
    guard TRUE
    x = 0
    b = TRUE

transition Up(p = <<"a">>)
    input more: 1..2
    guard b
    x' = x + ?more

transition Flip
    guard TRUE
    b' = ~b
    ways x + 1

constraint (x <= 2) /\\ b

invariant Small
    always x <= 2

unsupported Live: a temporal formula
"""
    )
