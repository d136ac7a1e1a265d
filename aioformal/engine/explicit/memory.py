"""Remembering what a function of few variables gave, as long as that pays."""

from __future__ import annotations

from typing import Generic, TypeVar

Result = TypeVar("Result")

TRIAL = 2048
"""Lookups after which a memory must have been of use."""

LEAST_USE = 0.3
"""The share of lookups that must find something."""

MOST_ENTRIES = 1 << 19


class Memory(Generic[Result]):
    """`known` maps keys to results. Count what it does not hold with `missed`; then `pays` says
    whether to go on asking."""

    __slots__ = ("known", "misses", "pays")

    def __init__(self) -> None:
        self.known: dict[object, Result] = {}
        self.misses = 0
        self.pays = True

    def missed(self, key: object, result: Result, lookups: int) -> None:
        """Takes in a result that had to be computed. `lookups`: an upper bound of how often it was asked."""
        self.misses += 1
        if self.misses >= TRIAL and self.misses > lookups * (1 - LEAST_USE):
            self.pays = False
            self.known.clear()
            return
        if len(self.known) >= MOST_ENTRIES:
            self.known.clear()
        self.known[key] = result
