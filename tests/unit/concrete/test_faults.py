"""Expressions without a value: the code, and the innermost expression that is to blame."""

from __future__ import annotations

import pytest

from aioformal.concrete import EvaluationError
from tests.unit.concrete.specs import constant_program, program_of

FAULTS = [
    ('1 = "a"', "eval.kind", '1 = "a"'),
    ('x = 0 /\\ (x + 1) = "a"', "eval.kind", '(x + 1) = "a"'),
    ('<<1, "a">> = <<1, 2>>', "eval.kind", '<<1, "a">> = <<1, 2>>'),
    ('{1} = {"a"}', "eval.kind", '{1} = {"a"}'),
    ('x \\in {"a"}', "eval.kind", 'x \\in {"a"}'),
    ('{1, "a"}', "eval.kind", '{1, "a"}'),
    ('2 * (x + "a")', "eval.kind", '(x + "a")'),
    ('"b" + "a"', "eval.kind", '"b" + "a"'),
    ("{1} - {2}", "eval.kind", "{1} - {2}"),
    ('"a" < "b"', "eval.kind", '"a" < "b"'),
    ("TRUE /\\ x", "eval.kind", "x"),
    ("IF x THEN 1 ELSE 2", "eval.kind", "x"),
    ("<<5, 6>>[x]", "eval.domain", "<<5, 6>>[x]"),
    ("[p |-> x].q", "eval.domain", "[p |-> x].q"),
    ("x[1]", "eval.kind", "x[1]"),
    ("[x EXCEPT ![1] = 2]", "eval.kind", "![1] = 2"),
    ("Head(SubSeq(<<x>>, 1, x))", "eval.partial", "Head(SubSeq(<<x>>, 1, x))"),
    ("10 \\div x", "eval.partial", "10 \\div x"),
    ("CASE x = 1 -> 1", "eval.partial", "CASE x = 1 -> 1"),
    ("CHOOSE n \\in 1..3 : n < x", "eval.partial", "CHOOSE n \\in 1..3 : n < x"),
    ("CHOOSE n : n \\notin {x}", "eval.unsupported", "CHOOSE n : n \\notin {x}"),
    ("\\E n \\in Nat : n > x", "eval.infinite", "Nat"),
    ("\\A n : n = x", "eval.unsupported", "n"),
    ("{n + x : n \\in Int}", "eval.infinite", "Int"),
    ("\\E s \\in SUBSET (1..(40 + x)) : s = {}", "eval.too-large", "SUBSET (1..(40 + x))"),
    ("TLCGet(x)", "eval.partial", "TLCGet(x)"),
    ('Assert(x = 1, "no " \\o "good")', "eval.assert", 'Assert(x = 1, "no " \\o "good")'),
    ("UNION {x}", "eval.kind", "UNION {x}"),
    ("{<<m, n>> \\in {<<1, x, 3>>} : TRUE}", "eval.kind", "<<m, n>> \\in {<<1, x, 3>>}"),
]


@pytest.mark.parametrize(("expression", "code", "place"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_fault(expression: str, code: str, place: str) -> None:
    program, body = constant_program(expression)
    with pytest.raises(EvaluationError) as caught:
        program.evaluate(body, (0,))
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.span is not None
    assert (diagnostic.code, diagnostic.span.text) == (code, place)


def test_the_chain_of_calls_is_told() -> None:
    program, body = constant_program("Outer(x)", "Inner(n) == <<7>>[n]\nOuter(n) == Inner(n + 1) + Inner(n)")
    with pytest.raises(EvaluationError) as caught:
        program.evaluate(body, (0,))
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.span is not None
    assert diagnostic.span.text == "<<7>>[n]"
    told = [(note.message, note.span.text if note.span else None) for note in diagnostic.notes]
    assert told == [("in Inner, called here", "Inner(n)"), ("in Outer, called here", "Outer(x)")]


@pytest.mark.parametrize("definition", ["Down(n) == Down(n - 1)", "Down(n) == {Down(n - k) : k \\in {1}}"])
def test_recursion_without_end(definition: str) -> None:
    program, body = constant_program("Down(x)", f"RECURSIVE Down(_)\n{definition}")
    with pytest.raises(EvaluationError) as caught:
        program.evaluate(body, (0,))
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == "eval.recursion"
    assert "Down" in diagnostic.message


def test_a_recursive_function_without_end() -> None:
    program, body = constant_program("f[x]", "f[n \\in Int] == f[n - 1]")
    with pytest.raises(EvaluationError) as caught:
        program.evaluate(body, (0,))
    assert caught.value.diagnostics[0].code == "eval.recursion"


def test_a_recursion_with_an_end_may_be_deep() -> None:
    program, body = constant_program(
        "Sum(1500)", "RECURSIVE Sum(_)\nSum(n) == IF n = 0 THEN 0 ELSE n + Sum(n - 1)"
    )
    assert program.evaluate(body, (0,)) == 1125750


def test_a_state_predicate_must_be_boolean() -> None:
    program, body = constant_program("x + 1")
    with pytest.raises(EvaluationError) as caught:
        program.predicate(body)((0,))
    assert caught.value.diagnostics[0].code == "eval.kind"


def test_a_variable_without_a_next_value() -> None:
    program = program_of(
        "VARIABLES x, y, z\nInit == x = 0 /\\ y = 0 /\\ z = 0\nForget == x' = 1\nNext == Forget"
    )
    with pytest.raises(EvaluationError) as caught:
        list(program.successors((0, 0, 0)))
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == "eval.unassigned"
    assert "y, z" in diagnostic.message
    assert "Forget" in diagnostic.message


def test_a_variable_that_is_used_too_early() -> None:
    program = program_of("VARIABLES x, y\nInit == x = y /\\ y = 0\nNext == y' = x' /\\ x' = 1")
    for enumerate_states in (
        lambda: list(program.initial_states()),
        lambda: list(program.successors((0, 0))),
    ):
        with pytest.raises(EvaluationError) as caught:
            enumerate_states()
        assert caught.value.diagnostics[0].code == "eval.unassigned"
