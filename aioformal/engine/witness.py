"""From a solver's assignment back to the specification: traces, and what the reference semantics says
about the place that an obligation points to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from aioformal.diagnostic import Diagnostic, DiagnosticError, Note, error
from aioformal.engine.unrolling import Unrolling
from aioformal.evidence.verdict import ActionLabel, Trace
from aioformal.ir.system import Obligation, Transition
from aioformal.value.values import State

if TYPE_CHECKING:
    from aioformal.encode import Encoding
    from aioformal.engine.protocol import Problem


def decode_trace(problem: Problem, encoding: Encoding, unrolling: Unrolling, depth: int) -> Trace:
    """The first `depth` steps of the last satisfying assignment."""
    states = tuple(encoding.decode_state(unrolling.assignment(i)) for i in range(depth + 1))
    actions = tuple(_label(problem, unrolling.transition(i), states[i], states[i + 1]) for i in range(depth))
    return Trace(problem.model.variables, states, actions)


def _label(problem: Problem, transition: Transition, before: State, after: State) -> ActionLabel:
    """The transition's label. One with inputs stands for several argument values: those of the step
    that was taken come from the reference semantics."""
    label = transition.label
    if transition.inputs:
        for step in problem.program.successors(before):
            if step.state == after and step.label.name == label.name:
                return step.label
    return ActionLabel(label.name, label.arguments, label.span)


def static_trace(problem: Problem, encoding: Encoding, unrolling: Unrolling, depth: int) -> Trace | None:
    """As `decode_trace`, for states that need not be reachable; None where an assignment stands for no
    state at all."""
    try:
        states = tuple(encoding.decode_state(unrolling.assignment(i)) for i in range(depth + 1))
    except (DiagnosticError, ValueError):
        return None
    labels = [unrolling.transition(i).label for i in range(depth)]
    actions = tuple(ActionLabel(label.name, label.arguments, label.span) for label in labels)
    return Trace(problem.model.variables, states, actions)


def concrete_failure(attempt: Callable[[], object]) -> Diagnostic | None:
    """What the reference semantics complains about while it does something."""
    try:
        attempt()
    except DiagnosticError as failure:
        return failure.diagnostics[0]
    return None


def disagreement(obligations: Iterable[Obligation], trace: Trace | None) -> DiagnosticError:
    """The encoding says that something goes wrong where the reference semantics sees nothing wrong."""
    messages = sorted({o.message for o in obligations})
    notes = [Note(f"the encoding says: {o.message}", o.span) for o in obligations]
    place = "initially" if trace is None else f"after {trace.depth} steps"
    return error(
        "check.evidence",
        f"encoding and evaluation disagree {place}: {'; '.join(messages)}",
        hint="this is a fault of aioformal: please report it with the specification",
        notes=notes,
    )
