"""From records to events: as a map says, or as the specification itself calls things."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, cast

from aioformal.diagnostic import DiagnosticError, nearest
from aioformal.report.itf import read_value
from aioformal.tracing.event import Box, Event, Place, Want
from aioformal.tracing.record import Json, Record
from aioformal.tracing.trace_map import FieldUse, TraceMap
from aioformal.tracing.variable_path import VariablePath
from aioformal.tracing.vocabulary import Vocabulary
from aioformal.value.values import Value

META: Place = ("#meta",)
About = TypeVar("About", str, VariablePath)


class Conversion:
    """Values of a log in the words of a specification."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._model_values = vocabulary.model_values

    def value(self, record: Record, place: Place, raw: object) -> Value:
        """Raises `DiagnosticError` log.malformed."""
        if raw.__class__ is int:
            return cast("int", raw)
        names = self._model_values | record.model_values if record.model_values else self._model_values
        try:
            if isinstance(raw, float):
                raise record.problem("log.malformed", "TLA+ has no such numbers", place)
            return read_value(raw, names, record.ambiguous)
        except DiagnosticError as problem:
            if problem.diagnostics[0].span is not None:
                raise
            raise record.problem("log.malformed", problem.diagnostics[0].message, place) from None


class MappedReader:
    """Reads with a map."""

    def __init__(self, trace_map: TraceMap, vocabulary: Vocabulary) -> None:
        assert trace_map.rules is not None
        self._map = trace_map
        self._rules = trace_map.rules
        self._conversion = Conversion(vocabulary)

    def event(self, record: Record) -> Event | None:
        """Raises `DiagnosticError` log.malformed and log.unmapped."""
        name = record.name = self._name(record)
        rule = self._rules.get(name)
        if rule is None:
            return None
        return Event(
            record.number,
            name,
            rule.actions,
            tuple(self._wants(record, rule.parameters)),
            tuple(self._wants(record, rule.before)),
            tuple(self._wants(record, rule.after)),
            tuple(self._released(record, rule.released)),
            self._box(record),
            self._lane(record),
            *_place_of(record, self._map.name_field),
        )

    def _name(self, record: Record) -> str:
        name = record.get(self._map.name_field)
        field = ".".join(cast("tuple[str, ...]", self._map.name_field))
        if not isinstance(name, str):
            what = "is missing" if name is None else "must be a text"
            hint = "[log] event = FIELD in the map says which field names the event"
            raise record.problem(
                "log.malformed", f"{field}, the event's name, {what}", self._map.name_field, hint
            )
        if name not in self._rules and name not in self._map.ignored:
            guess = nearest(name, self._rules)
            hint = (
                f"did the map mean it by {guess}?"
                if guess
                else f"[events.{name}], or list it in [log] ignore"
            )
            raise record.problem("log.unmapped", f"the map has no event {name!r}", self._map.name_field, hint)
        return name

    def _wants(self, record: Record, uses: Iterable[tuple[About, FieldUse]]) -> Iterator[tuple[About, Want]]:
        for about, use in uses:
            want = self._want(record, use)
            if want is not None:
                yield about, want

    def _want(self, record: Record, use: FieldUse) -> Want | None:
        if use.place is None:
            return Want((), use.value)
        raw = record.get(use.place)
        if raw is None:
            return None
        if use.table and (found := use.table.get(str(raw))) is not None:
            return Want(use.place, found)
        if use.pool is None:
            return Want(use.place, self._conversion.value(record, use.place, raw))
        return Want(use.place, None, use.pool, self._raw_name(record, use.place, raw))

    def _raw_name(self, record: Record, place: Place, raw: object) -> str:
        if isinstance(raw, str) or raw.__class__ is int:
            return str(raw)
        raise record.problem("log.malformed", "a name must be a text or an integer", place)

    def _released(self, record: Record, uses: Iterable[FieldUse]) -> Iterator[tuple[str, str]]:
        for use in uses:
            want = self._want(record, use)
            if want is not None and want.pool is not None:
                yield want.pool, want.raw

    def _box(self, record: Record) -> Box:
        clock = self._map.clock
        if clock is None:
            return Box(record.number, record.number)
        earliest, latest = (self._time(record, place) for place in (clock.earliest, clock.latest))
        if earliest > latest:
            raise record.problem("log.malformed", "the event ends before it begins", clock.latest)
        return Box(earliest - clock.slack, latest + clock.slack)

    def _time(self, record: Record, place: Place) -> float:
        raw = record.get(place)
        if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
            return raw
        field = ".".join(cast("tuple[str, ...]", place))
        what = "is missing" if raw is None else "must be a number"
        raise record.problem("log.malformed", f"{field}, the time of the event, {what}", place)

    def _lane(self, record: Record) -> str | None:
        raw = None if self._map.lane is None else record.get(self._map.lane)
        return None if raw is None else str(raw)


