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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import QUICK, Encoding, encode_model, infer_shapes, widen_shapes
from aioformal.encode.path import Path
from aioformal.encode.shapes import (
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    Shape,
    Shapes,
    UnionShape,
    VariableShape,
)
from aioformal.encode.slots import key_path, write
from aioformal.encode.symbols import Const
from aioformal.engine.unrolling import Unrolling
from aioformal.ir.relation import ACTION, choices, obligations_of, state
from aioformal.ir.sort import BoolSort, EnumSort, Sort, int_sort
from aioformal.ir.system import Input, TransitionSystem
from aioformal.ir.term import (
    Term,
    and_,
    boolean,
    enum,
    eq,
    false,
    input_variable,
    integer,
    not_,
    or_,
    true,
    variable,
)
from aioformal.solve.protocol import Answer, At
from aioformal.tracing.event import Event, Want
from aioformal.tracing.ground import Ahead
from aioformal.tracing.names import Names, Pools
from aioformal.tracing.opening import Opened
from aioformal.tracing.variable_path import Argument, VariablePath
from aioformal.value.values import State, Value

FEW = 16
"""States that a step may lead to before more of the log is looked at, or before some are left out."""

FARTHEST = 8
"""Logged steps that are looked at together."""

SECONDS = 20.0
"""For one question."""

MOST_WIDENINGS = 60

INTEGERS = int_sort(None, None)


