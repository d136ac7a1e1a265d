"""What is judged and shown only when the engines have said everything: POSTCONDITION and ALIAS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aioformal.concrete import Program
from aioformal.diagnostic import Diagnostic
from aioformal.engine.protocol import Problem
from aioformal.evidence.verdict import Exploration, Fault, Proved, Reached, Violated
from aioformal.report.result import Judgement
from aioformal.resolve.model import Model
from aioformal.session.alias import Alias
from aioformal.session.hiding import fault_without_monitors, without_monitors
from aioformal.session.postcondition import judge_postcondition
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.portfolio import Outcome
    from aioformal.session.session import Options


def finished(
    problem: Problem, found: tuple[Judgement, ...], outcome: Outcome, options: Options
) -> tuple[tuple[Judgement, ...], Fault | None, tuple[Diagnostic, ...]]:
    """What is shown of what engines found, what the run ended with, and what stood in the way of
    POSTCONDITION and ALIAS. The latter is evaluated on whole states: with what ordering rules remember."""
    ends = tuple(_postconditions(problem, found, outcome.exploration, options))
    failed = tuple(diagnostic for _, problems in ends for diagnostic in problems)
    judged = (*found, *(judgement for judgement, _ in ends))
    judged, unused = _alias_traces(problem.model, problem.program, judged)
    unused = (*failed, *unused)
    if options.show_monitors:
        return judged, outcome.fault, unused
    shown = tuple(without_monitors(judgement, problem.model) for judgement in judged)
    return shown, fault_without_monitors(outcome.fault, problem.model), unused


def _postconditions(
    problem: Problem, judged: tuple[Judgement, ...], exploration: Exploration | None, options: Options
) -> Iterator[tuple[Judgement, tuple[Diagnostic, ...]]]:
    """The postconditions, and why they have no value, unless only some properties were asked for."""
    refuted = any(isinstance(j.verdict, Violated) and j.verdict.trace.states for j in judged)
    for formula in () if options.properties else problem.model.postconditions:
        assert isinstance(formula, ast.Name)
        yield judge_postcondition(problem.program, formula, exploration, refuted=refuted)


def _alias_traces(
    model: Model, program: Program, judged: tuple[Judgement, ...]
) -> tuple[tuple[Judgement, ...], tuple[Diagnostic, ...]]:
    """The judgements with their behaviours as ALIAS has them, and what stood in the way of that."""
    if model.alias is None:
        return judged, ()
    alias = Alias(program, model.alias)
    shown = tuple(_aliased(alias, judgement) for judgement in judged)
    return shown, tuple(alias.problems)


def _aliased(alias: Alias, judgement: Judgement) -> Judgement:
    match judgement.verdict:
        case Violated(trace) as violated:
            return replace(judgement, verdict=replace(violated, trace=alias.shown(trace)))
        case Proved(Reached(trace)):
            return replace(judgement, verdict=Proved(Reached(alias.shown(trace))))
        case _:
            return judgement
