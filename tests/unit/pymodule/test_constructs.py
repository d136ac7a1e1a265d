"""Constructs of the language in compiled modules, held against the reference semantics."""

from __future__ import annotations

import pytest

from aioformal.resolve import load_model
from tests.differential.compiled import Comparison, module_of

FRAME = """---- MODULE Constructs ----
EXTENDS Integers, Sequences, FiniteSets, TLC
CONSTANTS A, B, None
VARIABLES x, y
vars == <<x, y>>
{definitions}
Init == {init}
Next == {next}
Spec == Init /\\ [][Next]_vars
Inv == {invariant}
====
"""
CONFIG = "SPECIFICATION Spec\nCONSTANTS A = A B = B None = None\nINVARIANT Inv\nCHECK_DEADLOCK FALSE\n"

DEEP = "\n".join(f"    \\E a{i} \\in {{0, {i % 2}}} :" for i in range(11))

CASES: dict[str, dict[str, str]] = {
    "eleven nested choices": {
        "definitions": f"Deep ==\n{DEEP}\n        x' = (x + a1 + a3 + a10) % 4 /\\ y' = a2",
        "next": "Deep",
    },
    "IF and CASE with something after them": {
        "definitions": "Act(d) == /\\ IF x = 0 THEN x' = d ELSE x' \\in {0, x}\n"
        "          /\\ CASE x' = 0 -> y' = 1 [] x' = 1 -> y' \\in {2, 3} [] OTHER -> UNCHANGED y",
        "next": "\\E d \\in 1..2 : Act(d)",
    },
    "equivalences of what is negated": {
        "next": "x' = 1 - x /\\ UNCHANGED y",
        "invariant": "((x = 0) <=> ~(x # 0)) /\\ (~(x = 1) <=> (x = 0)) /\\ (~(y # 0) <=> ~(y = 1))",
    },
    "an implication, and a box, in an action": {
        "next": "/\\ (x = 0 => x' = 1) /\\ (x # 0 => x' = 0)\n    /\\ [y' = 1 - y /\\ x > 0]_y",
        "init": "x = 0 /\\ y \\in {0, 1}",
    },
    "an angle, and ENABLED under a quantifier": {
        "definitions": "Up(d) == x + d < 4 /\\ x' = x + d /\\ UNCHANGED y\nStay == x' = x /\\ y' = y",
        "next": "(\\E d \\in 1..2 : Up(d)) \\/ <<Stay \\/ (x' = 0 /\\ y' = 1)>>_vars",
        "invariant": "\\A d \\in 1..3 : (ENABLED Up(d)) = (x + d < 4)",
    },
    "all members get their values": {
        "init": "x = [k \\in {A, B} |-> 0] /\\ y = 0",
        "next": "/\\ \\A k \\in {1, 2} : k = 1 => x' = [x EXCEPT ![A] = (@ + 1) % 3]\n    /\\ y' = x'[A]",
    },
    "operators that are handed over": {
        "definitions": "Twice(F(_), v) == F(F(v))\nFold(F(_, _), s) == LET G[i \\in 0..Len(s)] ==\n"
        "  IF i = 0 THEN 0 ELSE F(G[i - 1], s[i]) IN G[Len(s)]\nAdd(a, b) == (a + b) % 5",
        "next": "x' = Twice(LAMBDA v : (v + 1) % 3, x) /\\ y' = Fold(Add, <<x, 1, y>>)",
    },
    "recursion, of operators and of functions": {
        "definitions": "RECURSIVE Sum(_)\nSum(S) == IF S = {} THEN 0\n"
        "  ELSE LET e == CHOOSE e \\in S : TRUE IN e + Sum(S \\ {e})\nfact[n \\in Nat] == IF n = 0 THEN 1 "
        "ELSE n * fact[n - 1]",
        "next": "x' = Sum(1..((x + 1) % 4)) % 4 /\\ y' = fact[x] % 7",
    },
    "patterns of tuples": {
        "definitions": "Pairs == {<<a, b>> \\in (0..2) \\X (0..2) : a < b}",
        "init": "x \\in {a + b : <<a, b>> \\in Pairs} /\\ y = [<<a, b>> \\in Pairs |-> a * b][<<1, 2>>]",
        "next": "\\E <<a, b>> \\in Pairs : x' = a /\\ y' = Cardinality({p \\in Pairs : p[2] = b})",
    },
    "functions of several arguments, and nested updates": {
        "init": "x = [i, j \\in 1..2 |-> i + j] /\\ y = [a |-> <<1, 2>>, from |-> None]",
        "next": "/\\ x' = [x EXCEPT ![1, 2] = (@ + x[2, 1]) % 5]\n"
        "    /\\ y' = [y EXCEPT !.a = [@ EXCEPT ![1] = (@ + 1) % 3],\n"
        "                       !.from = IF @ = None THEN A ELSE None]",
        "invariant": "y.from \\in {A, None} /\\ DOMAIN x = (1..2) \\X (1..2)",
    },
    "names that are those of Python": {
        "definitions": "class(self) == self + 1\nlist == {1, 2}\nmembers(eq) == eq \\cup list",
        "next": "\\E self, n, s \\in list : x' = class(self) % 3 /\\ y' = Cardinality(members({n, s}))",
    },
    "what is not needed is not evaluated": {
        "definitions": "Pick(c, v, w) == IF c THEN v ELSE w\n"
        "Safe == LET bad == Head(<<>>) IN IF x > 9 THEN bad ELSE 1",
        "next": "x' = Pick(x = 0, Safe, 6 \\div x) % 3 /\\ y' = 0",
    },
    "sets by their rules": {
        "next": "/\\ x' \\in {n \\in Nat : n < 3} \\cap (0..3)\n"
        "    /\\ y' \\in {Cardinality(T) : T \\in SUBSET (0..1)}",
        "invariant": "/\\ x \\in Nat /\\ [{A} -> 0..x] \\subseteq [{A} -> Nat]\n"
        "    /\\ <<x, y>> \\in Seq(Nat) /\\ [a |-> x] \\in [a : Int] /\\ UNION {0..x, {y}} \\subseteq 0..9",
    },
    "Init and Next that have no names of their own": {
        "definitions": "Other == x = 0 /\\ x' = 1 /\\ UNCHANGED y",
        "init": "y \\in {0} /\\ (x = 0 \\/ x = y)",
        "next": "Other \\/ (x = 1 /\\ vars' = <<0, 1>>)",
    },
}


