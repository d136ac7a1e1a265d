"""A cache of objects with reference counts: the implementation that Cache.tla is held against."""

from __future__ import annotations


class CacheFullError(Exception):
    """Everything in the cache is held."""


class Cache:
    """At most `room` objects. Whoever gets one holds a reference until it is put."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.references: dict[str, int] = {}

    def get(self, key: str) -> None:
        """Takes a reference; raises `CacheFullError` for an object that there is no room for."""
        if key not in self.references:
            if len(self.references) >= self.room:
                raise CacheFullError(key)
            self.references[key] = 0
        self.references[key] += 1

    def put(self, key: str) -> None:
        """Gives a reference back. The object stays until `shrink` needs its place."""
        self.references[key] -= 1

    def shrink(self) -> str | None:
        """Throws one object out that nobody holds: the one that is in the cache longest."""
        for key, count in self.references.items():
            if self.is_free(count):
                del self.references[key]
                return key
        return None

    def is_free(self, count: int) -> bool:
        return count == 0


class HastyCache(Cache):
    """Throws out what one user still holds."""

    def is_free(self, count: int) -> bool:
        return count <= 1


class ForgetfulCache(Cache):
    """Forgets that a hit takes a reference as well."""

    def get(self, key: str) -> None:
        if self.references.get(key):
            return
        super().get(key)
