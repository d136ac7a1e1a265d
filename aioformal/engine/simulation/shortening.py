"""A shorter way to where a walk came, by way of the places that it has met."""

from __future__ import annotations

from collections import deque
from collections.abc import Set

from aioformal.engine.simulation.ground import Ground, Place


def shortened(ground: Ground, way: list[Place], *, fixed_step: bool) -> list[Place]:
    """A way from the first place to the last, never longer. With `fixed_step` it ends by the same step."""
    if len(way) < 3:
        return way
    ways = [way]
    if not fixed_step:
        ways += _path(ground, way[0], way[-1], frozenset(way))
    before = frozenset(way[:-1])
    ways += [[*path, way[-1]] for path in _path(ground, way[0], way[-2], before)]
    return min(ways, key=len)


def _path(ground: Ground, first: Place, last: Place, among: Set[Place]) -> list[list[Place]]:
    """A shortest path inside a set of places; none if it cannot be found."""
    parents: dict[Place, Place | None] = {first: None}
    waiting = deque([first])
    while waiting and last not in parents:
        here = waiting.popleft()
        for place in ground.links(here, among):
            if place not in parents:
                parents[place] = here
                waiting.append(place)
    if last not in parents:
        return []
    path: list[Place] = []
    here: Place | None = last
    while here is not None:
        path.append(here)
        here = parents[here]
    return [path[::-1]]
