"""Initial states and steps, enumerated as TLC does it: in order, with every duplicate."""

from __future__ import annotations

import pytest

from aioformal.concrete import Program
from aioformal.value.format import format_value
from aioformal.value.values import State
from tests.unit.concrete.specs import program_of


def shown(state: State) -> str:
    return " ".join(map(format_value, state))


def steps(program: Program, state: State) -> list[str]:
    return [shown(step.state) for step in program.successors(state)]


def labels(program: Program, state: State) -> list[str]:
    found: list[str] = []
    for step in program.successors(state):
        arguments = ", ".join(f"{name}={format_value(value)}" for name, value in step.label.arguments)
        found.append(f"{step.label.name}({arguments})" if arguments else step.label.name)
    return found


INITS = [
    ("x = 1 /\\ y = 2", ["1 2"]),
    ("x \\in 1..2 /\\ y = x", ["1 1", "2 2"]),
    ("y = 1 /\\ (x = 1 \\/ x = 2)", ["1 1", "2 1"]),
    ("\\E n \\in 1..2 : x = n /\\ y = n", ["1 1", "2 2"]),
    ("x \\in 1..3 /\\ y = x /\\ x # 2", ["1 1", "3 3"]),
    ("x = 1 /\\ x \\in {1, 2} /\\ y = 1", ["1 1"]),
    ("x = 1 /\\ x = 2 /\\ y = 1", []),
    ("IF TRUE THEN x = 1 /\\ y = 1 ELSE x = 2 /\\ y = 2", ["1 1"]),
    ("LET n == 3 IN x = n /\\ y = n", ["3 3"]),
    ("Both /\\ x > 1", ["2 2"]),
    ("Is(x, 4) /\\ Is(y, x)", ["4 4"]),
    ("\\A v \\in {1} : x = v /\\ y = v", ["1 1"]),
    ("x \\subseteq {1} /\\ y = 0", ["{} 0", "{1} 0"]),
    # A disjunction of tests forks too, until every variable has its value.
    ("x = 1 /\\ (x = 1 \\/ x < 2) /\\ y = 1", ["1 1", "1 1"]),
    ("x = 1 /\\ y = 1 /\\ (x = 1 \\/ y = 1)", ["1 1"]),
    ("x = 1 /\\ y = 1 /\\ (x = 1 \\/ 1 \\div 0 = y)", ["1 1"]),
]


@pytest.mark.parametrize(("init", "expected"), INITS, ids=[init for init, _ in INITS])
def test_initial_states(init: str, expected: list[str]) -> None:
    definitions = "Both == x \\in 1..2 /\\ y = x\nIs(v, e) == v = e"
    text = f"VARIABLES x, y\n{definitions}\nInit == {init}\nNext == x' = x /\\ y' = y"
    assert [shown(state) for state in program_of(text).initial_states()] == expected