class PlainReader:
    """Reads events that are called as their actions, with fields that are called as parameters and
    variables; and states in the Informal Trace Format, whose actions are in their `#meta`."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._conversion = Conversion(vocabulary)
        self._paths = {
            name: VariablePath(name, name, index, ()) for index, name in enumerate(vocabulary.variables)
        }

    def event(self, record: Record) -> Event | None:
        """Raises `DiagnosticError` log.malformed and log.unmapped."""
        meta = record.get(META)
        if isinstance(meta, dict):
            return self._state(record, cast("Json", meta))
        name = record.get(("event",))
        if name is not None and not isinstance(name, str):
            raise record.problem("log.malformed", "the event's name must be a text", ("event",))
        record.name = name or ""
        after, others = self._fields(record, record.data.keys() - {"event"})
        parameters = tuple(self._parameter(record, name, field) for field in others)
        return self._made(record, name, parameters, after, ("event",))

    def _state(self, record: Record, meta: Json) -> Event:
        after, others = self._fields(record, record.data.keys() - {"#meta"})
        if others:
            raise self._unmapped(record, others[0], self._words.variables, "variable")
        for key, names in (("modelValues", "model_values"), ("ambiguousModelValues", "ambiguous")):
            if isinstance(meta.get(key), list):
                setattr(record, names, frozenset(str(one) for one in meta[key]))
        if meta.get("index") == 0:
            return self._event(record, "", frozenset(), (), after, META)
        action = meta.get("action")
        if not isinstance(action, dict):
            return self._made(record, None, (), after, META)
        about = cast("Json", action)
        place: Place = ("#meta", "action")
        arguments = tuple(self._arguments(record, about.get("arguments", []), (*place, "arguments")))
        return self._made(record, about.get("name"), arguments, after, (*place, "name"))

    def _arguments(self, record: Record, pairs: Any, place: Place) -> Iterator[tuple[str, Want]]:
        if not isinstance(pairs, list):
            raise record.problem("log.malformed", "arguments must be a list of pairs", place)
        for index, pair in enumerate(cast("list[Any]", pairs)):
            if (
                not isinstance(pair, list)
                or len(cast("list[Any]", pair)) != 2
                or not isinstance(pair[0], str)
            ):
                raise record.problem("log.malformed", "[name, value] must stand here", (*place, index))
            inside = (*place, index, 1)
            yield pair[0], Want(inside, self._conversion.value(record, inside, cast("object", pair[1])))

    def _made(
        self,
        record: Record,
        name: str | None,
        parameters: tuple[tuple[str, Want], ...],
        after: tuple[tuple[VariablePath, Want], ...],
        place: Place,
    ) -> Event:
        if name is not None and name not in self._words.actions:
            known = tuple(self._words.actions)
            guess = nearest(str(name), known)
            hint = (
                f"did you mean {guess}?" if guess else f"the actions: {', '.join(known[:12])}; or write a map"
            )
            raise record.problem("log.unmapped", f"there is no action {name!r}", place, hint)
        actions = None if name is None else frozenset((name,))
        return self._event(record, name or "", actions, parameters, after, place)

    def _event(
        self,
        record: Record,
        name: str,
        actions: frozenset[str] | None,
        parameters: tuple[tuple[str, Want], ...],
        after: tuple[tuple[VariablePath, Want], ...],
        place: Place,
    ) -> Event:
        box = Box(record.number, record.number)
        released = ()
        return Event(
            record.number,
            name,
            actions,
            parameters,
            (),
            after,
            released,
            box,
            None,
            *_place_of(record, place),
        )

    def _fields(
        self, record: Record, names: Iterable[str]
    ) -> tuple[tuple[tuple[VariablePath, Want], ...], list[str]]:
        """What the fields say of variables, and the fields that are called like none."""
        after: list[tuple[VariablePath, Want]] = []
        others: list[str] = []
        for name in names:
            path = self._paths.get(name)
            raw = record.get((name,))
            if path is None:
                others.append(name)
            elif raw is not None:
                after.append((path, Want((name,), self._conversion.value(record, (name,), raw))))
        return tuple(after), others

    def _parameter(self, record: Record, action: str | None, field: str) -> tuple[str, Want]:
        known = self._words.actions.get(action or "", ())
        if known and field not in known:
            raise self._unmapped(record, field, (*known, *self._words.variables), "parameter or variable")
        raw = record.get((field,))
        return field, Want((field,), self._conversion.value(record, (field,), raw))

    def _unmapped(self, record: Record, field: str, known: tuple[str, ...], what: str) -> DiagnosticError:
        guess = nearest(field, known)
        hint = f"did you mean {guess}?" if guess else "a map says what the fields of a log mean: --map"
        return record.problem("log.unmapped", f"there is no {what} {field!r}", (field,), hint)


def _place_of(record: Record, name_field: Place) -> tuple[str, str, Place, Place, int]:
    source = record.source
    return source.name, source.text, name_field, record.root, source.first_line
