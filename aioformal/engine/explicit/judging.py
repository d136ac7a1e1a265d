"""What the kernel noticed, in the words of the reference semantics: findings and faults with traces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aioformal.concrete import EvaluationError
from aioformal.concrete.behaviour import Trace
from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.engine.behaviour import trace_along
from aioformal.engine.explicit.preparation import Prepared
from aioformal.engine.explicit.rebuilding import Rebuilder
from aioformal.engine.explicit.reduction import disagreement
from aioformal.engine.reference.judge import naming
from aioformal.evidence.verdict import Fault, Violated
from aioformal.native.kernel import Kernel, Note
from aioformal.native.layout import Packed
from aioformal.native.memory import Event
from aioformal.resolve.model import PartKind, Property

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
        if note.event is Event.DEADLOCK:
            yield DEADLOCK, Violated(self.deadlock_at(note.parent))
            return
        traces = list(self._traces_to(note.parent, note.words))
        if note.event is Event.UNCLEAR:
            yield self._constraint_fault(traces)
            return
        for number, prop in enumerate(self._prepared.properties):
            if note.mask >> number & 1:
                yield self._judged(prop, traces, is_step=note.event is Event.STEP)

    def deadlock_at(self, number: int | None) -> Trace:
        """The trace to a kept state that was seen to have no successor."""
        trace = next(self.traces_at(number))
        if self._prepared.group is not None and any(True for _ in self._program.successors(trace.states[-1])):
            raise self._differ("whether a state has a successor", trace)
        return trace

    def _judged(
        self, prop: Property, traces: Sequence[Trace], *, is_step: bool
    ) -> tuple[str, Violated] | Fault:
        for trace in traces:
            try:
                if not self._holds(prop, trace, is_step=is_step):
                    return prop.name, Violated(trace)
            except EvaluationError as problem:
                return Fault(naming(problem, prop), trace, self._engine)
        raise self._differ(f"whether {prop.name} holds", traces[0] if traces else None, prop.name)

    def _differ(self, about: str, trace: Trace | None, prop: str | None = None) -> DiagnosticError:
        """What a state shows is not what another one shows that it stands for; or the two ways of finding
        out do not agree, where every state stands for itself."""
        if self._prepared.group is None:
            return disagreement(about, trace)
        return self._prepared.unlike(f"it matters to {about}", prop)

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

    def _constraint_fault(self, traces: Sequence[Trace]) -> Fault:
        for trace in traces:
            try:
                self._program.satisfies_constraints(trace.states[-1])
                if trace.depth:
                    self._program.satisfies_action_constraints(*trace.states[-2:])
            except EvaluationError as problem:
                return Fault(problem.diagnostics[0], trace, self._engine)
        raise self._differ("whether a constraint has a value", traces[0] if traces else None)

    # ------------------------------------------------------------ traces

    def traces_at(self, number: int | None) -> Iterator[Trace]:
        """The way on which a kept state was first reached. With a symmetry it may end in another state that
        the kept one stands for; then comes one that ends in the very state, if there is one."""
        way = self._way_to(number)
        rebuilder = self._rebuilder
        if rebuilder is None:
            yield trace_along(self._program, [self._prepared.decoded(words) for words in way])
        else:
            yield from rebuilder.traces_along(way)

    def _traces_to(self, parent: int | None, words: Packed) -> Iterator[Trace]:
        """One trace; with a symmetry all those that could show what was noticed."""
        way, rebuilder = self._way_to(parent), self._rebuilder
        if rebuilder is not None:
            yield from rebuilder.traces_to(way, words)
        else:
            yield trace_along(self._program, [self._prepared.decoded(w) for w in (*way, words)])

    @property
    def _rebuilder(self) -> Rebuilder | None:
        group = self._prepared.group
        return None if group is None else Rebuilder(self._prepared, self._kernel, group)

    def _way_to(self, number: int | None) -> list[Packed]:
        way: list[Packed] = []
        while number is not None:
            way.append(self._kernel.state(number))
            number = self._kernel.parent(number)
        way.reverse()
        return way


def first_of(failure: DiagnosticError) -> Diagnostic:
    return failure.diagnostics[0]
