"""What TLA+ values are in Python: immutable, hashable, ordered.

| TLA+                        | Python                                                  |
| --------------------------- | ------------------------------------------------------- |
| TRUE, FALSE                 | `TRUE`, `FALSE`: the two instances of `Bool`            |
| an integer                  | `int` (never `bool`: Python's `True == 1` would mix up) |
| a string                    | `str`                                                   |
| a model value               | `ModelValue`, one object per name                       |
| a finite set                | `frozenset` of values                                   |
| a set kept as its rule      | `LazySet`: `Nat`, `SUBSET S`, `[S -> T]`, ...           |
| function, record, tuple     | `Function`: one thing, as in TLA+                       |

Python's `==` and `hash` on these agree with TLA+ equality wherever TLA+ gives an answer, except
that a `LazySet` must be made a frozenset first; whether two values may be compared at all is the
business of `compare.equal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias, final, runtime_checkable


@final
class Bool:
    """A truth value. There are two; compare them with `is`."""

    __slots__ = ("truth",)
    truth: bool

    def __init__(self, truth: bool) -> None:
        self.truth = truth

    def __bool__(self) -> bool:
        return self.truth

    def __repr__(self) -> str:
        return "TRUE" if self.truth else "FALSE"

    def __reduce__(self) -> str:
        return repr(self)


TRUE = Bool(True)
FALSE = Bool(False)


@final
class ModelValue:
    """A value that equals only itself. Interned: one object per name."""

    __slots__ = ("name",)
    name: str
    _known: dict[str, ModelValue] = {}

    def __new__(cls, name: str) -> ModelValue:
        known = cls._known.get(name)
        if known is None:
            known = super().__new__(cls)
            known.name = name
            cls._known[name] = known
        return known

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[type[ModelValue], tuple[str]]:
        return ModelValue, (self.name,)


@runtime_checkable
class LazySet(Protocol):
    """A set that is known by its rule: membership without enumeration.

    `members` raises a `DiagnosticError`-free `ValueEnumerationError` when the set is infinite or
    too large; `size` is None for an infinite set.
    """

    def contains(self, value: Value) -> bool: ...

    def members(self) -> Iterator[Value]: ...

    @property
    def size(self) -> int | None: ...


@final
class Function:
    """A function with a finite domain. Tuples have domain 1..n, records a domain of strings.

    `mapping` must not be changed after construction.
    """

    __slots__ = ("_hash", "mapping")
    mapping: Mapping[Value, Value]
    _hash: int

    def __init__(self, mapping: Mapping[Value, Value]) -> None:
        self.mapping = mapping
        self._hash = 0

    def __hash__(self) -> int:
        if self._hash == 0:
            self._hash = hash(frozenset(self.mapping.items())) or 1
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other.__class__ is not Function:
            return NotImplemented
        return hash(self) == hash(other) and self.mapping == other.mapping

    def __repr__(self) -> str:
        inner = ", ".join(f"{k!r}: {v!r}" for k, v in self.mapping.items())
        return f"Function({{{inner}}})"


Value: TypeAlias = "Bool | int | str | ModelValue | frozenset[Value] | LazySet | Function"

State: TypeAlias = "tuple[Value, ...]"
"""The values of a model's variables, in the order of `Model.variables`."""


def boolean(truth: bool) -> Bool:
    """Box a Python truth value."""
    return TRUE if truth else FALSE


def make_tuple(elements: Iterable[Value]) -> Function:
    """The tuple (sequence) of the given elements: a function on 1..n."""
    return Function(dict(enumerate(elements, 1)))


def make_record(fields: Mapping[str, Value]) -> Function:
    """The record with the given fields: a function on strings."""
    return Function(dict(fields))


def is_sequence(value: Function) -> bool:
    """Whether a function's domain is 1..n for some n >= 0."""
    mapping = value.mapping
    return all(type(key) is int for key in mapping) and all(i in mapping for i in range(1, len(mapping) + 1))


def elements_of(sequence: Function) -> list[Value]:
    """The elements of a sequence in order."""
    mapping = sequence.mapping
    return [mapping[i] for i in range(1, len(mapping) + 1)]
