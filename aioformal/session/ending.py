"""What is judged and shown only when the engines have said everything: POSTCONDITION and ALIAS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from aioformal.concrete import Program
from aioformal.diagnostic import Diagnostic
from aioformal.evidence.verdict import Exploration, Proved, Reached, Violated
from aioformal.report.result import Judgement
from aioformal.resolve.model import Model
from aioformal.session.alias import Alias
from aioformal.session.postcondition import judge_postcondition
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.session.session import Options


def add_postconditions(
    model: Model,
    program: Program,
    judged: tuple[Judgement, ...],
    exploration: Exploration | None,
    options: Options,
) -> Iterator[Judgement]:
    """The postconditions, unless only some properties were asked for. Raises `DiagnosticError`."""
    refuted = any(isinstance(j.verdict, Violated) and j.verdict.trace.states for j in judged)
    for formula in () if options.properties else model.postconditions:
        assert isinstance(formula, ast.Name)
        yield judge_postcondition(program, formula, exploration, refuted=refuted)


def alias_traces(
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
        case Violated(trace, blame):
            return replace(judgement, verdict=Violated(alias.shown(trace), blame))
        case Proved(Reached(trace)):
            return replace(judgement, verdict=Proved(Reached(alias.shown(trace))))
        case _:
            return judgement
