"""Ordering rules over the names of events alone: no state, one small automaton per instance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from aioformal.pymodule.runtime.monitor import Broken, exactly, same, text_of
from aioformal.pymodule.runtime.values import ModelValue, Value

MOST_STEPS = 8
"""How many events are kept of those that changed what a rule knows of an instance."""


class Automaton(Protocol):
    """A deterministic automaton over sets of events: `transitions` has an entry for every state and set."""

    @property
    def events(self) -> tuple[str, ...]: ...
    @property
    def initial(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def transitions(self) -> Mapping[tuple[str, frozenset[str]], str]: ...


@dataclass(frozen=True)
class Table:
    """An automaton as plain data."""

    events: tuple[str, ...]
    initial: str
    error: str
    transitions: Mapping[tuple[str, frozenset[str]], str]


@dataclass(frozen=True)
class Event:
    """An event of a rule: an action. `per`: the parameters whose values tell the instances of the rule apart;
    none: it is an event of every instance. `where`: parameters that must have a value. `instance`: the names
    that the rule has for `per`, if they are others."""

    action: str
    per: tuple[str, ...] = ()
    where: tuple[tuple[str, object], ...] = ()
    instance: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderingRule:
    """A named rule: an automaton, and what each of its events is."""

    name: str
    automaton: Automaton
    events: Mapping[str, Event]
    place: str = ""


Key = tuple[object, ...]
"""The values that tell an instance apart."""

Happened = tuple[int, str, Mapping[str, object]]
Known = tuple[str, *tuple[Happened, ...]]
"""What a rule knows of an instance: the automaton's state, and the events that led there."""


Take = Callable[[Key, Happened], Broken | None]
"""What is to be done when an action happens, of whose arguments some are the key. What is then broken, stays
as it was; everything else has taken the event in."""


SIMPLE = frozenset((int, str))
"""Types whose values tell instances apart as they are."""


def told_by(given: object) -> object:
    """What an argument tells an instance by: a model value is what it is called, and True is not 1."""
    return given.name if isinstance(given, ModelValue) else exactly(given)


