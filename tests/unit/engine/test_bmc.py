"""Bounded model checking on systems with known answers, and against explicit search on random ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from aioformal.diagnostic import DiagnosticError
from aioformal.engine.bmc import Bmc
from aioformal.engine.protocol import Budget, Progress
from aioformal.evidence.verdict import Fault, Finding, Holds, Unknown, Violated
from aioformal.ir.sort import int_sort
from aioformal.ir.system import Initial, Input, Label, Obligation, StateVariable, Transition, TransitionSystem
from aioformal.ir.term import add, and_, eq, input_variable, integer, le, lt, mul, not_, true, variable
from tests.unit.engine.hand_built import (
    HandBuilt,
    always,
    every_step,
    replay,
    shortest_violations,
    transition,
    verdicts,
)
from tests.unit.engine.systems import choosing, counter, mutex, random_builds, unbounded

DEEP = 12
"""Steps to look at in random systems, which have at most 2 * 2 * 3 * 3 expanded states."""


def test_the_shortest_violation_is_found_at_depth_seventeen() -> None:
    problem = HandBuilt(counter)
    found = verdicts(Bmc(), problem, 20)
    assert isinstance(found["NotSeventeen"], Violated)
    assert found["NotSeventeen"].trace.states == tuple((x,) for x in range(18))
    replay(problem, "NotSeventeen", found["NotSeventeen"].trace)
    assert found["NotNegative"] == Holds(20)
    assert found["Grows"] == Holds(20)


def test_shapes_are_widened_by_what_the_reference_finds() -> None:
    problem = HandBuilt(counter, width=4)
    assert verdicts(Bmc(), problem, 20)["NotNegative"] == Holds(20)
    assert problem.widened == [(5,), (9,), (17,)], "one state beyond 0..4, 0..8 and 0..16 each"


def test_a_bound_below_the_violation_is_no_proof() -> None:
    assert verdicts(Bmc(), HandBuilt(counter), 16) == {
        "NotSeventeen": Holds(16),
        "NotNegative": Holds(16),
        "Grows": Holds(16),
    }


def test_unbounded_integers_stay_integers() -> None:
    problem = HandBuilt(unbounded)
    problem.program.system = bounded_twin()
    found = verdicts(Bmc(), problem, 6)
    assert isinstance(found["Below"], Violated)
    assert found["Below"].trace.depth == 5, "four steps of at most 2 reach 8"
    assert found["Twice"] == found["NotNegative"] == Holds(6)


def bounded_twin() -> TransitionSystem:
    return unbounded(0)


def test_labels_carry_their_arguments() -> None:
    problem = HandBuilt(mutex)
    found = verdicts(Bmc(), problem, 8)
    assert found["Exclusion"] == found["LockHeld"] == Holds(8)
    trace = found["NeverCritical"].trace
    assert [(a.name, a.arguments) for a in trace.actions] == [("Ask", (("i", 1),)), ("Take", (("i", 1),))]


def test_a_step_property_is_violated_by_its_step() -> None:
    def build(width: int) -> TransitionSystem:
        system = counter(width)
        x = system.variables[0]
        slow = every_step("BelowThree", lt(variable("x", x.sort), integer(3)))
        return TransitionSystem(system.variables, system.initial, system.transitions, (slow,))

    found = verdicts(Bmc(), HandBuilt(build), 6)["BelowThree"]
    assert found.trace.states == ((0,), (1,), (2,), (3,), (4,))


def stopping(_: int) -> TransitionSystem:
    """Counts to 3 and stops; an input has to be less than 3 - x for it to go on."""
    sort = int_sort(0, 9)
    x, i = variable("x", sort), input_variable("i", int_sort(0, 4))
    go = Transition(
        Label("Go"), lt(add(x, i), integer(3)), {"x": add(x, integer(1))}, (Input("i", int_sort(0, 4)),)
    )
    return TransitionSystem(
        (StateVariable("x", sort),), (Initial(true, {"x": integer(0)}),), (go,), (always("Small", le(x, x)),)
    )


def test_deadlock_is_a_state_where_no_input_helps() -> None:
    problem = HandBuilt(stopping, deadlock=True)
    found = verdicts(Bmc(), problem, 6)
    assert [s for (s,) in found["deadlock"].trace.states] == [0, 1, 2, 3]
    replay(problem, "deadlock", found["deadlock"].trace)
    assert found["Small"] == Holds(6)


def test_too_many_inputs_leave_deadlock_undecided() -> None:
    def build(_: int) -> TransitionSystem:
        sort, wide = int_sort(0, 9), int_sort(0, 10_000)
        x, i = variable("x", sort), input_variable("i", wide)
        go = Transition(Label("Go"), eq(add(x, i), integer(7)), {}, (Input("i", wide),))
        return TransitionSystem((StateVariable("x", sort),), (Initial(true, {"x": integer(0)}),), (go,))

    found = verdicts(Bmc(), HandBuilt(build, deadlock=True), 2)
    assert isinstance(found["deadlock"], Unknown)


def failing(at: int, message: str = "3 is a bad number") -> TransitionSystem:
    """The counter; a step from x = 3 has no value, as the system is told at `at`."""
    system = counter(20)
    x = variable("x", system.variables[0].sort)
    wrong = Obligation("evaluation", eq(x, integer(at)), message, "eval.domain")
    up = Transition(Label("Up"), true, system.transitions[0].updates, (), (wrong,))
    return TransitionSystem(system.variables, system.initial, (up,), system.properties)


def test_an_evaluation_failure_is_a_fault_with_the_way_to_it() -> None:
    events = list(Bmc().check(HandBuilt(lambda _: failing(3)), Budget(8)))
    fault = events[-1]
    assert isinstance(fault, Fault)
    assert (fault.diagnostic.code, fault.diagnostic.message) == ("eval.domain", "3 is a bad number")
    assert fault.trace.states == ((0,), (1,), (2,), (3,))
    assert {e.verdict for e in events if isinstance(e, Finding)} == {Holds(3)}


def test_a_failure_that_the_reference_does_not_see_is_a_disagreement() -> None:
    problem = HandBuilt(lambda _: failing(3))
    problem.program.system = counter(20)
    with pytest.raises(DiagnosticError, match="disagree after 3 steps") as raised:
        list(Bmc().check(problem, Budget(8)))
    assert raised.value.diagnostics[0].code == "check.evidence"


def test_an_escape_that_the_reference_does_not_see_is_a_disagreement() -> None:
    problem = HandBuilt(counter, width=4)
    problem.program.successors = lambda _: iter(())
    with pytest.raises(DiagnosticError, match="disagree after 4 steps"):
        list(Bmc().check(problem, Budget(8)))


def test_a_violation_goes_before_a_property_without_a_value() -> None:
    def build(width: int) -> TransitionSystem:
        system = counter(width)
        x = variable("x", system.variables[0].sort)
        wrong = Obligation("evaluation", eq(x, integer(2)), "2 has no value", "eval.domain")
        return TransitionSystem(
            system.variables,
            system.initial,
            system.transitions,
            (always("Early", lt(x, integer(2)), wrong), always("Other", le(integer(0), x))),
        )

    events = list(Bmc().check(HandBuilt(build), Budget(8)))
    assert isinstance(events[-1], Fault), "at x = 2 the property has no value, so it is not violated there"
    assert events[-1].trace.states == ((0,), (1,), (2,))


def test_an_initial_state_beyond_its_shape_widens_it() -> None:
    def build(width: int) -> TransitionSystem:
        sort = int_sort(0, width)
        return TransitionSystem(
            (StateVariable("x", sort),),
            (Initial(true, {"x": integer(30)}),),
            (transition("Stay"),),
            (always("Thirty", eq(variable("x", sort), integer(30))),),
        )

    problem = HandBuilt(build)
    assert verdicts(Bmc(), problem, 2) == {"Thirty": Holds(2)}
    assert problem.width == 32


def test_a_state_outside_the_constraint_is_looked_at_but_not_expanded() -> None:
    def build(width: int) -> TransitionSystem:
        system = counter(width)
        x = variable("x", system.variables[0].sort)
        return TransitionSystem(
            system.variables,
            system.initial,
            system.transitions,
            (always("AtMostFour", le(x, integer(4))), always("AtMostFive", le(x, integer(5)))),
            constraint=lt(x, integer(5)),
        )

    found = verdicts(Bmc(), HandBuilt(build), 12)
    assert found["AtMostFour"].trace.depth == 5
    assert found["AtMostFive"] == Holds(12)


def test_time_that_is_up_gives_what_is_known() -> None:
    budget = Budget(20, deadline=0.0)
    found = [e for e in Bmc().check(HandBuilt(counter), budget) if isinstance(e, Finding)]
    assert {type(f.verdict) for f in found} == {Unknown}
    assert len(found) == 3


def test_closing_the_generator_stops_the_solver() -> None:
    run = Bmc().check(HandBuilt(lambda _: hard()), Budget(20))
    assert isinstance(next(e for e in run if isinstance(e, Progress) and e.property == "NoFactor"), Progress)
    run.close()


def hard() -> TransitionSystem:
    """A question that takes long: are there two factors of a number of 40 bits that has none?"""
    sort = int_sort(2, (1 << 21) - 1)
    a, b = input_variable("a", sort), input_variable("b", sort)
    x, y = variable("x", sort), variable("y", sort)
    prime = (1 << 40) - 87
    return TransitionSystem(
        (StateVariable("x", sort), StateVariable("y", sort)),
        (Initial(true, {"x": a, "y": b}, (Input("a", sort), Input("b", sort))),),
        (transition("Stay"),),
        (always("NoFactor", not_(and_(eq(mul(x, y), integer(prime)), lt(x, y)))),),
    )


@settings(max_examples=80, derandomize=True, deadline=None)
@given(build=random_builds())
def test_random_systems_agree_with_explicit_search(build) -> None:
    problem = HandBuilt(build, width=3, deadlock=True)
    expected = shortest_violations(problem, DEEP)
    found = verdicts(Bmc(), problem, DEEP)
    assert found.keys() == expected.keys()
    for name, verdict in found.items():
        if expected[name] is None:
            assert verdict == Holds(DEEP), name
        else:
            assert isinstance(verdict, Violated), name
            assert verdict.trace.depth == expected[name], name
            replay(problem, name, verdict.trace)


def test_a_step_may_choose_otherwise_than_the_step_before_it() -> None:
    problem = HandBuilt(choosing, width=4)
    found = verdicts(Bmc(), problem, 4)["Few"]
    assert isinstance(found, Violated)
    assert found.trace.states == ((0,), (1,), (9,))
