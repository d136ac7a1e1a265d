"""In which orders the events of a log may have happened.

One event surely came before another if its latest time is before the other's earliest, or if both are in
one lane, in which the log keeps the order. What has happened so far is a set of events with all that surely
came before them; of such a set, only the events are kept that are not among the first ones.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError, error
from aioformal.tracing.event import Box, Event


class Done(NamedTuple):
    """The first `first` events, in the order of their earliest times, and some `beyond`."""

    first: int = 0
    beyond: frozenset[int] = frozenset()

    def with_event(self, number: int) -> Done:
        """With one more event that has happened."""
        if number != self.first:
            return Done(self.first, self.beyond | {number})
        first = number + 1
        while first in self.beyond:
            first += 1
        return Done(first, frozenset(n for n in self.beyond if n > first) if self.beyond else self.beyond)


class Window:
    """The events that may be next. Those before and after are not kept."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._held: dict[int, Event] = {}
        self._read = 0
        self._all_read = False
        self._failure: DiagnosticError | None = None

    def event(self, number: int) -> Event | None:
        """An event, by its place in the order of earliest times; None after the last that can be read."""
        while number >= self._read and not self._all_read:
            event = self._next()
            if event is None:
                self._all_read = True
            else:
                self._held[self._read] = event
                self._read += 1
        return self._held.get(number)

    def _next(self) -> Event | None:
        """What is wrong with an event does not matter before those before it are explained."""
        try:
            return next(self._events, None)
        except DiagnosticError as failure:
            self._failure = failure
            return None

    def candidates(self, done: Done) -> list[tuple[int, Event]]:
        """The events that may be next, with their numbers. None if all have happened. Raises
        `DiagnosticError` log.* where the log cannot be read any further."""
        found: list[tuple[int, Event]] = []
        lanes: set[str] = set()
        ends = math.inf
        number = done.first
        while (event := self.event(number)) is not None and event.box.earliest <= ends:
            if number not in done.beyond:
                ends = min(ends, event.box.latest)
                if event.lane is None or event.lane not in lanes:
                    found.append((number, event))
                if event.lane is not None:
                    lanes.add(event.lane)
            number += 1
        if not found and self._failure is not None:
            raise self._failure
        return found

    def forget(self, first: int) -> None:
        """Events before this one are not asked for any more."""
        for number in range(first - 1, -1, -1):
            if self._held.pop(number, None) is None:
                return


def by_earliest_time(events: Iterable[Event], window: int) -> Iterator[Event]:
    """Events in the order of their earliest times, those of a lane in the order of the log.

    Raises `DiagnosticError` log.order where more than `window` events must be held back for that.
    """
    held: list[tuple[float, int, Event]] = []
    begun: dict[str, float] = {}
    last = -math.inf
    for event in events:
        event = _after_its_lane(event, begun)
        if event.box.earliest < last:
            raise _too_late(event, window)
        heapq.heappush(held, (event.box.earliest, event.line, event))
        if len(held) > window:
            last, _, first = heapq.heappop(held)
            yield first
    while held:
        yield heapq.heappop(held)[2]


def _after_its_lane(event: Event, begun: dict[str, float]) -> Event:
    """An event cannot be earlier than what came before it in its lane."""
    if event.lane is None:
        return event
    earliest = max(event.box.earliest, begun.get(event.lane, -math.inf))
    begun[event.lane] = earliest
    if earliest == event.box.earliest:
        return event
    if earliest > event.box.latest:
        span = event.span()
        message = f"the event is earlier than what is before it in its lane {event.lane}"
        hint = "is that the right field for lanes? Does the clock jump?"
        raise error("log.order", message, span, hint=hint)
    return replace(event, box=Box(earliest, event.box.latest))


def _too_late(event: Event, window: int) -> Exception:
    message = f"the event is earlier than one that was read more than {window:,} events before"
    return error("log.order", message, event.span(), hint="raise [log] window in the map, or sort the log")
