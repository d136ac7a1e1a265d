"""Judging POSTCONDITION: evaluated once, after the search, about what the search has counted."""

from __future__ import annotations

import time

from aioformal.concrete import Program
from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.evidence.verdict import Exploration, Unknown
from aioformal.report.result import Judgement
from aioformal.resolve.model import PropertyKind
from aioformal.session.assumptions import ENGINE, judge_formula
from aioformal.syntax import ast
from aioformal.value.registers import REGISTERS


def judge_postcondition(
    program: Program, formula: ast.Name, exploration: Exploration | None, *, refuted: bool
) -> tuple[Judgement, tuple[Diagnostic, ...]]:
    """Evaluates a postcondition. `refuted`: a counterexample has ended the search, which is an end for TLC
    too. Where it has no truth value, the second part of the answer says why."""
    problems: tuple[Diagnostic, ...] = ()
    started = time.monotonic()
    if exploration is None:
        verdict = Unknown("it is about a search through the states, and none was made")
    elif not exploration.complete and not refuted:
        verdict = Unknown("the search through the states did not come to its end")
    else:
        _say_what_was_counted(exploration)
        try:
            verdict = judge_formula(program, formula)
        except DiagnosticError as failure:
            # What the engines have found is shown nevertheless.
            problems = failure.diagnostics
            verdict = Unknown("it has no value")
    seconds = time.monotonic() - started
    return Judgement(formula.name, PropertyKind.POSTCONDITION, verdict, ENGINE, seconds), problems


def _say_what_was_counted(exploration: Exploration) -> None:
    left = exploration.details.left if exploration.details is not None else 0
    REGISTERS.level = exploration.depth + 1
    REGISTERS.counts = lambda: {
        "distinct": exploration.distinct_states,
        "generated": exploration.generated_states,
        "queue": left,
        "diameter": exploration.depth + 1,
    }
