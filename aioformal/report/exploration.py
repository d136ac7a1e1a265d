"""What a search of all states saw, as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.text import Text

from aioformal.evidence.verdict import Exhaustive, Exploration, Proved, SearchDetails
from aioformal.report.counterexample import wrapped
from aioformal.report.result import Report

WORTH_AN_AVERAGE = 100_000
"""States from which on memory divided by their number means something: the table starts out large."""


class OutDegree(Struct, frozen=True):
    """How many new states a state led to."""

    least: int
    greatest: int
    average: float
    percentile_95: int


def out_degree(histogram: Sequence[int]) -> OutDegree | None:
    """Of a histogram: `histogram[n]` states led to n new ones. None of an empty one."""
    states = sum(histogram)
    if not states:
        return None
    present = [n for n, count in enumerate(histogram) if count]
    seen, percentile = 0, 0
    for percentile in present:
        seen += histogram[percentile]
        if seen * 100 >= states * 95:
            break
    average = sum(n * count for n, count in enumerate(histogram)) / states
    return OutDegree(present[0], present[-1], average, percentile)


def bytes_text(size: int) -> str:
    """A size as people say it."""
    for unit in ("bytes", "KB", "MB"):
        if size < 1024:
            return f"{size:,.0f} {unit}"
        size //= 1024
    return f"{size / 1024:.1f} GB" if size >= 1024 else f"{size:,} GB"


def exploration_lines(report: Report, width: int, *, coverage: bool = False) -> Iterator[Text]:
    """Counts, and how they came about."""
    seen = report.exploration
    assert seen is not None
    yield Text()
    noun = "state" if seen.distinct_states == 1 else "states"
    yield Text(
        f"{seen.distinct_states:,} distinct {noun}, {seen.generated_states:,} generated, "
        f"{seen.initial_states:,} initial, depth {seen.depth}"
        + ("" if seen.complete else " (not all of them)")
    )
    digests = {
        j.verdict.certificate.digest
        for j in report.judgements
        if isinstance(j.verdict, Proved) and isinstance(j.verdict.certificate, Exhaustive)
    }
    if seen.complete and digests:
        like = f", or one that it is like by {reduced}" if (reduced := _reduced(seen)) else ""
        yield Text(
            f"every reachable state was looked at{like}; digest of the set {sorted(digests)[0]}", "dim"
        )
    if seen.details is not None:
        for text in _details(seen, seen.details):
            yield from (Text(line, "dim") for line in wrapped(text, width, ""))
        if coverage:
            yield from _coverage_lines(seen.details)


def _reduced(seen: Exploration) -> str:
    return "" if seen.details is None else " and ".join(seen.details.reduced_by)


def _details(seen: Exploration, details: SearchDetails) -> Iterator[str]:
    workers = f", {details.workers} workers" if details.workers > 1 else ""
    size = ""
    if details.memory is not None:
        size = f": {details.state_bits} bits a state; {bytes_text(details.memory)}"
        if seen.distinct_states >= WORTH_AN_AVERAGE:
            size += f", {details.memory / seen.distinct_states:,.0f} bytes a state"
    yield f"run by {details.runner}{workers}{size}"
    yield "states are told apart exactly: no hash collision can hide one"
    degree = out_degree(details.out_degrees)
    if degree is not None:
        yield (
            f"new states from a state: {degree.average:.2f} on average, {degree.least} to {degree.greatest}, "
            f"95 % at most {degree.percentile_95}"
        )
    if details.left:
        yield f"{_states(details.left)} found and not expanded"
    if details.confirmed:
        agree = "agrees" if details.confirmed == 1 else "agree"
        yield f"{_states(details.confirmed)} expanded once more by the reference semantics, and {agree}"
    if details.widened:
        times = "once" if details.widened == 1 else f"{details.widened} times"
        yield f"a variable left its shape {times}; the shape was widened"


def _states(count: int) -> str:
    return "1 state was" if count == 1 else f"{count:,} states were"


def _coverage_lines(details: SearchDetails) -> Iterator[Text]:
    rows = [("action", "taken", "found first")]
    rows += [(c.action, f"{c.taken:,}", f"{c.found:,}") for c in details.coverage]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield Text()
    for number, (action, taken, found) in enumerate(rows):
        style = "bold" if number == 0 else "yellow" if taken == "0" else ""
        yield Text(f"  {action:<{widths[0]}}  {taken:>{widths[1]}}  {found:>{widths[2]}}", style)
