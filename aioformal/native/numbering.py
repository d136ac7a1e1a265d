"""Numbers of states without gaps, though workers are given them by the dozen."""

from __future__ import annotations

from collections.abc import Iterable


def without_gaps(given: int, unused: Iterable[tuple[int, int]]) -> tuple[int, list[tuple[int, int]]]:
    """How many of the numbers below `given` are used, and which states get which smaller numbers so that
    the used ones are those below that. `unused`: ranges without a state, each from its first number up to
    its second."""
    free = {number for first, end in unused for number in range(first, end)}
    count = given - len(free)
    gaps = sorted(number for number in free if number < count)
    strays = [number for number in range(count, given) if number not in free]
    return count, list(zip(strays, gaps, strict=True))