NEXTS = [
    ("x' = x + 1 /\\ y' = y", ["1 5"]),
    ("x' = x + 1 /\\ UNCHANGED y", ["1 5"]),
    ("UNCHANGED <<x, y>>", ["0 5"]),
    ("UNCHANGED vars", ["0 5"]),
    ("UNCHANGED <<x, <<y>>>>", ["0 5"]),
    ("x' \\in {3, 4} /\\ y' = x'", ["3 3", "4 4"]),
    ("(x' = 1 \\/ x' = 2) /\\ y' = x' + 1", ["1 2", "2 3"]),
    ("\\E n \\in {7, 8} : x' = n /\\ y' = n", ["7 7", "8 8"]),
    ("\\E m, n \\in {1, 2} : x' = m /\\ y' = n", ["1 1", "1 2", "2 1", "2 2"]),
    ("\\E <<m, n>> \\in {<<1, 2>>} : x' = m /\\ y' = n", ["1 2"]),
    ("x = 0 /\\ x' = 1 /\\ y' = 1", ["1 1"]),
    ("x # 0 /\\ x' = 1 /\\ y' = 1", []),
    ("x' = 1 /\\ x' = 2 /\\ y' = 1", []),
    ("x' = 1 /\\ x' \\in {1, 2} /\\ y' = 1", ["1 1"]),
    ("x' = 1 /\\ y' = 1 /\\ UNCHANGED x", []),
    ("x' = x /\\ y' = 1 /\\ UNCHANGED x", ["0 1"]),
    ("IF x = 0 THEN x' = 1 /\\ y' = 1 ELSE x' = 2 /\\ y' = 2", ["1 1"]),
    ("(IF x = 1 THEN x' = 1 ELSE x' = 2) /\\ y' = x'", ["2 2"]),
    ("CASE x = 1 -> x' = 1 /\\ y' = 1 [] OTHER -> x' = 3 /\\ y' = 3", ["3 3"]),
    ("LET n == x + y IN x' = n /\\ y' = n", ["5 5"]),
    ("LET A == x' = 1 IN A /\\ y' = 2", ["1 2"]),
    ("LET A(n) == x' = n IN A(4) /\\ y' = 2", ["4 2"]),
    ("x' = 1 /\\ (x = 0 => y' = 1)", ["1 1"]),
    ("x' = 1 /\\ (x = 1 => y' = 9) /\\ y' = 2", ["1 2"]),
    ("Set(x, 1) /\\ Set(y, 2)", ["1 2"]),
    ("Act(LAMBDA n : x' = n) /\\ y' = 2", ["7 2"]),
    ("Act(SetX) /\\ y' = 2", ["7 2"]),
    ("Run(x' = 3) /\\ y' = 2", ["3 2"]),
    ("\\A n \\in {4} : x' = n /\\ y' = n", ["4 4"]),
    ("[x' = 1 /\\ y' = 1]_<<x, y>>", ["1 1", "0 5"]),
    ("<<x' \\in 0..1 /\\ y' = 5>>_<<x, y>>", ["1 5"]),
    ("ENABLED (x = 0 /\\ x' = 1) /\\ x' = 2 /\\ y' = 2", ["2 2"]),
    ("Handed(UNCHANGED, x) /\\ y' = 2", ["0 2"]),
    ("Again(UNCHANGED, x) /\\ y' = 2", ["0 2"]),
    ("x' = 1 /\\ y' = 2 /\\ ~Handed(UNCHANGED, x)", ["1 2"]),
    ("x' = 1 /\\ y' = 2 /\\ Handed(', x) = 1", ["1 2"]),
    ("Handed(ENABLED, x = 0 /\\ x' = 5) /\\ x' = 2 /\\ y' = 2", ["2 2"]),
    ("~ENABLED (x = 1 /\\ x' = 1) /\\ x' = 2 /\\ y' = 2", ["2 2"]),
    ("x' = 1 /\\ y' = 1 /\\ Shifted'", ["1 1"]),
    ("x' = 1 /\\ y' = 1 /\\ x' < x", []),
    ("name :: x' = 1 /\\ y' = 1", ["1 1"]),
    ("x' = 1 /\\ (\\E n \\in 0..2 : n # 1) /\\ y' = 1", ["1 1", "1 1"]),
    ("x' = 1 /\\ y' = 1 /\\ (\\E n \\in 0..2 : n # 1)", ["1 1"]),
    ("x' = 1 /\\ Often /\\ y' = 1", ["1 1", "1 1"]),
    ("x' = 1 /\\ y' = 1 /\\ Often", ["1 1"]),
    ("x' = 1 /\\ y' = 1 /\\ ~~Often", ["1 1"]),
    ("FALSE /\\ x' = Head(<<>>)", []),
]

DEFINITIONS = """
VARIABLES x, y
vars == <<x, y>>
Set(v, e) == v' = e
SetX(n) == x' = n
Handed(Op(_), v) == Op(v)
Again(Op(_), v) == Handed(Op, v)
Act(A(_)) == A(7)
Run(A) == TRUE /\\ A
Shifted == x = 1 /\\ y = 1
Often == x = 0 \\/ y = 5
Init == x = 0 /\\ y = 5
"""


@pytest.mark.parametrize(("action", "expected"), NEXTS, ids=[action for action, _ in NEXTS])
def test_successors(action: str, expected: list[str]) -> None:
    program = program_of(f"{DEFINITIONS}\nNext == {action}")
    assert steps(program, (0, 5)) == expected


@pytest.mark.parametrize(("action", "expected"), NEXTS, ids=[action for action, _ in NEXTS])
def test_the_second_reading_agrees(action: str, expected: list[str]) -> None:
    """Of all states nearby, the predicate accepts those and only those that are enumerated."""
    program = program_of(f"{DEFINITIONS}\nNext == {action}")
    near = [(x, y) for x in range(10) for y in range(10)]
    accepted = {shown(state) for state in near if program.is_step((0, 5), state)}
    assert accepted == set(expected)


