"""Walking on the reference semantics, where a model does not fit into words."""

from __future__ import annotations

from collections.abc import Iterator, Set

from aioformal.diagnostic import DiagnosticError
from aioformal.engine.protocol import Problem
from aioformal.engine.simulation.ground import Arrival, BrokenError, Move, Place
from aioformal.engine.simulation.judge import Judge
from aioformal.value.values import State


class InterpretedGround:
    """See `ground.Ground`. A place is the state itself."""

    runner = "reference semantics"
    widened = 0

    def __init__(self, problem: Problem, judge: Judge) -> None:
        self._program = problem.program
        self._judge = judge
        self._starts: list[State] = []
        self.made = 0

    @property
    def starts(self) -> int:
        return len(self._starts)

    def begin(self) -> tuple[State, Arrival] | None:
        try:
            states = dict.fromkeys(self._program.initial_states())
        except DiagnosticError as failure:
            raise BrokenError(failure.diagnostics[0]) from None
        self.made = len(states)
        for state in states:
            seen = self._judge.arrive(None, state)
            if seen.violated:
                return state, seen
            if seen.inside:
                self._starts.append(state)
        return None

    def start(self, number: int) -> Place:
        return self._starts[number]

    def moves(self, way: list[Place]) -> list[Move]:
        try:
            return [Move(step.label.name, step.state) for step in self._program.successors(way[-1])]
        except DiagnosticError as failure:
            raise BrokenError(failure.diagnostics[0]) from None

    def arrive(self, way: list[Place], move: Move) -> Arrival:
        return self._judge.arrive(way[-1], move.place)

    def links(self, place: Place, among: Set[Place]) -> Iterator[Place]:
        for step in self._program.successors(place):
            if step.state in among and self._judge.is_inside(place, step.state):
                yield step.state

    def state(self, place: Place) -> State:
        return place

    def close(self) -> None:
        self._starts = []
