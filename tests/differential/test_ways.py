"""How often a step counts, and what fails in it, one rule of the oracle at a time.

`x` and `y` are 0 or 1; every step from each of the four states is compared, label, next state and number.
"""

from __future__ import annotations

from collections import Counter

import pytest

from aioformal.concrete import compile_model
from aioformal.encode import encode_model, infer_shapes
from aioformal.resolve import Model, load_model
from tests.differential.test_transitions import check_steps, initial_states

START = "x \\in 0..1 /\\ y \\in 0..1"
MOVE = "Move == x' = 1 - x /\\ y' = y\n"


def small(init: str, body: str) -> Model:
    text = f"""---- MODULE Small ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES x, y
{MOVE}{body}
Init == {init}
====
"""
    config = "INIT Init\nNEXT Next\n"
    return load_model("Small.tla", "Small.cfg", {"Small.tla": text, "Small.cfg": config})


def before(test: str, definitions: str = "") -> str:
    """An action that makes a test before it moves."""
    return f"{definitions}\nNext == ({test}) /\\ Move"


def after(test: str, definitions: str = "") -> str:
    """An action that makes a test of its next state."""
    return f"{definitions}\nNext == Move /\\ ({test})"


CHOICE = "G(a) == a = 0 \\/ TRUE"
BOTH = "B(p) == p \\/ y = 0"
DOWN = "RECURSIVE D(_)\nD(n) == IF n = 0 THEN x = 0 \\/ TRUE ELSE D(n - 1)"

CHOICES = {
    "a disjunction of conjunctions": before("(x = 0 \\/ TRUE) /\\ (y = 0 \\/ TRUE \\/ x = y)"),
    "a disjunction below an equivalence": before("(x = 0 \\/ y = 0) <=> (x = 0 \\/ y = 0)"),
    "a disjunction below a negation": before("~(x = 0 \\/ y = 0)"),
    "an implication": before("(x = 0 \\/ y = 0) => (x = 0 \\/ y = 0)"),
    "the first arm of CASE": before("CASE x = 0 -> y = 0 \\/ TRUE [] x < 2 -> TRUE \\/ TRUE \\/ TRUE"),
    "a label": before("lab :: (x = 0 \\/ TRUE)"),
    "members of a tuple's bound": before("\\E <<i, j>> \\in {<<x, y>>, <<y, x>>} : i < j \\/ TRUE"),
    "all of a constant set": before("\\A i \\in {k \\in 1..3 : k # 2} : x = 0 \\/ y = 0"),
    "all of two constant sets": before("\\A i \\in 0..1 : \\E j \\in 0..1 : x = i \\/ j = y"),
    "all of a large set": before("\\A i \\in 1..300 : x = 0 \\/ i > 0 \\/ y = 0"),
    "all of a large product": before("\\A i, j \\in 1..20 : x = 0 \\/ i > 0"),
    "all of what depends on the state": before("\\A i \\in 0..x : x = 0 \\/ TRUE"),
    "all of what depends on a name": before("\\A i \\in 0..1 : \\A j \\in 0..i : x = 0 \\/ TRUE"),
    "all pairs": before("\\A <<i, j>> \\in {<<0, 1>>} : x = i \\/ TRUE"),
    "a choice when nothing is left to assign": after("x' = 0 \\/ 1 \\div y = 1"),
    "a choice before the last assignment": "Next == x' = 0 /\\ (x' = 0 \\/ TRUE) /\\ y' = y",
    "a box": after("[x' = 0 \\/ TRUE]_y"),
    "a box on a definition": after("[x' = 0 \\/ TRUE]_V", "V == <<y, y>>"),
    "all boxes": after("\\A i \\in 0..1 : [x = i]_y"),
    "an angle": after("<<x' = 0 \\/ TRUE>>_x"),
    "an argument": before("B(x = 0 \\/ TRUE)", BOTH),
    "an argument that looks ahead": after("B(x' = 0 \\/ TRUE)", BOTH),
    "an argument of an argument": after("C(x' = 0 \\/ TRUE)", "B(p) == p /\\ TRUE\nC(p) == B(p)"),
    "a bound argument": before("C(x)", "C(p) == \\E q \\in {p, 1} : q = 1"),
    "a primed parameter": after("P(x)", "P(v) == v' = 0 \\/ v = 0"),
    "an operator as an argument": after("A(G, x')", f"{CHOICE}\nA(F(_), a) == F(a)"),
    "a LAMBDA": after("A(LAMBDA a : a = 0 \\/ TRUE, x')", "A(F(_), a) == F(a)"),
    "an infix operator": before("x (+) y", "a (+) b == a = 0 \\/ b = 0"),
    "a name of LET": before("LET w == x = 0 \\/ TRUE IN w"),
    "a name of LET that looks ahead": after("LET w == x' = 0 \\/ TRUE IN w /\\ w"),
    "a name of LET for another": after("LET v == x' = 0 \\/ TRUE IN LET w == v IN w"),
    "an operator of LET": before("LET H(a) == a = 0 \\/ TRUE IN H(x)"),
    "an operator of LET that looks ahead": after("LET H(a) == a = 0 \\/ TRUE IN H(x')"),
    "a definition in LET": before("LET w == G(x) IN IF w THEN G(x) ELSE TRUE", CHOICE),
    "a recursion": before("D(x) /\\ D(3)", DOWN),
    "a recursion as deep as it is taken apart": before("D(40)", DOWN),
    "a recursion that is deeper": before("D(41)", DOWN),
    "a recursion of LET": after(
        "LET RECURSIVE H(_)\nH(a) == IF a = 0 THEN TRUE \\/ y' = 0 ELSE H(a - 1) \\/ y = 1 IN H(x')"
    ),
    "a recursive function": before("f[2]", "f[n \\in 0..3] == IF n = 0 THEN x = 0 \\/ TRUE ELSE f[n - 1]"),
}