LABELS = [
    ("A \\/ B(2)", ["A", "B(n=2)"]),
    ("\\E n \\in 1..2 : B(n)", ["B(n=1)", "B(n=2)"]),
    ("\\E m \\in 1..2 : x' = m", ["Next(m=1)", "Next(m=2)"]),
    ("\\E m \\in 1..2 : Plain(m) /\\ x' = m", ["Next(m=1)", "Next(m=2)"]),
    ("\\E m \\in 1..2 : Bare", ["Bare(m=1)", "Bare(m=2)"]),
    ("Outer", ["A", "B(n=3)"]),
    ("(x = 0 /\\ Outer) \\/ A", ["A", "B(n=3)", "A"]),
    ("x = 0 /\\ A", ["Next"]),
    ("x = 0 /\\ \\E m \\in 1..2 : B(m)", ["B(n=1)", "B(n=2)"]),
    ("x = 0 /\\ (LET k == 4 IN A \\/ B(k))", ["A", "B(n=4)"]),
    ("LET k == x + 4 IN B(k) \\/ A", ["B(n=4)", "A"]),
    ("IF x = 0 THEN A ELSE B(1)", ["Next"]),
    ("\\E m \\in {x + 5} : B(m)", ["B(n=5)"]),
    ("\\E m \\in {x + 5} : x' = m", ["Next(m=5)"]),
    ("Inner!Go", ["Inner!Go"]),
]


@pytest.mark.parametrize(("action", "expected"), LABELS, ids=[action for action, _ in LABELS])
def test_labels(action: str, expected: list[str]) -> None:
    text = f"""
VARIABLE x
Plain(n) == x < n
A == x' = 1
B(n) == x' = n
Bare == x' = 9
Outer == A \\/ B(3)
---- MODULE Go ----
VARIABLE v
Go == v' = 8
====
Inner == INSTANCE Go WITH v <- x
Init == x = 0
Next == {action}"""
    assert labels(program_of(text), (0,)) == expected


def test_instances_read_what_they_need_and_no_more() -> None:
    text = """
VARIABLES x, y, z
Init == x = 0 /\\ y = 0 /\\ z = 0
Next == x' = y /\\ UNCHANGED <<y, z>>"""
    (instance,) = program_of(text).instances
    assert instance.effect.reads == (1,)


def needs(action: str) -> list[int]:
    """The variables whose value alone may rule the action out."""
    text = f"""
CONSTANT NULL
VARIABLES x, y, z
Init == x = NULL /\\ y = 0 /\\ z = 0
Next == {action}"""
    (instance,) = program_of(text, "INIT Init\nNEXT Next\nCONSTANT NULL = NULL\n").instances
    return sorted(instance.needs)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("x = 1 /\\ y = 1 /\\ x' = 1 /\\ UNCHANGED <<y, z>>", [0, 1]),
        ("x = 1 /\\ y = z /\\ z = 1 /\\ x' = 1 /\\ UNCHANGED <<y, z>>", [0]),
        ("(x # NULL \\/ y # NULL) /\\ z = 1 /\\ x' = 1 /\\ UNCHANGED <<y, z>>", [2]),
        ("(x = 1 \\/ y = 1) /\\ z = 1 /\\ x' = 1 /\\ UNCHANGED <<y, z>>", [0, 1, 2]),
        ("x' = y - 1 /\\ z = 1 /\\ UNCHANGED <<y, z>>", []),
        ("\\E i \\in y : z = 1 /\\ x' = i /\\ UNCHANGED <<y, z>>", [1, 2]),
        ("\\E i \\in y : i = 1 /\\ z = 1 /\\ x' = i /\\ UNCHANGED <<y, z>>", [1]),
        ("\\E i \\in y : i # NULL /\\ z = 1 /\\ x' = i /\\ UNCHANGED <<y, z>>", [1, 2]),
    ],
)
def test_a_variable_is_asked_where_nothing_before_fails_unseen(action: str, expected: list[int]) -> None:
    assert needs(action) == expected


def test_a_choice_in_the_middle_of_a_conjunction() -> None:
    text = """
VARIABLES x, y
Init == x = 0 /\\ y = 0
Next == /\\ \\/ x' = 1 /\\ y' = 1
           \\/ x' = 2
        /\\ IF x' = 1 THEN y' = 1 ELSE y' = x'
        /\\ \\E n \\in 0..2 : x' = n"""
    assert steps(program_of(text), (0, 0)) == ["1 1", "2 2"]


def test_twenty_nested_choices() -> None:
    choices = " /\\ ".join(f"(\\E n{i} \\in {{0}} : n{i} = 0)" for i in range(30))
    program = program_of(f"VARIABLE x\nInit == x = 0\nNext == {choices} /\\ x' = 1")
    assert steps(program, (0,)) == ["1"]


def test_many_forks_do_not_multiply_the_code() -> None:
    forks = " /\\ ".join(f"(x = {i} \\/ x # {i})" for i in range(40))
    program = program_of(f"VARIABLE x\nInit == x = 0\nNext == {forks} /\\ x' = 1")
    assert steps(program, (0,)) == ["1"]
