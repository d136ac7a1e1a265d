"""A budget that can be told when it is used up."""

from __future__ import annotations

from itertools import count

from aioformal.engine.protocol import Budget


class Patience(Budget):
    """A budget that is used up after some looks at the clock."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        object.__setattr__(self, "_looks", count())
        object.__setattr__(self, "_most", looks)

    def exhausted(self) -> bool:
        return next(self._looks) >= self._most  # type: ignore[attr-defined]