@pytest.mark.parametrize("name", CASES)
def test_a_compiled_module_reads_it_as_the_reference_does(name: str) -> None:
    given = {"definitions": "", "init": "x = 0 /\\ y = 0", "next": "UNCHANGED vars", "invariant": "TRUE"}
    text = FRAME.format(**{**given, **CASES[name]})
    overlay = {"Constructs.tla": text, "Constructs.cfg": CONFIG}
    comparison = Comparison(load_model("Constructs.tla", "Constructs.cfg", overlay))
    assert comparison.search(12) > 0


def test_enabled_of_what_is_no_variable_is_refused_where_it_is_asked() -> None:
    text = """---- MODULE M ----
EXTENDS Integers
VARIABLE x
---- MODULE Inner ----
VARIABLES a, b
Can == ENABLED (a' = 0 /\\ b' = 1)
====
I == INSTANCE Inner WITH a <- x, b <- x
Init == x = 0
Next == x' = 1
Inv == I!Can
====
"""
    model = load_model("M.tla", "M.cfg", {"M.tla": text, "M.cfg": "INIT Init\nNEXT Next\nINVARIANT Inv\n"})
    module = module_of(model)
    with pytest.raises(module.EvaluationError, match="ENABLED in an instance"):
        module.Inv(module.State(x=0))


def test_a_function_that_is_needed_in_part_while_it_is_made_is_refused() -> None:
    text = """---- MODULE M ----
EXTENDS Integers
VARIABLE x
f[i \\in 0..2] ==
    [j \\in 0..2 |-> IF j = 0 THEN i ELSE f[i][j - 1] + x]
Init == x = 0
Next == x' = f[2][1]
====
"""
    model = load_model("M.tla", "M.cfg", {"M.tla": text, "M.cfg": "INIT Init\nNEXT Next\n"})
    module = module_of(model)
    with pytest.raises(module.EvaluationError, match=r"the value at 0 is needed .* [eval.recursion]"):
        list(module.successors(module.State(x=0)))
