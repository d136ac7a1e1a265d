"""k-induction on systems with known answers, and against explicit search on random ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from aioformal.audit.certificate import check_inductive
from aioformal.diagnostic import DiagnosticError
from aioformal.engine.k_induction import KInduction
from aioformal.engine.protocol import Budget
from aioformal.evidence.verdict import Fault, Finding, Proved, Unknown, Violated
from aioformal.ir.sort import int_sort
from aioformal.ir.system import Initial, StateVariable, SystemPart, SystemProperty, TransitionSystem
from aioformal.ir.term import add, and_, eq, integer, ite, le, lt, not_, true, variable
from aioformal.resolve.model import PartKind, PropertyKind
from aioformal.solve.protocol import Answer
from aioformal.solve.recheck import ask_cvc5, ask_z3
from tests.unit.engine.hand_built import HandBuilt, always, replay, shortest_violations, transition, verdicts
from tests.unit.engine.systems import choosing, counter, mutex, random_builds, ring, unbounded
from tests.unit.engine.test_bmc import failing, stopping


def test_invariants_help_each_other() -> None:
    """Exclusion alone is not inductive; together with LockHeld it is."""
    found = verdicts(KInduction(), HandBuilt(mutex), 3)
    assert isinstance(found["Exclusion"], Proved)
    assert isinstance(found["LockHeld"], Proved)
    assert found["Exclusion"].certificate.k == 1
    assert found["NeverCritical"].trace.depth == 2


def test_unbounded_integers_are_proved() -> None:
    problem = HandBuilt(unbounded)
    problem.program.system = unbounded(0)
    found = verdicts(KInduction(), problem, 6)
    assert isinstance(found["Twice"], Proved)
    assert isinstance(found["NotNegative"], Proved)
    assert isinstance(found["SumNotNegative"], Proved)
    assert found["Below"].trace.depth == 5


def test_both_solvers_confirm_the_certificate() -> None:
    for build in (mutex, unbounded):
        problem = HandBuilt(build)
        problem.program.system = build(0)
        proofs = {v.certificate for v in verdicts(KInduction(), problem, 2).values() if isinstance(v, Proved)}
        for proof in proofs:
            check_inductive(proof)
            assert [ask(text, 60) for ask in (ask_z3, ask_cvc5) for text in (proof.base, proof.step)] == [
                Answer.UNSAT
            ] * 4


def test_a_certificate_that_does_not_hold_is_found_out() -> None:
    proof = verdicts(KInduction(), HandBuilt(mutex), 1)["Exclusion"].certificate
    weaker = "\n".join(line for line in proof.step.split("\n") if line != "(assert |LockHeld holds at 0|)")
    assert weaker != proof.step
    with pytest.raises(DiagnosticError, match="the step of an induction is satisfiable") as raised:
        check_inductive(replace(proof, step=weaker))
    assert raised.value.diagnostics[0].code == "check.evidence"


def test_a_certificate_that_is_no_script_is_found_out() -> None:
    proof = verdicts(KInduction(), HandBuilt(mutex), 1)["Exclusion"].certificate
    with pytest.raises(DiagnosticError, match="cannot read the base"):
        check_inductive(replace(proof, base="(assert nonsense)\n(check-sat)\n"))


def test_a_certificate_that_nobody_confirms_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    proof = verdicts(KInduction(), HandBuilt(mutex), 1)["Exclusion"].certificate
    monkeypatch.setattr("aioformal.audit.certificate.ask_z3", lambda *_: Answer.UNKNOWN)
    monkeypatch.setattr("aioformal.audit.certificate.second_solver_installed", lambda: False)
    with pytest.raises(DiagnosticError, match="no solver could confirm the base"):
        check_inductive(proof)


def test_a_greater_k_proves_more() -> None:
    """From the unreachable places 5 .. 9 the bad place 10 is entered after at most five steps."""
    found = verdicts(KInduction(), HandBuilt(ring(5)), 8)["NotLast"]
    assert isinstance(found, Proved)
    assert found.certificate.k == 6
    check_inductive(found.certificate)


def test_a_counterexample_to_induction_is_no_violation() -> None:
    found = verdicts(KInduction(), HandBuilt(ring(5)), 3)["NotLast"]
    assert isinstance(found, Unknown)
    assert found.counterexample_to_induction.states == ((7,), (8,), (9,), (10,))
    assert "no behaviour of up to 2 steps violates it" in found.reason


def swinging(_: int) -> TransitionSystem:
    """x stays 0. From the unreachable 1 it swings between 1 and 2 for ever, or goes to 3: only states that
    are different from each other bound such a sequence."""
    sort = int_sort(0, 3)
    x = variable("x", sort)
    return TransitionSystem(
        (StateVariable("x", sort),),
        (Initial(true, {"x": integer(0)}),),
        (
            transition("Stay", eq(x, integer(0))),
            transition("There", eq(x, integer(1)), x=integer(2)),
            transition("Back", eq(x, integer(2)), x=integer(1)),
            transition("Out", eq(x, integer(2)), x=integer(3)),
        ),
        (always("NotThree", not_(eq(x, integer(3)))),),
    )


def test_different_states_make_induction_complete() -> None:
    found = verdicts(KInduction(), HandBuilt(swinging), 5)["NotThree"]
    assert isinstance(found, Proved)
    assert found.certificate.k == 3, "1, 2, 3 is the longest way to the bad state without a repetition"
    check_inductive(found.certificate)


def saturating(width: int) -> TransitionSystem:
    """Counts to 6 and stays there; the shape 0..width has room for more, so nothing but `Small` says
    that the shape is never left."""
    sort = int_sort(0, width)
    x = variable("x", sort)
    return TransitionSystem(
        (StateVariable("x", sort),),
        (Initial(true, {"x": integer(0)}),),
        (transition("Up", x=ite(eq(x, integer(6)), x, add(x, integer(1)))),),
        (always("Small", le(x, integer(6))), always("Sensible", le(integer(0), x))),
    )


def test_no_step_leaves_its_shape_is_part_of_the_statement() -> None:
    found = verdicts(KInduction(), HandBuilt(saturating, width=7), 2)
    assert isinstance(found["Small"], Proved)
    alone = HandBuilt(sensible, width=8)
    found = verdicts(KInduction(), alone, 1)["Sensible"]
    assert isinstance(found, Unknown), "7 leads to 8, and 8 + 1 leaves 0..8"
    assert found.counterexample_to_induction.states == ((7,), (8,))


def sensible(width: int) -> TransitionSystem:
    return replace(saturating(width), properties=saturating(width).properties[1:])


def test_widening_while_the_base_is_shown() -> None:
    problem = HandBuilt(saturating, width=3)
    found = verdicts(KInduction(), problem, 9)
    assert isinstance(found["Small"], Proved)
    assert problem.width >= 6


def test_growth_without_end_is_not_proved_with_finite_shapes() -> None:
    found = verdicts(KInduction(), HandBuilt(counter), 4)
    assert isinstance(found["NotNegative"], Unknown)
    assert isinstance(found["Grows"], Unknown)


def test_deadlock_freedom_is_proved() -> None:
    found = verdicts(KInduction(), HandBuilt(saturating, deadlock=True), 2)
    assert isinstance(found["deadlock"], Proved)
    problem = HandBuilt(stopping, deadlock=True)
    replay(problem, "deadlock", verdicts(KInduction(), problem, 6)["deadlock"].trace)


def test_a_failure_in_the_base_is_a_fault() -> None:
    events = list(KInduction().check(HandBuilt(lambda _: failing(3)), Budget(8)))
    assert isinstance(events[-1], Fault)
    assert events[-1].trace.depth == 3


def test_time_that_is_up_proves_nothing() -> None:
    events = KInduction().check(HandBuilt(mutex), Budget(deadline=0.0))
    assert [type(e.verdict) for e in events if isinstance(e, Finding)] == [Unknown] * 3


def test_what_holds_initially_is_decided_by_the_base() -> None:
    def build(width: int) -> TransitionSystem:
        system = counter(width)
        x = variable("x", system.variables[0].sort)
        parts = (SystemPart(PartKind.INITIAL, and_(eq(x, integer(0)), lt(x, integer(5)))),)
        prop = SystemProperty("StartsAtZero", PropertyKind.ACTION, parts)
        return TransitionSystem(system.variables, system.initial, system.transitions, (prop,))

    found = verdicts(KInduction(), HandBuilt(build), 2)["StartsAtZero"]
    assert isinstance(found, Proved)
    check_inductive(found.certificate)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(build=random_builds())
def test_random_systems_agree_with_explicit_search(build) -> None:
    problem = HandBuilt(build, width=3, deadlock=True)
    expected = shortest_violations(problem, 40)
    for name, verdict in verdicts(KInduction(), problem, 5).items():
        match verdict:
            case Violated(trace):
                assert trace.depth == expected[name], name
                replay(problem, name, trace)
            case Proved(certificate):
                assert expected[name] is None, name
                check_inductive(certificate)
            case _:
                assert expected[name] is None or expected[name] >= 5, name


def test_a_step_may_choose_otherwise_than_the_step_before_it() -> None:
    found = verdicts(KInduction(), HandBuilt(choosing, width=4), 4)["Few"]
    assert isinstance(found, Violated)
    assert found.trace.states == ((0,), (1,), (9,))