class GivenUpError(Exception):
    """The solver cannot say what there is to know; the text says why."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """States after a step, each with what was chosen in it. `whole`: there are no others that any behaviour
    that explains the log goes through; else `why`."""

    found: tuple[tuple[State, tuple[int, ...]], ...]
    why: str | None = None


class StepSolver:
    """Asks for the steps of a model whose choices are taken out. Everything may raise `GivenUpError`, and
    `DiagnosticError` where the specification has no value."""

    def __init__(self, opened: Opened, program: Program, pools: Pools) -> None:
        self._opened = opened
        self._program = program
        self._pools = pools
        self._own = len(program.variables) - len(opened.chosen)
        try:
            self._use(_without_ends(infer_shapes(opened.sampled, program, QUICK), opened.chosen))
        except DiagnosticError as refusal:
            raise GivenUpError(refusal.diagnostics[0].message) from None

    def _use(self, shapes: Shapes) -> None:
        self._shapes = shapes
        try:
            self._encoding: Encoding = encode_model(self._opened.model, shapes, ())
        except DiagnosticError as refusal:
            raise GivenUpError(refusal.diagnostics[0].message) from None
        self._system = _with_free(self._encoding.system, self._opened.chosen)
        self._unrollings: dict[tuple[int, bool], Unrolling] = {}

    # ------------------------------------------------------------ what is asked

    def following(self, before: State, ahead: Ahead, names: Names) -> Solutions:
        """The states to which the event ahead may lead from a state; to which any step may, without one."""
        return self._solutions(before, ahead, names)

    def beginnings(self, ahead: Ahead, names: Names) -> Solutions:
        """The initial states from which the log ahead may go on."""
        if self._begins_in_trouble():
            self._use(_with_any_integers(self._shapes))
        if self._begins_in_trouble():
            raise GivenUpError("an initial state may leave its shapes, or have no value")
        return self._solutions(None, ahead, names)

    def _begins_in_trouble(self) -> bool:
        unrolling = Unrolling(self._system)
        trouble = or_(*(o.condition for o in unrolling.relation.initial_obligations))
        return trouble is not false and self._ask(unrolling, [At(trouble, -1)])

    def choice(self, before: State, after: State) -> tuple[int, ...] | None:
        """What was chosen in a step between two states, if there is one."""
        facts, _ = self._facts(before, lambda _: None, Names({}), 1)
        found = self._next([*facts, At(self._equals(after), 1)], self._unrolling(1, before), 1)
        return None if found is None else found[1]

    def _solutions(self, before: State | None, ahead: Ahead, names: Names) -> Solutions:
        """Looks farther as long as there are many answers. If none is left farther on, those nearer are as
        good as all: the log ends for all of them."""
        first = 0 if before is None else 1
        steps, last = first, Solutions(())
        while True:
            facts, reached = self._facts(before, ahead, names, steps)
            found = self._enumerated(facts, self._unrolling(reached, before), first)
            if found.why is None:
                return found if found.found or steps == first else replace(last, why=None)
            if reached < steps or steps >= FARTHEST:
                return found if found.found else replace(last, why=found.why)
            last, steps = found, min(FARTHEST, 2 * steps + (steps == 0))

    def _facts(self, before: State | None, ahead: Ahead, names: Names, steps: int) -> tuple[list[At], int]:
        """What is known of a behaviour of so many steps, or of fewer where the log or the encoding ends."""
        for _ in range(MOST_WIDENINGS):
            if before is not None:
                self._make_room([before])
            found = self._gathered(before, ahead, names, steps)
            if found is not None:
                return found
        raise GivenUpError("there is no end to what its variables may hold")

    def _gathered(
        self, before: State | None, ahead: Ahead, names: Names, steps: int
    ) -> tuple[list[At], int] | None:
        """The same; None if the shapes had to be widened on the way."""
        facts = [] if before is None else [At(self._equals(before), 0)]
        frame = 0
        events = _events(ahead)
        event = next(events, None)
        while event is not None or (frame == 0 and before is not None):
            is_step = event is None or event.is_step
            if is_step and frame == steps:
                break
            if is_step and self._in_trouble(facts, event, frame, before):
                unrolling = self._unrolling(frame, before)
                if self._can_be_widened(unrolling, frame, is_first=frame == 0 and before is not None):
                    return None
                break
            if event is not None:
                facts += self._known(event, frame, names)
            frame += is_step
            event = next(events, None)
        return facts, frame

    def _in_trouble(self, facts: list[At], event: Event | None, frame: int, before: State | None) -> bool:
        """Whether a step of an event may leave the shapes, or have no value."""
        unrolling = self._unrolling(frame, before)
        kept = [t for t in self._system.transitions if _may_be(event, t.label.name)]
        conditions = [o.condition for t in kept for o in obligations_of(t, self._system)]
        trouble = or_(*conditions)
        return trouble is not false and self._ask(unrolling, [*facts, At(trouble, frame)])

    def _ask(self, unrolling: Unrolling, facts: list[At]) -> bool:
        query = unrolling.solver.ask(facts, SECONDS)
        answer = query.wait(2 * SECONDS)
        if answer is Answer.SAT:
            return True
        if answer is Answer.UNSAT:
            return False
        query.cancel()
        raise GivenUpError(
            f"the solver could not decide what a step may do: {unrolling.solver.why_unknown()}"
        )

    def _enumerated(self, facts: list[At], unrolling: Unrolling, first: int) -> Solutions:
        found: dict[State, tuple[int, ...]] = {}
        facts = list(facts)
        while (one := self._next(facts, unrolling, first)) is not None:
            after, chosen = one
            if len(found) == FEW:
                return Solutions(tuple(found.items()), "the log says too little of what was chosen")
            if after in found:
                raise GivenUpError("one state is encoded in two ways")
            found[after] = chosen
            facts.append(At(not_(self._equals(after)), first))
        return Solutions(tuple(found.items()))

    def _next(
        self, facts: list[At], unrolling: Unrolling, first: int
    ) -> tuple[State, tuple[int, ...]] | None:
        """A state that the facts leave, and what was chosen in the first step, or initially."""
        if not self._ask(unrolling, facts):
            return None
        state_then = self._encoding.decode_state(unrolling.assignment(first))
        return state_then[: self._own], self._chosen(unrolling)

    # ------------------------------------------------------------ shapes

    def _chosen(self, unrolling: Unrolling, frame: int = 0) -> tuple[int, ...]:
        return tuple(int(unrolling.solver.value(At(_integer(name), frame))) for name in self._opened.chosen)

    def _can_be_widened(self, unrolling: Unrolling, frame: int, *, is_first: bool) -> bool:
        """Makes room for the steps from a frame of the last assignment. Where they have no value, that is an
        error if it is the `first` step; else the log may well say something else there."""
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
        for one in states:
            while not wider.contains((*one, *nothing)):
                wider = widen_shapes(wider, (*one, *nothing))
        if wider is self._shapes:
            return False
        self._use(_without_ends(wider, self._opened.chosen))
        return True

    def _unrolling(self, steps: int, before: State | None) -> Unrolling:
        """So many steps, from an initial state where none is known."""
        key = steps, before is None
        known = self._unrollings.get(key)
        if known is None:
            known = self._unrollings[key] = Unrolling(self._system)
            if before is None:
                known.begin()
            for _ in range(steps):
                known.extend()
        return known

    # ------------------------------------------------------------ what is known

    def _equals(self, one: State) -> Term:
        """That a state is this one, whatever is chosen."""
        nothing = (0,) * len(self._opened.chosen)
        slots = self._encoding.encode_state((*one, *nothing))
        own = [v for v in self._system.variables if v.name not in self._opened.chosen]
        return and_(*(eq(state(v), _constant(slots[v.name], v.sort)) for v in own))

    def _known(self, event: Event, frame: int, names: Names) -> list[At]:
        """What an event says of the step from a frame, and of the states around it."""
        after = frame + 1 if event.is_step else frame
        facts = [At(self._part(event, path, want, names), frame) for path, want in event.before]
        facts += [At(self._part(event, path, want, names), after) for path, want in event.after]
        if event.is_step:
            facts.append(At(self._step_of(event, names), frame))
        return [fact for fact in facts if fact.term is not true]

    def _step_of(self, event: Event, names: Names) -> Term:
        """That a step is one of an event's actions, with its arguments."""
        kept = [t for t in self._system.transitions if t.guard is not false]
        ways: list[Term] = []
        for choice, transition in zip(choices(ACTION, len(kept)), kept, strict=True):
            if _may_be(event, transition.label.name):
                known = dict(transition.label.arguments)
                ways.append(and_(choice, *self._arguments(event, known, names)))
        return or_(*ways)

    def _arguments(self, event: Event, known: dict[str, Value], names: Names) -> Iterator[Term]:
        for parameter, want in event.parameters:
            value = self._pools.known(names, want)
            if value is None:
                continue
            chosen = self._opened.parameters.get(parameter)
            if parameter in known:
                yield true if known[parameter] == value else false
            elif chosen is not None:
                yield eq(_integer(chosen), integer(value)) if isinstance(value, int) else false

    def _part(self, event: Event, path: VariablePath, want: Want, names: Names) -> Term:
        """That a part of a variable is what the log says, as far as that can be said of the shapes: what
        comes out is held against the log once more."""
        value = self._pools.known(names, want)
        place = None if value is None else self._place(event, path, names)
        if value is None or place is None:
            return true
        slot, shape = place
        written = write(Path(), shape, slot, Const(value))
        if written.escapes:
            return false
        return and_(*(eq(variable(name, self._system.sort_of(name)), t) for name, t in written.terms.items()))

    def _place(self, event: Event, path: VariablePath, names: Names) -> tuple[str, Shape] | None:
        """The slot and the shape of a part; None if it is not the same in all states."""
        given = {parameter: self._pools.known(names, want) for parameter, want in event.parameters}
        slot, shape = path.variable, self._shapes[path.variable]
        for step in path.steps:
            key = given.get(step.parameter) if isinstance(step, Argument) else step
            entries = shape.entries if isinstance(shape, FunShape) else ()
            entry = next((e for e in entries if e.key == key and not e.optional), None)
            if entry is None:
                return None
            slot, shape = key_path(slot, entry.key), entry.shape
        return slot, shape


