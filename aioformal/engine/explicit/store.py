"""States as tuples of small numbers: each variable's values are numbered as they come up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from hashlib import blake2b
from operator import itemgetter
from typing import TypeAlias

from aioformal.value.digest import encode_value
from aioformal.value.values import State, Value

Packed: TypeAlias = tuple[int, ...]
"""A state by the numbers of its variables' values."""

MODULUS = 1 << 128


class Store:
    """The numbering. Equal states have equal packed forms."""

    def __init__(self, variables: int) -> None:
        self.numbers: list[dict[Value, int]] = [{} for _ in range(variables)]
        self.values: list[list[Value]] = [[] for _ in range(variables)]
        self._encodings: list[list[bytes]] = [[] for _ in range(variables)]

    def number(self, variable: int, value: Value) -> int:
        """The number of a value of a variable, a new one if need be."""
        known = self.numbers[variable]
        number = known.get(value)
        if number is None:
            number = known[value] = len(known)
            self.values[variable].append(value)
        return number

    def pack(self, state: State) -> Packed:
        return tuple([self.number(variable, value) for variable, value in enumerate(state)])

    def unpack(self, packed: Packed) -> State:
        return tuple([values[number] for values, number in zip(self.values, packed, strict=True)])

    def digest(self, states: Iterable[Packed]) -> str:
        """The sum of the states' digests (`value.digest.digest`) modulo 2**128, in hexadecimal."""
        for variable, values in enumerate(self.values):
            known = self._encodings[variable]
            known.extend(encode_value(value) for value in values[len(known) :])
        encodings = self._encodings
        total = 0
        for state in states:
            parts = [known[number] for known, number in zip(encodings, state, strict=True)]
            total += int.from_bytes(blake2b(b"".join(parts), digest_size=16).digest(), "big")
        return f"{total % MODULUS:032x}"


def getter(indices: tuple[int, ...]) -> Callable[[Packed], Hashable]:
    """A function that takes the numbers at some places out of a packed state."""
    if not indices:
        return _nothing
    get: Callable[[Packed], Hashable] = itemgetter(*indices)
    return get


def _nothing(_: Packed) -> Hashable:
    return None
