"""What the times and the lanes of events say about their order."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioformal.diagnostic import DiagnosticError
from aioformal.tracing.event import Box, Event
from aioformal.tracing.order import Done, Window, by_earliest_time


def event(line: int, earliest: float, latest: float, lane: str | None = None) -> Event:
    text = f'{{"event": "e{line}"}}'
    return Event(line, f"e{line}", frozenset(), (), (), (), (), Box(earliest, latest), lane, "log", text)


def boxes(found: Iterable[Event]) -> list[tuple[int, float]]:
    return [(one.line, one.box.earliest) for one in found]


def test_events_come_in_the_order_of_their_earliest_times() -> None:
    log = [event(1, 5, 9), event(2, 1, 2), event(3, 3, 3)]
    assert boxes(by_earliest_time(log, 10)) == [(2, 1), (3, 3), (1, 5)]


def test_an_event_that_comes_too_late_is_refused_with_its_place() -> None:
    log = [event(1, 5, 9), event(2, 6, 9), event(3, 7, 9), event(4, 1, 2)]
    assert len(list(by_earliest_time(log, 3))) == 4
    with pytest.raises(DiagnosticError) as caught:
        list(by_earliest_time(log, 2))
    (problem,) = caught.value.diagnostics
    assert problem.code == "log.order"
    assert problem.span is not None
    assert problem.span.line == 4


def test_an_event_is_no_earlier_than_what_comes_before_it_in_its_lane() -> None:
    log = [event(1, 5, 9, "a"), event(2, 1, 7, "a"), event(3, 1, 7, "b")]
    assert boxes(by_earliest_time(log, 10)) == [(3, 1), (1, 5), (2, 5)]


def test_a_lane_whose_clock_jumps_back_is_refused() -> None:
    with pytest.raises(DiagnosticError, match="earlier than what is before it in its lane a"):
        list(by_earliest_time([event(1, 5, 9, "a"), event(2, 1, 4, "a")], 10))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.sampled_from("ab")), max_size=7), st.data()
)
def test_candidates_are_what_nothing_that_is_open_comes_before(
    rows: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    """Whatever has happened so far, as long as it is what may have."""
    raw = [event(line, start, start + length + 9, lane) for line, (start, length, lane) in enumerate(rows, 1)]
    log = list(by_earliest_time(raw, 100))
    window = Window(iter(log))
    done, happened = Done(), set[int]()
    while candidates := window.candidates(done):
        open_events = [one for one in log if one.line not in happened]
        expected = {one.line for one in open_events if not any(_before(other, one) for other in open_events)}
        assert {one.line for _, one in candidates} == expected
        number, chosen = data.draw(st.sampled_from(candidates))
        done, happened = done.with_event(number), happened | {chosen.line}
        window.forget(done.first)
    assert len(happened) == len(log)
    assert done == Done(len(log))


def _before(first: Event, second: Event) -> bool:
    in_lane = first.lane == second.lane and first.line < second.line
    return in_lane or first.box.latest < second.box.earliest


def test_without_times_there_is_one_order() -> None:
    window = Window(iter([event(n, n, n) for n in range(1, 6)]))
    done = Done()
    for number in range(5):
        assert [n for n, _ in window.candidates(done)] == [number]
        done = done.with_event(number)
    assert window.candidates(done) == []
