"""The second look: kept states, expanded once more by the reference semantics.

Before an exhaustive search in machine code may call anything proved, states from all over it must have
the successors that `concrete/` finds, must satisfy what they are said to satisfy, and the initial states
must be the same.
"""

from __future__ import annotations

import time

from aioformal.diagnostic import DiagnosticError
from aioformal.engine.explicit.judging import disagreement
from aioformal.engine.explicit.preparation import Prepared
from aioformal.native.kernel import Kernel
from aioformal.resolve.model import PartKind
from aioformal.value.values import State

STATES = 128
LEAST = 16
"""States that are looked at however long that takes."""

SECONDS = 0.5
FEW_INITIAL = 1_000


def spot_check(prepared: Prepared, kernel: Kernel, initial: int) -> int:
    """How many states were looked at. `initial`: kept states that are initial ones; they come first.

    Raises check.evidence where the two differ.
    """
    if initial <= FEW_INITIAL:
        _check_initial(prepared, kernel, initial)
    until = time.monotonic() + SECONDS
    count = min(STATES, kernel.distinct)
    for n in range(count):
        if n >= LEAST and time.monotonic() > until:
            return n
        # Spread over the whole search by a step that shares no factor with most counts.
        _check_state(prepared, kernel, (n * 2_654_435_761) % kernel.distinct)
    return count


def _check_initial(prepared: Prepared, kernel: Kernel, initial: int) -> None:
    program = prepared.problem.program
    kept = {prepared.decoded(kernel.state(n)) for n in range(initial)}
    if kept != {state for state in program.initial_states() if program.satisfies_constraints(state)}:
        raise disagreement("the initial states")


def _check_state(prepared: Prepared, kernel: Kernel, number: int) -> None:
    words = kernel.state(number)
    state = prepared.decoded(words)
    steps = kernel.successors(words)
    if steps is None:
        raise disagreement("whether a state has successors at all")
    found = {prepared.decoded(after) for _, after in steps}
    try:
        expected = {step.state for step in prepared.problem.program.successors(state)}
        _check_properties(prepared, kernel.verdicts(words)[1], state)
    except DiagnosticError as failure:
        if failure.diagnostics[0].code == "check.evidence":
            raise
        raise disagreement(f"whether {failure.diagnostics[0].message}") from None
    if found != expected:
        raise disagreement("the successors of a state")


def _check_properties(prepared: Prepared, failed: int, state: State) -> None:
    program = prepared.problem.program
    for number, prop in enumerate(prepared.properties):
        parts = [part for part in prop.parts if part.kind is PartKind.ALWAYS]
        if failed >> number & 1 == all(program.predicate(part.formula)(state) for part in parts):
            raise disagreement(f"whether {prop.name} holds")