def _events(ahead: Ahead) -> Iterator[Event]:
    number = 0
    while (event := ahead(number)) is not None:
        yield event
        number += 1


def _may_be(event: Event | None, action: str) -> bool:
    return event is None or event.actions is None or action in event.actions


def _integer(name: str) -> Term:
    return variable(name, INTEGERS)


def _constant(value: bool | int, sort: Sort) -> Term:
    if isinstance(sort, BoolSort):
        return boolean(bool(value))
    return enum(value, sort.size) if isinstance(sort, EnumSort) else integer(value)


def _without_ends(shapes: Shapes, chosen: Sequence[str]) -> Shapes:
    """The shapes, with any integers for what is chosen."""
    made = {name: shapes.variable(name) for name in shapes}
    return Shapes({**made, **{name: VariableShape(IntShape(None, None), ("hint",)) for name in chosen}})


def _with_any_integers(shapes: Shapes) -> Shapes:
    return Shapes({n: VariableShape(_any_integers(shapes[n]), shapes.variable(n).origins) for n in shapes})


def _any_integers(shape: Shape) -> Shape:
    match shape:
        case IntShape():
            return IntShape(None, None)
        case FunShape(entries=entries):
            return FunShape(tuple(Entry(e.key, _any_integers(e.shape), e.optional) for e in entries))
        case SeqShape(max_len=length, element=element):
            return SeqShape(length, _any_integers(element))
        case UnionShape(alternatives=alternatives):
            return UnionShape(tuple(map(_any_integers, alternatives)))
        case _:
            return shape


def _with_free(system: TransitionSystem, chosen: Sequence[str]) -> TransitionSystem:
    """The system in which what is chosen may be anything in every state. (Initially it is already.)"""
    inputs = tuple(Input(f"{name}'", INTEGERS) for name in chosen)
    anything = {name: input_variable(f"{name}'", INTEGERS) for name in chosen}
    steps = tuple(
        replace(t, updates={**t.updates, **anything}, inputs=(*t.inputs, *inputs)) for t in system.transitions
    )
    return replace(system, transitions=steps)
