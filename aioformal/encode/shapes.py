"""Shapes: the finite form of a variable's values.

A shape is a guess. It says which values a variable's slots can hold; that no step leaves it is a proof
obligation (`slots.write`), and when a step does, the shape is widened and the encoding made anew.

Shapes form a lattice under `join`. A `UnionShape` has at most one alternative of each kind, and is never
nested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, reduce
from typing import TypeAlias

from msgspec import Struct

from aioformal.diagnostic import error
from aioformal.value.format import format_value
from aioformal.value.order import order_key
from aioformal.value.values import Bool, Function, ModelValue, Value


class BoolShape(Struct, frozen=True):
    pass


class IntShape(Struct, frozen=True):
    """Integers from `lo` to `hi`; None is an open end."""

    lo: int | None
    hi: int | None


class AtomShape(Struct, frozen=True):
    """Strings and model values."""

    values: frozenset[Value]

    @property
    def ordered(self) -> tuple[Value, ...]:
        return ordered(self.values)


class SetShape(Struct, frozen=True):
    """The subsets of a finite universe."""

    universe: frozenset[Value]

    @property
    def ordered(self) -> tuple[Value, ...]:
        return ordered(self.universe)


class Entry(Struct, frozen=True):
    """One key of a function; `optional` when some of the functions lack it."""

    key: Value
    shape: Shape
    optional: bool = False


class FunShape(Struct, frozen=True):
    """Functions, records and tuples whose keys are among those of `entries` (in canonical order)."""

    entries: tuple[Entry, ...]

    @property
    def keys(self) -> frozenset[Value]:
        return frozenset(e.key for e in self.entries)


class SeqShape(Struct, frozen=True):
    """Sequences of at most `max_len` elements."""

    max_len: int
    element: Shape


class UnionShape(Struct, frozen=True):
    """Values of different kinds, in the order of `KINDS`."""

    alternatives: tuple[Shape, ...]


Shape: TypeAlias = BoolShape | IntShape | AtomShape | SetShape | FunShape | SeqShape | UnionShape

KINDS: dict[type, str] = {
    BoolShape: "boolean",
    IntShape: "integer",
    AtomShape: "atom",
    SetShape: "set",
    FunShape: "function",
    SeqShape: "function",
}


def ordered(values: Iterable[Value]) -> tuple[Value, ...]:
    """Different values in the canonical order."""
    return _ordered(frozenset(values))


@lru_cache(maxsize=1 << 12)
def _ordered(values: frozenset[Value]) -> tuple[Value, ...]:
    """The universes of sets, and the keys of functions, are asked for again and again."""
    return tuple(sorted(values, key=order_key))


def shape_of(value: Value) -> Shape:
    """The least shape that contains a value. Raises encode.unsupported for an infinite set."""
    match value:
        case Bool():
            return BoolShape()
        case int():
            return IntShape(value, value)
        case str() | ModelValue():
            return AtomShape(frozenset((value,)))
        case frozenset():
            return SetShape(value)
        case Function():
            keys = ordered(value.mapping)
            return FunShape(tuple(Entry(key, shape_of(value.mapping[key])) for key in keys))
        case _:
            raise error("encode.unsupported", f"a variable holds {format_value(value)}, which has no shape")


# ---------------------------------------------------------------- the lattice


def alternatives_of(shape: Shape) -> tuple[Shape, ...]:
    return shape.alternatives if isinstance(shape, UnionShape) else (shape,)


def join(a: Shape, b: Shape) -> Shape:
    """The least shape that contains both, where sequences of different length become a `SeqShape`."""
    if a == b:
        return a
    by_kind: dict[str, Shape] = {}
    for shape in (*alternatives_of(a), *alternatives_of(b)):
        kind = KINDS[type(shape)]
        known = by_kind.get(kind)
        by_kind[kind] = shape if known is None else _join_alike(known, shape)
    found = tuple(by_kind[kind] for kind in dict.fromkeys(KINDS.values()) if kind in by_kind)
    return found[0] if len(found) == 1 else UnionShape(found)


def join_all(shapes: Iterable[Shape]) -> Shape:
    return reduce(join, shapes)


def _join_alike(a: Shape, b: Shape) -> Shape:
    match a, b:
        case IntShape(), IntShape():
            return IntShape(_least(a.lo, b.lo), _greatest(a.hi, b.hi))
        case AtomShape(), AtomShape():
            return AtomShape(a.values | b.values)
        case SetShape(), SetShape():
            return SetShape(a.universe | b.universe)
        case ((FunShape() | SeqShape()), (FunShape() | SeqShape())):
            return _join_functions(a, b)
        case _:
            return a


def _least(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else min(a, b)


def _greatest(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else max(a, b)


def _join_functions(a: FunShape | SeqShape, b: FunShape | SeqShape) -> Shape:
    if isinstance(a, FunShape) and isinstance(b, FunShape) and a.keys == b.keys:
        return _join_entries(a, b)
    elements_a, elements_b = _elements(a), _elements(b)
    if elements_a is None or elements_b is None:
        return _join_entries(_as_entries(a), _as_entries(b))
    longest = max(_longest(a), _longest(b))
    elements = [*elements_a, *elements_b]
    return SeqShape(longest, join_all(elements)) if elements else FunShape(())


def _longest(shape: FunShape | SeqShape) -> int:
    return shape.max_len if isinstance(shape, SeqShape) else len(shape.entries)


def _elements(shape: FunShape | SeqShape) -> tuple[Shape, ...] | None:
    """The shapes of a sequence's elements, None if the shape holds other functions."""
    if isinstance(shape, SeqShape):
        return (shape.element,)
    keys = tuple(e.key for e in shape.entries)
    is_tuple = keys == tuple(range(1, len(keys) + 1)) and not any(e.optional for e in shape.entries)
    return tuple(e.shape for e in shape.entries) if is_tuple else None


