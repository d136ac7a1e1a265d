"""Initial states in the order in which Init makes them, the first ones before all are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aioformal.concrete.instances import Outcome

FIRST = 4_096
"""Outcomes that are made alone: who only wants to know whether there are few, or what some look like, does
not pay for all of them. Who wants all pays twice for these."""


class _EnoughError(Exception):
    """There are more outcomes than were asked for."""


class _First(list[Outcome]):
    """A list that breaks off the making of its members."""

    def __init__(self, most: int | None) -> None:
        super().__init__()
        self._most = most

    def append(self, outcome: Outcome, /) -> None:
        if len(self) == self._most:
            raise _EnoughError
        super().append(outcome)


def in_parts(run: Callable[[list[Outcome]], None], most: int | None) -> Iterator[Outcome]:
    """All that a function appends to a list, so many first, unless that is None. It must always append the
    same. What goes wrong in it after the first ones does so when these have been looked at."""
    first = _First(most)
    try:
        run(first)
    except _EnoughError:
        yield from first
        everything: list[Outcome] = []
        run(everything)
        yield from everything[most:]
    else:
        yield from first
