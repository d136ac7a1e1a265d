"""Models so small that the reference semantics is done with them before machine code is made."""

from __future__ import annotations

from dataclasses import replace

from aioformal.engine.protocol import Budget, Event, Problem
from aioformal.engine.reference import Reference, TooManyStatesError
from aioformal.evidence.verdict import Fault, Finding

NAME = "explicit"


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
