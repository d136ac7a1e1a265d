"""A map that is understood: which events are which steps, and what their fields say."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from aioformal.tracing.event import Place
from aioformal.tracing.names import Key
from aioformal.tracing.variable_path import VariablePath
from aioformal.value.values import Value

DEFAULT_LIMIT = 8
"""Unlogged steps between two events, where actions may go unlogged and nobody says how many."""

DEFAULT_WINDOW = 10_000
"""Events that may be read before an earlier one turns up."""


class FieldUse(Struct, frozen=True):
    """A field, or without one a value that the map itself gives. `pool`: the set whose members it names.
    `table`: what some of its values are called in the specification."""

    place: Place | None
    value: Value | None = None
    pool: str | None = None
    table: Mapping[str, Value] = field(default_factory=dict[str, Value])


class EventRule(Struct, frozen=True):
    """What an event of some name says. `actions`: see `Event`. `released`: fields with names that name
    nobody any more after it."""

    actions: frozenset[str] | None
    parameters: tuple[tuple[str, FieldUse], ...] = ()
    before: tuple[tuple[VariablePath, FieldUse], ...] = ()
    after: tuple[tuple[VariablePath, FieldUse], ...] = ()
    released: tuple[FieldUse, ...] = ()


class Clock(Struct, frozen=True):
    """The fields with the time of an event; one and the same for a point in time. `slack` is taken from the
    one and added to the other."""

    earliest: Place
    latest: Place
    slack: float = 0.0


class TraceMap(Struct, frozen=True):
    """`rules`: by the name of the event; None where events have the names of the specification itself.
    Without a `clock` events happened in the order of the log; with one, those of a `lane` did. `window`:
    how many events are read before an earlier one turns up. `unlogged`: actions whose steps may be missing,
    up to `limit` of them between two events."""

    rules: Mapping[str, EventRule] | None = None
    ignored: frozenset[str] = frozenset()
    name_field: Place = ("event",)
    clock: Clock | None = None
    lane: Place | None = None
    window: int = DEFAULT_WINDOW
    pools: Mapping[str, frozenset[Value]] = field(default_factory=dict[str, frozenset[Value]])
    fixed: Mapping[Key, Value] = field(default_factory=dict[Key, Value])
    unlogged: frozenset[str] = frozenset()
    limit: int = DEFAULT_LIMIT


PLAIN = TraceMap()
"""Events are called as their actions, and their fields as parameters and variables."""
