"""What to say where a log is explained no further, and a second look at that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from aioformal.concrete import Program
from aioformal.concrete.behaviour import ActionLabel
from aioformal.diagnostic import DiagnosticError
from aioformal.evidence.join import EvidenceError
from aioformal.tracing.behaviour import Settler
from aioformal.tracing.event import Event
from aioformal.tracing.ground import Move, reference_moves
from aioformal.tracing.open_ground import OpenGround
from aioformal.tracing.opening import TRIED
from aioformal.tracing.order import Done
from aioformal.tracing.result import Allowed, NearMiss, Unexplained
from aioformal.tracing.search import Search
from aioformal.tracing.world import World
from aioformal.value.values import State

MOST_NUMBERS = 50

MOST_WORLDS = 200
"""Ways to explain a log that are looked at to say why it is not explained further."""


def describe(search: Search, settler: Settler, program: Program) -> Unexplained:
    """Where the search stands. `cut` and `hint` are left open."""
    worlds = search.reached or search.worlds
    looked_at = worlds[:MOST_WORLDS]
    states = {search.ground.state(world.key.place): world for world in worlds}
    last = settler.links(search.shortest, search.ground.state) if search.worlds else []
    before = last[0].state if len(last) > 1 else None
    more_states = search.ground.selects or search.ground.left_out is not None
    allowed, nearest = tuple(_allowed(search, looked_at)), _nearest(search, looked_at)
    return Unexplained(
        search.explained,
        tuple(_candidates(search, looked_at)),
        program.variables,
        tuple(islice(states, MOST_WORLDS)),
        len(states),
        len({world.key.place for world in search.worlds}),
        allowed,
        nearest,
        tuple(last[1:]),
        before,
        search.ground.runner,
        more_states=more_states,
        more_steps=search.ground.selects or search.ground.left_out is not None,
    )


def confirm(search: Search, program: Program) -> None:
    """That the reference semantics knows no other steps out of the last worlds. Raises `EvidenceError`."""
    for world in search.reached[:MOST_WORLDS]:
        state = search.ground.state(world.key.place)
        known = {(m.action.name, search.ground.state(m.place)) for m in search.moves(world)}
        expected = {(move.action.name, move.place) for _, move in reference_moves(program, [state])}
        if known != expected:
            raise EvidenceError("an event was not explained, and the reference semantics knows other steps")


def confirm_choices(search: Search, ground: OpenGround) -> None:
    """That the reference semantics knows no step out of the last worlds that would be that of an event, where
    numbers are chosen that are in the log, or lead to them, or are small. Raises `EvidenceError`."""
    for world in search.reached[:MOST_WORLDS]:
        place, names = world.key.place, world.key.names
        for _, event in search.window.candidates(world.key.done):
            moves = ground.tried(place, _numbers(event, ground.state(place))) if event.is_step else ()
            if any(search.meet(place, event, move, names) is not None for move in moves):
                raise EvidenceError("an event was not explained, and the reference semantics explains it")


def _numbers(event: Event, state: State) -> list[int]:
    said = [want.value for _, want in (*event.parameters, *event.before, *event.after)]
    logged = [value for value in said if isinstance(value, int)]
    held = [value for value in state if isinstance(value, int)]
    between = [one - other for one in logged for other in held]
    return list(dict.fromkeys([*TRIED, *logged, *between, *(-number for number in between)]))[:MOST_NUMBERS]


def _candidates(search: Search, worlds: list[World]) -> Iterator[Event]:
    """The events that could be next, in the order of the log."""
    found: dict[int, Event] = {}
    for done in {world.key.done for world in worlds} or {Done()}:
        found.update(search.window.candidates(done))
    yield from sorted(found.values(), key=lambda event: event.line)


def _allowed(search: Search, worlds: list[World]) -> Iterator[Allowed]:
    """The steps that are allowed, by label."""
    found: dict[ActionLabel, set[State]] = {}
    for world in worlds:
        for move in _moves(search, world):
            found.setdefault(move.action, set()).add(world.key.place)
    for label, places in found.items():
        unlogged = search.limits.actions is not None and label.name in search.limits.actions
        yield Allowed(label, len(places), unlogged)


def _moves(search: Search, world: World) -> Sequence[Move]:
    """The steps out of a world; none where one has no value, of which the log says nothing."""
    try:
        return search.moves(world)
    except EvidenceError:
        raise
    except DiagnosticError:
        return ()


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
        for move in _moves(search, world):
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
