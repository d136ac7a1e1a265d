"""Sets whose members choose one value per place: `[S -> T]`, `[a : S, b : T]`, `S \\X T`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import final

from aioformal.value.compare import contains, equal
from aioformal.value.fault import ValueFault
from aioformal.value.format import operand_text, rule_text
from aioformal.value.sets import contains_all, members, not_comparable, power, size
from aioformal.value.values import Function, LazyFunction, LazySet, SetValue, Value


def _number_of_choices(places: Iterable[SetValue]) -> int | None:
    """The product of the sizes. An empty place leaves no choice, however many others have."""
    sizes = [size(place) for place in places]
    if 0 in sizes:
        return 0
    finite = [count for count in sizes if count is not None]
    return math.prod(finite) if len(finite) == len(sizes) else None


def _choices(keys: Iterable[Value], places: Iterable[SetValue]) -> Iterator[Value]:
    """One function per choice, in canonical order if the keys are."""
    names = tuple(keys)
    for choice in product(*map(members, places)):
        yield Function(dict(zip(names, choice, strict=True)))


@final
class FunctionSet(LazySet):
    """`[domain -> range]`: all functions from one set to another."""

    __slots__ = ("_domain", "domain", "range")

    def __init__(self, domain: SetValue, range_: SetValue) -> None:
        self.domain = domain
        self.range = range_
        self._domain: frozenset[Value] | None = domain if isinstance(domain, frozenset) else None

    @property
    def parts(self) -> tuple[SetValue, SetValue]:
        return self.domain, self.range

    @property
    def size(self) -> int | None:
        arguments, results = size(self.domain), size(self.range)
        if arguments == 0:
            return 1
        if results == 0:
            return 0
        return None if arguments is None or results is None else power(results, arguments)

    def contains(self, value: Value) -> bool:
        if isinstance(value, Function):
            return self._has_domain(value) and contains_all(value.mapping.values(), self.range)
        if isinstance(value, LazyFunction):
            return self._contains_rule(value)
        return not_comparable(value, self)

    def _has_domain(self, function: Function) -> bool:
        keys = frozenset(function.mapping)
        if self._domain is None and not isinstance(self.domain, frozenset) and self.domain.is_small():
            self._domain = self.domain.freeze()
        return keys == self._domain or equal(keys, self.domain)

    def _contains_rule(self, function: LazyFunction) -> bool:
        if not equal(function.domain, self.domain):
            return False
        message = f"cannot look at every value of a function on {function.domain.text()}"
        raise ValueFault("eval.infinite", message)

    def surely_differs(self, other: LazySet) -> bool:
        if isinstance(other, FunctionSet) and self.size != 0 and other.size != 0:
            return not (equal(self.domain, other.domain) and equal(self.range, other.range))
        return super().surely_differs(other)

    def generate(self) -> Iterator[Value]:
        names = tuple(members(self.domain))
        results = tuple(members(self.range)) if names else ()
        for choice in product(results, repeat=len(names)):
            yield Function(dict(zip(names, choice, strict=True)))

    def text(self) -> str:
        return f"[{rule_text(self.domain)} -> {rule_text(self.range)}]"


@final
class RecordSet(LazySet):
    """`[name : set, ...]`: all records with these fields."""

    __slots__ = ("fields",)

    def __init__(self, fields: Mapping[str, SetValue]) -> None:
        self.fields = {name: fields[name] for name in sorted(fields)}

    @property
    def parts(self) -> tuple[Mapping[str, SetValue]]:
        return (self.fields,)

    @property
    def size(self) -> int | None:
        return _number_of_choices(self.fields.values())

    def contains(self, value: Value) -> bool:
        if not isinstance(value, Function):
            return not_comparable(value, self)
        mapping = value.mapping
        if mapping.keys() != self.fields.keys():
            return equal(frozenset(mapping), frozenset(self.fields))
        return all(map(contains, map(mapping.__getitem__, self.fields), self.fields.values()))

    def surely_differs(self, other: LazySet) -> bool:
        if isinstance(other, RecordSet) and self.fields.keys() == other.fields.keys():
            return not all(equal(place, other.fields[name]) for name, place in self.fields.items())
        return super().surely_differs(other)

    def generate(self) -> Iterator[Value]:
        return _choices(self.fields, self.fields.values())

    def text(self) -> str:
        return f"[{', '.join(f'{name} : {rule_text(place)}' for name, place in self.fields.items())}]"


@final
class TupleSet(LazySet):
    """`S \\X T \\X ...`: all tuples with these components."""

    __slots__ = ("components",)

    def __init__(self, components: Sequence[SetValue]) -> None:
        self.components = tuple(components)

    @property
    def parts(self) -> tuple[tuple[SetValue, ...]]:
        return (self.components,)

    @property
    def size(self) -> int | None:
        return _number_of_choices(self.components)

    def contains(self, value: Value) -> bool:
        if not isinstance(value, Function):
            return not_comparable(value, self)
        mapping = value.mapping
        positions = range(1, len(self.components) + 1)
        if len(mapping) != len(positions):
            return False
        if not all(position in mapping for position in positions):
            return equal(frozenset(mapping), frozenset(positions))
        return all(contains(mapping[i], place) for i, place in zip(positions, self.components, strict=True))

    def surely_differs(self, other: LazySet) -> bool:
        if isinstance(other, TupleSet) and len(self.components) == len(other.components):
            pairs = zip(self.components, other.components, strict=True)
            return not all(equal(one, two) for one, two in pairs)
        return super().surely_differs(other)

    def generate(self) -> Iterator[Value]:
        return _choices(range(1, len(self.components) + 1), self.components)

    def text(self) -> str:
        return " \\X ".join(map(operand_text, self.components))
