from __future__ import annotations

from collections import Counter

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.encode.shapes import IntShape, SetShape
from aioformal.ir import term as ir
from aioformal.ir.system import Transition
from tests.unit.encode.small import encoded, firing, holds, shapes

XY = shapes(x=IntShape(0, 3), y=IntShape(0, 3))


def transitions(next_: str, definitions: str = "") -> tuple[Transition, ...]:
    body = f"VARIABLES x, y\nInit == x = 0 /\\ y = 0\n{definitions}\nNext == {next_}"
    return encoded(body, given=XY).system.transitions


def labels(next_: str, definitions: str = "") -> list[tuple[str, tuple[tuple[str, object], ...]]]:
    return [(t.label.name, t.label.arguments) for t in transitions(next_, definitions)]


SET = "Set(p, v) == /\\ x = p\n             /\\ x' = v\n             /\\ y' = y"


@pytest.mark.parametrize(
    ("definitions", "next_", "expected"),
    [
        ("", "x' = 1 /\\ y' = 1", [("Next", ())]),
        (SET, "Set(1, 2)", [("Set", (("p", 1), ("v", 2)))]),
        (SET, "\\E i \\in 1..2 : Set(i, 0)", [("Set", (("p", i), ("v", 0))) for i in (1, 2)]),
        ("", "\\E i \\in 1..2 : x' = i /\\ y' = i", [("Next", (("i", 1),)), ("Next", (("i", 2),))]),
        (
            f"{SET}\nGo == Set(0, 1) \\/ Set(1, 0)",
            "y = 0 /\\ Go",
            [("Set", (("p", 0), ("v", 1))), ("Set", (("p", 1), ("v", 0)))],
        ),
        (f"{SET}\nGo == y = 0 /\\ Set(0, 1)", "Go", [("Go", ())]),
        ("Up == \\E i \\in {1} : x' = i /\\ y' = y", "Up", [("Up", (("i", 1),))]),
        (
            "Stay == UNCHANGED <<x, y>>",
            "LET s == Stay IN s \\/ (x' = 1 /\\ y' = 1)",
            [("Stay", ()), ("Next", ())],
        ),
    ],
)
def test_the_label_is_the_last_operator_entered_before_the_first_conjunct(
    definitions: str, next_: str, expected: list[object]
) -> None:
    assert labels(next_, definitions) == expected


def test_branches_that_assign_the_same_are_one_transition() -> None:
    (one,) = transitions("IF x = 0 THEN x' = 1 /\\ y' = 2 ELSE y' = y /\\ x > 1 /\\ x' = 0")
    assert {name: ir.text(term) for name, term in one.updates.items()} == {
        "x": "IF (x = 0) THEN 1 ELSE 0",
        "y": "IF (x = 0) THEN 2 ELSE y",
    }
    assert [holds(one.guard, {"x": x, "y": 0}) for x in range(4)] == [True, False, True, True]


def test_branches_that_assign_different_variables_fork() -> None:
    found = transitions("/\\ IF x = 0 THEN x' = 1 ELSE y' = 2\n        /\\ x' = 1\n        /\\ y' = 2")
    assert len(found) == 2


def test_case_in_an_action_is_merged() -> None:
    (one,) = transitions("/\\ CASE x = 0 -> x' = 1 [] x = 1 -> x' = 3 [] OTHER -> x' = 0\n        /\\ y' = y")
    assert ir.text(one.updates["x"]) == "IF (x = 0) THEN 1 ELSE (IF (x = 1) THEN 3 ELSE 0)"


def test_a_second_assignment_is_a_test() -> None:
    (one,) = transitions("x' = 1 /\\ y' = y /\\ x' = y")
    assert ir.text(one.guard) == "y = 1"


def test_a_test_does_not_fork() -> None:
    assert (
        len(transitions("(x = 0 \\/ x = 1 \\/ y = 2) /\\ (\\E i \\in 1..3 : i = x) /\\ UNCHANGED <<x, y>>"))
        == 1
    )


def test_for_all_is_a_conjunction_of_assignments() -> None:
    (one,) = transitions("\\A i \\in {1, 2} : IF i = 1 THEN x' = 2 ELSE y' = 3")
    assert {name: ir.text(term) for name, term in one.updates.items()} == {"x": "2", "y": "3"}


def test_an_operator_may_assign_its_parameter() -> None:
    (one,) = transitions("Put(x, 2) /\\ Put(y, x')", "Put(v, e) == v' = e")
    assert {name: ir.text(term) for name, term in one.updates.items()} == {"x": "2", "y": "2"}


@pytest.mark.parametrize(
    ("definitions", "next_"),
    [
        ("Put(target, v) == target = v", "Put(x', 1) /\\ y' = 2"),
        ("Put(target, v) == target = v\nTwice(one, v) == Put(one, v)", "Twice(x', 1) /\\ y' = 2"),
        ("Put(target, v) == target \\in {v}", "Put(x', 1) /\\ y' = 2"),
        ("There == x'", "There = 1 /\\ y' = 2"),
        ("", "LET there == x' IN there = 1 /\\ y' = 2"),
        ("Put(target, v) == LET there == target IN there = v", "Put(x', 1) /\\ Put(y', 2)"),
    ],
)
def test_what_a_primed_variable_is_named_by_is_assigned(definitions: str, next_: str) -> None:
    (one,) = transitions(next_, definitions)
    assert {name: ir.text(term) for name, term in one.updates.items()} == {"x": "1", "y": "2"}
    assert not one.obligations


