"""What to say where a log is explained no further, and a second look at that."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from aioformal.concrete import Program
from aioformal.concrete.behaviour import ActionLabel
from aioformal.evidence.join import EvidenceError
from aioformal.tracing.behaviour import Settler
from aioformal.tracing.event import Event
from aioformal.tracing.ground import reference_moves
from aioformal.tracing.result import Allowed, NearMiss, Unexplained
from aioformal.tracing.search import Search
from aioformal.tracing.world import World
from aioformal.value.values import State

MOST_WORLDS = 200
"""Ways to explain a log that are looked at to say why it is not explained further."""


def describe(search: Search, settler: Settler, program: Program) -> Unexplained:
    """Where the search stands. `cut` and `hint` are left open."""
    worlds = search.reached or search.worlds
    looked_at = worlds[:MOST_WORLDS]
    states = {search.ground.state(world.key.place): world for world in worlds}
    last = settler.links(search.shortest, search.ground.state)
    before = last[0].state if len(last) > 1 else None
    return Unexplained(
        search.explained,
        tuple(_candidates(search, looked_at)),
        program.variables,
        tuple(islice(states, MOST_WORLDS)),
        len(states),
        len({world.key.place for world in search.worlds}),
        tuple(_allowed(search, looked_at)),
        _nearest(search, looked_at),
        tuple(last[1:]),
        before,
        search.ground.runner,
    )


def confirm(search: Search, program: Program) -> None:
    """That the reference semantics knows no other steps out of the last worlds. Raises `EvidenceError`."""
    for world in search.reached[:MOST_WORLDS]:
        state = search.ground.state(world.key.place)
        known = {(m.action.name, search.ground.state(m.place)) for m in search.moves(world)}
        expected = {(move.action.name, move.place) for _, move in reference_moves(program, [state])}
        if known != expected:
            raise EvidenceError("an event was not explained, and the reference semantics knows other steps")


def _candidates(search: Search, worlds: list[World]) -> Iterator[Event]:
    """The events that could be next, in the order of the log."""
    found: dict[int, Event] = {}
    for world in worlds:
        found.update(search.window.candidates(world.key.done))
    yield from sorted(found.values(), key=lambda event: event.line)


def _allowed(search: Search, worlds: list[World]) -> Iterator[Allowed]:
    """The steps that are allowed, by label."""
    found: dict[ActionLabel, set[State]] = {}
    for world in worlds:
        for move in search.moves(world):
            found.setdefault(move.action, set()).add(world.key.place)
    for label, places in found.items():
        unlogged = search.limits.actions is not None and label.name in search.limits.actions
        yield Allowed(label, len(places), unlogged)


def _nearest(search: Search, worlds: list[World]) -> NearMiss | None:
    """The step that differs least from an event that could be next."""
    misses = (miss for world in worlds for miss in _misses(search, world))
    return min(misses, key=_distance, default=None)


def _misses(search: Search, world: World) -> Iterator[NearMiss]:
    ground, names = search.ground, world.key.names
    state = ground.state(world.key.place)
    for _, event in search.window.candidates(world.key.done):
        if not event.is_step:
            found = search.matcher.mismatches(event, None, state, state, names)
            yield NearMiss(event, None, tuple(found))
            continue
        for move in search.moves(world):
            found = search.matcher.mismatches(event, move, state, ground.state(move.place), names)
            yield NearMiss(event, move.action, tuple(found))


def _distance(miss: NearMiss) -> tuple[float, int, bool, bool, int]:
    """Of events that could be next, the one that began first is shown. Another action is farther than other
    arguments, and those than other values."""
    moments = {mismatch.moment for mismatch in miss.mismatches}
    event = miss.event
    return event.box.earliest, event.line, "action" in moments, "argument" in moments, len(miss.mismatches)


def count_text(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
