"""Which verdict and exit code a run ends with."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import CODES, Diagnostic, Exit, Severity
from aioformal.evidence.verdict import (
    Evaluated,
    Exhaustive,
    Fault,
    Holds,
    Inductive,
    Proved,
    Trace,
    Unknown,
    Vacuous,
    Verdict,
    Violated,
)
from aioformal.report.result import WORST_FIRST, Judgement, Report
from aioformal.resolve.model import PropertyKind

PROVED = Proved(Exhaustive(5, 9, 3, "d"))
VIOLATED = Violated(Trace(("x",), ((0,),), ()))


def judgement(verdict: Verdict, kind: PropertyKind = PropertyKind.INVARIANT) -> Judgement:
    return Judgement("P", kind, verdict, "explicit", 0.1)


def report(*judgements: Judgement, bounded: bool = False, **more: object) -> Report:
    return Report("s.tla", "s.cfg", judgements, bounded=bounded, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "verdict", "code"),
    [
        (report(judgement(PROVED)), "proved", 0),
        (report(judgement(PROVED), judgement(Holds(3))), "holds", 20),
        (report(judgement(PROVED), judgement(Holds(3)), bounded=True), "holds", 0),
        (report(judgement(PROVED), judgement(Unknown("?")), bounded=True), "unknown", 20),
        (report(judgement(Vacuous("v")), judgement(PROVED)), "unknown", 21),
        (report(judgement(VIOLATED), judgement(Unknown("?"))), "violated", 12),
        (report(judgement(VIOLATED, PropertyKind.ACTION)), "violated", 12),
        (report(judgement(VIOLATED, PropertyKind.TEMPORAL)), "violated", 13),
        (report(judgement(VIOLATED, PropertyKind.DEADLOCK), judgement(VIOLATED)), "violated", 11),
        (report(judgement(VIOLATED, PropertyKind.ASSUMPTION)), "violated", 10),
        (report(judgement(VIOLATED), diagnostics=(Diagnostic("check.evidence", "x"),)), "error", 22),
        (report(diagnostics=(Diagnostic("parse.unexpected", "x"),)), "error", 150),
        (report(diagnostics=(Diagnostic("config.missing", "x"),)), "error", 151),
        (report(judgement(VIOLATED), diagnostics=(Diagnostic("run.interrupted", "x"),)), "violated", 130),
        (report(judgement(Holds(2)), diagnostics=(Diagnostic("run.timeout", "x"),)), "holds", 20),
        (
            report(
                judgement(PROVED),
                diagnostics=(Diagnostic("check.never-enabled", "x", severity=Severity.WARNING),),
            ),
            "proved",
            0,
        ),
        (report(), "unknown", 0),
    ],
)
def test_the_worst_decides(result: Report, verdict: str, code: int) -> None:
    assert (result.verdict, int(result.exit_code)) == (verdict, code)


def test_a_fault_is_an_error_with_its_own_code() -> None:
    fault = Fault(Diagnostic("eval.domain", "x"), None, "explicit")
    assert report(judgement(VIOLATED), fault=fault).exit_code is Exit.EVALUATION
    within = report(judgement(VIOLATED), fault=fault, fault_exit=Exit.EVALUATION_SAFETY)
    assert (within.verdict, within.exit_code) == ("error", Exit.EVALUATION_SAFETY)


def test_a_false_assert_is_an_error_with_exit_14() -> None:
    asserted = report(fault=Fault(Diagnostic("eval.assert", "x"), None, "explicit"))
    assert (asserted.verdict, asserted.exit_code) == ("error", Exit.ASSERT)


def test_every_exit_code_has_a_rank() -> None:
    assert {exit_code for exit_code, _ in CODES.values()} <= set(WORST_FIRST)
    assert len(set(WORST_FIRST)) == len(WORST_FIRST)


@pytest.mark.parametrize(
    ("verdict", "depth"),
    [
        (PROVED, 3),
        (Proved(Inductive(2, "I", "b", "s")), None),
        (Proved(Evaluated("TRUE")), None),
        (Holds(7), 7),
        (Violated(Trace(("x",), ((0,), (1,)), ())), 1),
        (Violated(Trace((), (), ())), None),
        (Unknown("?"), None),
    ],
)
def test_the_depth_says_how_far_was_looked(verdict: Verdict, depth: int | None) -> None:
    assert judgement(verdict).depth == depth
