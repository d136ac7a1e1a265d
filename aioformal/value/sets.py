"""Sets that are known by a rule: `1..n`, `Nat`, `STRING`, `SUBSET S`, `Seq(S)`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import combinations, repeat
from typing import Final, final

from aioformal.value.compare import contains, equal, is_absent
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief, operand_text, rule_text
from aioformal.value.order import ordered
from aioformal.value.values import (
    EMPTY_FUNCTION,
    EMPTY_SET,
    Function,
    LazyFunction,
    LazySet,
    ModelValue,
    SetValue,
    Value,
    elements_of,
    is_sequence,
)

LONGEST_NUMBER: Final = 1 << 14
"""Bits of the largest number that is computed as a power."""


def members(the_set: Value) -> Iterable[Value]:
    """The members of a set in canonical order.

    Raises `ValueFault`: eval.kind for something else, eval.infinite, eval.too-large.
    """
    if isinstance(the_set, frozenset):
        return ordered(the_set)
    if isinstance(the_set, LazySet):
        return the_set.members()
    raise ValueFault("eval.kind", f"only a set can be enumerated, not {brief(the_set)}")


def freeze(the_set: Value) -> frozenset[Value]:
    """A set as a frozenset of its members. Raises as `members` does."""
    return the_set if isinstance(the_set, frozenset) else frozenset(members(the_set))


def size(the_set: SetValue) -> int | None:
    """How many members a set has, None for infinitely many. Raises `ValueFault` eval.too-large."""
    return len(the_set) if isinstance(the_set, frozenset) else the_set.size


def is_small(the_set: SetValue) -> bool:
    """Whether a set may be enumerated."""
    return isinstance(the_set, frozenset) or the_set.is_small()


def contains_all(values: Iterable[Value], the_set: SetValue) -> bool:
    """Whether all the values are members; looks at them in turn, as far as the first that is not."""
    return all(map(contains, values, repeat(the_set)))


def power(number: int, exponent: int) -> int:
    """`number ** exponent` for an exponent >= 0. Raises `ValueFault` eval.too-large."""
    if abs(number) > 1 and exponent * math.log2(abs(number)) > LONGEST_NUMBER:
        raise ValueFault(
            "eval.too-large", f"{brief(number)} to the power of {exponent} is too large a number"
        )
    return number**exponent


def not_comparable(value: Value, the_set: LazySet) -> bool:
    """FALSE for a model value, which is a member of no rule's set; else `ValueFault` eval.kind."""
    if isinstance(value, ModelValue):
        return False
    raise ValueFault("eval.kind", f"{brief(value)} cannot be compared with the members of {the_set.text()}")


@final
class Interval(LazySet):
    """`low..high`: the integers between two ends, both included. Empty when `high < low`."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    @property
    def parts(self) -> tuple[int, int]:
        return self.low, self.high

    @property
    def size(self) -> int:
        return max(0, self.high - self.low + 1)

    def contains(self, value: Value) -> bool:
        if isinstance(value, int):
            return self.low <= value <= self.high
        return self.low <= self.high and not_comparable(value, self)

    def surely_differs(self, other: LazySet) -> bool:
        return isinstance(other, Interval) or super().surely_differs(other)

    def generate(self) -> Iterator[Value]:
        return iter(range(self.low, self.high + 1))

    def text(self) -> str:
        return f"{self.low}..{self.high}"


@final
class Integers(LazySet):
    """`Int` (no lower bound) or `Nat` (from 0)."""

    __slots__ = ("low",)

    def __init__(self, low: int | None) -> None:
        self.low = low

    @property
    def parts(self) -> tuple[int | None]:
        return (self.low,)

    @property
    def size(self) -> None:
        return None

    @property
    def hint(self) -> str:
        return "give a finite range such as 0..10, or replace the set in the configuration"

    def contains(self, value: Value) -> bool:
        if isinstance(value, int):
            return self.low is None or value >= self.low
        return not_comparable(value, self)

    def surely_differs(self, other: LazySet) -> bool:
        return isinstance(other, Integers) or super().surely_differs(other)

    def generate(self) -> Iterator[Value]:
        raise ValueFault("eval.infinite", f"{self.text()} cannot be enumerated", self.hint)

    def text(self) -> str:
        return "Int" if self.low is None else "Nat"


NAT: Final = Integers(0)
INT: Final = Integers(None)


@final
class Strings(LazySet):
    """`STRING`."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[()]:
        return ()

    @property
    def size(self) -> None:
        return None

    def contains(self, value: Value) -> bool:
        return isinstance(value, str) or not_comparable(value, self)

    def generate(self) -> Iterator[Value]:
        raise ValueFault("eval.infinite", "STRING cannot be enumerated")

    def text(self) -> str:
        return "STRING"


