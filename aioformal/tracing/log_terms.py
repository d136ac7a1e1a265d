"""What a log says, as terms over the slots of an encoding.

Such a term never says more than the log does: where a name is not bound yet, or a part of a variable does not
always stand in the same slot, it says nothing, and what comes out is held against the log once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from aioformal.encode import Encoding
from aioformal.encode.path import Path
from aioformal.encode.shapes import FunShape, Shape
from aioformal.encode.slots import key_path, write
from aioformal.encode.symbols import Const
from aioformal.ir.relation import ACTION, choices, obligations_of, state, successor
from aioformal.ir.sort import BoolSort, EnumSort, Sort
from aioformal.ir.system import StateVariable, Transition, TransitionSystem
from aioformal.ir.term import (
    Term,
    and_,
    boolean,
    enum,
    eq,
    false,
    implies,
    integer,
    or_,
    true,
    variable,
    variables_of,
)
from aioformal.solve.protocol import At
from aioformal.tracing.event import Event, Want
from aioformal.tracing.names import Names, Pools
from aioformal.tracing.open_system import INTEGERS
from aioformal.tracing.opening import Opened
from aioformal.tracing.variable_path import Argument, VariablePath
from aioformal.value.values import State, Value

Actions = frozenset[str] | None
"""Names of actions; None for all of them."""

Arguments = Mapping[str, "Value | Term | None"]
"""Arguments by their names: a value, or the variable of a choice; None where nothing is known."""

Moment = Callable[[StateVariable], Term]
"""A slot in the state before a step, or in the one after it."""


class LogTerms:
    """The terms for one encoding. `system` is the encoding's, in which what is chosen is free."""

    def __init__(self, opened: Opened, encoding: Encoding, system: TransitionSystem, pools: Pools) -> None:
        self._opened = opened
        self._encoding = encoding
        self._system = system
        self._pools = pools
        self._own = [v for v in system.variables if v.name not in opened.chosen]

    @cached_property
    def _steps(self) -> tuple[tuple[Term, Transition, Term], ...]:
        """The transitions that can be taken, each with the input that takes it, and with the term that all
        choices that it does not look at are 0."""
        kept = [t for t in self._system.transitions if t.guard is not false]
        taken = choices(ACTION, len(kept))
        return tuple((take, t, self._idle(t)) for take, t in zip(taken, kept, strict=True))

    def _idle(self, transition: Transition) -> Term:
        chosen = self._opened.chosen
        updates = [term for name, term in transition.updates.items() if name not in chosen]
        read = {leaf.name for leaf in variables_of(transition.guard, *updates)}
        return and_(*(eq(chosen_variable(name), integer(0)) for name in chosen if name not in read))

    # ------------------------------------------------------------ states

    def is_state(self, one: State) -> Term:
        """That a state is this one, whatever is chosen in it."""
        slots = self._slots(one)
        return and_(*(eq(state(v), _constant(slots[v.name], v.sort)) for v in self._own))

    def leads_to(self, one: State) -> Term:
        """That a step leads to this state."""
        slots = self._slots(one)
        return and_(*(eq(successor(v), _constant(slots[v.name], v.sort)) for v in self._own))

    def chooses(self, chosen: tuple[int, ...]) -> Term:
        """That this is chosen in a state."""
        pairs = zip(self._opened.chosen, chosen, strict=True)
        return and_(*(eq(chosen_variable(name), integer(value)) for name, value in pairs))

    def _slots(self, one: State) -> dict[str, bool | int]:
        return self._encoding.encode_state((*one, *(0,) * len(self._opened.chosen)))

    # ------------------------------------------------------------ steps

    def trouble(self, actions: Actions) -> Term:
        """That a step of some actions would leave the shapes, or have no value."""
        kept = [t for t in self._system.transitions if _is_of(t, actions)]
        return or_(*(o.condition for t in kept for o in obligations_of(t, self._system)))

    def step_of(self, actions: Actions) -> Term:
        """That a step is one of some actions, and that nothing is chosen but for it."""
        return or_(*(and_(take, idle) for take, t, idle in self._steps if _is_of(t, actions)))

    def step_of_event(self, event: Event, names: Names, *, alone: bool = False) -> Term:
        """That a step is one of an event's actions, with its arguments, and with the parts of variables that
        are at their places. `alone`: nothing is chosen but for it."""
        ways: list[Term] = []
        for take, transition, idle in self._steps:
            if _is_of(transition, event.actions):
                arguments = self._arguments(event, transition, names)
                asked = self._asked(event, transition, names)
                ways.append(
                    and_(take, idle if alone else true, *asked, *self._parts(event, arguments, names))
                )
        return or_(*ways)

    def _arguments(self, event: Event, transition: Transition, names: Names) -> Arguments:
        """What is known of the arguments of a transition that is an event's step: values, or choices."""
        known = ((parameter, self._pools.known(names, want)) for parameter, want in event.parameters)
        given = {parameter: value for parameter, value in known if value is not None}
        places = {name for path, _ in (*event.before, *event.after) for name in path.parameters}
        return {name: self._argument(transition, name) for name in places} | given

    def _argument(self, transition: Transition, parameter: str) -> Value | Term | None:
        """An argument of a transition, if the encoding knows it, or the choice that it is."""
        label = transition.label
        chosen = self._opened.parameters.get((label.name, parameter))
        if parameter not in self._opened.doubtful:
            known = dict(label.arguments).get(parameter)
            if known is not None:
                return known
        return None if chosen is None else chosen_variable(chosen)

    def _asked(self, event: Event, transition: Transition, names: Names) -> Iterator[Term]:
        """That a transition has the arguments that an event asks for."""
        for parameter, want in event.parameters:
            value, has = self._pools.known(names, want), self._argument(transition, parameter)
            if isinstance(has, Term) and value is not None:
                yield eq(has, integer(value)) if isinstance(value, int) else false
            elif has is not None and value is not None:
                yield true if has == value else false

    def says_all(self, event: Event, names: Names) -> bool:
        """Whether a step that the terms allow has the arguments that an event asks for, whatever was chosen
        in it: so that of those between two states one is as good as all."""
        if any(self._pools.known(names, want) is None for _, want in event.parameters):
            return False
        asked = {parameter for parameter, _ in event.parameters}
        placed = {name for path, _ in (*event.before, *event.after) for name in path.parameters} - asked
        for _, transition, _ in self._steps:
            if _is_of(transition, event.actions):
                if any(self._argument(transition, name) is None for name in asked):
                    return False
                found = (self._argument(transition, name) for name in placed)
                if any(has is None or isinstance(has, Term) for has in found):
                    return False
        return True

    # ------------------------------------------------------------ events

    def said(self, event: Event, frame: int, names: Names) -> list[At]:
        """What an event says of the step from a frame, and of the states around it."""
        if event.is_step:
            return [At(self.step_of_event(event, names), frame)]
        given = {parameter: self._pools.known(names, want) for parameter, want in event.parameters}
        wants = (*event.before, *event.after)
        facts = [At(self._part(path, want, given, names, state), frame) for path, want in wants]
        return [fact for fact in facts if fact.term is not true]

    def _parts(self, event: Event, arguments: Arguments, names: Names) -> Iterator[Term]:
        """What an event says of the states before and after its step, with some arguments."""
        for wants, moment in ((event.before, state), (event.after, successor)):
            for path, want in wants:
                yield self._part(path, want, arguments, names, moment)

    def _part(
        self, path: VariablePath, want: Want, arguments: Arguments, names: Names, moment: Moment
    ) -> Term:
        """That a part of a variable is what the log says, as far as that can be said of the shapes."""
        value = self._pools.known(names, want)
        if value is None:
            return true
        keys = [arguments.get(one.parameter) if isinstance(one, Argument) else one for one in path.steps]
        return self._is_at(path.variable, self._encoding.shapes[path.variable], keys, value, moment)

    def _is_at(
        self, slot: str, shape: Shape, keys: Sequence[Value | Term | None], value: Value, moment: Moment
    ) -> Term:
        """That a value is at some keys of a variable; nothing where its slot is not always the same."""
        if not keys:
            written = write(Path(), shape, slot, Const(value))
            slots = (
                (StateVariable(name, self._system.sort_of(name)), t) for name, t in written.terms.items()
            )
            return false if written.escapes else and_(*(eq(moment(v), term) for v, term in slots))
        key, *inner = keys
        if not isinstance(shape, FunShape) or key is None:
            return true
        entries = [entry for entry in shape.entries if not entry.optional]
        if isinstance(key, Term):
            return and_(
                *(
                    implies(
                        eq(key, integer(e.key)),
                        self._is_at(key_path(slot, e.key), e.shape, inner, value, moment),
                    )
                    for e in entries
                    if isinstance(e.key, int)
                )
            )
        entry = next((e for e in entries if e.key == key), None)
        return true if entry is None else self._is_at(key_path(slot, key), entry.shape, inner, value, moment)


def chosen_variable(name: str) -> Term:
    """The variable of a choice."""
    return variable(name, INTEGERS)


def _is_of(transition: Transition, actions: Actions) -> bool:
    return actions is None or transition.label.name in actions


def _constant(value: bool | int, sort: Sort) -> Term:
    if isinstance(sort, BoolSort):
        return boolean(bool(value))
    return enum(value, sort.size) if isinstance(sort, EnumSort) else integer(value)
