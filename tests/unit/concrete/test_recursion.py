"""Recursive functions whose values are functions: found value by value where they need themselves."""

from __future__ import annotations

import pytest

from aioformal.concrete import EvaluationError
from aioformal.value.values import FALSE, TRUE, Function, Value
from tests.unit.concrete.specs import constant_program, evaluate, program_of

DOUBLING = "f[i \\in 1..3] == [j \\in 0..3 |-> IF j = 0 THEN i ELSE 2 * f[i][j - 1]]"
NESTED = """
f[i \\in 0..2] ==
    [j \\in 0..2 |->
        IF j = 0 THEN [k \\in 0..i |-> IF k = 0 THEN 10 * i ELSE f[i][0][k - 1] + f[i][1]]
        ELSE IF i = 0 THEN j
        ELSE f[i - 1][j] + 1]
"""
"""f[i][j] is i + j for j > 0, so f[i][0][k] is 10 i + k (i + 1)."""
PAIRS = """
h[i, j \\in 0..2] ==
    [k \\in 0..2 |-> IF k > 0 THEN h[i, j][k - 1] + 100
                    ELSE IF j > 0 THEN h[i, j - 1][0] + 10
                    ELSE IF i > 0 THEN h[i - 1, 0][0] + 1 ELSE 0]
"""
TRIANGLE = """
t[n \\in Nat] ==
    [j \\in 0..n |-> IF j > 0 THEN t[n][j - 1] + 1 ELSE IF n = 0 THEN 0 ELSE t[n - 1][n - 1]]
"""
"""The last number of row n is n more than that of the row before."""


def table(*values: Value, first: int = 0) -> Function:
    return Function(dict(enumerate(values, first)))


@pytest.mark.parametrize(
    ("expression", "definitions", "expected"),
    [
        ("f[3]", DOUBLING, table(3, 6, 12, 24)),
        ("f[x + 1][2]", DOUBLING, 4),
        ("f[2] = [j \\in 0..3 |-> 2 * 2^j]", DOUBLING, TRUE),
        ("f[2] \\in [0..3 -> {2, 4, 8}]", DOUBLING, FALSE),
        ("[i \\in DOMAIN f |-> DOMAIN f[i]]", DOUBLING, table(*[frozenset(range(4))] * 3, first=1)),
        ("f[2]", NESTED, table(table(20, 23, 26), 3, 4)),
        ("f[0]", NESTED, table(table(0), 1, 2)),
        ("h[1, 2]", PAIRS, table(21, 121, 221)),
        ("DOMAIN h = (0..2) \\X (0..2)", PAIRS, TRUE),
        ("t[3]", TRIANGLE, table(3, 4, 5, 6)),
    ],
)
def test_values_by_need(expression: str, definitions: str, expected: Value) -> None:
    assert evaluate(expression, definitions) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # The domain of a value that is being computed.
        ("[j \\in 1..2 |-> Cardinality(DOMAIN f[i]) * i + j]", table(5, 6, first=1)),
        # Fields.
        ('[n \\in {"a", "b"} |-> IF n = "a" THEN i ELSE f[i].a + 5]', Function({"a": 2, "b": 7})),
        # The constructor is one of the ends of the body, whatever leads there.
        (
            "IF i = 1 THEN <<0, 0>>\n    ELSE LET before(j) == f[i][j - 1] + f[i - 1][1]\n"
            "    IN CASE i = 2 -> [j \\in 1..3 |-> IF j = 1 THEN 7 ELSE before(j)]",
            table(7, 7, 7, first=1),
        ),
        # Below a quantifier, a set, and another function.
        ("[j \\in 1..2 |-> IF j = 1 THEN {i} ELSE {k \\in 0..5 : \\E m \\in f[i][1] : k > m + i}]", None),
        ("[j \\in 1..2 |-> IF j = 1 THEN 4 ELSE [k \\in 0..1 |-> f[i][1] + k][1]]", table(4, 5, first=1)),
        # Others are taken as wholes, and so is this one's part that does not need itself.
        (
            "[j \\in 1..2 |-> IF j = 2 THEN f[i][1] ELSE IF i = 1 THEN 3\n"
            "    ELSE Cardinality({f[i - 1], <<3, 3>>, <<>>}) + Len(f[i - 1])]",
            table(4, 4, first=1),
        ),
        # The function itself, handed over and asked for its domain.
        (
            "LET First(g) == g[1][1]\n    IN [j \\in 1..2 |-> IF j = 1 THEN Cardinality(DOMAIN f) + i\n"
            "    ELSE IF i = 1 THEN f[i][1] ELSE f[i][1] * First(f)]",
            table(4, 12, first=1),
        ),
        # A rule on an infinite set is one of the values.
        (
            "[j \\in 1..2 |-> IF j = 1 THEN i ELSE [n \\in Nat |-> n + f[i][1]][5]]",
            table(2, 7, first=1),
        ),
        # A local function with one of its own inside.
        (
            "LET g[k \\in 1..2] == [j \\in 0..1 |-> IF j = 0 THEN k ELSE g[k][0] + f[i][1]]\n"
            "    IN [j \\in 1..2 |-> IF j = 1 THEN 100 ELSE g[i][1]]",
            table(100, 102, first=1),
        ),
    ],
)
def test_what_may_ask(body: str, expected: Value | None) -> None:
    expected = table(frozenset({2}), frozenset({5}), first=1) if expected is None else expected
    assert evaluate("f[2]", f"f[i \\in 1..2] ==\n    {body}") == expected


