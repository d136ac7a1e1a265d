"""Folding, Python's evaluation and Z3's two theories give an expression one and the same meaning."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from aioformal.ir.evaluate import evaluate
from aioformal.ir.sort import IntSort, admits
from aioformal.ir.term import Term, and_, boolean, enum, eq, integer, not_
from aioformal.solve.protocol import Answer, At
from aioformal.solve.z3_solver import Z3Solver
from tests.unit.solve.trees import VARIABLES, assignments, built, formulas, meaning, numbers

SMALL = settings(max_examples=80, derandomize=True, deadline=None)


def constant_like(variable: Term, value: bool | int) -> Term:
    if isinstance(value, bool):
        return boolean(value)
    return integer(value) if isinstance(variable.sort, IntSort) else enum(value, 3)


def pinned(assignment: dict[str, bool | int]) -> Term:
    return and_(*(eq(VARIABLES[name], constant_like(VARIABLES[name], v)) for name, v in assignment.items()))


def answer(fact: Term, *, finite: bool) -> Answer | None:
    solver = Z3Solver(finite=finite)
    solver.add(At(fact, 0))
    return solver.ask(()).wait(60)


@settings(SMALL, max_examples=800)
@given(tree=formulas(4), assignment=assignments)
def test_folding_keeps_the_meaning_of_formulas(tree, assignment) -> None:
    values = {VARIABLES[name]: value for name, value in assignment.items()}
    assert evaluate([built(tree)], values) == [meaning(tree, assignment)]


@settings(SMALL, max_examples=400)
@given(tree=numbers(4), assignment=assignments)
def test_a_number_lies_in_the_interval_of_its_sort(tree, assignment) -> None:
    term, expected = built(tree), meaning(tree, assignment)
    assert evaluate([term], {VARIABLES[name]: value for name, value in assignment.items()}) == [expected]
    assert admits(term.sort, expected)


@pytest.mark.parametrize("finite", [True, False], ids=["bit-vectors", "integers"])
@SMALL
@given(tree=formulas(3), assignment=assignments)
def test_z3_gives_formulas_the_same_meaning(finite, tree, assignment) -> None:
    claim = built(tree) if meaning(tree, assignment) else not_(built(tree))
    solver = Z3Solver(finite=finite)
    solver.add(At(pinned(assignment), 0))
    assert solver.ask([At(not_(claim), 0)]).wait(60) is Answer.UNSAT
    assert solver.ask([At(claim, 0)]).wait(60) is Answer.SAT


@pytest.mark.parametrize("finite", [True, False], ids=["bit-vectors", "integers"])
@SMALL
@given(tree=numbers(3), assignment=assignments)
def test_z3_gives_numbers_the_same_value(finite, tree, assignment) -> None:
    number = integer(meaning(tree, assignment))
    differs = and_(pinned(assignment), not_(eq(built(tree), number)))
    assert answer(differs, finite=finite) is Answer.UNSAT


@pytest.mark.parametrize("finite", [True, False], ids=["bit-vectors", "integers"])
@settings(SMALL, max_examples=50)
@given(tree=formulas(3))
def test_an_assignment_read_back_makes_the_formula_true(finite, tree) -> None:
    solver = Z3Solver(finite=finite)
    solver.add(At(built(tree), 0))
    if solver.ask(()).wait(60) is Answer.SAT:
        read = {name: solver.value(At(v, 0)) for name, v in VARIABLES.items()}
        assert all(admits(v.sort, read[name]) for name, v in VARIABLES.items())
        assert meaning(tree, read) is True