class _Watched:
    """A rule under way: what it knows of each instance, of instances to come (`start`), and of those to come
    with some of their values (`begun`, for the events that tell only `some` of the rule's parameters)."""

    def __init__(self, rule: OrderingRule) -> None:
        self.rule = rule
        self.start: Known = (rule.automaton.initial,)
        self.instances: dict[Key, Known] = {}
        self.begun: dict[Key, Known] = {}
        self.by_part: dict[Key, list[Key]] = {}
        automaton = rule.automaton
        for state in {source for source, _ in automaton.transitions}:
            if automaton.transitions[state, frozenset()] != state:
                raise ValueError(f"{rule.name}: the automaton moves where nothing happens")
        kinds = [event.instance or event.per for event in rule.events.values() if event.per]
        self.whole = max(kinds, key=len, default=())
        partial = {one for one in kinds if len(one) < len(self.whole)}
        if len(partial) > 1 or not all(set(one) < set(self.whole) for one in partial):
            raise ValueError(f"{rule.name}: instances are told apart in more than two ways")
        self.some = tuple([self.whole.index(name) for one in partial for name in one])
        if not self.whole:
            self.instances[()] = self.start
        self.begins_anew = not self.some and all(event.per for event in rule.events.values())

    def taking(self, action: str) -> tuple[tuple[str, ...], Take]:
        """What is to be done when an action happens, and the parameters that it takes, which are its key."""
        events = {name: event for name, event in self.rule.events.items() if event.action == action}
        ways = {(event.per, event.where, len(event.per)) for event in events.values()}
        per, where, size = next(iter(ways))
        if len(ways) == 1 and not where and size == len(self.whole) > 0:
            return per, self._taking_one(frozenset(events))
        if len(ways) == 1 and not where and size == len(self.some) > 0:
            return per, self._taking_some(frozenset(events))
        named = [(*event.per, *(name for name, _ in event.where)) for event in events.values()]
        asked = tuple(dict.fromkeys(name for names in named for name in names))
        return asked, lambda key, event: self._take(events, dict(zip(asked, key, strict=True)), event)

    def _moves(self, letter: frozenset[str]) -> dict[str, str]:
        """Where an event leads from each state of the automaton. A rule that is broken stays so."""
        automaton = self.rule.automaton
        error = automaton.error
        moves = {
            source: after for (source, letters), after in automaton.transitions.items() if letters == letter
        }
        return {**moves, error: error}

    def _taking_one(self, letter: frozenset[str]) -> Take:
        """What `_take` does, where an action is about one instance."""
        moves, error = self._moves(letter), self.rule.automaton.error
        instances, start, begins_anew = self.instances, self.start, self.begins_anew

        def take(key: Key, event: Happened) -> Broken | None:
            known = instances.get(key)
            if known is None:
                known = start if begins_anew else self._come_up(key)
            following = moves[known[0]]
            if following == error:
                return self._broken(known, event)
            if following != known[0]:
                begins = known is start
                after = (following, event) if begins else (following, *known[1:][-MOST_STEPS:], event)
                instances[key] = after
            return None

        return take

    def _taking_some(self, letter: frozenset[str]) -> Take:
        """What `_take` does, where an action is about all instances with some values in common."""
        moves, error = self._moves(letter), self.rule.automaton.error
        instances, begun, by_part = self.instances, self.begun, self.by_part

        def take(part: Key, event: Happened) -> Broken | None:
            broken: Known | None = None
            for key in by_part.get(part, ()):
                known = instances[key]
                following = moves[known[0]]
                if following == error:
                    broken = broken or known
                elif following != known[0]:
                    instances[key] = following, *known[1:][-MOST_STEPS:], event
            known = begun.get(part, self.start)
            following = moves[known[0]]
            if following != known[0]:
                known = following, *known[1:][-MOST_STEPS:], event
            begun[part] = known
            return None if broken is None else self._broken(broken, event)

        return take

    def _take(
        self, events: Mapping[str, Event], told: Mapping[str, object], event: Happened
    ) -> Broken | None:
        """The events of the rule that an action is, instance by instance. `told`: its arguments."""
        arguments = event[2]
        broken: Known | None = None
        found: dict[Key, set[str]] = {}
        for name, one in events.items():
            if all(same(cast("Value", v), arguments[k]) for k, v in one.where):
                found.setdefault(tuple([told[parameter] for parameter in one.per]), set()).add(name)
        common = found.pop((), set())
        partial = {key: found.pop(key) for key in list(found) if len(key) < len(self.whole)}
        for key in self._touched(found, partial, common=bool(common)):
            letter = found.get(key, set()) | partial.get(self._part(key), set()) | common
            before = self.instances.get(key) or self._come_up(key)
            known = self._move(before, frozenset(letter), event)
            if known[0] == self.rule.automaton.error:
                broken = broken or before
            else:
                self.instances[key] = known
        parts = dict.fromkeys([*(self.begun if common else ()), *partial])
        for part in parts:
            letter = partial.get(part, set()) | common
            self.begun[part] = self._move(self.begun.get(part, self.start), frozenset(letter), event)
        self.start = self._move(self.start, frozenset(common), event)
        return None if broken is None else self._broken(broken, event)

    def _touched(
        self, found: Mapping[Key, object], partial: Mapping[Key, object], *, common: bool
    ) -> list[Key]:
        """The instances that an event is one of."""
        seen = self.instances if common else [key for part in partial for key in self.by_part.get(part, ())]
        return list(dict.fromkeys([*seen, *found]))

    def _part(self, key: Key) -> Key:
        return tuple([key[index] for index in self.some])

    def _come_up(self, key: Key) -> Known:
        """What is known of an instance that comes up now."""
        part = self._part(key)
        if part in self.by_part:
            self.by_part[part].append(key)
        elif self.some:
            self.by_part[part] = [key]
        known = self.instances[key] = self.begun.get(part, self.start)
        return known

    def _move(self, known: Known, letter: frozenset[str], event: Happened) -> Known:
        """What is known after an event. Of instances that did not come up yet the rule may be broken too:
        that is said if they do."""
        state = known[0]
        error = self.rule.automaton.error
        following = error if state == error else self.rule.automaton.transitions[state, letter]
        return known if following == state != error else (following, *known[1:][-MOST_STEPS:], event)

    def _broken(self, known: Known, event: Happened) -> Broken:
        number = event[0]
        shown = [(n, text_of(action, given)) for n, action, given in (*known[1:], event)]
        place = f" ({self.rule.place})" if self.rule.place else ""
        return Broken(self.rule.name, number, f"{self.rule.name}{place} is broken by event {number}", shown)


class EventMonitor:
    """Watches events by their names; those that no rule knows are counted and cost next to nothing.

    After it has raised `Broken`, a rule stays where it was before the event, for the instances that it is
    broken for; other instances and rules have taken it in.
    """

    def __init__(self, rules: Iterable[OrderingRule]) -> None:
        self.events = 0
        self.watched: dict[str, dict[tuple[str, ...], list[Take]]] = {}
        self.needed: dict[str, set[str]] = {}
        for rule in rules:
            watched = _Watched(rule)
            for action in dict.fromkeys(event.action for event in rule.events.values()):
                per, take = watched.taking(action)
                self.watched.setdefault(action, {}).setdefault(per, []).append(take)
                self.needed.setdefault(action, set()).update(per)

    def step(self, action: str, /, **arguments: object) -> None:
        """An event. Raises `Broken`; `KeyError` where an argument is missing that a rule asks for, and
        `TypeError` where one has no hash."""
        watched = self.watched.get(action)
        if watched is None:
            self.events += 1
            return
        needed = self.needed[action]
        if not arguments.keys() >= needed:
            raise KeyError(min(needed - arguments.keys()))
        told = arguments
        for value in arguments.values():
            if type(value) not in SIMPLE:
                told = {name: told_by(arguments[name]) for name in needed}
                break
        self.events += 1
        event = self.events, action, arguments
        broken: Broken | None = None
        for per, takes in watched.items():
            key = tuple([told[name] for name in per])
            for take in takes:
                found = take(key, event)
                if found is not None and broken is None:
                    broken = found
        if broken is not None:
            raise broken
