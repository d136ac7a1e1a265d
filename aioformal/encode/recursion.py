"""Recursive definitions, unfolded as long as it takes and no longer.

Evaluation is deterministic: where the value of f(x) needs the value of f(x) in the same state, it never ends.
That is a failure under the condition that evaluation gets there, which on infeasible paths is no failure at
all. What was found out below such a place is good for the call above it only, and is not remembered.

Where the value of a function is a function itself, it need not be known as a whole. Whether the values of
that one can be found one after the other is not asked here: that is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from aioformal.encode.path import Path
from aioformal.encode.scope import Remembered
from aioformal.encode.symbols import UNDEFINED
from aioformal.ir import term as ir

DEEPEST = 400
"""Calls within each other."""

MOST = 20_000
"""Calls in all."""

MOST_LOST = 300
"""Calls whose results could not be remembered: their number can grow exponentially."""


class Recursion:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._active: dict[object, int] = {}
        self._reached_back = DEEPEST
        self._calls = 0
        self._lost = 0

    def call(
        self, key: object, name: str, evaluate: Callable[[], Remembered], *, by_need: bool = False
    ) -> tuple[Remembered, bool]:
        """Evaluate a call that `key` identifies; whether the result may be remembered. `by_need`: its value
        may be a function that could be known in part.

        Raises encode.unsupported where that takes too many calls.
        """
        height = self._active.get(key)
        if height is not None and by_need:
            raise self._path.unsupported(f"a value of {name} is a function that depends on itself")
        if height is not None:
            self._reached_back = min(self._reached_back, height)
            self._path.fail(ir.true, "eval.recursion", f"the recursion of {name} does not come to an end")
            return Remembered(UNDEFINED, ()), False
        height = len(self._active)
        self._calls += 1
        if height >= DEEPEST or self._calls > MOST or self._lost > MOST_LOST:
            raise self._path.unsupported(f"the recursion of {name} is too deep, or calls itself too often")
        before, self._reached_back = self._reached_back, DEEPEST
        self._active[key] = height
        try:
            found = evaluate()
        finally:
            del self._active[key]
            is_whole = self._reached_back >= height
            self._lost += not is_whole
            self._reached_back = before if is_whole else min(before, self._reached_back)
        return found, is_whole
