"""Where evaluation fails: the obligation fires exactly there, in the order in which TLC evaluates."""

from __future__ import annotations

import pytest

from aioformal.concrete import compile_model
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import Encoding
from aioformal.encode.shapes import AtomShape, Entry, FunShape, IntShape, SeqShape, SetShape
from aioformal.value.values import ModelValue
from tests.unit.encode.small import encoded, firing, shapes

NULL = ModelValue("NULL")
CONFIG = "CONSTANT NULL = NULL\nINIT Init\nNEXT Next\n"
SHAPES = shapes(
    x=AtomShape(frozenset({NULL, "a", "b"})),
    f=FunShape((Entry("a", IntShape(0, 3)), Entry("b", IntShape(0, 3)))),
    q=SeqShape(2, IntShape(0, 3)),
    s=SetShape(frozenset({1, 2})),
    n=IntShape(0, 3),
)
QUIET = {"x": 0, "f.a": 1, "f.b": 2, "q#": 1, "q[1]": 3, "q[2]": 0, "s{1}": True, "s{2}": False, "n": 1}
"""x = "a", f = [a |-> 1, b |-> 2], q = <<3>>, s = {1}, n = 1."""


Slots = dict[str, bool | int]


def action_of(expression: str) -> Encoding:
    """The encoding of an action that tests an expression."""
    body = f"""CONSTANT NULL
VARIABLES x, f, q, s, n
Init == x = "a" /\\ f = [a |-> 1, b |-> 2] /\\ q = <<>> /\\ s = {{}} /\\ n = 0
Next == ({expression}) /\\ UNCHANGED <<x, f, q, s, n>>"""
    return encoded(body, CONFIG, SHAPES)


IS_NULL = 2
"""The index of NULL among the values of x."""


CASES: list[tuple[str, Slots, list[str]]] = [
    ("f[x] = 1", {}, []),
    ("f[x] = 1", {"x": IS_NULL}, ["eval.domain"]),
    ("x # NULL /\\ f[x] = 1", {"x": IS_NULL}, []),
    ("f[x] = 1 /\\ x # NULL", {"x": IS_NULL}, ["eval.domain"]),
    # Every way to be true is gone; within an operand, though, `\\/` needs no more than one.
    ("x = NULL \\/ f[x] = 1", {"x": IS_NULL}, ["eval.domain"]),
    ("(x = NULL \\/ f[x] = 1) = TRUE", {"x": IS_NULL}, []),
    ("x # NULL => f[x] = 1", {"x": IS_NULL}, []),
    ("IF x = NULL THEN TRUE ELSE f[x] = 1", {"x": IS_NULL}, []),
    ("IF x = NULL THEN f[x] = 1 ELSE TRUE", {"x": IS_NULL}, ["eval.domain"]),
    ("LET y == f[x] IN x # NULL /\\ y = 1", {"x": IS_NULL}, []),
    ("LET y == f[x] IN y = 1", {"x": IS_NULL}, ["eval.domain"]),
    ("Head(q) = 3", {}, []),
    ("Head(q) = 3", {"q#": 0}, ["eval.partial"]),
    ("Tail(q) = <<>>", {"q#": 0}, ["eval.partial"]),
    ("q[2] = 0", {}, ["eval.domain"]),
    ("q[2] = 0", {"q#": 2}, []),
    ("2 \\div n = 2", {}, []),
    ("2 \\div n = 2", {"n": 0}, ["eval.partial"]),
    ("2 % n = 2", {"n": 0}, ["eval.partial"]),
    ("\\E i \\in s : 2 \\div (i - 1) = 0", {}, ["eval.partial"]),
    ("\\E i \\in s : 2 \\div (i - 1) = 0", {"s{1}": False}, []),
    ("\\A i \\in s : i # 1 \\/ 2 \\div (n - 1) = 0", {"s{1}": False}, []),
    ("\\E i \\in s : i = 2 \\/ 2 \\div (n - 1) = 0", {"s{2}": True}, ["eval.partial"]),
    ("\\E i \\in {2, 1} : 2 \\div (2 - i) = 2", {}, ["eval.partial"]),
    ("(CHOOSE i \\in s : i > 1) = 2", {}, ["eval.partial"]),
    ("(CHOOSE i \\in s : i > 1) = 2", {"s{2}": True}, []),
    ("CASE n = 0 -> TRUE [] n = 2 -> TRUE", {}, ["eval.partial"]),
    ("CASE n = 0 -> TRUE [] n = 1 -> TRUE", {}, []),
    ('x = "a" \\/ x = 1', {}, ["eval.kind"]),
    ('~(x # "a" /\\ x # 1)', {}, []),
    ('x = "a" \\/ x = 1', {"x": 1}, ["eval.kind"]),
    ('x = "a" \\/ x = 1', {"x": IS_NULL}, []),
    ('Assert(n < 2, "large")', {}, []),
    ('Assert(n < 2, "large")', {"n": 2}, ["eval.assert"]),
    ("[f EXCEPT ![x] = 2 \\div n].a = 1", {"x": IS_NULL, "n": 0}, []),
    ("Cardinality({i \\in Nat : i < n}) = 0", {}, ["eval.infinite"]),
]


