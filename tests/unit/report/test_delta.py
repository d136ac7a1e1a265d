"""Only what changed, at the depth where it changed."""

from __future__ import annotations

import pytest

from aioformal.evidence.verdict import ActionLabel
from aioformal.report.delta import action_text, compact, state_changes, value_changes
from aioformal.value.values import (
    FALSE,
    TRUE,
    Function,
    ModelValue,
    Value,
    make_record,
    make_tuple,
)

C1, C2 = ModelValue("c1"), ModelValue("c2")


def ctxs(users: int, dead: Value = FALSE) -> Function:
    other = make_record({"users": 0, "dead": FALSE})
    return Function({C1: make_record({"users": users, "dead": dead}), C2: other})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (2, 1, ["v: 2 -> 1"]),
        ("none", "double free", ['v: "none" -> "double free"']),
        (ctxs(2), ctxs(1), ["v[c1].users: 2 -> 1"]),
        (ctxs(2), ctxs(0, TRUE), ["v[c1].dead: FALSE -> TRUE", "v[c1].users: 2 -> 0"]),
        (frozenset({1}), frozenset({1, 3, 2}), ["v: +2, +3"]),
        (frozenset({1, 2}), frozenset({2, 3}), ["v: +3, -1"]),
        (frozenset(), frozenset({C1}), ["v: {} -> {c1}"]),
        (frozenset({C1}), frozenset({C2}), ["v: {c1} -> {c2}"]),
        (make_tuple([1, 2]), make_tuple([1, 2, 3]), ["v: appended 3"]),
        (make_tuple([1, 2, 3]), make_tuple([2, 3]), ["v: removed from the front 1"]),
        (make_tuple([1, 2, 3]), make_tuple([1]), ["v: removed from the end 2, 3"]),
        (make_tuple([1, 2]), make_tuple([1, 3]), ["v[2]: 2 -> 3"]),
        (make_tuple([1, 2]), make_tuple([]), ["v: <<1, 2>> -> <<>>"]),
        (make_tuple([1, 2]), make_tuple([5, 6, 7]), ["v: <<1, 2>> -> <<5, 6, 7>>"]),
        (make_record({"a": 1}), make_record({"a": 1, "b": 2}), ["v.b: (new) -> 2"]),
        (make_record({"a": 1, "b": 2}), make_record({"a": 1}), ["v.b: 2 -> (gone)"]),
        (make_record({"a": 1}), make_record({"b": 1}), ["v: [a |-> 1] -> [b |-> 1]"]),
        (C1, make_record({"a": 1}), ["v: c1 -> [a |-> 1]"]),
        (Function({"two words": 1, "x": 0}), Function({"two words": 2, "x": 0}), ['v["two words"]: 1 -> 2']),
        (
            Function({make_tuple([1, C1]): 0, make_tuple([2, C1]): 0}),
            Function({make_tuple([1, C1]): 7, make_tuple([2, C1]): 0}),
            ["v[1, c1]: 0 -> 7"],
        ),
    ],
)
def test_a_change_is_told_where_it_happened(old: Value, new: Value, expected: list[str]) -> None:
    assert list(value_changes("v", old, new)) == expected


def test_what_stays_is_not_told() -> None:
    before, after = (ctxs(2), 5, frozenset({1})), (ctxs(2), 6, frozenset({1}))
    assert state_changes(("ctx", "aio_nr", "s"), before, after) == ["aio_nr: 5 -> 6"]


def test_a_boolean_is_not_an_integer() -> None:
    assert state_changes(("x",), (TRUE,), (1,)) == ["x: TRUE -> 1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Function({C1: 0, C2: 0}), "[x \\in {c1, c2} |-> 0]"),
        (Function({C1: 0, C2: 1}), "(c1 :> 0 @@ c2 :> 1)"),
        (Function({C1: 0}), "(c1 :> 0)"),
        (make_tuple([0, 0]), "<<0, 0>>"),
        (make_record({"a": 0, "b": 0}), "[a |-> 0, b |-> 0]"),
    ],
)
def test_a_constant_function_is_written_once(value: Value, text: str) -> None:
    assert compact(value) == text


def test_an_action_shows_its_arguments() -> None:
    assert action_text(ActionLabel("Put", (("t", ModelValue("t1")), ("n", 2)))) == "Put(t = t1, n = 2)"
    assert action_text(ActionLabel("Next")) == "Next"
