"""Whether a step, and the states around it, are what an event says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aioformal.tracing.event import Event, Place
from aioformal.tracing.ground import Move
from aioformal.tracing.names import Names, Pools
from aioformal.tracing.variable_path import VariablePath
from aioformal.value.format import format_value
from aioformal.value.values import State, Value


class Mismatch(NamedTuple):
    """What keeps a step from being that of an event. `about`: a parameter or a part of a variable; `has`:
    its value in the step; `place`: the field of the event that asks for another."""

    about: str
    has: str
    place: Place
    moment: str


class Matcher:
    """Holds steps against events."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools

    def meet_action(self, event: Event, move: Move, names: Names) -> Names | None:
        """As far as the action and its arguments say."""
        if event.actions is not None and move.action.name not in event.actions:
            return None
        found: Names | None = names
        for parameter, want in event.parameters:
            value = move.arguments.get(parameter)
            found = None if value is None else self._pools.meet(found, want, value)
            if found is None:
                return None
        return found

    def meet_states(
        self, event: Event, move: Move, before: State, after: State, names: Names
    ) -> Names | None:
        """As far as the states around a step say."""
        return self._meet_states(event, self._arguments(event, move, names), before, after, names)

    def meet_state(self, event: Event, state: State, names: Names) -> Names | None:
        """The same for an event that is no step, but looks at a state."""
        arguments = self._arguments(event, None, names)
        return self._meet_states(event, arguments, state, state, names)

    def mismatches(
        self, event: Event, move: Move | None, before: State, after: State, names: Names
    ) -> Iterator[Mismatch]:
        """Everything that keeps a step (None: the looking at a state) from being that of an event."""
        if move is not None and event.actions is not None and move.action.name not in event.actions:
            yield Mismatch("action", move.action.name, event.name_field, "action")
            return
        for parameter, want in event.parameters if move is not None else ():
            value = None if move is None else move.arguments.get(parameter)
            found = None if value is None else self._pools.meet(names, want, value)
            if found is None:
                yield Mismatch(parameter, _shown(value), want.field, "argument")
            else:
                names = found
        arguments = self._arguments(event, move, names)
        for moment, state, wants in (("before", before, event.before), ("after", after, event.after)):
            for path, want in wants:
                value = _part(path, state, arguments)
                if value is None or self._pools.meet(names, want, value) is None:
                    yield Mismatch(path.text, _shown(value), want.field, moment)

    def _meet_states(
        self, event: Event, arguments: Mapping[str, Value], before: State, after: State, names: Names
    ) -> Names | None:
        found: Names | None = names
        for state, wants in ((before, event.before), (after, event.after)):
            for path, want in wants:
                value = _part(path, state, arguments)
                found = None if value is None else self._pools.meet(found, want, value)
                if found is None:
                    return None
        return found

    def _arguments(self, event: Event, move: Move | None, names: Names) -> Mapping[str, Value]:
        """The values of parameters: those of the step, and for an event that is none those that it names."""
        if move is not None:
            return move.arguments
        known = ((name, self._pools.known(names, want)) for name, want in event.parameters)
        return {name: value for name, value in known if value is not None}


def _part(path: VariablePath, state: State, arguments: Mapping[str, Value]) -> Value | None:
    try:
        return path.value(state[path.index], arguments)
    except KeyError:
        return None


def _shown(value: Value | None) -> str:
    return "nothing" if value is None else format_value(value)
