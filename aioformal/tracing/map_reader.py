"""From the tables of a map to a map that is understood, in the words of a specification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from aioformal.diagnostic import DiagnosticError, nearest
from aioformal.report.itf import read_value
from aioformal.tracing.event import Place
from aioformal.tracing.map_document import KeyPath, MapDocument, Table
from aioformal.tracing.names import Key
from aioformal.tracing.trace_map import DEFAULT_LIMIT, DEFAULT_WINDOW, Clock, EventRule, FieldUse, TraceMap
from aioformal.tracing.variable_path import PathSyntaxError, VariablePath, parse_path
from aioformal.tracing.vocabulary import Vocabulary
from aioformal.value.values import Value

TABLES = ("log", "unlogged", "names", "fields", "events")
LOG_KEYS = ("event", "time", "earliest", "latest", "slack", "lane", "window", "ignore")
EVENT_KEYS = (
    *("action", "actions", "parameters", "before", "after", "release"),
    *("probe", "print", "entry", "when"),
)
"""The last four are for `bpftrace`."""
USE_KEYS = ("field", "value")
ANY = "*"


def read_map(document: MapDocument, vocabulary: Vocabulary) -> TraceMap:
    """What a map says about logs of a specification. Raises `DiagnosticError` map.invalid, with everything
    that is wrong with it."""
    reader = _Reader(document, vocabulary)
    found = reader.read()
    document.settle()
    return found


class _Reader:
    def __init__(self, document: MapDocument, vocabulary: Vocabulary) -> None:
        self.document = document
        self.words = vocabulary
        self.tables = document.tables
        self.pools: dict[str, frozenset[Value]] = {}
        self.uses: dict[str, FieldUse] = {}

    def read(self) -> TraceMap:
        self.document.only(self.tables, (), TABLES)
        fixed = dict(self._fixed())
        self.uses = dict(self._fields())
        log = self._table("log")
        self.document.only(log, ("log",), LOG_KEYS)
        unlogged = self._table("unlogged")
        self.document.only(unlogged, ("unlogged",), ("actions", "limit"))
        ignored = frozenset(self.document.texts(log, ("log", "ignore")))
        rules = dict(self._rules())
        for name in ignored & rules.keys():
            self.document.problem(f"{name} is an event, and ignored as well", ("log", "ignore"), name)
        return TraceMap(
            rules,
            ignored,
            name_field=place_in(self.document.text(log, ("log", "event")) or "event"),
            clock=self._clock(log),
            lane=self._lane(log),
            window=int(self.document.number(log, ("log", "window"), DEFAULT_WINDOW)),
            pools=self.pools,
            fixed=fixed,
            unlogged=frozenset(self._actions(unlogged, ("unlogged", "actions"))),
            limit=int(self.document.number(unlogged, ("unlogged", "limit"), DEFAULT_LIMIT)),
        )

    def _table(self, *path: str) -> Table:
        return self.document.table(self.tables, path)

    # ------------------------------------------------------------ the log

    def _clock(self, log: Table) -> Clock | None:
        time, first, last = (self.document.text(log, ("log", key)) for key in ("time", "earliest", "latest"))
        slack = self.document.number(log, ("log", "slack"), 0)
        if time is not None and (first is not None or last is not None):
            message = "an event happens at one time, or from an earliest to a latest one"
            self.document.problem(message, ("log", "time"), hint="leave out `time`, or the other two")
        elif (first is None) != (last is None):
            key, other = ("earliest", "latest") if last is None else ("latest", "earliest")
            self.document.problem(f"{key} needs {other} beside it", ("log", key))
        elif time is not None:
            return Clock(place_in(time), place_in(time), slack)
        elif first is not None and last is not None:
            return Clock(place_in(first), place_in(last), slack)
        elif "slack" in log:
            self.document.problem("slack needs a time", ("log", "slack"), hint="add time = FIELD")
        return None

    def _lane(self, log: Table) -> Place | None:
        lane = self.document.text(log, ("log", "lane"))
        if lane is None:
            return None
        if not {"time", "earliest", "latest"} & log.keys():
            message = "without a time, events happened in the order of the log, and lanes say nothing"
            self.document.problem(message, ("log", "lane"), hint="add time = FIELD, or drop lane")
        return place_in(lane)

    # ------------------------------------------------------------ names and values

    def _fixed(self) -> Iterator[tuple[Key, Value]]:
        for pool in self._table("names"):
            path = ("names", pool)
            members = self.words.set_named(pool)
            if members is None:
                self._unknown("constant set", pool, self.words.sets, path)
                continue
            self.pools[pool] = members
            given: dict[Value, str] = {}
            for raw, value in self.document.table(self._table("names"), path).items():
                found = self._value(value, (*path, raw))
                if found is None:
                    continue
                if found in members and found in given:
                    message = f"{raw} and {given[found]} cannot both be {value}"
                    self.document.problem(message, (*path, raw), hint="two names are two members")
                given[found] = raw
                yield (pool, raw), found

    def _fields(self) -> Iterator[tuple[str, FieldUse]]:
        for name in self._table("fields"):
            path = ("fields", name)
            about = self.document.table(self._table("fields"), path)
            self.document.only(about, path, ("names", "values"))
            pool = self.document.text(about, (*path, "names"))
            if pool is not None and pool not in self.pools:
                members = self.words.set_named(pool)
                if members is None:
                    self._unknown("constant set", pool, self.words.sets, (*path, "names"), pool)
                else:
                    self.pools[pool] = members
            yield name, FieldUse(place_in(name), pool=pool, table=dict(self._values(about, path)))

    def _values(self, about: Table, path: KeyPath) -> Iterator[tuple[str, Value]]:
        for raw, value in self.document.table(about, (*path, "values")).items():
            found = self._value(value, (*path, "values", raw))
            if found is not None:
                yield raw, found

    def _value(self, raw: Any, path: KeyPath) -> Value | None:
        if isinstance(raw, float):
            self.document.problem("TLA+ has no such numbers", path)
            return None
        try:
            return read_value(raw, self.words.model_values)
        except DiagnosticError as problem:
            self.document.problem(problem.diagnostics[0].message, path)
            return None

    # ------------------------------------------------------------ events

    def _rules(self) -> Iterator[tuple[str, EventRule]]:
        events = self._table("events")
        if not events:
            message = "the map names no events"
            hint = "begin with what `aioformal trace --template SPEC` prints"
            self.document.problem(message, ("events",), hint=hint)
        for name in events:
            path = ("events", name)
            about = self.document.table(events, path)
            self.document.only(about, path, EVENT_KEYS)
            actions = self._of_event(about, path)
            parameters = tuple(self._parameters(about, path, actions))
            released = (self._use(field, (*path, "release"), field) for field in self._released(about, path))
            yield (
                name,
                EventRule(
                    actions,
                    parameters,
                    tuple(self._paths(about, (*path, "before"), actions)),
                    tuple(self._paths(about, (*path, "after"), actions)),
                    tuple(use for use in released if use is not None),
                ),
            )

    def _released(self, about: Table, path: KeyPath) -> Iterator[str]:
        for field in self.document.texts(about, (*path, "release")):
            use = self.uses.get(field)
            if use is None or use.pool is None:
                message = f"{field} names nobody that could be released"
                self.document.problem(message, (*path, "release"), field, f"say [fields.{field}] names = SET")
            else:
                yield field

    def _of_event(self, about: Table, path: KeyPath) -> frozenset[str] | None:
        """The actions of an event; none for one that only looks at the state."""
        if "action" in about and "actions" in about:
            self.document.problem("an event has `action` or `actions`", (*path, "actions"))
        one = self.document.text(about, (*path, "action"))
        if one == ANY:
            return None
        if one is not None:
            self._require_action(one, (*path, "action"))
            return frozenset((one,))
        return frozenset(self._actions(about, (*path, "actions")))

    def _actions(self, holder: Table, path: KeyPath) -> Iterator[str]:
        if holder.get(path[-1]) == ANY:
            yield from self.words.actions
            return
        for name in self.document.texts(holder, path):
            self._require_action(name, path)
            yield name

    def _require_action(self, name: str, path: KeyPath) -> None:
        if name not in self.words.actions:
            self._unknown("action", name, tuple(self.words.actions), path, name)

    def _parameters(
        self, about: Table, path: KeyPath, actions: frozenset[str] | None
    ) -> Iterator[tuple[str, FieldUse]]:
        path = (*path, "parameters")
        for name, written in self.document.table(about, path).items():
            known = self._known_parameters(actions)
            if known is not None and name not in known:
                what = " or ".join(sorted(actions or ())) or "an event that is no step"
                self._unknown(f"parameter of {what}", name, tuple(known), (*path, name))
            use = self._use(written, (*path, name))
            if use is not None:
                yield name, use

    def _known_parameters(
        self, actions: frozenset[str] | None, *, of_all: bool = False
    ) -> frozenset[str] | None:
        """The parameters of some actions, or those that all of them have; None where they are not known."""
        if actions is None:
            return None
        found = [frozenset(self.words.actions.get(name, ())) for name in actions]
        if not all(found):
            return None
        every = frozenset(name for names in found for name in names)
        return frozenset(name for name in every if not of_all or all(name in names for names in found))

    def _paths(
        self, about: Table, path: KeyPath, actions: frozenset[str] | None
    ) -> Iterator[tuple[VariablePath, FieldUse]]:
        for written, field in self.document.table(about, path).items():
            parsed = self._path(written, (*path, written))
            use = self._use(field, (*path, written))
            known = self._known_parameters(actions, of_all=True)
            for name in () if parsed is None else parsed.parameters:
                if known is not None and name not in known:
                    self._unknown("model value or parameter", name, tuple(known), (*path, written))
            if parsed is not None and use is not None:
                yield parsed, use

    def _path(self, written: str, place: KeyPath) -> VariablePath | None:
        try:
            return parse_path(written, self.words.variables, self.words.model_value)
        except PathSyntaxError as problem:
            hint = 'write it as in kioctx[c].users, with a parameter, a number or ["a string"] in brackets'
            self.document.problem(f"{written}: {problem}", place, hint=hint)
        except KeyError as unknown:
            self._unknown("variable", unknown.args[0], self.words.variables, place)
        return None

    def _use(self, written: object, path: KeyPath, word: str | None = None) -> FieldUse | None:
        """What `"field"` or `{ value = ... }` stands for."""
        if isinstance(written, dict):
            about = cast("Table", written)
            self.document.only(about, path, USE_KEYS)
            if "value" in about:
                return self._literal(about, path)
            written = about.get("field")
        if not isinstance(written, str) or not written:
            hint = 'c = "ctx" for the field ctx of the event, or c = { value = ... }'
            message = "the name of a field, or { value = ... }, must stand here"
            self.document.problem(message, path, word, hint)
            return None
        return self.uses.get(written, FieldUse(place_in(written)))

    def _literal(self, about: Table, path: KeyPath) -> FieldUse | None:
        value = self._value(about["value"], path)
        return None if value is None else FieldUse(None, value)

    def _unknown(
        self, what: str, name: str, known: tuple[str, ...], path: KeyPath, word: str | None = None
    ) -> None:
        guess = nearest(name, known)
        listed = ", ".join(sorted(known)[:12]) or "none"
        hint = f"did you mean {guess}?" if guess else f"the specification has: {listed}"
        self.document.problem(f"there is no {what} {name}", path, word, hint)


def place_in(field: str) -> Place:
    """`a.b` is the entry b of the object a."""
    return tuple(field.split("."))
