"""Which conjunct, for which instance, since when."""

from __future__ import annotations

import pytest

from aioformal.concrete import Blame, Trace
from aioformal.concrete.blame import blame
from aioformal.value.format import format_value
from tests.unit.concrete.specs import program_of

SPEC = """
VARIABLES f, n
Procs == {1, 2}
Init == f = <<0, 0>> /\\ n = 0
Bump(p) == f' = [f EXCEPT ![p] = @ + 1] /\\ n' = n + 1
Next == \\E p \\in Procs : Bump(p)
Low(p) == f[p] < 2
Bound == 3
"""


def blamed(formula: str, kind: str = "INVARIANT", steps: int = 3) -> Blame | None:
    """The blame for a formula at the end of a trace that bumps the second entry `steps` times."""
    program = program_of(f"{SPEC}\nAsked == {formula}", f"INIT Init\nNEXT Next\n{kind} Asked\n")
    states = [next(program.initial_states())]
    actions = []
    for _ in range(steps):
        step = next(s for s in program.successors(states[-1]) if s.label.arguments == (("p", 2),))
        states.append(step.state)
        actions.append(step.label)
    trace = Trace(program.variables, tuple(states), tuple(actions))
    return blame(program, program.model.properties[0], trace)


def told(found: Blame | None) -> str:
    assert found is not None
    shown = [f"{name}={format_value(value)}" for name, value in found.bindings]
    values = [f"{text}={format_value(value)}" for text, value in found.values]
    return " | ".join([f"{found.step}: {found.text}", ", ".join(shown), ", ".join(values)])


CASES = [
    # conjunct, definition
    ("n < 9 /\\ n < 2", "3: n < 2 |  | n=2"),
    ("/\\ n < 9\n         /\\ n < Bound", "4: n < Bound |  | n=3, Bound=3"),
    # the first falsifying instance, through a definition with a parameter
    ("\\A p \\in Procs : Low(p)", "3: f[p] < 2 | p=2 | f[p]=2"),
    ("\\A p, q \\in Procs : p # q => Low(q)", "3: f[p] < 2 | q=2, p=2 | f[p]=2"),
    # the right side of an implication; its premise counts for since when
    ("n > 2 => f[1] = 1", "4: f[1] = 1 |  | f[1]=0"),
    # IF, CASE, LET
    ("IF n > 1 THEN n < 2 ELSE TRUE", "3: n < 2 |  | n=2"),
    ("CASE n > 1 -> n < 2 [] OTHER -> TRUE", "3: n < 2 |  | n=2"),
    ("LET twice == n * 2 IN twice < 4", "3: twice < 4 | twice=4 | "),
    # negation exchanges the roles
    ("~(\\E p \\in Procs : f[p] > 1)", "3: ~(f[p] > 1) | p=2 | f[p]=2"),
    ("~(n > 1 \\/ n < 0)", "3: ~(n > 1) |  | n=2"),
    # a disjunction is blamed as a whole
    ("n < 2 \\/ f[1] > 0", "3: n < 2 \\/ f[1] > 0 |  | n=2, f[1]=0"),
    ("\\E p \\in Procs : f[p] > 5", "1: \\E p \\in Procs : f[p] > 5 |  | "),
]


@pytest.mark.parametrize(("formula", "expected"), CASES, ids=[formula for formula, _ in CASES])
def test_blame(formula: str, expected: str) -> None:
    assert told(blamed(formula)) == expected


def test_nothing_is_blamed_for_what_holds() -> None:
    assert blamed("n < 100") is None


def test_a_step_is_blamed_on_its_last_state() -> None:
    found = blamed("[][\\A p \\in Procs : f'[p] < 2 \\/ f[p] > 7]_<<f, n>>", "PROPERTY", steps=2)
    assert told(found) == "3: f'[p] < 2 \\/ f[p] > 7 | p=2 | f'[p]=2, f[p]=1"


def test_an_initial_predicate_is_blamed_on_the_first_state() -> None:
    assert told(blamed("n = 1 /\\ [][TRUE]_n", "PROPERTY", steps=0)) == "1: n = 1 |  | n=0"


def test_the_text_is_as_it_stands_on_one_line() -> None:
    found = blamed("n <   \\* a comment\n          2")
    assert found is not None
    assert found.text == "n < 2"
    assert found.span is not None
