"""Steps out of a state where integers are chosen without an end: those that the log can mean, by a solver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from aioformal.audit.replay import replay_step
from aioformal.concrete import Program, compile_model
from aioformal.concrete.behaviour import ActionLabel
from aioformal.evidence.join import EvidenceError
from aioformal.tracing.ground import LeftOut, Move, Place, reference_moves
from aioformal.tracing.names import Names, Pools
from aioformal.tracing.opening import Opened
from aioformal.tracing.solving import Ahead, GivenUpError, Solutions, StepSolver
from aioformal.value.values import State

HINT = "log what was chosen, or more of the variables that say"


@dataclass(frozen=True, slots=True)
class ChosenLabel(ActionLabel):
    """The label of a step, with what was chosen in it: so the step can be replayed."""

    chosen: tuple[int, ...] = field(default=(), compare=False)

    @property
    def plain(self) -> ActionLabel:
        """Without what was chosen."""
        return ActionLabel(self.name, self.arguments, self.span)


def _with_choice(label: ActionLabel, chosen: tuple[int, ...]) -> ChosenLabel:
    return ChosenLabel(label.name, label.arguments, label.span, chosen)


class OpenGround:
    """A place is the state itself. Actions of moves are `ChosenLabel`s. Making one raises `GivenUpError`."""

    runner = "a solver"

    def __init__(self, opened: Opened, pools: Pools) -> None:
        self._opened = opened
        self._program: Program = compile_model(opened.sampled)
        self._own = len(self._program.variables) - len(opened.chosen)
        self._solver = StepSolver(opened, self._program, pools)
        self._begun: dict[State, tuple[int, ...]] = {}
        self._shown: dict[State, list[Move]] = {}
        self.left_out: LeftOut | None = None
        self.selects = False

    def starts(self, ahead: Ahead, names: Names) -> list[Place]:
        found = self._begun = dict(self._asked(lambda: self._solver.beginnings(ahead, names)).found)
        for begun in found:
            if not self.is_initial(begun):
                raise EvidenceError("the solver begins in a state that is not initial")
        return list(found)

    def moves(self, place: Place) -> Sequence[Move]:
        """Some steps of each action: there may be no end to them."""
        known = self._shown.get(place)
        if known is None:
            by_action = [self.unlogged(place, frozenset((name,))) for name in self._solver.actions]
            known = self._shown[place] = [move for moves in by_action for move in moves]
        return known

    def steps(self, place: Place, ahead: Ahead, names: Names) -> Sequence[Move]:
        event = ahead(0)
        if event is None:
            return self.moves(place)
        return self._named(
            place, self._asked(lambda: self._solver.following(place, ahead, names)), event.actions
        )

    def unlogged(self, place: Place, actions: frozenset[str] | None) -> Sequence[Move]:
        return self._named(place, self._asked(lambda: self._solver.any_step(place, actions)), actions)

    def tried(self, place: Place, values: Iterable[int]) -> Iterator[Move]:
        """Steps by the reference semantics alone, in which some values are chosen, one at a time."""
        count = len(self._opened.chosen)
        for value in values:
            for index in range(count):
                chosen = (*(0,) * index, value, *(0,) * (count - index - 1))
                for _, move in reference_moves(self._program, [(*place, *chosen)]):
                    yield move._replace(place=move.place[: self._own])

    def _asked(self, ask: Callable[[], Solutions]) -> Solutions:
        try:
            solutions = ask()
        except GivenUpError as reason:
            solutions = Solutions((), str(reason))
        if solutions.why is not None and self.left_out is None:
            self.left_out = LeftOut(self._opened.undecided(solutions.why), HINT)
        self.selects |= solutions.others or solutions.why is not None
        return solutions

    def _named(self, before: State, solutions: Solutions, actions: frozenset[str] | None) -> list[Move]:
        """The steps of some actions by which what was chosen leads to some states."""
        found: list[Move] = []
        for after, chosen in solutions.found:
            labels = [
                label
                for label, state in self._program.successors((*before, *chosen))
                if state[: self._own] == after and (actions is None or label.name in actions)
            ]
            if not labels:
                raise EvidenceError("the solver knows a step that the reference semantics does not")
            found += [Move(_with_choice(label, chosen), dict(label.arguments), after) for label in labels]
        return found

    def state(self, place: Place) -> State:
        return place

    def close(self) -> None:
        self._shown = {}

    # ------------------------------------------------------------ evidence

    def is_initial(self, state: State) -> bool:
        """By the reference semantics, with what was chosen."""
        chosen = self._begun.get(state)
        return chosen is not None and self._program.predicate(self._opened.init)((*state, *chosen))

    def confirm(self, before: State, action: ActionLabel, after: State, place: str) -> ActionLabel:
        """The step by both readings of the reference semantics, with what was chosen."""
        if not isinstance(action, ChosenLabel):
            raise EvidenceError(f"{place} was not found by the solver")
        return replay_step(
            self._program, (*before, *action.chosen), (*after, *action.chosen), action.plain, place
        )
