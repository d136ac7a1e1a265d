"""Sets by rule, and the operators on sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from itertools import product as choices
from math import prod
from typing import final

from aioformal.pymodule.runtime.values import (
    Function,
    ModelValue,
    Rule,
    RuleFunction,
    Value,
    boolean,
    contains,
    differ,
    eq,
    fail,
    kind,
    members,
    plain,
    show,
)


def stranger(value: Value, the_set: Rule) -> bool:
    """FALSE for a model value; others of the wrong kind do not compare with the members."""
    if isinstance(value, ModelValue) or the_set.count() == 0:
        return False
    return fail("eval.kind", f"{show(value)} cannot be compared with the members of {show(the_set)}")


@final
class Interval(Rule):
    """low..high; an end that is None is open: Nat and Int."""

    __slots__ = ("high", "low")

    def __init__(self, low: int | None, high: int | None) -> None:
        self.low = low
        self.high = high

    def has(self, value: Value) -> bool:
        if not isinstance(value, int):
            return stranger(value, self)
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def count(self) -> int | None:
        return None if self.low is None or self.high is None else max(0, self.high - self.low + 1)

    def each(self) -> Iterator[Value]:
        return iter(range(self.low or 0, (self.high or 0) + 1))

    def __repr__(self) -> str:
        return f"{self.low}..{self.high}" if self.high is not None else "Int" if self.low is None else "Nat"


NAT = Interval(0, None)
INT = Interval(None, None)


@final
class Strings(Rule):
    """STRING."""

    __slots__ = ()

    def has(self, value: Value) -> bool:
        return isinstance(value, str) or stranger(value, self)

    def count(self) -> int | None:
        return None

    def each(self) -> Iterator[Value]:
        fail("eval.infinite", "STRING cannot be enumerated")

    def __repr__(self) -> str:
        return "STRING"


@final
class Subsets(Rule):
    """SUBSET base."""

    __slots__ = ("base",)

    def __init__(self, base: Value) -> None:
        self.base = require_set(base, "SUBSET")

    def has(self, value: Value) -> bool:
        return subseteq(value, self.base) if isinstance(value, frozenset | Rule) else stranger(value, self)

    def count(self) -> int | None:
        size = size_of(self.base)
        return None if size is None else 2**size

    def each(self) -> Iterator[Value]:
        base = members(self.base)
        for size in range(len(base) + 1):
            yield from map(frozenset, combinations(base, size))

    def __repr__(self) -> str:
        return f"SUBSET {show(self.base)}"


@final
class Functions(Rule):
    """[domain -> range]."""

    __slots__ = ("domain", "range")

    def __init__(self, domain: Value, range_: Value) -> None:
        self.domain = require_set(domain, "[S -> T]")
        self.range = require_set(range_, "[S -> T]")

    def has(self, value: Value) -> bool:
        if isinstance(value, RuleFunction):
            fail("eval.infinite", f"cannot look at every value of {show(value)}")
        if not isinstance(value, Function):
            return stranger(value, self)
        keys = frozenset(value.mapping)
        return (keys == self.domain or eq(keys, self.domain)) and all(
            contains(one, self.range) for one in value.mapping.values()
        )

    def count(self) -> int | None:
        domain, values = size_of(self.domain), size_of(self.range)
        if domain == 0 or values == 0:
            return int(domain == 0)
        return None if domain is None or values is None else values**domain

    def each(self) -> Iterator[Value]:
        keys = members(self.domain)
        for chosen in choices(members(self.range) if keys else (), repeat=len(keys)):
            yield Function(dict(zip(keys, chosen, strict=True)))

    def __repr__(self) -> str:
        return f"[{show(self.domain)} -> {show(self.range)}]"


@final
class Places(Rule):
    """[a : S, b : T] and S \\X T: a value of its own set for each field or position."""

    __slots__ = ("places",)

    def __init__(self, places: dict[Value, Value]) -> None:
        self.places = {key: require_set(one, "[a : S] or S \\X T") for key, one in places.items()}

    def has(self, value: Value) -> bool:
        if not isinstance(value, Function):
            return stranger(value, self)
        if value.mapping.keys() != self.places.keys():
            return eq(frozenset(value.mapping), frozenset(self.places))
        return all(contains(value.mapping[key], place) for key, place in self.places.items())

    def count(self) -> int | None:
        sizes = [size_of(place) for place in self.places.values()]
        if 0 in sizes:
            return 0
        known = [size for size in sizes if size is not None]
        return prod(known) if len(known) == len(sizes) else None

    def each(self) -> Iterator[Value]:
        for chosen in choices(*map(members, self.places.values())):
            yield Function(dict(zip(self.places, chosen, strict=True)))

    def __repr__(self) -> str:
        if 1 in self.places:
            return " \\X ".join(map(show, self.places.values()))
        return f"[{', '.join(f'{key} : {show(place)}' for key, place in self.places.items())}]"


@final
class Sequences(Rule):
    """Seq(base)."""

    __slots__ = ("base",)

    def __init__(self, base: Value) -> None:
        self.base = require_set(base, "Seq")

    def has(self, value: Value) -> bool:
        if not isinstance(value, Function):
            return False if isinstance(value, RuleFunction) else stranger(value, self)
        positions: frozenset[Value] = frozenset(range(1, len(value.mapping) + 1))
        keys = frozenset(value.mapping)
        if keys != positions and not eq(keys, positions):
            return False
        return all(contains(value.mapping[i], self.base) for i in members(positions))

    def count(self) -> int | None:
        return 1 if size_of(self.base) == 0 else None

    def each(self) -> Iterator[Value]:
        yield Function({})

    def __repr__(self) -> str:
        return f"Seq({show(self.base)})"


@final
class Filtered(Rule):
    """{x \\in base : test(x)} over an infinite or large set."""

    __slots__ = ("base", "test")

    def __init__(self, base: Value, test: Callable[[Value], bool]) -> None:
        self.base = base
        self.test = test

    def has(self, value: Value) -> bool:
        return contains(value, self.base) and self.test(value)

    def count(self) -> int | None:
        return None

    def each(self) -> Iterator[Value]:
        fail("eval.infinite", f"{self!r} cannot be enumerated")

    def __repr__(self) -> str:
        return f"{{x \\in {show(self.base)} : ...}}"


# ---------------------------------------------------------------- operators


def require_set(value: Value, operator: str) -> frozenset[Value] | Rule:
    if isinstance(value, frozenset | Rule):
        return value
    return fail("eval.kind", f"{operator} needs a set, not {show(value)}")


def size_of(the_set: Value) -> int | None:
    """How many members; None: infinitely many, or nobody can say."""
    place = require_set(the_set, "Cardinality")
    return place.count() if isinstance(place, Rule) else len(place)


def is_small(the_set: Value) -> bool:
    place = require_set(the_set, "a set operator")
    return isinstance(place, frozenset) or place.is_small()


def make_set(elements: Iterable[Value]) -> frozenset[Value]:
    """{a, b, c}; members of different kinds make no set."""
    made = frozenset(map(plain, elements))
    kinds = sorted({name for value in made if (name := kind(value)) is not None})
    if len(kinds) > 1:
        fail("eval.kind", f"a set cannot have {kinds[0]}s and {kinds[1]}s: {sorted(map(show, made))}")
    if kinds and kinds[0] in ("set", "function"):
        listed = list(made)
        for number, one in enumerate(listed):
            for other in listed[:number]:
                if not differ(one, other):
                    fail("eval.kind", f"{show(one)} cannot be compared with {show(other)}")
    return made


def filter_set(the_set: Value, test: Callable[[Value], bool]) -> Value:
    """{x \\in the_set : test(x)}."""
    if not is_small(the_set):
        return Filtered(the_set, test)
    return frozenset(value for value in members(the_set) if test(value))


def choose(the_set: Value, test: Callable[[Value], bool]) -> Value:
    """CHOOSE x \\in the_set : test(x): the first in the canonical order."""
    for value in members(the_set):
        if test(value):
            return value
    return fail("eval.partial", f"CHOOSE: no element of {show(the_set)} fits")


def cup(a: Value, b: Value) -> Value:
    """a \\cup b."""
    if is_small(a) and is_small(b):
        return make_set((*members(a), *members(b)))
    large = b if is_small(a) else a
    if (is_small(a) or is_small(b)) and subseteq(a if large is b else b, large):
        return large
    return fail("eval.infinite", f"{show(a)} \\cup {show(b)} cannot be listed")


def cap(a: Value, b: Value) -> Value:
    """a \\cap b."""
    if not is_small(a):
        if not is_small(b):
            return Filtered(a, lambda value: contains(value, b))
        a, b = b, a
    require_one_kind(a, b, "\\cap")
    return frozenset(value for value in members(a) if contains(value, b))


def minus_set(a: Value, b: Value) -> Value:
    """a \\ b."""
    if not is_small(a):
        return Filtered(a, lambda value: not contains(value, b))
    require_one_kind(a, b, "\\")
    return frozenset(value for value in members(a) if not contains(value, b))


def require_one_kind(a: Value, b: Value, operator: str) -> None:
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        kinds = {name for value in (*a, *b) if (name := kind(value)) is not None}
        if len(kinds) > 1:
            fail("eval.kind", f"{operator} combines {show(a)} with {show(b)}")


def subseteq(a: Value, b: Value) -> bool:
    """a \\subseteq b."""
    require_set(b, "\\subseteq")
    if isinstance(a, Rule) and isinstance(b, Rule) and (a is b or repr(a) == repr(b)):
        return True
    if isinstance(a, Interval) and isinstance(b, Interval) and a.count() != 0:
        low = b.low is None or (a.low is not None and a.low >= b.low)
        return low and (b.high is None or (a.high is not None and a.high <= b.high))
    return all(contains(value, b) for value in members(require_set(a, "\\subseteq")))


def big_union(sets: Value) -> Value:
    """UNION sets."""
    if isinstance(sets, Subsets):
        return sets.base
    made: Value = frozenset()
    for one in members(sets):
        made = cup(made, one)
    return made


def cardinality(the_set: Value) -> int:
    """Cardinality(S)."""
    size = size_of(the_set)
    return size if size is not None else len(members(the_set))


def is_finite(the_set: Value) -> bool:
    """IsFiniteSet(S)."""
    return size_of(the_set) is not None


def times(*factors: Value) -> Rule:
    """S \\X T \\X ..."""
    return Places(dict(enumerate(factors, 1)))


def records(**fields: Value) -> Rule:
    """[a : S, b : T]."""
    return Places({name: fields[name] for name in sorted(fields)})


BOOLEAN: frozenset[Value] = frozenset((boolean(False), boolean(True)))


def tuples(the_set: Value, size: int) -> Iterator[tuple[Value, ...]]:
    """The members of a set of tuples, taken apart."""
    for value in members(the_set):
        yield parts_of(value, size)


def parts_of(value: Value, size: int) -> tuple[Value, ...]:
    if isinstance(value, Function) and frozenset(value.mapping) == frozenset(range(1, size + 1)):
        return tuple(value.mapping[i] for i in range(1, size + 1))
    return fail("eval.kind", f"a tuple of {size} is needed here, not {show(value)}")
