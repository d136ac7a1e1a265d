"""Values of expressions, worked out by hand."""

from __future__ import annotations

import pytest

from aioformal.value.format import format_value
from tests.unit.concrete.specs import evaluate

VALUES = [
    # arithmetic and comparison
    ("1 + 2 * 3", "7"),
    ("(-7) \\div 2", "-4"),
    ("(-7) % 3", "2"),
    ("2 ^ 10", "1024"),
    ("2 - 5", "-3"),
    ("{1 < 2, 2 <= 1}", "{FALSE, TRUE}"),
    ("99999999999999999999 + 1", "100000000000000000000"),
    # logic, left to right
    ("FALSE /\\ 1", "FALSE"),
    ("TRUE \\/ 1", "TRUE"),
    ("FALSE => 1", "TRUE"),
    ("TRUE <=> FALSE", "FALSE"),
    ("~(1 = 2)", "TRUE"),
    ("IF 1 \\in {1} THEN <<1>> ELSE Head(<<>>)", "<<1>>"),
    ("CASE FALSE -> 1 [] TRUE -> 2 [] OTHER -> 3", "2"),
    ("CASE FALSE -> 1 [] OTHER -> 3", "3"),
    # equality over all forms of functions
    ("<<1, 2>> = [i \\in 1..2 |-> i]", "TRUE"),
    ('[a |-> 1] = [s \\in {"a"} |-> 1]', "TRUE"),
    ("{1, 2} = 1..2", "TRUE"),
    ("{} = {} \\cap {1}", "TRUE"),
    ("a = b", "FALSE"),
    ("a = 1", "FALSE"),
    ("<<1, 2>> # <<1>>", "TRUE"),
    # sets
    ("{1, 2} \\cup {3}", "{1, 2, 3}"),
    ("1..3 \\ {2}", "{1, 3}"),
    ("SUBSET {1, 2}", "{{}, {1}, {2}, {1, 2}}"),
    ("UNION {{1}, {2, 3}}", "{1, 2, 3}"),
    ("{n * n : n \\in 1..3}", "{1, 4, 9}"),
    ("{n \\in 1..6 : n % 2 = 0}", "{2, 4, 6}"),
    ("{<<m, n>> \\in (1..2) \\X (1..2) : m < n}", "{<<1, 2>>}"),
    ("{m + n : m, n \\in 1..2}", "{2, 3, 4}"),
    ("{m : <<m, n>> \\in {<<1, 2>>, <<3, 4>>}}", "{1, 3}"),
    ("Cardinality([1..2 -> {a, b}])", "4"),
    ("7 \\in {n \\in Nat : n > 5}", "TRUE"),
    # quantifiers and choice
    ("\\A n \\in 1..3 : n < 4", "TRUE"),
    ("\\E m, n \\in 1..3 : m + n = 6", "TRUE"),
    ("\\A m \\in 1..2, n \\in 3..4 : m < n", "TRUE"),
    ("\\E <<m, n>> \\in {<<1, 2>>} : n = 2", "TRUE"),
    ("\\A n \\in {} : 1", "TRUE"),
    ("CHOOSE n \\in 1..9 : n > 4", "5"),
    ("CHOOSE <<m, n>> \\in (1..3) \\X (1..3) : m > n", "<<2, 1>>"),
    # functions, records, tuples
    ("[n \\in 1..3 |-> n + 1][2]", "3"),
    ("[m, n \\in 1..2 |-> m * n][2, 2]", "4"),
    ("[<<m, n>> \\in {<<1, 2>>} |-> m + n][<<1, 2>>]", "3"),
    ("[n \\in Nat |-> n * n][12]", "144"),
    ("DOMAIN <<a, b>>", "{1, 2}"),
    ("[p |-> 1, q |-> 2].q", "2"),
    ("[p : {1}, q : {2, 3}]", "{[p |-> 1, q |-> 2], [p |-> 1, q |-> 3]}"),
    ("(1 :> 2 @@ 1 :> 3)[1]", "2"),
    # EXCEPT
    ("[[n \\in 1..2 |-> 0] EXCEPT ![1] = 7]", "<<7, 0>>"),
    ("[[n \\in 1..2 |-> n] EXCEPT ![1] = @ + 9, ![1] = @ + 1]", "<<11, 2>>"),
    ("[[p |-> <<1, 2>>] EXCEPT !.p[2] = @ * 10]", "[p |-> <<1, 20>>]"),
    ("[[p |-> [q |-> 1]] EXCEPT !.p = [@ EXCEPT !.q = @ + 1]]", "[p |-> [q |-> 2]]"),
    ("[<<1>> EXCEPT ![5] = Head(<<>>)]", "<<1>>"),
    ("[[m, n \\in 1..1 |-> 0] EXCEPT ![1, 1] = 5][1, 1]", "5"),
    # sequences
    ("SelectSeq(<<1, 2, 3, 4>>, LAMBDA n : n > 2)", "<<3, 4>>"),
    ("SortSeq(<<3, 1, 2>>, <)", "<<1, 2, 3>>"),
    ("Append(Tail(<<1, 2>>), 3) \\o <<4>>", "<<2, 3, 4>>"),
    # LET
    ("LET u == 1  v == u + 1 IN u + v", "3"),
    ("LET F(n) == n * 2 IN F(F(3))", "12"),
    ("LET bad == Head(<<>>) IN IF FALSE THEN bad ELSE 1", "1"),
    ("LET RECURSIVE Sum(_) Sum(n) == IF n = 0 THEN 0 ELSE n + Sum(n - 1) IN Sum(4)", "10"),
    ("LET f[n \\in 0..5] == IF n = 0 THEN 1 ELSE n * f[n - 1] IN f[5]", "120"),
    ("LET f[n \\in Nat] == IF n < 2 THEN n ELSE f[n - 1] + f[n - 2] IN f[50]", "12586269025"),
    ("{LET k == n + 1 IN k : n \\in 1..2}", "{2, 3}"),
    ("[n \\in 1..2 |-> LET f[i \\in 1..2] == i + n IN f[2]]", "<<3, 4>>"),
    # a closure keeps the value that a bound name had
    ("LET F == [n \\in 1..2 |-> [i \\in Nat |-> i + n]] IN <<F[1][0], F[2][0]>>", "<<1, 2>>"),
    # labels and parentheses leave no trace
    ("l :: 1 + 1", "2"),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_value(expression: str, expected: str) -> None:
    assert format_value(evaluate(expression)) == expected


DEFINED = [
    ("Twice(LAMBDA n : n + 3, 1)", "Twice(F(_), n) == F(F(n))", "7"),
    (
        "Fold(+, 0, {1, 2, 3})",
        "RECURSIVE Fold(_, _, _)\nFold(F(_, _), z, S) == IF S = {} THEN z "
        "ELSE LET e == CHOOSE e \\in S : TRUE IN F(e, Fold(F, z, S \\ {e}))",
        "6",
    ),
    ("First(1, Head(<<>>))", "First(p, q) == p", "1"),
    ("Pick(TRUE, 1, Head(<<>>))", "Pick(c, p, q) == IF c THEN p ELSE q", "1"),
    (
        "Even(10)",
        "RECURSIVE Even(_)\nRECURSIVE Odd(_)\nEven(n) == n = 0 \\/ Odd(n - 1)\n"
        "Odd(n) == n # 0 /\\ Even(n - 1)",
        "TRUE",
    ),
    ("fact[6]", "fact[n \\in Nat] == IF n = 0 THEN 1 ELSE n * fact[n - 1]", "720"),
    (
        "ack[2, 3]",
        "ack[m \\in Nat, n \\in Nat] == IF m = 0 THEN n + 1 ELSE IF n = 0 THEN ack[m - 1, 1] "
        "ELSE ack[m - 1, ack[m, n - 1]]",
        "9",
    ),
    ("Apply(<, 1, 2)", "Apply(R(_, _), p, q) == R(p, q)", "TRUE"),
    ("Both(/\\, TRUE, FALSE)", "Both(R(_, _), p, q) == R(p, q)", "FALSE"),
    (
        "Many(3)",
        "Many(k) == {IF n = k THEN {m \\in 1..n : \\E i \\in 1..m : i = k} ELSE {} : n \\in 1..k}",
        "{{}, {3}}",
    ),
    ("2 (+) 3", "p (+) q == 10 * p + q", "23"),
]


@pytest.mark.parametrize(("expression", "definitions", "expected"), DEFINED, ids=[d[0] for d in DEFINED])
def test_value_with_definitions(expression: str, definitions: str, expected: str) -> None:
    assert format_value(evaluate(expression, definitions)) == expected


def test_deep_nesting_is_no_problem() -> None:
    text = "1"
    for _ in range(150):
        text = f"({text} + 1)"
    assert evaluate(text) == 151
    assert evaluate("x" + " + x" * 150, state=(2,)) == 302


def test_a_long_flat_disjunction_is_no_problem() -> None:
    text = " \\/ ".join(f"x = {i}" for i in range(3000))
    assert format_value(evaluate(text, state=(2999,))) == "TRUE"


def test_a_long_case_is_no_problem() -> None:
    text = "CASE " + " [] ".join(f"x = {i} -> {i + 1}" for i in range(300))
    assert evaluate(text, state=(299,)) == 300


def test_a_long_chain_of_else_if_is_no_problem() -> None:
    text = "".join(f"IF x = {i} THEN {i + 1} ELSE " for i in range(300)) + "0"
    assert evaluate(text, state=(250,)) == 251
