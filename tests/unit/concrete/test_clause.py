"""Formulas taken apart: the clauses say together what the formula says, and look at little."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from aioformal.concrete import Program
from aioformal.concrete.clause import Clause
from aioformal.value.values import State
from tests.unit.concrete.specs import program_of

SPEC = """
VARIABLES f, g, n
P == {1, 2}
Small(p) == f[p] < 2
Linked(p) == g[p] = n
Both(p) == Small(p) /\\ Linked(p)
Init == f = [p \\in P |-> 0] /\\ g = [p \\in P |-> 0] /\\ n = 0
Next == f' = f /\\ g' = g /\\ n' = n
"""

FORMULAS = [
    "\\A p \\in P : Both(p)",
    "n = 0 /\\ \\A p, q \\in P : Small(p) => (g[q] = 0 /\\ f[q] # n)",
    "(n = 1 => Small(1)) /\\ (n = 0 => Small(2))",
    "\\A p \\in P : f[p] = 0 => \\A q \\in P : g[q] = n => Linked(p)",
    "\\A p \\in P : Small(p) \\/ n = 2 \\/ (g[p] = 0 /\\ f[p] = n)",
    "\\A p \\in P : LET v == f[p] IN v < 2 => g[p] < 2",
]


def holds(clause: Clause, state: State) -> bool:
    premises = all(premise.holds(state) for premise in clause.premises)
    return not premises or clause.conclusion.holds(state)


def program_with(formula: str) -> Program:
    return program_of(f"{SPEC}\nInv == {formula}", "INIT Init\nNEXT Next\nINVARIANT Inv\n")


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_clauses_are_the_formula(formula: str) -> None:
    program = program_with(formula)
    whole = program.model.properties[0].parts[0].formula
    predicate, clauses = program.predicate(whole), program.clauses(whole)
    for state in states(program):
        assert all(holds(clause, state) for clause in clauses) == predicate(state)


def states(program: Program) -> Iterator[State]:
    (initial,) = program.initial_states()
    table = type(initial[0])
    functions = [table({1: a, 2: b}) for a, b in itertools.product(range(3), repeat=2)]
    return itertools.product(functions, functions, range(3))


def test_a_part_of_a_variable_is_all_that_is_read() -> None:
    program = program_with(FORMULAS[0])
    clauses = program.clauses(program.model.properties[0].parts[0].formula)
    reads = [[(read.variable, read.at) for read in clause.conclusion.reads] for clause in clauses]
    assert reads == [[(0, 1)], [(1, 1), (2, None)], [(0, 2)], [(1, 2), (2, None)]]


def test_clauses_come_in_the_order_of_evaluation() -> None:
    """The first instance is false before the second one cannot be evaluated."""
    program = program_of(
        "VARIABLE x\nFirst(p) == p = 1 \\/ Head(x) = 1\nSecond(p) == p = 2\n"
        "Inv == \\A p \\in {1, 2} : First(p) /\\ Second(p)\nInit == x = <<>>\nNext == x' = x",
        "INIT Init\nNEXT Next\nINVARIANT Inv\n",
    )
    clauses = program.clauses(program.model.properties[0].parts[0].formula)
    state = next(program.initial_states())
    assert [holds(clause, state) for clause in clauses[:2]] == [True, False]
    assert len(clauses) == 4


def test_a_primed_variable_is_read_in_the_second_state() -> None:
    program = program_of(
        f"{SPEC}\nStep == [][\\A p \\in P : Small(p) => (Small(p))' \\/ g'[p] = n]_<<f, g, n>>",
        "INIT Init\nNEXT Next\nPROPERTY Step\n",
    )
    part = program.model.properties[0].parts[0]
    first, _ = program.clauses(part.formula, is_step=True)
    read = [[tuple(read) for read in test.reads] for test in (*first.premises, first.conclusion)]
    assert read == [[(0, 1, False)], [(0, 1, True)], [(2, None, False), (1, 1, True)]]
