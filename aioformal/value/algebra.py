"""Operators on sets: building them, `\\cup \\cap \\ \\subseteq UNION Cardinality`, filters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import final

from aioformal.value.alike import require_alike, require_alike_both
from aioformal.value.compare import Kind, contains, kind_of, kind_of_members, require_set
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief, operand_text, rule_text
from aioformal.value.order import ordered
from aioformal.value.sets import PowerSet, freeze, includes, is_small, members, size
from aioformal.value.values import (
    EMPTY_SET,
    ENUMERATION_LIMIT,
    Bool,
    LazySet,
    ModelValue,
    SetValue,
    Value,
    boolean,
    canonical,
)


def make_set(elements: Iterable[Value]) -> frozenset[Value]:
    """The set of the given elements. Raises `ValueFault` eval.kind if they are of different kinds."""
    result = frozenset(elements)
    classes = set(map(type, result))
    if len(classes) > 1 or not classes <= _ATOMS:
        result = _checked(result)
        require_alike(result)
    return result


_ATOMS: frozenset[type] = frozenset((int, str, Bool, ModelValue))


def _checked(elements: frozenset[Value]) -> frozenset[Value]:
    """The set with its members in canonical form, if they are all of one kind."""
    found: dict[Kind, Value] = {}
    for element in elements:
        kind = kind_of(element)
        if kind is not None:
            found.setdefault(kind, element)
    if len(found) > 1:
        one, other = sorted(found, key=lambda kind: kind.value)[:2]
        message = f"a set cannot have both {one.value} and {other.value}: {brief(found[one])}"
        raise ValueFault("eval.kind", f"{message} and {brief(found[other])}")
    return frozenset(map(canonical, elements)) if Kind.SET in found else elements


_DEEP = frozenset((Kind.SET, Kind.FUNCTION))


def _require_one_kind(a: frozenset[Value], b: frozenset[Value], operator: str) -> None:
    one, other = kind_of_members(a), kind_of_members(b)
    if one is not other and one is not None and other is not None:
        message = f"{operator} combines a set of {one.value} with a set of {other.value}"
        raise ValueFault("eval.kind", f"{message}: {brief(a)} and {brief(b)}")


def union(a: Value, b: Value) -> SetValue:
    """`a \\cup b`, kept as a rule when it is infinite or large."""
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        _require_one_kind(a, b, "\\cup")
        both = a | b
        if kind_of_members(both) in _DEEP:
            require_alike_both(a, b, both)
        return both
    a, b = require_set(a, "\\cup"), require_set(b, "\\cup")
    if is_small(a) and is_small(b):
        return union(freeze(a), freeze(b))
    if a in (b, EMPTY_SET):
        return b
    return a if b == EMPTY_SET else Union(a, b)


def intersection(a: Value, b: Value) -> SetValue:
    """`a \\cap b`, kept as a rule when both are infinite or large."""
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        _require_one_kind(a, b, "\\cap")
        return a & b
    a, b = require_set(a, "\\cap"), require_set(b, "\\cap")
    if is_small(a):
        return frozenset(value for value in members(a) if contains(value, b))
    return intersection(b, a) if is_small(b) else Restriction(a, b, True)


def difference(a: Value, b: Value) -> SetValue:
    """`a \\ b`, kept as a rule when `a` is infinite or large."""
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        _require_one_kind(a, b, "\\")
        return a - b
    a, b = require_set(a, "\\"), require_set(b, "\\")
    if is_small(a):
        return frozenset(value for value in members(a) if not contains(value, b))
    return Restriction(a, b, False)


def subset(a: Value, b: Value) -> Bool:
    """`a \\subseteq b`; `b` need not be finite, and `a` only where the rules of both do not tell."""
    return boolean(includes(require_set(b, "\\subseteq"), require_set(a, "\\subseteq")))


def big_union(sets: Value) -> SetValue:
    """`UNION sets`."""
    if isinstance(sets, PowerSet):
        return sets.base
    result: SetValue = EMPTY_SET
    for one in members(require_set(sets, "UNION")):
        result = union(result, require_set(one, "UNION"))
    return result


def power_set(base: Value) -> PowerSet:
    """`SUBSET base`."""
    return PowerSet(require_set(base, "SUBSET"))


def subsets_of_size(count: Value, base: Value) -> frozenset[Value]:
    """`kSubset(count, base)`: the subsets with so many members."""
    base = require_set(base, "kSubset")
    if not isinstance(count, int):
        raise ValueFault("eval.kind", f"kSubset needs a number of members, not {brief(count)}")
    total = size(base)
    if total is not None and 0 <= count <= total and math.comb(total, count) > ENUMERATION_LIMIT:
        raise ValueFault("eval.too-large", f"a set of {total} has too many subsets of {count} members")
    return frozenset(map(frozenset, combinations(members(base), count))) if count >= 0 else EMPTY_SET


def cardinality(the_set: Value) -> int:
    """`Cardinality(S)`, without enumeration where the rule gives the number."""
    the_set = require_set(the_set, "Cardinality")
    count = size(the_set)
    if count is None:
        raise ValueFault("eval.infinite", f"Cardinality needs a finite set, not {rule_text(the_set)}")
    return count


def is_finite_set(the_set: Value) -> Bool:
    """`IsFiniteSet(S)`."""
    return boolean(size(require_set(the_set, "IsFiniteSet")) is not None)


def filter_set(base: Value, predicate: Callable[[Value], bool]) -> SetValue:
    """`{x \\in base : predicate(x)}`, kept as a rule when `base` is infinite or large."""
    base = require_set(base, "a set filter")
    if is_small(base):
        return frozenset(value for value in members(base) if predicate(value))
    return Filter(base, predicate)


@final
class Union(LazySet):
    """`one \\cup other`, at least one of them infinite or large."""

    __slots__ = ("one", "other")

    def __init__(self, one: SetValue, other: SetValue) -> None:
        self.one = one
        self.other = other

    @property
    def parts(self) -> tuple[SetValue, SetValue]:
        return self.one, self.other

    @property
    def size(self) -> None:
        if size(self.one) is None or size(self.other) is None:
            return None
        raise ValueFault("eval.too-large", f"{self.text()} is too large to be counted")

    def contains(self, value: Value) -> bool:
        return contains(value, self.one) or contains(value, self.other)

    def generate(self) -> Iterator[Value]:
        return iter(ordered(freeze(self.one) | freeze(self.other)))

    def text(self) -> str:
        return f"{operand_text(self.one)} \\cup {operand_text(self.other)}"


@final
class Restriction(LazySet):
    """The members of an infinite or large set that are (`keep`) or are not members of another."""

    __slots__ = ("base", "keep", "other")

    def __init__(self, base: SetValue, other: SetValue, keep: bool) -> None:
        self.base = base
        self.other = other
        self.keep = keep

    @property
    def parts(self) -> tuple[SetValue, SetValue, bool]:
        return self.base, self.other, self.keep

    @property
    def size(self) -> None:
        if not self.keep and size(self.base) is None and size(self.other) is not None:
            return None
        raise ValueFault("eval.too-large", f"{self.text()} is too large to be enumerated or counted")

    def contains(self, value: Value) -> bool:
        return contains(value, self.base) and contains(value, self.other) is self.keep

    def generate(self) -> Iterator[Value]:
        return (value for value in members(self.base) if contains(value, self.other) is self.keep)

    def text(self) -> str:
        operator = "\\cap" if self.keep else "\\"
        return f"{operand_text(self.base)} {operator} {operand_text(self.other)}"


@final
class Filter(LazySet):
    """`{x \\in base : predicate(x)}` over an infinite or large set."""

    __slots__ = ("base", "predicate")

    def __init__(self, base: SetValue, predicate: Callable[[Value], bool]) -> None:
        self.base = base
        self.predicate = predicate

    @property
    def parts(self) -> tuple[object, ...]:
        return self.base, self.predicate

    @property
    def size(self) -> None:
        code = "eval.infinite" if size(self.base) is None else "eval.too-large"
        raise ValueFault(code, f"{self.text()} cannot be enumerated or counted", self.hint)

    @property
    def hint(self) -> str | None:
        return self.base.hint if isinstance(self.base, LazySet) else None

    def contains(self, value: Value) -> bool:
        return contains(value, self.base) and self.predicate(value)

    def generate(self) -> Iterator[Value]:
        return (value for value in members(self.base) if self.predicate(value))

    def text(self) -> str:
        return f"{{x \\in {rule_text(self.base)} : ...}}"
