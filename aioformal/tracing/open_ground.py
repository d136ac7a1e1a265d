"""Steps out of a state where integers are chosen without an end: those that the log can mean, by a solver."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aioformal.audit.replay import replay_step
from aioformal.concrete import Program, compile_model
from aioformal.concrete.behaviour import ActionLabel
from aioformal.evidence.join import EvidenceError
from aioformal.tracing.ground import MOST_KNOWN, Move, Place
from aioformal.tracing.names import Names, Pools
from aioformal.tracing.opening import Opened
from aioformal.tracing.solving import Ahead, GivenUpError, Solutions, StepSolver
from aioformal.value.values import State


class OpenGround:
    """A place is the state itself. `left_out`: why not all steps were looked at, once that is so.

    Making one raises `GivenUpError`.
    """

    runner = "a solver"

    def __init__(self, opened: Opened, pools: Pools) -> None:
        self._opened = opened
        self._program: Program = compile_model(opened.sampled)
        self._own = len(self._program.variables) - len(opened.chosen)
        self._solver = StepSolver(opened, self._program, pools)
        self._chosen: dict[tuple[State, State], tuple[int, ...]] = {}
        self._begun: dict[State, tuple[int, ...]] = {}
        self.left_out: str | None = None

    def starts(self, ahead: Ahead, names: Names) -> list[Place]:
        found = self._begun = dict(self._asked(lambda: self._solver.beginnings(ahead, names)).found)
        for begun in found:
            if not self.is_initial(begun):
                raise EvidenceError("the solver begins in a state that is not initial")
        return list(found)

    def moves(self, place: Place) -> Sequence[Move]:
        return self.steps(place, lambda _: None, Names({}))

    def steps(self, place: Place, ahead: Ahead, names: Names) -> Sequence[Move]:
        """The steps that may be that of the event ahead."""
        solutions = self._asked(lambda: self._solver.following(place, ahead, names))
        return [move for after, chosen in solutions.found for move in self._named(place, after, chosen)]

    def _asked(self, ask: Callable[[], Solutions]) -> Solutions:
        try:
            solutions = ask()
        except GivenUpError as reason:
            solutions = Solutions((), str(reason))
        if solutions.why is not None and self.left_out is None:
            places = ", ".join(
                str(place.source.text[place.start : place.end]) for place in self._opened.places
            )
            self.left_out = f"what is chosen from {places} could not be found out: {solutions.why}"
        return solutions

    def _named(self, before: State, after: State, chosen: tuple[int, ...]) -> list[Move]:
        """The steps between two states by which the choice leads from one to the other."""
        steps = [
            Move(step.label, dict(step.label.arguments), after)
            for step in self._program.successors((*before, *chosen))
            if step.state[: self._own] == after
        ]
        if not steps:
            raise EvidenceError("the solver knows a step that the reference semantics does not")
        if len(self._chosen) >= MOST_KNOWN:
            self._chosen.clear()
        self._chosen[before, after] = chosen
        return steps

    def state(self, place: Place) -> State:
        return place

    def close(self) -> None:
        self._chosen = {}

    # ------------------------------------------------------------ evidence

    def is_initial(self, state: State) -> bool:
        """By the reference semantics, with what was chosen."""
        chosen = self._begun.get(state)
        return chosen is not None and self._program.predicate(self._opened.init)((*state, *chosen))

    def confirm(self, before: State, action: ActionLabel, after: State, place: str) -> ActionLabel:
        """The step by both readings of the reference semantics, with what was chosen."""
        chosen = self._chosen.get((before, after)) or self._solver.choice(before, after)
        if chosen is None:
            raise EvidenceError(f"{place} is no step of the next-state action")
        return replay_step(self._program, (*before, *chosen), (*after, *chosen), action, place)
