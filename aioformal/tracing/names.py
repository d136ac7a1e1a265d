"""What the log calls the members of the specification's sets: bound as they come, and one to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from aioformal.tracing.event import Want
from aioformal.value.values import Value

Key = tuple[str, str]
"""A pool, and what the log calls one of its members."""


class Pools:
    """The sets whose members the log has names for. `fixed`: names that are given from the beginning."""

    def __init__(self, members: Mapping[str, frozenset[Value]], fixed: Mapping[Key, Value]) -> None:
        self._fixed = fixed
        taken: dict[str, set[Value]] = {pool: set() for pool in members}
        for (pool, _), value in fixed.items():
            taken[pool].add(value)
        self._open = {pool: values - taken[pool] for pool, values in members.items()}

    def begin(self) -> Names:
        return Names({})

    def meet(self, names: Names, want: Want, value: Value) -> Names | None:
        """The names under which a wanted value is this one; None if it cannot be."""
        if want.pool is None:
            return names if want.value == value else None
        key = want.pool, want.raw
        fixed = self._fixed.get(key)
        if fixed is not None:
            return names if fixed == value else None
        bound = names.bound.get(key)
        if bound is not None:
            return names if bound == value else None
        if value not in self._open[want.pool] or names.is_taken(want.pool, value):
            return None
        return names.with_name(key, value)

    def known(self, names: Names, want: Want) -> Value | None:
        """The value that is wanted; None where a name is not bound yet."""
        if want.pool is None:
            return want.value
        key = want.pool, want.raw
        fixed = self._fixed.get(key)
        return names.bound.get(key) if fixed is None else fixed


@final
class Names:
    """The names that are bound. Never changed; equal if the same names mean the same."""

    __slots__ = ("_hash", "bound")

    def __init__(self, bound: Mapping[Key, Value]) -> None:
        self.bound = bound
        self._hash = hash(frozenset(bound.items()))

    def is_taken(self, pool: str, value: Value) -> bool:
        return any(held == value and key[0] == pool for key, held in self.bound.items())

    def with_name(self, key: Key, value: Value) -> Names:
        return Names({**self.bound, key: value})

    def without(self, keys: tuple[Key, ...]) -> Names:
        """Where the names are free again."""
        if not any(key in self.bound for key in keys):
            return self
        return Names({key: value for key, value in self.bound.items() if key not in keys})

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Names) and self._hash == other._hash and self.bound == other.bound