def _as_entries(shape: FunShape | SeqShape) -> FunShape:
    if isinstance(shape, FunShape):
        return shape
    return FunShape(tuple(Entry(i, shape.element, True) for i in range(1, shape.max_len + 1)))


def _join_entries(a: FunShape, b: FunShape) -> FunShape:
    left = {e.key: e for e in a.entries}
    right = {e.key: e for e in b.entries}
    keys = ordered({*left, *right})
    return FunShape(tuple(_join_entry(key, left.get(key), right.get(key)) for key in keys))


def _join_entry(key: Value, a: Entry | None, b: Entry | None) -> Entry:
    if a is not None and b is not None:
        return Entry(key, join(a.shape, b.shape), a.optional or b.optional)
    one = a or b
    assert one is not None
    return Entry(key, one.shape, True)


def contains(shape: Shape, value: Value) -> bool:
    """Whether the slots of a shape can hold a value."""
    match shape:
        case BoolShape():
            return isinstance(value, Bool)
        case IntShape():
            return isinstance(value, int) and in_range(shape, value)
        case AtomShape():
            return isinstance(value, str | ModelValue) and value in shape.values
        case SetShape():
            return isinstance(value, frozenset) and value <= shape.universe
        case FunShape():
            return isinstance(value, Function) and _fits_entries(shape, value.mapping)
        case SeqShape():
            return isinstance(value, Function) and _fits_sequence(shape, value.mapping)
        case UnionShape():
            return any(contains(s, value) for s in shape.alternatives)


def in_range(shape: IntShape, value: int) -> bool:
    return (shape.lo is None or shape.lo <= value) and (shape.hi is None or value <= shape.hi)


def _fits_entries(shape: FunShape, mapping: Mapping[Value, Value]) -> bool:
    known = 0
    for entry in shape.entries:
        value = mapping.get(entry.key)
        if value is None:
            if not entry.optional:
                return False
            continue
        known += 1
        if not contains(entry.shape, value):
            return False
    return known == len(mapping)


def _fits_sequence(shape: SeqShape, mapping: Mapping[Value, Value]) -> bool:
    length = len(mapping)
    return length <= shape.max_len and all(
        i in mapping and contains(shape.element, mapping[i]) for i in range(1, length + 1)
    )