def test_an_infinite_function_among_the_values() -> None:
    body = (
        "[j \\in 0..2 |-> CASE j = 0 -> i [] j = 1 -> f[i][0] + 1 [] OTHER -> [n \\in Nat |-> n + f[i][1]]]"
    )
    assert evaluate("f[4][2][10]", f"f[i \\in 3..4] == {body}") == 15


def test_a_local_function_of_a_parameter_and_a_variable() -> None:
    rows = (
        "Row(n) == LET f[i \\in 0..n] == [j \\in 0..1 |-> IF j = 0 THEN i + x ELSE f[i][0] * n] IN f[n]\n"
        "Sum == Row(2)[1] + Row(3)[1]"
    )
    assert evaluate("Sum", rows, (5,)) == (2 + 5) * 2 + (3 + 5) * 3


def test_nothing_but_values_gets_into_states() -> None:
    program = program_of(
        f"VARIABLE x\n{NESTED}\nInit == x = f\nNext == x' = f[2]\n"
        "Inv == x = [i \\in 0..2 |-> [j \\in 0..2 |-> IF j > 0 THEN i + j\n"
        "    ELSE [k \\in 0..i |-> 10 * i + k * (i + 1)]]]"
    )
    (state,) = program.initial_states()
    assert program.predicate(program.model.flat.definitions["Inv"].body)(state)
    assert program.is_initial(state)
    (step,) = program.successors(state)
    assert program.is_step(state, step.state)
    plain = table(table(20, 23, 26), 3, 4)
    assert step.state == (plain,)
    assert hash(step.state) == hash((plain,))
    assert _classes(state[0]) | _classes(step.state[0]) == {Function, int}


def _classes(value: Value) -> set[type]:
    if not isinstance(value, Function):
        return {type(value)}
    return {Function}.union(*map(_classes, value.mapping.values()))


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ("[j \\in 0..2 |-> f[i][j]]", "eval.recursion", "f calls itself"),
        ("[j \\in 0..2 |-> f[i][2 - j]]", "eval.recursion", "f calls itself"),
        # As a whole, it is not there yet.
        ("[j \\in 0..2 |-> IF j = 0 THEN 0 ELSE Len(f[i])]", "eval.recursion", "f calls itself"),
        (
            "[j \\in 0..2 |-> IF j = 0 THEN 0 ELSE f[i][j - 2]]",
            "eval.domain",
            "the integer -1 is not in the domain",
        ),
        (
            "[j \\in 0..2 |-> IF j = 0 THEN 0 ELSE f[i + 7][j]]",
            "eval.domain",
            "the integer 7 is not in the domain 0..1",
        ),
        (
            "[j \\in 0..2 |-> IF j = 0 THEN 0 ELSE f[i][0][j]]",
            "eval.kind",
            "the integer 0 is applied to the integer 1",
        ),
    ],
)
def test_what_has_no_value(body: str, code: str, message: str) -> None:
    program, expression = constant_program("f[x]", f"f[i \\in 0..1] == {body}")
    with pytest.raises(EvaluationError) as caught:
        program.evaluate(expression, (0,))
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == code
    assert message in diagnostic.message
