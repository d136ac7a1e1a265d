"""States and steps as the reference semantics judges them."""

from __future__ import annotations

from collections.abc import Iterator

from aioformal.concrete import EvaluationError
from aioformal.diagnostic import Diagnostic
from aioformal.engine.protocol import Problem
from aioformal.engine.reference.judge import naming
from aioformal.engine.simulation.ground import Arrival, BrokenError
from aioformal.resolve.model import PartKind, Property
from aioformal.value.values import State


class Judge:
    """Judges single states and steps."""

    def __init__(self, problem: Problem, properties: tuple[Property, ...]) -> None:
        self._program = problem.program
        self._properties = properties

    def arrive(self, before: State | None, after: State) -> Arrival:
        """What is seen on the step to a state; without a state before it, of an initial one. Raises
        `BrokenError`."""
        inside = self.is_inside(before, after)
        violated: list[str] = []
        by_step = False
        broken: Diagnostic | None = None
        for prop in self._properties:
            try:
                kinds = set(self._violations(prop, before, after))
            except EvaluationError as problem:
                broken = broken or naming(problem, prop)
                continue
            if kinds:
                violated.append(prop.name)
                by_step |= kinds == {PartKind.STEP}
        if broken is not None and not violated:
            raise BrokenError(broken, after)
        return Arrival(tuple(violated), by_step, inside)

    def is_inside(self, before: State | None, after: State) -> bool:
        """Whether the constraints allow a state and the step to it."""
        program = self._program
        try:
            if not program.satisfies_constraints(after):
                return False
            return before is None or program.satisfies_action_constraints(before, after)
        except EvaluationError as problem:
            raise BrokenError(problem.diagnostics[0], after) from None

    def _violations(self, prop: Property, before: State | None, after: State) -> Iterator[PartKind]:
        """The kinds of a property's parts that do not hold."""
        for part in prop.parts:
            if part.kind is PartKind.STEP:
                holds = before is None or self._program.step_predicate(part.formula, part.subscript)(
                    before, after
                )
            elif part.kind is PartKind.ALWAYS or before is None:
                holds = self._program.predicate(part.formula)(after)
            else:
                holds = True
            if not holds:
                yield part.kind