@pytest.mark.parametrize(("expression", "changed", "expected"), CASES)
def test_an_obligation_fires_where_evaluation_fails(
    expression: str, changed: Slots, expected: list[str]
) -> None:
    (transition, *rest) = action_of(expression).system.transitions
    assert not rest
    assert [o.code for o in firing(transition, {**QUIET, **changed})] == expected


@pytest.mark.parametrize(("expression", "changed", "expected"), CASES)
def test_evaluation_fails_there(expression: str, changed: Slots, expected: list[str]) -> None:
    encoding = action_of(expression)
    assert fault(encoding, {**QUIET, **changed}) == expected


def fault(encoding: Encoding, slots: Slots) -> list[str]:
    """What the reference semantics finds wrong with the steps out of a state."""
    try:
        list(compile_model(encoding.model).successors(encoding.decode_state(slots)))
    except DiagnosticError as problem:
        return [problem.diagnostics[0].code]
    return []


def test_the_message_of_an_assertion_is_its_own() -> None:
    body = 'VARIABLE n\nInit == n = 0\nNext == Assert(n < 2, "too large") /\\ n\' = n + 1'
    (transition,) = encoded(body, given=shapes(n=IntShape(0, 3))).system.transitions
    (obligation,) = firing(transition, {"n": 2})
    assert (obligation.kind, obligation.message) == ("assert", "too large")


def test_a_failure_in_a_guard_counts_although_the_step_is_not_possible() -> None:
    body = "VARIABLE n\nInit == n = 0\nNext == 1 \\div n = 1 /\\ FALSE /\\ n' = n"
    (transition,) = encoded(body, given=shapes(n=IntShape(0, 3))).system.transitions
    assert transition.guard.payload is False
    assert [o.code for o in firing(transition, {"n": 0})] == ["eval.partial"]
    assert not firing(transition, {"n": 1})


def test_a_definition_used_twice_fails_under_the_path_of_each_use() -> None:
    body = """VARIABLES n, m
Inverse == 6 \\div n
Init == n = 1 /\\ m = 0
Next == /\\ \\/ m = 0 /\\ Inverse = 6
           \\/ m = 1 /\\ Inverse = 3
        /\\ UNCHANGED <<n, m>>"""
    (transition,) = encoded(body, given=shapes(n=IntShape(0, 3), m=IntShape(0, 3))).system.transitions
    assert [firing(transition, {"n": 0, "m": m}) != [] for m in range(3)] == [True, True, False]


def test_a_recursion_without_end_fails_where_it_is_reached() -> None:
    body = """VARIABLE n
RECURSIVE Down(_)
Down(k) == IF k = 0 THEN 0 ELSE Down(IF k = 3 THEN 3 ELSE k - 1)
Init == n = 0
Next == n' = Down(n)"""
    (transition,) = encoded(body, given=shapes(n=IntShape(0, 3))).system.transitions
    assert [[o.code for o in firing(transition, {"n": n})] for n in range(4)] == [
        [],
        [],
        [],
        ["eval.recursion"],
    ]


@pytest.mark.parametrize(
    ("asked", "is_refused"),
    [
        ("[j \\in 0..2 |-> IF j = 0 THEN i ELSE f[i][j - 1] + 1]", True),
        ("[j \\in 0..2 |-> IF i = 0 THEN j ELSE f[i - 1][j] + 1]", False),
    ],
)
def test_a_function_that_is_needed_in_part_while_it_is_made_is_refused(asked: str, is_refused: bool) -> None:
    """The reference semantics gives it a value: neither another one nor a failure may be made of it."""
    body = f"VARIABLE n\nf[i \\in 0..3] == {asked}\nInit == n = 0\nNext == n' = f[n][1]"
    if is_refused:
        with pytest.raises(DiagnosticError) as caught:
            encoded(body, given=shapes(n=IntShape(0, 3)))
        assert caught.value.diagnostics[0].code == "encode.unsupported"
        return
    (transition,) = encoded(body, given=shapes(n=IntShape(0, 3))).system.transitions
    assert [o.code for o in firing(transition, {"n": 2})] == []
