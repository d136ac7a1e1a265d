"""One of the ways in which a log can be explained so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, final

from aioformal.concrete.behaviour import ActionLabel
from aioformal.tracing.event import Event
from aioformal.tracing.ground import Place
from aioformal.tracing.names import Names
from aioformal.tracing.order import Done


class Key(NamedTuple):
    """What matters for what can come: two worlds with the same key are one."""

    place: Place
    names: Names
    done: Done


@final
class World:
    """A behaviour that explains the events of `done`, by its last step: `action`, which is that of `event`,
    or unlogged; and `parent`, where it came from. An event that only looks has no action. `depth` counts
    such links from the beginning."""

    __slots__ = ("action", "depth", "event", "key", "parent")
    depth: int
    parent: World | None

    def __init__(
        self,
        key: Key,
        parent: World | None,
        action: ActionLabel | None,
        event: Event | None,
    ) -> None:
        self.key = key
        self.parent = parent
        self.action = action
        self.event = event
        self.depth = 0 if parent is None else parent.depth + 1


def chain_to(world: World) -> list[World]:
    """The world and those before it, the earliest that is kept first."""
    chain = [world]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    return chain[::-1]


def common_ancestor(worlds: Iterable[World]) -> World | None:
    """The last world that all of these came through; None if they began apart."""
    level: set[World] = set(worlds)
    while len(level) > 1:
        deepest = max(world.depth for world in level)
        parents: set[World | None] = {world.parent for world in level if world.depth == deepest}
        level = {world for world in level if world.depth < deepest}
        for parent in parents:
            if parent is None:
                return None
            level.add(parent)
    return next(iter(level), None)
