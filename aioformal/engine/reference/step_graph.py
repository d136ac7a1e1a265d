"""The graph of all steps, by the reference semantics: every atom is evaluated as it stands."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from msgspec import Struct

from aioformal.concrete import Program
from aioformal.engine.liveness.atoms import Atom, AtomKind, Atoms
from aioformal.engine.liveness.graph import Graph, stuttering
from aioformal.engine.liveness.judging import OutOfTimeError
from aioformal.engine.protocol import Budget, Event
from aioformal.resolve.model import Model
from aioformal.value.values import State

BETWEEN_LOOKS = 64
"""States between two looks at the clock."""


class Grounds(Struct, frozen=True):
    """What a search has kept: `states`, the first of which are `initial`. Steps out of them are not followed.
    `sign` gives a sign of life when one is due."""

    states: Sequence[State]
    initial: int
    budget: Budget
    sign: Callable[[], Event | None]

    def state(self, number: int) -> State:
        return self.states[number]

    def graph(self, model: Model, atoms: Atoms) -> Generator[Event, None, Graph]:
        """See `liveness.judging.Grounds`."""
        program = Program(model)
        graph = Graph(tuple(range(self.initial)))
        numbers = {state: number for number, state in enumerate(self.states)}
        letters = _Letters(program, atoms)
        for number, state in enumerate(self.states):
            if number % BETWEEN_LOOKS == 0:
                if self.budget.exhausted():
                    raise OutOfTimeError
                said = self.sign()
                if said is not None:
                    yield said
            now = letters.of_state(state)
            after = dict.fromkeys(step.state for step in program.successors(state))
            kept = [
                (numbers[other], now | letters.of_step(state, other))
                for other in after
                if other in numbers and program.satisfies_action_constraints(state, other)
            ]
            graph.add(kept, now | letters.unchanged)
        return graph


class _Letters:
    """The truth of atoms, as masks."""

    def __init__(self, program: Program, atoms: Atoms) -> None:
        self._states: list[tuple[int, Callable[[State], bool]]] = []
        self._steps: list[tuple[int, Callable[[State, State], bool]]] = []
        for number, atom in enumerate(atoms.atoms):
            self._add(program, 1 << number, atom)
        self.unchanged = stuttering(atoms.atoms)

    def _add(self, program: Program, bit: int, atom: Atom) -> None:
        if atom.kind is AtomKind.STEP:
            self._steps.append((bit, program.step_predicate(atom.formula)))
        else:
            self._states.append((bit, program.predicate(atom.formula)))

    def of_state(self, state: State) -> int:
        """Raises `DiagnosticError` where an atom has no value."""
        return sum(bit for bit, holds in self._states if holds(state))

    def of_step(self, state: State, after: State) -> int:
        return sum(bit for bit, holds in self._steps if holds(state, after))
