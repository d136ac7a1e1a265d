"""The solver protocol: frames, assumptions, answers that may take long, scripts for other solvers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from aioformal.ir.sort import BOOL, EnumSort, int_sort
from aioformal.ir.term import (
    Term,
    add,
    and_,
    enum,
    eq,
    input_variable,
    integer,
    lt,
    mul,
    next_variable,
    not_,
    variable,
)
from aioformal.solve.protocol import Answer, At
from aioformal.solve.recheck import ask_cvc5, ask_z3
from aioformal.solve.smtlib import Script
from aioformal.solve.z3_solver import Z3Solver
from tests.unit.solve.trees import VARIABLES, built, formulas, meaning

SORT = int_sort(-2, 5)
X, NEXT = variable("x", SORT), next_variable("x", SORT)
both = pytest.mark.parametrize("finite", [True, False], ids=["bit-vectors", "integers"])


def answer(solver: Z3Solver, *assumptions: At) -> Answer | None:
    return solver.ask(assumptions).wait(60)


@both
def test_next_at_a_frame_is_the_state_at_the_following(finite: bool) -> None:
    solver = Z3Solver(finite=finite)
    solver.add(At(eq(X, integer(-2)), 0))
    for frame in range(3):
        solver.add(At(eq(NEXT, add(X, integer(2))), frame))
    assert answer(solver) is Answer.SAT
    assert [solver.value(At(X, i)) for i in range(4)] == [-2, 0, 2, 4]
    assert solver.value(At(NEXT, 2)) == 4


@both
def test_a_step_out_of_the_sort_is_impossible(finite: bool) -> None:
    solver = Z3Solver(finite=finite)
    solver.add(At(eq(X, integer(5)), 0))
    solver.add(At(eq(NEXT, add(X, integer(2))), 0))
    assert answer(solver) is Answer.UNSAT


@both
def test_assumptions_last_for_one_question(finite: bool) -> None:
    solver = Z3Solver(finite=finite)
    solver.add(At(lt(X, integer(3)), 0))
    assert answer(solver, At(lt(integer(3), X), 0)) is Answer.UNSAT
    assert answer(solver, At(lt(integer(1), X), 0)) is Answer.SAT
    assert solver.value(At(X, 0)) == 2
    assert answer(solver, At(lt(integer(1), X), 0), At(not_(eq(X, integer(2))), 0)) is Answer.UNSAT
    assert answer(solver) is Answer.SAT


@both
def test_far_states_can_be_compared(finite: bool) -> None:
    solver = Z3Solver(finite=finite)
    for frame, value in ((0, 1), (4, 3)):
        solver.add(At(eq(X, integer(value)), frame))
    assert answer(solver, At(eq(add(X, integer(2)), NEXT), 0, 4)) is Answer.SAT
    assert answer(solver, At(eq(add(X, integer(1)), NEXT), 0, 4)) is Answer.UNSAT


@both
def test_inputs_belong_to_their_frame(finite: bool) -> None:
    choice = input_variable("i", BOOL)
    solver = Z3Solver(finite=finite)
    solver.add(At(choice, 0))
    solver.add(At(not_(choice), 1))
    assert answer(solver) is Answer.SAT
    assert (solver.value(At(choice, 0)), solver.value(At(choice, 1))) == (True, False)


@both
def test_variables_that_do_not_matter_get_a_member_of_their_sort(finite: bool) -> None:
    solver = Z3Solver(finite=finite)
    assert answer(solver) is Answer.SAT
    assert solver.value(At(variable("far", int_sort(7, 9)), 3)) == 7
    assert solver.value(At(variable("low", int_sort(-9, -7)), 3)) == -7
    assert solver.value(At(variable("c", EnumSort(3)), 3)) == 0


@both
def test_an_enumeration_has_no_member_beyond_its_size(finite: bool) -> None:
    colour = variable("c", EnumSort(5))
    solver = Z3Solver(finite=finite)
    solver.add(At(and_(*(not_(eq(colour, enum(i, 5))) for i in range(5))), 0))
    assert answer(solver) is Answer.UNSAT


def test_there_are_no_values_without_an_assignment() -> None:
    solver = Z3Solver(finite=True)
    with pytest.raises(ValueError, match="no assignment"):
        solver.value(At(X, 0))
    solver.add(At(lt(X, integer(0)), 0))
    assert answer(solver, At(lt(integer(0), X), 0)) is Answer.UNSAT
    with pytest.raises(ValueError, match="no assignment"):
        solver.value(At(X, 0))


def factors() -> Term:
    """Two factors of a prime: a question that takes bit vectors very long."""
    a, b = (variable(name, int_sort(2, (1 << 21) - 1)) for name in "ab")
    return and_(eq(mul(a, b), integer((1 << 40) - 87)), lt(a, b))


def test_a_question_can_be_given_up_and_another_asked() -> None:
    solver = Z3Solver(finite=True)
    query = solver.ask([At(factors(), 0)])
    assert query.wait(0.05) is None
    query.cancel()
    assert query.wait(10) is Answer.UNKNOWN
    assert solver.why_unknown()
    assert answer(solver, At(lt(X, integer(0)), 0)) is Answer.SAT


def test_a_time_limit_ends_in_unknown() -> None:
    solver = Z3Solver(finite=True)
    assert solver.ask([At(factors(), 0)], seconds=0.1).wait(60) is Answer.UNKNOWN
    assert answer(solver, At(lt(X, integer(0)), 0)) is Answer.SAT


def test_one_question_at_a_time() -> None:
    solver = Z3Solver(finite=True)
    query = solver.ask([At(factors(), 0)])
    with pytest.raises(RuntimeError, match="still at work"):
        solver.ask([])
    query.cancel()


@both
@settings(max_examples=40, derandomize=True, deadline=None)
@given(tree=formulas(3))
def test_scripts_mean_the_same_to_every_solver(finite, tree) -> None:
    solver = Z3Solver(finite=finite)
    solver.add(At(built(tree), 3))
    expected = answer(solver)
    script = Script(finite=finite)
    script.comment("a random formula\nin two lines")
    script.require(script.define("goal", At(built(tree), 3)))
    assert ask_z3(script.text(), 60) is expected
    assert ask_cvc5(script.text(), 60) is expected
    if expected is Answer.SAT:
        assert meaning(tree, {name: solver.value(At(v, 3)) for name, v in VARIABLES.items()}) is True


def test_any_name_can_be_written() -> None:
    odd = variable('f["a|b\\c"]', BOOL)
    script = Script(finite=True)
    script.require(script.define("a | name \\", At(and_(odd, variable("f%", BOOL)), 0)))
    assert ask_z3(script.text()) is ask_cvc5(script.text()) is Answer.SAT
