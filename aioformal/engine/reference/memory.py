"""Remembering what a function of few values gave, as long as that pays."""

from __future__ import annotations

from typing import Generic, TypeVar

Result = TypeVar("Result")

TRIAL = 2048
"""Results after which a memory must have been of use."""

LEAST_USE = 0.3
"""The share of questions that must find an answer."""

MOST_ENTRIES = 1 << 19


class Memory(Generic[Result]):
    """Results by key. None is no result. Ask only while it `pays`."""

    __slots__ = ("_asked", "_known", "_put", "pays")

    def __init__(self, *, pays: bool = True) -> None:
        self._known: dict[object, Result] = {}
        self._asked = 0
        self._put = 0
        self.pays = pays

    def get(self, key: object) -> Result | None:
        self._asked += 1
        return self._known.get(key)

    def put(self, key: object, result: Result) -> Result:
        """Takes in a result that had to be computed, and gives it back."""
        self._put += 1
        if self._put >= TRIAL and self._put > self._asked * (1 - LEAST_USE):
            self.pays = False
            self._known.clear()
            return result
        if len(self._known) >= MOST_ENTRIES:
            self._known.clear()
        self._known[key] = result
        return result
