"""Models so small that the reference semantics is done with them before machine code is made."""

from __future__ import annotations

from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError
from aioformal.encode import QUICK
from aioformal.encode.infer import Sample, first_states
from aioformal.engine.protocol import Budget, Event, Problem
from aioformal.engine.reference import Reference, TooManyStatesError
from aioformal.evidence.verdict import Fault, Finding

NAME = "explicit"


def first_look(problem: Problem) -> Sample | None:
    """The first states; None where they cannot be had so."""
    if problem.program.is_volatile:
        return None
    try:
        return first_states(problem.model, problem.program, QUICK)
    except DiagnosticError:
        return None


def may_be_small(sample: Sample | None, most: int) -> bool:
    """Whether the model may have no more than `most` states, or the reference semantics would end with an
    error before it has seen so many."""
    return most > QUICK.breadth or sample is None or not (sample.cut or sample.guessed_from is not None)


def small_search(problem: Problem, budget: Budget, most: int) -> list[Event] | None:
    """All that the reference search says, under the name of this engine; None for a model with more than
    `most` states."""
    if most == 0:
        return None
    events: list[Event] = []
    try:
        for event in Reference(most).check(problem, budget):
            events.append(replace(event, engine=NAME) if isinstance(event, Finding | Fault) else event)
    except TooManyStatesError:
        return None
    return events
