"""Shapes and values as JSON, and back. Nothing that is read is ever executed, and what it cannot be is
refused: the file may have been written by anybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from aioformal.encode.shapes import (
    AtomShape,
    BoolShape,
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    Shapes,
    UnionShape,
    VariableShape,
    ordered,
)
from aioformal.value.format import format_value
from aioformal.value.values import Bool, Function, ModelValue, State, Value, boolean

Json: TypeAlias = Any
"""What `json` reads and writes."""


def write_value(value: Value) -> Json:
    """A tag and what it takes to make the value. Raises ValueError for a set that is only a rule."""
    match value:
        case Bool():
            return ["bool", value.truth]
        case int():
            return ["int", value]
        case str():
            return ["str", value]
        case ModelValue():
            return ["model", value.name]
        case frozenset():
            return ["set", *map(write_value, ordered(value))]
        case Function():
            pairs = ((key, value.mapping[key]) for key in ordered(value.mapping))
            return ["fun", *([write_value(key), write_value(at)] for key, at in pairs)]
        case _:
            raise ValueError(f"{format_value(value)} cannot be written down")


def read_value(written: Json) -> Value:
    """Raises ValueError or TypeError for what `write_value` does not write."""
    tag, *parts = written
    match tag, parts:
        case "bool", [bool() as truth]:
            return boolean(truth)
        case "int", [int() as number] if not isinstance(number, bool):
            return number
        case "str", [str() as text]:
            return text
        case "model", [str() as name]:
            return ModelValue(name)
        case "set", _:
            return frozenset(map(read_value, parts))
        case "fun", _:
            return Function({read_value(key): read_value(at) for key, at in parts})
        case _:
            raise ValueError(f"no value: {tag}")


def write_state(state: State) -> Json:
    return [write_value(value) for value in state]


def read_state(written: Json) -> State:
    return tuple(map(read_value, written))


def write_shapes(shapes: Shapes) -> Json:
    """Raises ValueError where a value cannot be written."""
    found = ((name, shapes.variable(name)) for name in shapes)
    return [[name, list(v.origins), _write_shape(v.shape)] for name, v in found]


def read_shapes(written: Json) -> Shapes:
    """Raises ValueError, TypeError or KeyError for what `write_shapes` does not write."""
    read: Mapping[str, VariableShape] = {
        _text(name): VariableShape(_read_shape(shape), tuple(map(_text, origins)))
        for name, origins, shape in written
    }
    return Shapes(read)


def _write_shape(shape: Shape) -> Json:
    match shape:
        case BoolShape():
            return ["bool"]
        case IntShape(lo, hi):
            return ["int", lo, hi]
        case AtomShape() | SetShape():
            return ["atom" if isinstance(shape, AtomShape) else "set", *map(write_value, shape.ordered)]
        case FunShape(entries):
            return ["fun", *([write_value(e.key), _write_shape(e.shape), e.optional] for e in entries)]
        case SeqShape(longest, element):
            return ["seq", longest, _write_shape(element)]
        case UnionShape(alternatives):
            return ["union", *map(_write_shape, alternatives)]


def _read_shape(written: Json) -> Shape:
    tag, *parts = written
    return _READERS[_text(tag)](parts)


def _text(written: Json) -> str:
    if not isinstance(written, str):
        raise TypeError("no text")
    return written


def _whole(written: Json) -> int:
    if not isinstance(written, int) or isinstance(written, bool):
        raise TypeError("no number")
    return written


def _read_int(parts: list[Json]) -> Shape:
    lo, hi = (None if end is None else _whole(end) for end in parts)
    return IntShape(lo, hi)


def _read_entries(parts: list[Json]) -> Shape:
    return FunShape(tuple(Entry(read_value(key), _read_shape(s), bool(some)) for key, s, some in parts))


_READERS: Mapping[str, Callable[[list[Json]], Shape]] = {
    "bool": lambda _: BoolShape(),
    "int": _read_int,
    "atom": lambda parts: AtomShape(frozenset(map(read_value, parts))),
    "set": lambda parts: SetShape(frozenset(map(read_value, parts))),
    "fun": _read_entries,
    "seq": lambda parts: SeqShape(_whole(parts[0]), _read_shape(parts[1])),
    "union": lambda parts: UnionShape(tuple(map(_read_shape, parts))),
}