def test_what_does_not_change_is_not_mentioned() -> None:
    (one,) = transitions("x' = x + 1 /\\ UNCHANGED y")
    assert list(one.updates) == ["x"]
    assert [[o.variable for o in firing(one, {"x": x, "y": 0})] for x in (2, 3)] == [[], ["x"]]


def test_a_variable_without_a_value_is_an_obligation() -> None:
    (one,) = transitions("x = 1 /\\ x' = 2")
    assert one.guard is ir.false
    (obligation,) = firing(one, {"x": 1, "y": 0})
    assert (obligation.code, obligation.message) == ("eval.unassigned", "Next leaves y without a value")
    assert not firing(one, {"x": 0, "y": 0})


def test_few_choices_fork_and_many_are_an_input() -> None:
    assert len(transitions("x' \\in 0..3 /\\ y' = y")) == 4
    (one,) = encoded(
        "VARIABLE x\nInit == x = 0\nNext == x' \\in 0..999 /\\ x' # x", given=shapes(x=IntShape(0, 1023))
    ).system.transitions
    assert [str(i.sort) for i in one.inputs] == ["0..999"]
    assert not one.obligations


def test_subsets_of_a_set_of_the_state_are_free_bits() -> None:
    body = "VARIABLE s\nInit == s = 1..9\nNext == s' \\in SUBSET s"
    (one,) = encoded(body, given=shapes(s=SetShape(frozenset(range(1, 10))))).system.transitions
    assert len(one.inputs) == 9
    assert len(one.updates) == 9


def test_a_choice_from_a_set_of_the_state_is_guarded_by_membership() -> None:
    body = "VARIABLE s\nInit == s = {}\nNext == \\E i \\in s : s' = s \\ {i}"
    found = encoded(body, given=shapes(s=SetShape(frozenset({1, 2})))).system.transitions
    assert [(t.label.arguments, ir.text(t.guard), [*t.updates]) for t in found] == [
        ((("i", 1),), "s{1}", ["s{1}"]),
        ((("i", 2),), "s{2}", ["s{2}"]),
    ]


def test_a_branch_that_cannot_be_taken_leaves_no_transition() -> None:
    config = "CONSTANT Mode = 1\nINIT Init\nNEXT Next\n"
    body = """CONSTANT Mode
VARIABLE x
Init == x = 0
Next == \\/ Mode = 1 /\\ x' = 1
        \\/ Mode = 2 /\\ x' = 2
        \\/ x' = IF Mode = 1 THEN 3 ELSE 1 \\div 0"""
    found = encoded(body, config, shapes(x=IntShape(0, 3))).system.transitions
    assert [ir.text(t.updates["x"]) for t in found] == ["1", "3"]
    assert Counter(len(t.obligations) for t in found) == {0: 2}


def test_an_infinite_choice_is_an_unbounded_input() -> None:
    body = "VARIABLE x\nInit == x \\in Nat\nNext == x' = x"
    (rule,) = encoded(body, given=shapes(x=IntShape(0, None))).system.initial
    assert [str(i.sort) for i in rule.inputs] == ["0..oo"]
    assert not rule.obligations


def test_what_cannot_be_encoded_is_refused_with_its_place() -> None:
    with pytest.raises(DiagnosticError) as refused:
        transitions("TLCGet(1) = 1 /\\ UNCHANGED <<x, y>>")
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "encode.unsupported"
    assert diagnostic.span is not None
    assert diagnostic.span.text == "TLCGet(1)"


def test_a_property_that_cannot_be_encoded_does_not_stop_the_others() -> None:
    config = "INIT Init\nNEXT Next\nINVARIANTS Good Bad\nPROPERTY Soon\n"
    body = """VARIABLE x
Init == x = 0
Next == x' = x
Good == x = 0
Bad == TLCGet(1) = x
Soon == <>(x = 1)"""
    system = encoded(body, config, shapes(x=IntShape(0, 1))).system
    assert [p.name for p in system.properties] == ["Good"]
    assert [name for name, _ in system.unsupported] == ["Bad", "Soon"]
    assert "TLCGet" in dict(system.unsupported)["Bad"]


def test_step_properties_hold_where_the_subscript_does_not_change() -> None:
    config = "INIT Init\nNEXT Next\nPROPERTY Grows\n"
    body = "VARIABLES x, y\nInit == x = 0 /\\ y = 0\nNext == UNCHANGED <<x, y>>\nGrows == [][x' > x]_x"
    (prop,) = encoded(body, config, XY).system.properties
    (part,) = prop.parts
    now = {"x": 1, "y": 0}
    assert [holds(part.term, now, {"x": x, "y": 3}) for x in range(4)] == [False, True, True, True]
