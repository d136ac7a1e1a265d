"""The search: all ways in which a log can be explained, event by event.

After k events, there is a set of worlds: a state, what the log's names mean, and which k events have
happened (they may have happened in several orders). Unlogged steps lead from world to world; then each world
is led on by each event that may be next. Worlds that agree in all of that are one. The log is explained if a
world is left after its last event. If none is left before that, no behaviour explains the log, provided
that no world was left out: where more unlogged steps were possible than looked at, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct, field

from aioformal.concrete.behaviour import ActionLabel
from aioformal.diagnostic import DiagnosticError
from aioformal.engine.explicit.preparation import RefusedError
from aioformal.tracing.event import Event
from aioformal.tracing.ground import Ahead, Ground, InterpretedGround, Move, MovedError, Place
from aioformal.tracing.matching import Matcher
from aioformal.tracing.names import Names
from aioformal.tracing.order import Done, Window
from aioformal.tracing.world import Key, World

Found = TypeVar("Found")

MOST_WORLDS = 200_000
"""Worlds at a time; about 1 KiB each."""


MOST_FOLLOWED = 16
"""Worlds at a time that are followed once steps were left out: each takes a solver a while."""


class TooManyWorldsError(Exception):
    """The memory is for fewer ways in which the log can be explained."""


class Limits(Struct, frozen=True):
    """`unlogged`: steps between two events, of the `actions` whose steps may be missing; None for all of
    them. `worlds`: at a time."""

    unlogged: int = 0
    actions: frozenset[str] | None = frozenset()
    worlds: int = MOST_WORLDS

    def may_be_unlogged(self, move: Move) -> bool:
        return self.actions is None or move.action.name in self.actions


class Search(Struct):
    """`worlds` are those after the events that were explained so far, `explained` of them. `reached`: the
    same with unlogged steps, once they are known. `cut`: the event, counted from 1, before which not all
    unlogged steps were looked at. `most`: worlds at a time."""

    ground: Ground
    window: Window
    matcher: Matcher
    limits: Limits
    interpreted: Callable[[], InterpretedGround]
    names: Names
    worlds: list[World] = field(default_factory=list[World])
    reached: list[World] = field(default_factory=list[World])
    explained: int = 0
    cut: int | None = None
    most: int = 0

    def begin(self) -> None:
        """Raises `DiagnosticError` where Init cannot be evaluated."""
        places = dict.fromkeys(self.ground.starts(self._ahead(Done()), self.names))
        self.worlds = [World(Key(place, self.names, Done()), None, None, None) for place in places]

    @property
    def shortest(self) -> World:
        """The world that the fewest steps lead to, of those after the events that are explained."""
        return min(self.worlds, key=lambda world: world.depth)

    @property
    def finished(self) -> bool:
        """Whether all events are explained."""
        return bool(self.worlds) and not self.window.candidates(self.worlds[0].key.done)

    def advance(self) -> bool:
        """Explains one more event. Whether that could be done. Raises `TooManyWorldsError`, and
        `DiagnosticError` where the specification has no value."""
        following = self._in_any_form(self._following)
        if not following:
            return False
        self.worlds = self._followed(following.values())
        self.most = max(self.most, len(self.worlds))
        self.explained += 1
        self.window.forget(min(world.key.done.first for world in self.worlds))
        return True

    def moves(self, world: World) -> Sequence[Move]:
        """The steps out of a world."""
        return self._in_any_form(lambda: self.ground.moves(world.key.place))

    def _in_any_form(self, attempt: Callable[[], Found]) -> Found:
        """What comes out of an attempt when places have the form that it takes."""
        while True:
            try:
                return attempt()
            except MovedError as moved:
                self._write_anew(moved.new)
            except RefusedError:
                old, self.ground = self.ground, self.interpreted()
                self._write_anew(old.state)
                old.close()

    def _following(self) -> dict[Key, World]:
        """The worlds after one more event."""
        self.reached = []
        self.reached = self._reach()
        candidates: dict[Done, list[tuple[int, Event]]] = {}
        following: dict[Key, World] = {}
        for world in self.reached:
            done = world.key.done
            if done not in candidates:
                candidates[done] = self.window.candidates(done)
            for number, event in candidates[done]:
                for key, action in self._explanations(world, number, event):
                    known = following.get(key)
                    if known is None or known.depth > world.depth + 1:
                        following[key] = World(key, world, action, event)
            self._require_room(len(following))
        return following

    def _followed(self, worlds: Iterable[World]) -> list[World]:
        """All of them; where steps were left out anyway, so that the end of all says nothing, a few."""
        found = list(worlds)
        if self.ground.left_out is None or len(found) <= MOST_FOLLOWED:
            return found
        return [found[len(found) * number // MOST_FOLLOWED] for number in range(MOST_FOLLOWED)]

    def _require_room(self, worlds: int) -> None:
        if worlds > self.limits.worlds:
            raise TooManyWorldsError

    def _write_anew(self, new: Callable[[Place], Place]) -> None:
        """Gives all places that are kept another form."""
        seen = {*self.worlds, *self.reached}
        waiting = list(seen)
        while waiting:
            world = waiting.pop()
            world.key = world.key._replace(place=new(world.key.place))
            if world.parent is not None and world.parent not in seen:
                seen.add(world.parent)
                waiting.append(world.parent)

    # ------------------------------------------------------------ unlogged steps

    def _reach(self) -> list[World]:
        """The worlds, and those that unlogged steps lead to, nearest first."""
        found = {world.key: world for world in self.worlds}
        layer = list(found.values())
        for _ in range(self.limits.unlogged):
            layer = self._unlogged_layer(layer, found)
            if not layer:
                return list(found.values())
        known_cut = self.cut is not None or self.ground.left_out is not None
        if layer and not known_cut and self._leads_on(layer, found):
            self.cut = self.explained + 1
        return list(found.values())

    def _unlogged_layer(self, layer: list[World], found: dict[Key, World]) -> list[World]:
        new: list[World] = []
        for world in layer:
            for move, key in self._unlogged(world):
                if key not in found:
                    reached = found[key] = World(key, world, move.action, None)
                    new.append(reached)
            self._require_room(len(found))
        self.most = max(self.most, len(found))
        return self._followed(new)

    def _leads_on(self, layer: list[World], found: dict[Key, World]) -> bool:
        """Whether there are unlogged steps to worlds that were not looked at. Where none may be unlogged
        there are not."""
        if self.limits.actions is not None and not self.limits.actions:
            return False
        return any(key not in found for world in layer for _, key in self._unlogged(world))

    def _unlogged(self, world: World) -> Iterator[tuple[Move, Key]]:
        names, done = world.key.names, world.key.done
        for move in self.ground.unlogged(world.key.place, self.limits.actions):
            if self.limits.may_be_unlogged(move):
                yield move, Key(move.place, names, done)

    # ------------------------------------------------------------ logged steps

    def _explanations(
        self, world: World, number: int, event: Event
    ) -> Iterator[tuple[Key, ActionLabel | None]]:
        """What an event leads to from a world."""
        place, names = world.key.place, world.key.names
        done = world.key.done.with_event(number)
        if not event.is_step:
            found = self.matcher.meet_state(event, self.ground.state(place), names)
            if found is not None:
                yield Key(place, found.without(event.released), done), None
            return
        for move in self.ground.steps(place, self._ahead(world.key.done, number, event), names):
            found = self.meet(place, event, move, names)
            if found is not None:
                yield Key(move.place, found.without(event.released), done), move.action

    def _ahead(self, done: Done, number: int | None = None, event: Event | None = None) -> Ahead:
        """The log from an event on, as far as it is one event after the other and nothing between them."""

        def ahead(position: int) -> Event | None:
            if event is not None and position == 0:
                return event
            if self.limits.unlogged:
                return None
            then = done if number is None else done.with_event(number)
            for _ in range(position - (number is not None)):
                then = then.with_event(then.first)
            return self._only(then)

        return ahead

    def _only(self, done: Done) -> Event | None:
        """The event that must be next. What is wrong with it is said when it is its turn."""
        if done.beyond:
            return None
        try:
            candidates = self.window.candidates(done)
        except DiagnosticError:
            return None
        return candidates[0][1] if len(candidates) == 1 else None

    def meet(self, place: Place, event: Event, move: Move, names: Names) -> Names | None:
        """The names under which a step out of a place is that of an event; None if it cannot be."""
        found = self.matcher.meet_action(event, move, names)
        if found is None or not (event.before or event.after):
            return found
        return self.matcher.meet_states(
            event, move, self.ground.state(place), self.ground.state(move.place), found
        )