STRING: Final = Strings()


@final
class Anything(LazySet):
    """`Any` of module TLC: every value is a member."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[()]:
        return ()

    @property
    def size(self) -> None:
        return None

    def contains(self, value: Value) -> bool:  # noqa: ARG002
        return True

    def generate(self) -> Iterator[Value]:
        raise ValueFault("eval.infinite", "Any cannot be enumerated")

    def text(self) -> str:
        return "Any"


ANY: Final = Anything()


@final
class PowerSet(LazySet):
    """`SUBSET base`."""

    __slots__ = ("base",)

    def __init__(self, base: SetValue) -> None:
        self.base = base

    @property
    def parts(self) -> tuple[SetValue]:
        return (self.base,)

    @property
    def size(self) -> int | None:
        count = size(self.base)
        return None if count is None else power(2, count)

    def contains(self, value: Value) -> bool:
        if isinstance(value, frozenset):
            return is_subset(value, self.base)
        if isinstance(value, LazySet):
            return includes(self.base, value)
        return not_comparable(value, self)

    @property
    def hint(self) -> str:
        return "every element doubles the number of subsets: use a smaller set"

    def surely_differs(self, other: LazySet) -> bool:
        if isinstance(other, PowerSet):
            return not equal(self.base, other.base)
        return super().surely_differs(other)

    def generate(self) -> Iterator[Value]:
        base = ordered(freeze(self.base))
        for count in range(len(base) + 1):
            yield from map(frozenset, combinations(base, count))

    def text(self) -> str:
        return f"SUBSET {operand_text(self.base)}"


def includes(larger: SetValue, smaller: SetValue) -> bool:
    """`smaller \\subseteq larger`, by membership of each; by the rules where `smaller` is too large."""
    if isinstance(smaller, frozenset):
        return is_subset(smaller, larger)
    if smaller == larger:
        return True
    if isinstance(smaller, Interval) and isinstance(larger, Interval | Integers):
        return smaller.size == 0 or (larger.contains(smaller.low) and larger.contains(smaller.high))
    if isinstance(smaller, Integers) and isinstance(larger, Integers):
        return larger.low is None or smaller.low is not None
    if isinstance(smaller, PowerSet) and isinstance(larger, PowerSet):
        return includes(larger.base, smaller.base)
    return contains_all(smaller.members(), larger)


def is_subset(smaller: frozenset[Value], larger: SetValue) -> bool:
    """`smaller \\subseteq larger` for a set that is enumerated."""
    if isinstance(larger, frozenset):
        return smaller <= larger or not all(is_absent(value, larger) for value in ordered(smaller - larger))
    return contains_all(ordered(smaller), larger)


@final
class Sequences(LazySet):
    """`Seq(base)`: all finite sequences of members of a set."""

    __slots__ = ("base",)

    def __init__(self, base: SetValue) -> None:
        self.base = base

    @property
    def parts(self) -> tuple[SetValue]:
        return (self.base,)

    @property
    def size(self) -> int | None:
        return 1 if self.base == EMPTY_SET else None

    @property
    def hint(self) -> str:
        return "bound the length: UNION {[1..n -> S] : n \\in 0..3}"

    def contains(self, value: Value) -> bool:
        if isinstance(value, Function):
            return self._has_positions(value) and contains_all(elements_of(value), self.base)
        if isinstance(value, LazyFunction):
            return False
        return not_comparable(value, self)

    def _has_positions(self, value: Function) -> bool:
        return is_sequence(value) or equal(frozenset(value.mapping), Interval(1, len(value.mapping)))

    def surely_differs(self, other: LazySet) -> bool:
        if isinstance(other, Sequences):
            return not equal(self.base, other.base)
        return super().surely_differs(other)

    def generate(self) -> Iterator[Value]:
        if self.size is None:
            raise ValueFault("eval.infinite", f"{self.text()} cannot be enumerated", self.hint)
        yield EMPTY_FUNCTION

    def text(self) -> str:
        return f"Seq({rule_text(self.base)})"
