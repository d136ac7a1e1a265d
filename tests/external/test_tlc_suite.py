"""TLC's own suite: what passes there passes here with the same counts; what is rejected there is rejected."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from aioformal.diagnostic import DiagnosticError, Exit
from aioformal.engine.protocol import Problem
from aioformal.evidence.verdict import Violated
from aioformal.portfolio import Outcome, Request, Stop, run
from aioformal.session import Session
from tests.external.checkouts import SECONDS, TLAPLUS, cases
from tests.external.tlc_suite import SuiteCase, suite_cases


def explored(session: Session, case: SuiteCase) -> Outcome:
    problem = Problem(session.model, session.model.properties, case.deadlock and session.checks_deadlock)
    request = Request("explicit", deadline=time.monotonic() + SECONDS)
    return run(problem, request, lambda _: None, Stop())


def exit_code(session: Session, case: SuiteCase) -> int:
    """How a run of the case ends."""
    report = session.check()
    if report.exit_code is not Exit.OK:
        return int(report.exit_code)
    try:
        outcome = explored(session, case)
    except DiagnosticError as problem:
        return int(problem.exit_code)
    if outcome.fault is not None:
        return int(outcome.fault_exit or Exit.EVALUATION)
    violated = [name for name, f in outcome.findings.items() if isinstance(f.verdict, Violated)]
    return 0 if not violated else 11 if violated == ["deadlock"] else 12


def passing(root: Path) -> list[SuiteCase]:
    return [case for case in suite_cases(root) if not case.exits]


def rejected(root: Path) -> list[SuiteCase]:
    return [case for case in suite_cases(root) if case.exits]


@pytest.mark.parametrize("case", cases(TLAPLUS, passing, lambda c: c.name))
def test_tlc_suite_passes_with_the_same_counts(case: SuiteCase) -> None:
    session = Session(str(case.spec))
    report = session.check()
    assert report.exit_code is Exit.OK, report.diagnostics
    if session.model.init is None:
        assert case.distinct == 0
        return
    outcome = explored(session, case)
    assert outcome.fault is None, outcome.fault
    assert not any(isinstance(f.verdict, Violated) for f in outcome.findings.values())
    assert outcome.exploration is not None
    found = (outcome.exploration.generated_states, outcome.exploration.distinct_states)
    assert found == (case.generated, case.distinct)


@pytest.mark.parametrize("case", cases(TLAPLUS, rejected, lambda c: c.name))
def test_tlc_suite_is_rejected_for_the_same_reason(case: SuiteCase) -> None:
    assert exit_code(Session(str(case.spec)), case) in case.exits