# ---------------------------------------------------------------- the shapes of a model


class VariableShape(Struct, frozen=True):
    """`origins` says where it came from: "hint", "sample", "widened"."""

    shape: Shape
    origins: tuple[str, ...]


class Shapes(Mapping[str, Shape]):
    """The shape of every variable, in the model's order."""

    def __init__(self, variables: Mapping[str, VariableShape]) -> None:
        self._variables = dict(variables)

    def __getitem__(self, name: str) -> Shape:
        return self._variables[name].shape

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shapes) and self._variables == other._variables

    def variable(self, name: str) -> VariableShape:
        return self._variables[name]

    def contains(self, state: tuple[Value, ...]) -> bool:
        """Whether a state (values in the model's order) fits."""
        return all(contains(v.shape, value) for v, value in zip(self._variables.values(), state, strict=True))

    def text(self) -> str:
        """One line for each variable: its shape, its size, where it came from."""
        return "\n".join(_line(name, v) for name, v in self._variables.items())


def _line(name: str, variable: VariableShape) -> str:
    size = bits(variable.shape)
    width = "unbounded" if size is None else f"{size} bit{'s' if size != 1 else ''}"
    return f"{name}: {text(variable.shape)}  \\* {width}; {' + '.join(variable.origins)}"


def bits(shape: Shape) -> int | None:
    """How many bits the slots of a shape take, None if an integer has an open end."""
    match shape:
        case BoolShape():
            return 1
        case IntShape():
            return None if shape.lo is None or shape.hi is None else (shape.hi - shape.lo).bit_length()
        case AtomShape():
            return (len(shape.values) - 1).bit_length()
        case SetShape():
            return len(shape.universe)
        case FunShape():
            return _total([bits(e.shape) for e in shape.entries], sum(e.optional for e in shape.entries))
        case SeqShape():
            return _total([bits(shape.element)] * shape.max_len, shape.max_len.bit_length())
        case UnionShape():
            return _union_bits(shape)


def _union_bits(shape: UnionShape) -> int | None:
    tags = sum(len(s.values) if isinstance(s, AtomShape) else 1 for s in shape.alternatives)
    inner = [bits(s) for s in shape.alternatives if not isinstance(s, AtomShape)]
    return _total(inner, (tags - 1).bit_length())


def _total(sizes: list[int | None], more: int) -> int | None:
    known = [s for s in sizes if s is not None]
    return sum(known) + more if len(known) == len(sizes) else None


def text(shape: Shape) -> str:
    """A shape as `dump --stage shapes` prints it."""
    match shape:
        case BoolShape():
            return "Bool"
        case IntShape():
            return _int_text(shape)
        case AtomShape():
            return f"Atom({_braces(shape.ordered)})"
        case SetShape():
            return f"Set({_braces(shape.ordered)})"
        case FunShape():
            return _function_text(shape)
        case SeqShape():
            return f"Seq({shape.max_len}, {text(shape.element)})"
        case UnionShape():
            return " | ".join(text(s) for s in shape.alternatives)


def _int_text(shape: IntShape) -> str:
    if shape.lo is None and shape.hi is None:
        return "Int"
    lo = "" if shape.lo is None else str(shape.lo)
    hi = "" if shape.hi is None else str(shape.hi)
    return f"Int({lo}..{hi})"


def _braces(values: Iterable[Value]) -> str:
    return "{" + ", ".join(format_value(v) for v in values) + "}"


def _function_text(shape: FunShape) -> str:
    entries = shape.entries
    if entries and all(isinstance(e.key, str) for e in entries):
        return "[" + ", ".join(f"{e.key}{'?' * e.optional}: {text(e.shape)}" for e in entries) + "]"
    if entries and all(e.shape == entries[0].shape and e.optional == entries[0].optional for e in entries):
        keys = ", ".join(format_value(e.key) for e in entries)
        return f"({keys}{'?' * entries[0].optional} -> {text(entries[0].shape)})"
    inner = ", ".join(f"{format_value(e.key)}{'?' * e.optional} -> {text(e.shape)}" for e in entries)
    return f"({inner})"
