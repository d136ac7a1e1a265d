"""A model in packed states: its steps and verdicts, state by state, held against the reference semantics."""

from __future__ import annotations

from collections.abc import Callable

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.engine.explicit.preparation import Prepared, RefusedError, prepare
from aioformal.engine.protocol import Problem
from aioformal.native.kernel import Kernel
from aioformal.native.runners import make_kernel
from aioformal.resolve.model import Model, PartKind, Property, PropertyPart
from aioformal.value.values import State

EVERYTHING = (1 << 64) - 1

Taken = tuple[str, State, frozenset[str]]
"""A step: its action, the state that it leads to, and the properties of steps that are false of it."""


class NativeSide:
    """Machine code for a model, whose shapes widen as the states ask for it. Making one raises
    `RefusedError`."""

    def __init__(self, model: Model) -> None:
        self.problem = Problem(model, model.properties, deadlock=False)
        self._prepared: Prepared = prepare(self.problem, whole=True)
        self._kernel: Kernel = self._made()

    def _made(self) -> Kernel:
        kernel = make_kernel(self._prepared.plan)
        kernel.open_states = kernel.open_steps = EVERYTHING
        return kernel

    def make_room(self, states: list[State]) -> None:
        """Raises `RefusedError` where words do not hold them."""
        wider = self._prepared.widened(states)
        if wider is not None:
            self._kernel.close()
            self._prepared = wider
            self._kernel = self._made()

    def steps(self, state: State) -> set[Taken] | None:
        """None where an obligation fires: a step has no value, as there is room for all of them."""
        found = self._kernel.steps(self._prepared.packed(state))
        if found is None:
            return None
        labels, decoded = self._kernel.plan.labels, self._prepared.decoded
        return {(labels[s.rule].name, decoded(s.words), self._named(s.failed)) for s in found}

    def false_of(self, state: State) -> tuple[frozenset[str], frozenset[str]]:
        """The properties of states that are false: of an initial state, and of a later one."""
        first, later, _ = self._kernel.verdicts(self._prepared.packed(state))
        return self._named(first), self._named(later)

    def _named(self, mask: int) -> frozenset[str]:
        names = [prop.name for prop in self._prepared.properties]
        return frozenset(name for number, name in enumerate(names) if mask >> number & 1)

    def close(self) -> None:
        self._kernel.close()


class ReferenceSide:
    """The same by the reference semantics. None where something has no value."""

    def __init__(self, program: Program, properties: tuple[Property, ...]) -> None:
        self._program = program
        self._parts = [(prop.name, part) for prop in properties for part in prop.parts]

    def steps(self, state: State) -> list[tuple[str, State]] | None:
        try:
            return [(step.label.name, step.state) for step in self._program.successors(state)]
        except DiagnosticError:
            return None

    def false_of_step(self, before: State, after: State) -> frozenset[str] | None:
        def holds(part: PropertyPart) -> bool:
            return self._program.step_predicate(part.formula, part.subscript)(before, after)

        return self._false(holds, PartKind.STEP)

    def false_of(self, state: State, *kinds: PartKind) -> frozenset[str] | None:
        return self._false(lambda part: self._program.predicate(part.formula)(state), *kinds)

    def _false(self, holds: Callable[[PropertyPart], bool], *kinds: PartKind) -> frozenset[str] | None:
        try:
            return frozenset(name for name, part in self._parts if part.kind in kinds and not holds(part))
        except DiagnosticError:
            return None


def compare(model: Model, states: list[State]) -> int:
    """Holds the steps out of some states, and every verdict there, of machine code against the reference.
    How many states were compared: all, or none where machine code refuses the model."""
    try:
        native = NativeSide(model)
    except RefusedError:
        return 0
    reference = ReferenceSide(native.problem.program, model.properties)
    steps = {state: reference.steps(state) for state in states}
    try:
        native.make_room([*states, *(after for made in steps.values() for _, after in made or ())])
    except RefusedError:
        return 0
    for state, expected in steps.items():
        _compare_state(native, reference, state)
        _compare_steps(native, reference, state, expected)
    native.close()
    return len(steps)


def _compare_state(native: NativeSide, reference: ReferenceSide, state: State) -> None:
    first, later = native.false_of(state)
    always = reference.false_of(state, PartKind.ALWAYS)
    initially = reference.false_of(state, PartKind.ALWAYS, PartKind.INITIAL)
    assert always is None or later == always
    assert initially is None or first == initially


def _compare_steps(
    native: NativeSide, reference: ReferenceSide, state: State, expected: list[tuple[str, State]] | None
) -> None:
    found = native.steps(state)
    assert (found is None) == (expected is None)
    assert {(name, after) for name, after, _ in found or ()} == set(expected or ())
    for name, after, failed in found or ():
        false = reference.false_of_step(state, after)
        assert false is None or failed == false, name
