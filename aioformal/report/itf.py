"""Traces in the Informal Trace Format (Apalache's ADR 015), to and from plain JSON data.

| TLA+                       | ITF                                          |
| -------------------------- | -------------------------------------------- |
| Boolean, string            | itself                                       |
| integer                    | `{"#bigint": "-12"}`, whatever its size      |
| sequence, elements alike   | a list                                       |
| tuple of different kinds   | `{"#tup": [...]}`                            |
| record                     | an object                                    |
| other function             | `{"#map": [[argument, value], ...]}`         |
| set                        | `{"#set": [...]}`, in the canonical order    |
| model value                | a string; `#meta.modelValues` lists them     |
| what cannot be enumerated  | `{"#unserializable": "SUBSET Nat"}`          |

A model value whose name is also a string of the trace is written `{"#unserializable": "name"}` and
listed in `#meta.ambiguousModelValues`, so that reading gives back the same trace. The `#meta` of a
state has the action that led to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, cast

from aioformal.diagnostic import DiagnosticError, error
from aioformal.evidence.verdict import ActionLabel, Trace
from aioformal.value.algebra import make_set
from aioformal.value.compare import kind_of
from aioformal.value.fault import ValueFault
from aioformal.value.format import ENUMERATED_IN_TEXT, is_record, rule_text
from aioformal.value.order import ordered
from aioformal.value.values import (
    Bool,
    Function,
    LazySet,
    ModelValue,
    State,
    Value,
    boolean,
    elements_of,
    is_sequence,
    make_record,
    make_tuple,
)

Json: TypeAlias = "dict[str, Any]"


def trace_to_itf(trace: Trace) -> Json:
    """A trace as one ITF document. States count from 0, as ITF wants it."""
    names, strings = _words(_values_of(trace))
    ambiguous = names & strings
    writer = _Writer(ambiguous)
    meta: Json = {"format": "ITF", "modelValues": sorted(names - ambiguous)}
    if ambiguous:
        meta["ambiguousModelValues"] = sorted(ambiguous)
    states = [writer.state(trace, index) for index in range(len(trace.states))]
    document: Json = {"#meta": meta, "vars": list(trace.variables), "states": states}
    if trace.loop is not None:
        document["loop"] = trace.loop
    return document


def trace_from_itf(document: Json) -> Trace:
    """The trace of an ITF document. Its actions are nameless where the document names none.

    Raises `DiagnosticError` itf.malformed.
    """
    meta = _object(document.get("#meta", {}), "#meta")
    reader = _Reader(_names(meta, "modelValues"), _names(meta, "ambiguousModelValues"))
    variables = tuple(_text(name, "a variable") for name in _list(document.get("vars"), "vars"))
    raw = [_object(state, "a state") for state in _list(document.get("states"), "states")]
    states = tuple(reader.state(state, variables) for state in raw)
    return Trace(variables, states, tuple(map(reader.action, raw[1:])), _loop(document, len(states)))


def read_value(raw: object, model_values: frozenset[str], ambiguous: frozenset[str] = frozenset()) -> Value:
    """The value that plain JSON data stands for. Strings among `model_values` are read as these.

    Raises `DiagnosticError` itf.malformed.
    """
    return _Reader(model_values, ambiguous).value(raw)


# ---------------------------------------------------------------- writing


def _values_of(trace: Trace) -> Iterator[Value]:
    for state in trace.states:
        yield from state
    for action in trace.actions:
        yield from (value for _, value in action.arguments)


def _words(values: Iterable[Value]) -> tuple[set[str], set[str]]:
    """The names of the model values and the strings below the given values."""
    names: set[str] = set()
    strings: set[str] = set()
    waiting = list(values)
    seen: set[Value] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            strings.add(value)
        elif isinstance(value, ModelValue):
            names.add(value.name)
        elif isinstance(value, frozenset | Function) and value not in seen:
            seen.add(value)
            waiting.extend(value if isinstance(value, frozenset) else _parts(value))
    return names, strings


def _parts(function: Function) -> Iterator[Value]:
    yield from function.mapping.values()
    if not is_record(function):
        yield from function.mapping


class _Writer:
    """Values to JSON. `ambiguous` are the names of model values that strings have too."""

    def __init__(self, ambiguous: set[str]) -> None:
        self.ambiguous = ambiguous

    def state(self, trace: Trace, index: int) -> Json:
        meta: Json = {"index": index}
        if 0 < index <= len(trace.actions):
            meta["action"] = self.action(trace.actions[index - 1])
        values = map(self.value, trace.states[index])
        return {"#meta": meta, **dict(zip(trace.variables, values, strict=True))}

    def action(self, label: ActionLabel) -> Json:
        arguments = [[name, self.value(value)] for name, value in label.arguments]
        return {"name": label.name, "arguments": arguments}

    def value(self, value: Value) -> Any:
        if isinstance(value, Bool):
            return value.truth
        if isinstance(value, int):
            return _integer(value)
        if isinstance(value, str):
            return value
        if isinstance(value, ModelValue):
            return {"#unserializable": value.name} if value.name in self.ambiguous else value.name
        if isinstance(value, Function):
            return self.function(value)
        if isinstance(value, LazySet) and value.is_small() and (value.size or 0) <= ENUMERATED_IN_TEXT:
            value = value.freeze()
        if isinstance(value, frozenset):
            return {"#set": [self.value(member) for member in ordered(value)]}
        return {"#unserializable": rule_text(value)}

    def function(self, function: Function) -> Any:
        if is_sequence(function):
            elements = elements_of(function)
            alike = len({kind_of(element) for element in elements}) < 2
            listed = [self.value(element) for element in elements]
            return listed if alike else {"#tup": listed}
        mapping = function.mapping
        if is_record(function):
            return {cast(str, name): self.value(mapping[name]) for name in ordered(frozenset(mapping))}
        return {"#map": [[self.value(key), self.value(mapping[key])] for key in ordered(frozenset(mapping))]}


def _integer(value: int) -> Json:
    try:
        return {"#bigint": str(value)}
    except ValueError:  # Python refuses to write thousands of decimal digits
        return {"#unserializable": rule_text(value)}


# ---------------------------------------------------------------- reading


def _malformed(message: str) -> DiagnosticError:
    return error("itf.malformed", message, hint="the format is Apalache's ADR 015, Informal Trace Format")


def _object(raw: object, what: str) -> Json:
    if isinstance(raw, dict):
        return cast("Json", raw)
    raise _malformed(f"{what} is {_excerpt(raw)}, but must be an object")


def _list(raw: object, what: str) -> list[object]:
    if isinstance(raw, list):
        return cast("list[object]", raw)
    raise _malformed(f"{what} is {_excerpt(raw)}, but must be a list")


def _text(raw: object, what: str) -> str:
    if isinstance(raw, str):
        return raw
    raise _malformed(f"{what} is {_excerpt(raw)}, but must be a string")


def _excerpt(raw: object) -> str:
    return "missing" if raw is None else repr(raw)[:60]


def _loop(document: Json, length: int) -> int | None:
    loop: object = document.get("loop")
    if loop is None or (isinstance(loop, int) and 0 <= loop < length):
        return loop
    raise _malformed(f"loop is {_excerpt(loop)}, but must be the index of one of {length} states")


def _names(meta: Json, key: str) -> frozenset[str]:
    return frozenset(_text(name, "a model value") for name in _list(meta.get(key, []), key))


class _Reader:
    """JSON to values. Strings among `model_values` are read as these; `ambiguous` ones are marked."""

    def __init__(self, model_values: frozenset[str], ambiguous: frozenset[str]) -> None:
        self.model_values = model_values
        self.ambiguous = ambiguous

    def state(self, raw: Json, variables: tuple[str, ...]) -> State:
        missing = [name for name in variables if name not in raw]
        if missing:
            raise _malformed(f"a state gives no value to {', '.join(missing)}")
        return tuple(self.value(raw[name]) for name in variables)

    def action(self, raw: Json) -> ActionLabel:
        action = _object(raw.get("#meta", {}), "#meta").get("action")
        if action is None:
            return ActionLabel("")
        action = _object(action, "an action")
        pairs = _list(action.get("arguments", []), "arguments")
        arguments = tuple((_text(name, "a parameter"), self.value(raw)) for name, raw in map(_pair, pairs))
        return ActionLabel(_text(action.get("name"), "an action's name"), arguments)

    def value(self, raw: object) -> Value:
        if isinstance(raw, bool):
            return boolean(raw)
        if isinstance(raw, int):
            return raw
        if isinstance(raw, str):
            return ModelValue(raw) if raw in self.model_values else raw
        if isinstance(raw, list):
            return self.sequence(cast("list[object]", raw))
        return self.holder(_object(raw, "a value"))

    def holder(self, raw: Json) -> Value:
        tags = [key for key in raw if key.startswith("#")]
        if not tags:
            return make_record({name: self.value(value) for name, value in raw.items()})
        if len(raw) == 1 and tags[0] in _READERS:
            return _READERS[tags[0]](self, raw[tags[0]])
        raise _malformed(f"an object cannot have the keys {', '.join(raw)}")

    def integer(self, raw: object) -> Value:
        try:
            return int(_text(raw, "#bigint"))
        except ValueError:
            raise _malformed(f"#bigint is {_excerpt(raw)}, but must be an integer") from None

    def sequence(self, raw: object) -> Value:
        return make_tuple(map(self.value, _list(raw, "#tup")))

    def set_of(self, raw: object) -> Value:
        try:
            return make_set(map(self.value, _list(raw, "#set")))
        except ValueFault as fault:
            raise _malformed(fault.message) from None

    def function(self, raw: object) -> Value:
        pairs = map(_pair, _list(raw, "#map"))
        return Function({self.value(key): self.value(value) for key, value in pairs})

    def name(self, raw: object) -> Value:
        if isinstance(raw, str) and raw in self.ambiguous:
            return ModelValue(raw)
        raise _malformed(f"{_excerpt(raw)} was written without its value")


def _pair(raw: object) -> tuple[object, object]:
    pair = _list(raw, "a pair")
    if len(pair) != 2:
        raise _malformed(f"{_excerpt(raw)} stands where a pair is needed")
    return pair[0], pair[1]


_READERS: Mapping[str, Callable[[_Reader, object], Value]] = {
    "#bigint": _Reader.integer,
    "#tup": _Reader.sequence,
    "#set": _Reader.set_of,
    "#map": _Reader.function,
    "#unserializable": _Reader.name,
}
