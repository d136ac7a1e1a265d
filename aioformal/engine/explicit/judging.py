"""What the kernel noticed, in the words of the reference semantics: findings and faults with traces."""

from __future__ import annotations

from collections.abc import Iterator

from aioformal.concrete import EvaluationError
from aioformal.concrete.behaviour import Trace
from aioformal.diagnostic import Diagnostic, DiagnosticError, error
from aioformal.engine.behaviour import trace_along
from aioformal.engine.explicit.preparation import Prepared
from aioformal.engine.reference.judge import naming
from aioformal.evidence.verdict import Fault, Violated
from aioformal.native.kernel import Kernel, Note
from aioformal.native.layout import Packed
from aioformal.native.memory import Event
from aioformal.resolve.model import PartKind, Property
from aioformal.value.values import State

DEADLOCK = "deadlock"


class Interpreter:
    """Reads the notes of a kernel."""

    def __init__(self, prepared: Prepared, kernel: Kernel, engine: str) -> None:
        self._prepared = prepared
        self._kernel = kernel
        self._program = prepared.problem.program
        self._engine = engine

    def read(self, note: Note) -> Iterator[tuple[str, Violated] | Fault]:
        """What a note says: violated properties by name, or a fault. Raises check.evidence where the
        reference semantics sees nothing of it."""
        trace = self.trace_to(note.parent, None if note.event is Event.DEADLOCK else note.words)
        match note.event:
            case Event.DEADLOCK:
                yield DEADLOCK, Violated(trace)
            case Event.UNCLEAR:
                yield self._constraint_fault(trace)
            case Event.STATE | Event.STEP:
                for number, prop in enumerate(self._prepared.properties):
                    if note.mask >> number & 1:
                        yield self._judged(prop, trace, is_step=note.event is Event.STEP)

    def _judged(self, prop: Property, trace: Trace, *, is_step: bool) -> tuple[str, Violated] | Fault:
        try:
            if self._holds(prop, trace, is_step=is_step):
                raise disagreement(f"whether {prop.name} holds", trace)
        except EvaluationError as problem:
            return Fault(naming(problem, prop), trace, self._engine)
        return prop.name, Violated(trace)

    def _holds(self, prop: Property, trace: Trace, *, is_step: bool) -> bool:
        return all(
            self._part_holds(part.kind, index, prop, trace)
            for index, part in enumerate(prop.parts)
            if (part.kind is PartKind.STEP) is is_step
        )

    def _part_holds(self, kind: PartKind, index: int, prop: Property, trace: Trace) -> bool:
        part = prop.parts[index]
        if kind is PartKind.STEP:
            return self._program.step_predicate(part.formula, part.subscript)(*trace.states[-2:])
        if kind is PartKind.INITIAL and trace.depth:
            return True
        return self._program.predicate(part.formula)(trace.states[-1])

    def _constraint_fault(self, trace: Trace) -> Fault:
        try:
            self._program.satisfies_constraints(trace.states[-1])
            if trace.depth:
                self._program.satisfies_action_constraints(*trace.states[-2:])
        except EvaluationError as problem:
            return Fault(problem.diagnostics[0], trace, self._engine)
        raise disagreement("whether a constraint has a value", trace)

    # ------------------------------------------------------------ traces

    def trace_to(self, parent: int | None, words: Packed | None) -> Trace:
        """The way on which a kept state was first reached, and one step more."""
        states = self.states_to(parent)
        if words is not None:
            states.append(self._prepared.decoded(words))
        return trace_along(self._program, states)

    def states_to(self, number: int | None) -> list[State]:
        """From an initial state to the state with a number."""
        way: list[Packed] = []
        while number is not None:
            way.append(self._kernel.state(number))
            number = self._kernel.parent(number)
        return [self._prepared.decoded(words) for words in reversed(way)]


def disagreement(about: str, trace: Trace | None = None) -> DiagnosticError:
    """Machine code and reference semantics see different things."""
    place = "" if trace is None else f" after {trace.depth} steps"
    return error(
        "check.evidence",
        f"machine code and evaluation disagree{place} about {about}",
        hint="this is a fault of aioformal: please report it with the specification",
    )


def first_of(failure: DiagnosticError) -> Diagnostic:
    return failure.diagnostics[0]
