"""A budget that can be told when it is used up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from msgspec import field

from aioformal.engine.protocol import Budget


class Patience(Budget, frozen=True):
    """A budget that is used up after so many looks at the clock."""

    looks: int = 0
    looked: Iterator[int] = field(default_factory=count)

    def exhausted(self) -> bool:
        return next(self.looked) >= self.looks
