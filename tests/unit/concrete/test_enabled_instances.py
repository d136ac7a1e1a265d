"""ENABLED below INSTANCE: next values that ENABLED binds are not substituted."""

from __future__ import annotations

import pytest

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.value.values import FALSE, TRUE
from tests.unit.concrete.specs import program_of

INNER = """
---- MODULE Inner ----
VARIABLES a, b
Both == a' = 0 /\\ b' = 1
Apart == a # b /\\ Both
Down == a > 0 /\\ a' = a - 1 /\\ b' \\in {a, a'} /\\ b' # a'
Same == UNCHANGED <<a, b>> /\\ a' # b'
Grow(n) == a' = a + n /\\ UNCHANGED b /\\ a' = b'
Here(p) == p' = 5
Every == \\A n \\in {4} : a' = n /\\ b' = n + 1 /\\ a' < b'
Box == [Both]_<<a, b>>
Angle == <<UNCHANGED a /\\ b' = a>>_<<a, b>>
Can(act) == ENABLED act
CanBoth == Can(Both)
CanTwice == ENABLED (Both /\\ ENABLED (a' = 2 /\\ b' = 3))
CanHere == ENABLED (b' = 1 /\\ Here(a))
CanLet == ENABLED (LET up == a + 1 IN a' = up /\\ b' = up + 1)
CanSome == \\E n \\in 1..2 : ENABLED Grow(n)
Asked == ASKED
====
"""


def program(substitution: str, formula: str, asked: str = "TRUE") -> Program:
    """A module that instances the module above and has an invariant."""
    text = f"""
VARIABLES x, y
{INNER.replace("ASKED", asked)}
I == INSTANCE Inner WITH {substitution}
Outer == x' = 7 /\\ UNCHANGED y
Init == x = 0 /\\ y = 0
Next == UNCHANGED <<x, y>>
Inv == {formula}
"""
    return program_of(text, "INIT Init\nNEXT Next\nINVARIANT Inv\n")


def holds(program: Program, x: int) -> bool:
    value = program.evaluate(program.model.properties[0].parts[0].formula, (x, 0))
    assert value in (TRUE, FALSE)
    return value is TRUE


FORMULAS = [
    # one variable twice: a and b are x, and yet their next values differ
    ("a <- x, b <- x", "I!CanBoth", 0, True),
    ("a <- x, b <- x", "I!CanTwice", 0, True),
    ("a <- x, b <- x", "I!CanHere", 0, True),
    ("a <- x, b <- x", "I!CanLet", 0, True),
    # from outside, I!Both is x' = 0 /\ x' = 1
    ("a <- x, b <- x", "ENABLED I!Both", 0, False),
    ("a <- x, b <- x", "I!Can(I!Both)", 0, False),
    ("a <- x, b <- x", "I!Can(Outer)", 0, True),
    # expressions, and values that no step of x leads to
    ("a <- x, b <- x", "I!CanSome", 0, False),
    ("a <- x, b <- x + 1", "I!CanSome", 0, True),
    ("a <- x * 2, b <- 0", "I!CanBoth", 0, True),
    ("a <- 4, b <- 3", "I!CanBoth", 0, True),
    ("a <- 4, b <- 4", "I!CanLet", 0, True),
]


@pytest.mark.parametrize(("substitution", "formula", "x", "expected"), FORMULAS)
def test_enabled_in_an_instance(substitution: str, formula: str, x: int, expected: bool) -> None:
    assert holds(program(substitution, formula), x) is expected


ACTIONS = [
    ("a <- x, b <- -x", "Apart", 0, False),
    ("a <- x, b <- -x", "Apart", 1, True),
    ("a <- x, b <- x", "Down", 0, False),
    ("a <- x, b <- x", "Down", 1, True),
    ("a <- x - 3, b <- 0", "Down", 3, False),
    ("a <- x, b <- x", "Same", 1, False),
    ("a <- x, b <- x + 1", "Same", 1, True),
    ("a <- x, b <- x", "Every", 3, True),
    ("a <- x, b <- x", "Box /\\ a' = b'", 3, True),
    ("a <- x, b <- x + 1", "Box /\\ a' = b'", 3, False),
    ("a <- x, b <- x", "Angle", 3, False),
    ("a <- x, b <- x + 1", "Angle", 3, True),
]


@pytest.mark.parametrize(("substitution", "action", "x", "expected"), ACTIONS)
def test_enabled_of_an_action_of_the_instance(substitution: str, action: str, x: int, expected: bool) -> None:
    assert holds(program(substitution, "I!Asked", f"ENABLED ({action})"), x) is expected


REFUSED = [
    ("LET act == a' = 0 IN ENABLED act", "`act`"),
    ("LET can(d) == ENABLED d IN can(a' = 0)", "`d`"),
    ("TRUE\nApply(F(_)) == F(a' = 0)\nHanded == Apply(ENABLED)", "ENABLED is handed over"),
    ("TRUE\nApply(F(_)) == F(a' = 0)\nHanded == Apply(Can)", "`Can`"),
    ("TRUE\nMixed(d) == d /\\ ENABLED d\nHanded == Mixed(a' = 0)", "and elsewhere"),
    ("TRUE\np ** q == p /\\ ENABLED q\nHanded == TRUE ** (a' = 0)", "below ENABLED"),
]


@pytest.mark.parametrize(("asked", "reason"), REFUSED)
def test_what_cannot_be_told_is_refused(asked: str, reason: str) -> None:
    formula = "I!Handed" if "Handed" in asked else "I!Asked"
    with pytest.raises(DiagnosticError) as caught:
        program("a <- x, b <- x", formula, asked)
    (problem,) = caught.value.diagnostics
    assert problem.code == "name.instance"
    assert reason in problem.message


def test_a_parametrized_instance_has_next_values_of_its_own() -> None:
    text = """
VARIABLES x, y
---- MODULE Inner ----
VARIABLES a, b
Can(n) == ENABLED (a' = n /\\ b' = a + n /\\ a' # b')
====
I(p) == INSTANCE Inner WITH a <- p, b <- p + 1
Init == x = 0 /\\ y = 0
Next == UNCHANGED <<x, y>>
Inv == I(x)!Can(2) /\\ ~I(y)!Can(2)
"""
    made = program_of(text, "INIT Init\nNEXT Next\nINVARIANT Inv\n")
    assert holds(made, 3)
    assert not holds(made, 0)
