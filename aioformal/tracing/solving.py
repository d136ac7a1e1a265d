"""Steps that cannot be enumerated, found by a solver: all states that a step may lead to, given what is
logged of it and of those after it.

The model is one whose choices are taken out (`opening`), so that its variables say everything about a step.
The solver finds states, one after the other, and each is confirmed by the reference semantics, which gives
the step its name. As in every use of shapes, it is asked first whether a step can leave them, or has no
value; then the shapes widen, or the reference semantics says what is wrong.

A step that the log says little of may lead to infinitely many states, and what comes later in the log says
which it was. So the question is about as many logged steps as it takes for the answers to be few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from msgspec import Struct

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import Encoding, encode_model, widen_shapes
from aioformal.encode.shapes import Shapes
from aioformal.engine.unrolling import Unrolling
from aioformal.ir.term import Term, and_, false, not_, or_, true
from aioformal.solve.protocol import Answer, At
from aioformal.tracing.event import Event
from aioformal.tracing.ground import Ahead
from aioformal.tracing.log_terms import Actions, LogTerms, chosen_variable
from aioformal.tracing.names import Names, Pools
from aioformal.tracing.open_system import first_shapes, with_free, without_ends
from aioformal.tracing.opening import Opened
from aioformal.value.values import State

Found = TypeVar("Found")

FEW = 16
"""Answers to a question before more of the log is looked at, or before some are left out."""

FARTHEST = 8
"""Logged steps that are looked at together."""

SECONDS = 20.0
"""For one question."""

MOST_WIDENINGS = 60

MOST_QUESTIONS = 100
"""To one solver, which remembers them all."""

TOO_LITTLE = "the log says too little of what was chosen"


class GivenUpError(Exception):
    """The solver cannot say what there is to know; the text says why."""


class Solutions(Struct, frozen=True):
    """States after a step, or initial ones, each with what was chosen for it. Without `why`, a behaviour that
    explains the log goes through one of them; `others`: there are others, from which the log goes on no
    farther. With it, such a behaviour may go through others."""

    found: tuple[tuple[State, tuple[int, ...]], ...]
    why: str | None = None
    others: bool = False


class _View(NamedTuple):
    """What is known of a behaviour of so many `steps`, which explain so many `events` ahead."""

    facts: list[At]
    steps: int
    events: int


class _Unrolled(Unrolling):
    """With the number of questions that its solver was asked."""

    questions = 0


class StepSolver:
    """Asks for the steps of a model whose choices are taken out. Everything may raise `GivenUpError`, and
    `DiagnosticError` where the specification has no value."""

    def __init__(self, opened: Opened, program: Program, pools: Pools) -> None:
        self._opened = opened
        self._program = program
        self._pools = pools
        self._own = len(program.variables) - len(opened.chosen)
        try:
            self._use(first_shapes(opened, program))
        except DiagnosticError as refusal:
            raise GivenUpError(refusal.diagnostics[0].message) from None

    def _use(self, shapes: Shapes) -> None:
        self._shapes = shapes
        try:
            self._encoding: Encoding = encode_model(self._opened.model, shapes, ())
        except DiagnosticError as refusal:
            raise GivenUpError(refusal.diagnostics[0].message) from None
        self._system = with_free(self._encoding.system, self._opened.chosen)
        self._terms = LogTerms(self._opened, self._encoding, self._system, self._pools)
        self._unrollings: dict[tuple[int, bool], _Unrolled] = {}

    # ------------------------------------------------------------ what is asked

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of the steps that there may be."""
        return tuple(dict.fromkeys(t.label.name for t in self._system.transitions if t.guard is not false))

    def following(self, before: State, ahead: Ahead, names: Names) -> Solutions:
        """The states to which the event ahead may lead from a state."""
        return self._solutions(before, ahead, names)

    def any_step(self, before: State, actions: Actions) -> Solutions:
        """The states to which steps of some actions lead from a state."""
        facts = self._in_shapes(before, lambda: self._stepping(before, actions))
        return self._enumerated(facts, self._unrolling(1, before), 1, apart=False)

    def beginnings(self, ahead: Ahead, names: Names) -> Solutions:
        """The initial states from which the log ahead may go on; where there are none, those from which it
        goes on as long as it can. None at all if there are no initial states."""
        unrolling = _Unrolled(self._system)
        trouble = or_(*(o.condition for o in unrolling.relation.initial_obligations))
        if trouble is not false and self._ask(unrolling, [At(trouble, -1)]):
            raise GivenUpError("an initial state may leave its shapes, or have no value")
        return self._solutions(None, ahead, names)

    def _solutions(self, before: State | None, ahead: Ahead, names: Names) -> Solutions:
        """Looks farther as long as there are many answers. If none is left farther on, the log ends for all
        of them: then those are as good as all that come as far as any."""
        first = 0 if before is None else 1
        steps, events, last = first, first - 1, Solutions(())
        while True:
            view, found = self._looked(before, ahead, names, steps)
            if not found.found:
                return self._longest(before, ahead, names, (events, view.events), last)
            if found.why is None or view.steps < steps or steps >= FARTHEST:
                return found
            events, last, steps = view.events, found, min(FARTHEST, 2 * steps + (steps == 0))

    def _longest(
        self, before: State | None, ahead: Ahead, names: Names, between: tuple[int, int], found: Solutions
    ) -> Solutions:
        """What explains as many events as can be: more than the one number, as many as were `found` to, and
        less than the other."""
        some, most = between
        while most - some > 1:
            middle = (some + most) // 2
            _, nearer = self._looked(before, _only(ahead, middle), names, FARTHEST)
            if nearer.found:
                some, found = middle, nearer
            else:
                most = middle
        return Solutions(found.found, others=found.why is not None)

    def _looked(
        self, before: State | None, ahead: Ahead, names: Names, steps: int
    ) -> tuple[_View, Solutions]:
        view = self._in_shapes(before, lambda: self._gathered(before, ahead, names, steps))
        unrolling, facts = self._unrolling(view.steps, before), view.facts
        event = None if before is None else ahead(0)
        if event is None or self._terms.says_all(event, names):
            return view, self._enumerated(facts, unrolling, 0 if before is None else 1, apart=False)
        alone = At(self._terms.step_of_event(event, names, alone=True), 0)
        return view, self._enumerated([*facts, alone], unrolling, 1, apart=True)

    # ------------------------------------------------------------ what is known

    def _in_shapes(self, before: State | None, gather: Callable[[], Found | None]) -> Found:
        """What comes out when no shapes have to be widened on the way."""
        for _ in range(MOST_WIDENINGS):
            if before is not None:
                self._make_room([before])
            found = gather()
            if found is not None:
                return found
        raise GivenUpError("there is no end to what its variables may hold")

    def _stepping(self, before: State, actions: Actions) -> list[At] | None:
        """That a step of some actions is taken from a state; None if the shapes had to be widened."""
        facts = [At(self._terms.is_state(before), 0)]
        trouble = self._in_trouble(facts, actions, 0, before)
        if trouble is not None:
            self._widen(trouble, 0, is_first=True)
            return None
        return [*facts, At(self._terms.step_of(actions), 0)]

    def _gathered(self, before: State | None, ahead: Ahead, names: Names, steps: int) -> _View | None:
        """What is known of a behaviour of so many steps, or of fewer where the log or the encoding ends; None
        if the shapes had to be widened."""
        facts = [] if before is None else [At(self._terms.is_state(before), 0)]
        frame = events = 0
        for event in _events(ahead):
            if event.is_step and frame == steps:
                break
            trouble = self._in_trouble(facts, event.actions, frame, before) if event.is_step else None
            if trouble is not None:
                if self._widen(trouble, frame, is_first=frame == 0 and before is not None):
                    return None
                break
            facts += self._terms.said(event, frame, names)
            names = names.without(event.released)
            frame += event.is_step
            events += 1
        return _View(facts, frame, events)

    def _in_trouble(
        self, facts: list[At], actions: Actions, frame: int, before: State | None
    ) -> Unrolling | None:
        """Where a step of some actions leaves the shapes, or has no value, if one can."""
        trouble = self._terms.trouble(actions)
        if trouble is false:
            return None
        unrolling = self._unrolling(frame, before)
        return unrolling if self._ask(unrolling, [*facts, At(trouble, frame)]) else None

    # ------------------------------------------------------------ the solver

    def _unrolling(self, steps: int, before: State | None) -> _Unrolled:
        """So many steps, from an initial state where none is known."""
        key = steps, before is None
        known = self._unrollings.get(key)
        if known is None or known.questions >= MOST_QUESTIONS:
            known = self._unrollings[key] = _Unrolled(self._system)
            if before is None:
                known.begin()
            for _ in range(steps):
                known.extend()
        return known

    def _ask(self, unrolling: _Unrolled, facts: Sequence[At]) -> bool:
        unrolling.questions += 1
        query = unrolling.solver.ask(facts, SECONDS)
        answer = query.wait(2 * SECONDS)
        if answer is Answer.SAT:
            return True
        if answer is Answer.UNSAT:
            return False
        query.cancel()
        self._unrollings = {key: one for key, one in self._unrollings.items() if one is not unrolling}
        why = unrolling.solver.why_unknown() if answer is not None else f"no answer in {2 * SECONDS:.0f} s"
        raise GivenUpError(f"the solver could not decide what is possible ({why})")

    def _enumerated(self, facts: Sequence[At], unrolling: _Unrolled, first: int, *, apart: bool) -> Solutions:
        """The states after so many steps. `apart`: what is chosen for the step tells answers apart, too."""
        found: list[tuple[State, tuple[int, ...]]] = []
        excluded: list[At] = []
        while self._ask(unrolling, [*facts, *excluded]):
            after = self._encoding.decode_state(unrolling.assignment(first))[: self._own]
            one = after, self._chosen(unrolling)
            if len(found) == FEW:
                return Solutions(tuple(found), TOO_LITTLE)
            if any(one == other or (not apart and after == other[0]) for other in found):
                raise GivenUpError("one state is encoded in two ways")
            found.append(one)
            excluded.append(At(not_(self._answer(one, first, apart=apart)), 0))
        return Solutions(tuple(found))

    def _answer(self, one: tuple[State, tuple[int, ...]], first: int, *, apart: bool) -> Term:
        """That it is this one that comes out."""
        after, chosen = one
        reached = self._terms.leads_to(after) if first else self._terms.is_state(after)
        return and_(reached, self._terms.chooses(chosen) if apart else true)

    def _chosen(self, unrolling: Unrolling, frame: int = 0) -> tuple[int, ...]:
        values = (unrolling.solver.value(At(chosen_variable(name), frame)) for name in self._opened.chosen)
        return tuple(map(int, values))

    # ------------------------------------------------------------ shapes

    def _widen(self, unrolling: Unrolling, frame: int, *, is_first: bool) -> bool:
        """Makes room for the steps from a frame of the last assignment, if that can be done. Where they have
        no value, that is an error if it is the first step; else the log may well say something else there."""
        here = self._encoding.decode_state(unrolling.assignment(frame))[: self._own]
        try:
            steps = list(self._program.successors((*here, *self._chosen(unrolling, frame))))
        except DiagnosticError:
            if is_first:
                raise
            return False
        if self._make_room([step.state[: self._own] for step in steps]):
            return True
        if is_first:
            raise GivenUpError("the encoding and the reference semantics see different steps")
        return False

    def _make_room(self, states: Sequence[State]) -> bool:
        """Whether the shapes had to be widened for some states."""
        wider = self._shapes
        nothing = (0,) * len(self._opened.chosen)
        try:
            for one in states:
                while not wider.contains((*one, *nothing)):
                    wider = widen_shapes(wider, (*one, *nothing))
        except DiagnosticError as refusal:
            raise GivenUpError(refusal.diagnostics[0].message) from None
        if wider is self._shapes:
            return False
        self._use(without_ends(wider, self._opened.chosen))
        return True


def _events(ahead: Ahead) -> Iterator[Event]:
    number = 0
    while (event := ahead(number)) is not None:
        yield event
        number += 1


def _only(ahead: Ahead, events: int) -> Ahead:
    """So many of the events ahead."""
    return lambda number: ahead(number) if number < events else None
