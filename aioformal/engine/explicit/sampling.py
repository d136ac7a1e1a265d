"""Probes that a few states trigger already: nearly all of them, and then a search need not ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aioformal.concrete import EvaluationError, Program
from aioformal.encode.infer import Sample
from aioformal.resolve.model import PartKind, Property
from aioformal.value.values import State

Step = tuple[State, State]

MOST = 1_000
"""States, and steps, that are looked at."""


def open_probes(program: Program, sample: Sample, probes: Sequence[Property]) -> tuple[Property, ...]:
    """The probes that a sample does not trigger, and that have a value all over it. Raises nothing."""
    if not probes or sample.guessed_from is not None:
        # What was guessed need not be what a search begins with.
        return tuple(probes)
    states, steps = _judged(program, sample)
    looked_at = {
        PartKind.ALWAYS: _spread([(state, state) for state in states]),
        PartKind.STEP: _spread(steps),
        PartKind.INITIAL: [],
    }
    return tuple(probe for probe in probes if not _is_triggered(program, probe, looked_at))


def _judged(program: Program, sample: Sample) -> tuple[list[State], list[Step]]:
    """The states and steps that a search judges. It goes on from the end of a step only if ACTION_CONSTRAINT
    admits the step."""
    if not program.model.action_constraints:
        return list(sample.states), sample.steps
    kept = set(list(sample.states)[: sample.initial])
    judged, steps = dict.fromkeys(kept), list[Step]()
    for before, after in sample.steps:
        if before not in kept:
            continue
        judged[after] = None
        steps.append((before, after))
        try:
            if program.satisfies_action_constraints(before, after):
                kept.add(after)
        except EvaluationError:
            continue
    return list(judged), steps


def _spread(found: list[Step]) -> list[Step]:
    """Those far from the start first: more has happened there."""
    return found[:: -max(1, -(-len(found) // MOST))]


def _is_triggered(program: Program, probe: Property, looked_at: dict[PartKind, list[Step]]) -> bool:
    for part in probe.parts:
        claim: Callable[[State, State], bool]
        if part.kind is PartKind.STEP:
            claim = program.step_predicate(part.formula)
        else:
            of_state = program.predicate(part.formula)
            claim = lambda state, _, holds=of_state: holds(state)  # noqa: E731
        try:
            if not all(claim(state, after) for state, after in looked_at[part.kind]):
                return True
        except EvaluationError:
            return True
    return False
