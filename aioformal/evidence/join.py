"""Joining what two engines say about one property: the stronger answer, or a contradiction.

A contradiction is never settled in favour of one side. It means that an engine is wrong, and the only
honest end of such a run is to show both answers.
"""

from __future__ import annotations

from aioformal.diagnostic import Diagnostic, DiagnosticError, Note
from aioformal.evidence.verdict import (
    Exhaustive,
    Finding,
    Holds,
    Proved,
    Reached,
    Unknown,
    Vacuous,
    Verdict,
    Violated,
)

REPORT_REQUEST = (
    "this is a fault of aioformal, not of your specification; please report it, "
    "with the specification, the configuration and this message"
)


class EvidenceError(DiagnosticError):
    """Evidence does not stand up: a trace does not replay, a certificate does not check, or two
    engines contradict each other. Ends the run with exit code 22."""

    def __init__(self, message: str, details: tuple[str, ...] = ()) -> None:
        notes = tuple(Note(detail) for detail in details)
        super().__init__(Diagnostic("check.evidence", message, notes=notes, hint=REPORT_REQUEST))


def join(first: Finding, second: Finding) -> Finding:
    """The stronger of two findings on one property; of equals, the first.

    Raises `EvidenceError` when they cannot both be true.
    """
    if contradictory(first.verdict, second.verdict) or contradictory(second.verdict, first.verdict):
        raise EvidenceError(
            f"two engines contradict each other on {first.property}",
            tuple(f"{f.engine} says: {describe(f.verdict)}" for f in (first, second)),
        )
    return second if strength(second.verdict) > strength(first.verdict) else first


def contradictory(claim: Verdict, other: Verdict) -> bool:
    """Whether `claim`, a statement that nothing bad happens, is refuted by `other`."""
    match claim, other:
        case ((Proved() | Vacuous()), Violated()):
            return True
        case Holds(depth), Violated(trace):
            return trace.loop is None and trace.depth <= depth
        case Proved(Exhaustive() as a), Proved(Exhaustive() as b):
            return (a.distinct, a.depth) != (b.distinct, b.depth)
        case _:
            return False


def strength(verdict: Verdict) -> tuple[int, int]:
    """An order in which a conclusive answer beats a bounded one, and a bounded one beats none.

    Of two counterexamples the shorter is better, of two bounds the deeper.
    """
    match verdict:
        case Violated(trace):
            return 4, -trace.depth
        case Vacuous():
            return 3, 0
        case Proved():
            return 2, 0
        case Holds(depth):
            return 1, depth
        case Unknown(counterexample_to_induction=cti):
            return 0, 1 if cti is not None else 0


def describe(verdict: Verdict) -> str:
    """One line on a verdict, for messages."""
    match verdict:
        case Violated(trace):
            return f"violated, after {_steps(trace.depth)}" if trace.states else "violated"
        case Vacuous(reason):
            return f"vacuous: {reason}"
        case Proved(Exhaustive(distinct, _, depth)):
            return f"proved: {distinct} states, depth {depth}, none violates it"
        case Proved(Reached(trace)):
            return f"reached, after {_steps(trace.depth)}"
        case Proved(certificate):
            return f"proved: {type(certificate).__name__.lower()}"
        case Holds(depth):
            return f"holds within {_steps(depth)}"
        case Unknown(reason):
            return f"unknown: {reason}"


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"