FAILURES = {
    "the second disjunct": before("x = 0 \\/ 1 \\div y = 1"),
    "the first disjunct": before("1 \\div y = 1 \\/ x = 0"),
    "a disjunct that is never met": before("x = 0 /\\ (x = 0 \\/ 1 \\div (1 - x) = 1)"),
    "a disjunct below a negation": before("~(x # 0 /\\ 1 \\div y # 1)"),
    "a disjunct of an argument": before("B(TRUE)", "B(p) == p \\/ 1 \\div y = 1"),
    "an argument": before("B(1 \\div x = 1)", "B(p) == TRUE \\/ p"),
    "a member": before("\\E i \\in 0..1 : 1 \\div (y + i) = 1"),
    "the set of a bound": before("\\E i \\in {x, 1 \\div y} : TRUE"),
    "no arm of CASE": before("CASE x = 0 -> y = 0 \\/ TRUE [] x = 2 -> TRUE"),
}


@pytest.mark.parametrize("case", CHOICES)
def test_a_step_counts_as_often_as_it_is_found(case: str) -> None:
    check_steps(small(START, CHOICES[case]), 8)


@pytest.mark.parametrize("case", FAILURES)
def test_what_fails_on_any_way_is_a_failure(case: str) -> None:
    check_steps(small(START, FAILURES[case]), 8)


DOUBLES = {
    "listed twice": "Next == x' \\in {0, x, y} /\\ y' = y",
    "many images": "Next == x' \\in {(x + k) % 2 : k \\in 0..30} /\\ y' = y",
    "many images of a bound": "Next == \\E k \\in {(x + j) % 2 : j \\in 0..200} : x' = k /\\ y' = y",
    "many images in a test": before("\\E k \\in {(x + j) % 2 : j \\in 0..200} : k = 0"),
    "constant images": before("\\E k \\in {j % 2 : j \\in x..3} : TRUE"),
    "tuples": before("\\E k \\in {<<x, j % 2>> : j \\in 0..40} : k[1] = 0"),
    "sets": before("\\E k \\in {{x, j % 2} : j \\in 0..10} : x \\in k"),
    "subsets": before("\\E k \\in SUBSET {x, y, 1} : x \\in k"),
    "unions": "Next == x' \\in UNION {{x, y}, {1 - x}} /\\ y' = y",
}


@pytest.mark.parametrize("case", DOUBLES)
def test_a_member_counts_once(case: str) -> None:
    check_steps(small(START, DOUBLES[case]), 8)


STEPS = "A == x' = 1 - x /\\ y' = y\nB == x' = x /\\ y' = 1\nC == A \\/ B\n"

SUBSCRIPTS = {
    "a box": f"{STEPS}Next == [A \\/ B]_<<x, y>>",
    "a box on a definition": f"{STEPS}Next == [C]_x /\\ [TRUE]_y",
    "an angle": f"{STEPS}Next == <<C>>_<<x, y>>",
    "an angle on one variable": f"{STEPS}Next == <<A \\/ (x' = x /\\ y' \\in 0..1)>>_x",
    "an angle that assigns a part": "Next == <<x' \\in 0..1>>_x /\\ y' = 0",
    "an angle on what has no value": "Next == <<x' \\in 0..1>>_y /\\ y' = 0",
}


@pytest.mark.parametrize("case", SUBSCRIPTS)
def test_an_action_with_a_subscript_makes_its_steps(case: str) -> None:
    check_steps(small(START, SUBSCRIPTS[case]), 8)


def test_a_subset_is_assigned() -> None:
    check_steps(small("x = {} /\\ y \\in 0..1", "Next == x' \\subseteq {0, y} /\\ y' = 1 - y"), 8)


INITIAL = {
    "a disjunction": f"{START} /\\ (x = 0 \\/ y = 0)",
    "an argument": f"{START} /\\ B(x = 0)",
    "an argument of an argument": f"{START} /\\ C(x = 0 \\/ y = 0)",
    "an operator of LET": f"{START} /\\ LET w(a) == a = 0 \\/ y = 0 IN w(x)",
    "a name of LET": f"{START} /\\ LET w == x = 0 \\/ y = 0 IN w",
    "a name of LET before its variables": f"LET w == x = 0 \\/ y = 0 IN {START} /\\ w",
    "a name of LET between its variables": "x \\in 0..1 /\\ LET w == x = 0 \\/ y = 0 IN y \\in 0..1 /\\ w",
    "a name of LET for an argument": f"{START} /\\ L(x = 0 \\/ y = 0)",
}


@pytest.mark.parametrize("case", INITIAL)
def test_an_initial_state_counts_as_often_as_it_is_found(case: str) -> None:
    definitions = f"{BOTH}\nC(p) == B(p)\nL(p) == LET w == p IN w\nNext == Move"
    model = small(INITIAL[case], definitions)
    program = compile_model(model)
    encoding = encode_model(model, infer_shapes(model, program), (), counting=True)
    made = [state for rule in encoding.system.initial for state in initial_states(encoding, rule)]
    assert Counter(made) == Counter(program.initial_states())
