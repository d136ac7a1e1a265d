"""What random walks saw, as lines and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from rich.text import Text

from aioformal.evidence.verdict import Walks
from aioformal.report.counterexample import wrapped


class Spread(Struct, frozen=True):
    """How numbers are distributed."""

    least: int
    greatest: int
    average: float
    median: int
    percentile_95: int


def spread(histogram: Sequence[tuple[int, int]]) -> Spread | None:
    """Of pairs of a number and how often it came, in ascending order. None of none."""
    count = sum(often for _, often in histogram)
    if not count:
        return None
    average = sum(number * often for number, often in histogram) / count
    median, percentile = (_quantile(histogram, count, percent) for percent in (50, 95))
    return Spread(histogram[0][0], histogram[-1][0], average, median, percentile)


def _quantile(histogram: Sequence[tuple[int, int]], count: int, percent: int) -> int:
    seen = 0
    for number, often in histogram:
        seen += often
        if seen * 100 >= count * percent:
            return number
    return histogram[-1][0]


def walks_lines(walks: Walks, width: int, *, coverage: bool = False) -> Iterator[Text]:
    """How far was walked, how fast, and where."""
    yield Text()
    for text, style in _texts(walks):
        yield from (Text(line, style) for line in wrapped(text, width, ""))
    if coverage:
        yield from _coverage_lines(walks)


def _texts(walks: Walks) -> Iterator[tuple[str, str]]:
    times = "1 walk" if walks.walks == 1 else f"{walks.walks:,} walks"
    yield f"{times} of up to {walks.depth:,} steps, {walks.steps:,} steps in all, seed {walks.seed}", ""
    speed = f", {walks.steps / walks.seconds:,.0f} steps/s" if walks.seconds >= 0.01 else ""
    yield f"run by {walks.runner or 'nothing'}{speed}; the same seed gives the same walks again", "dim"
    lengths = spread(walks.lengths)
    if lengths is not None:
        yield (
            f"steps of a walk: {lengths.least:,} to {lengths.greatest:,}, {lengths.average:,.1f} on average, "
            f"half at most {lengths.median:,}, 95 % at most {lengths.percentile_95:,}",
            "dim",
        )
    if walks.widened:
        count = "once" if walks.widened == 1 else f"{walks.widened} times"
        yield f"a variable left its shape {count}; the shape was widened", "dim"
    missed = [name for name, taken in walks.taken if not taken]
    if walks.taken:
        yield f"{len(walks.taken) - len(missed)} of {len(walks.taken)} actions were taken", "dim"


def _coverage_lines(walks: Walks) -> Iterator[Text]:
    rows = [("action", "taken"), *((name, f"{taken:,}") for name, taken in walks.taken)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield Text()
    for number, (action, taken) in enumerate(rows):
        style = "bold" if number == 0 else "yellow" if taken == "0" else ""
        yield Text(f"  {action:<{widths[0]}}  {taken:>{widths[1]}}", style)


def walks_document(walks: Walks | None) -> dict[str, Any] | None:
    """As the JSON report has it."""
    if walks is None:
        return None
    lengths = spread(walks.lengths)
    return {
        "seed": walks.seed,
        "walks": walks.walks,
        "steps": walks.steps,
        "depth": walks.depth,
        "seconds": round(walks.seconds, 3),
        "runner": walks.runner,
        "widened": walks.widened,
        "lengths": lengths
        and {
            "average": round(lengths.average, 3),
            "least": lengths.least,
            "greatest": lengths.greatest,
            "median": lengths.median,
            "percentile_95": lengths.percentile_95,
        },
        "coverage": [{"action": name, "taken": taken} for name, taken in walks.taken],
    }
