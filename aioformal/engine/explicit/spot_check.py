"""The second look: kept states, expanded once more by the reference semantics.

Before an exhaustive search in machine code may call anything proved, states from all over it must have
the successors that `concrete/` finds, must satisfy what they are said to satisfy, and the initial states
must be the same.
"""

from __future__ import annotations

import time
from collections.abc import Set

from aioformal.concrete import EvaluationError, Program
from aioformal.diagnostic import DiagnosticError
from aioformal.engine.explicit.preparation import Prepared
from aioformal.engine.explicit.rebuilding import image
from aioformal.engine.explicit.reduction import disagreement
from aioformal.native.kernel import Kernel
from aioformal.native.layout import Packed
from aioformal.resolve.model import PartKind, Property, PropertyKind, PropertyPart
from aioformal.value.permutation import Permutation
from aioformal.value.values import State

STATES = 128
LEAST = 16
"""States that are looked at however long that takes."""

SECONDS = 0.5
FEW_INITIAL = 1_000


def spot_check(prepared: Prepared, kernel: Kernel, initial: int, made: int, asked: Set[str]) -> int:
    """How many states were looked at. `initial`: kept states that are initial ones; they come first.
    `made`: initial states before equal ones, and those outside CONSTRAINT, were left out. `asked`:
    properties that still have no counterexample.

    Raises check.evidence where the two differ, config.symmetry where images of a state are not alike.
    """
    if made <= FEW_INITIAL:
        _check_initial(prepared, kernel, initial)
    until = time.monotonic() + SECONDS
    count = min(STATES, kernel.distinct)
    for n in range(count):
        if n >= LEAST and time.monotonic() > until:
            return n
        # Spread over the whole search by a step that shares no factor with most counts.
        number = (n * 2_654_435_761) % kernel.distinct
        _check_state(prepared, kernel, number, asked)
        _check_symmetry(prepared, kernel, number, n, asked)
    return count


def _check_initial(prepared: Prepared, kernel: Kernel, initial: int) -> None:
    program = prepared.problem.program
    kept = {_told_by(prepared, kernel.state(n)) for n in range(initial)}
    made = (state for state in program.initial_states() if program.satisfies_constraints(state))
    expected = (kernel.representative(prepared.packed(state)) for state in made)
    if kept != {_told_by(prepared, words) for words in expected}:
        raise disagreement("the initial states")


def _told_by(prepared: Prepared, words: Packed) -> object:
    """What tells a kept state from others."""
    view = prepared.told_by
    return words if view is None else prepared.problem.program.evaluate(view, prepared.decoded(words))


def _check_state(prepared: Prepared, kernel: Kernel, number: int, asked: Set[str]) -> None:
    words = kernel.state(number)
    state = prepared.decoded(words)
    steps = kernel.successors(words)
    if steps is None:
        raise disagreement("whether a state has successors at all")
    found = {prepared.decoded(after) for _, after in steps}
    try:
        expected = {step.state for step in prepared.problem.program.successors(state)}
        _check_properties(prepared, kernel.verdicts(words)[1], state, asked)
    except DiagnosticError as failure:
        if failure.diagnostics[0].code == "check.evidence":
            raise
        raise disagreement(f"whether {failure.diagnostics[0].message}") from None
    if found != expected:
        raise disagreement("the successors of a state")


def _check_properties(prepared: Prepared, failed: int, state: State, asked: Set[str]) -> None:
    """What has a counterexample already may also have no value."""
    program = prepared.problem.program
    for number, prop in enumerate(prepared.properties):
        if prop.kind is not PropertyKind.PROBE and prop.name not in asked:
            continue
        parts = [part for part in prop.parts if part.kind is PartKind.ALWAYS]
        if failed >> number & 1 == all(_holds(program, prop, part, state) for part in parts):
            raise disagreement(f"whether {prop.name} holds")


def _holds(program: Program, prop: Property, part: PropertyPart, state: State) -> bool:
    """A probe that has no value counts as one that does not hold."""
    try:
        return program.predicate(part.formula)(state)
    except EvaluationError:
        if prop.kind is PropertyKind.PROBE:
            return False
        raise


def _check_symmetry(prepared: Prepared, kernel: Kernel, number: int, turn: int, asked: Set[str]) -> None:
    """An image of a state must have the images of its successors, and be judged as it is."""
    group = prepared.group
    if group is None:
        return
    words = kernel.state(number)
    by = group.sample(turn)
    other = prepared.packed(image(prepared.decoded(words), by))
    symmetry = prepared.symmetry
    if kernel.representative(other) != words and not (symmetry is not None and symmetry.partial):
        raise disagreement("which states are images of each other")
    if _after(prepared, kernel, words, by) != _after(prepared, kernel, other, {}):
        raise prepared.unlike("two states that differ in names only do not have the same steps")
    (_, here, place), (_, there, other_place) = kernel.verdicts(words), kernel.verdicts(other)
    for n, prop in enumerate(prepared.properties):
        if (here ^ there) >> n & 1 and prop.name in asked:
            raise prepared.unlike(
                f"{prop.name} differs between two states that differ in names only", prop.name
            )
    if place != other_place:
        raise prepared.unlike("CONSTRAINT differs between two states that differ in names only")


def _after(prepared: Prepared, kernel: Kernel, words: Packed, by: Permutation) -> set[State] | None:
    """The images of the successors of a state."""
    steps = kernel.successors(words)
    return None if steps is None else {image(prepared.decoded(after), by) for _, after in steps}
