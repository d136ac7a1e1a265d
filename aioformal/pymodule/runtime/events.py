"""Ordering rules over the names of events alone: no state, one small automaton per instance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn, Protocol

from aioformal.pymodule.runtime.monitor import Broken, text_of

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
Steps = tuple[Happened, ...]
Known = tuple[str, Steps]
"""What a rule knows of an instance: the automaton's state, and the events that led there."""


Take = Callable[[int, Mapping[str, object]], None]


class _Watched:
    """A rule under way: what it knows of each instance, of instances to come (`start`), and of those to come
    with some of their values (`begun`, for the events that tell only `some` of the rule's parameters)."""

    def __init__(self, rule: OrderingRule) -> None:
        self.rule = rule
        self.start: Known = (rule.automaton.initial, ())
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

    def taking(self, action: str) -> Take:
        """What is to be done when an action happens."""
        events = {name: event for name, event in self.rule.events.items() if event.action == action}
        ways = {(event.per, event.where, len(event.per)) for event in events.values()}
        per, where, size = next(iter(ways))
        if len(ways) == 1 and size == len(self.whole) > 0 and not where:
            return self._taking_plainly(action, per, frozenset(events))
        return lambda number, arguments: self._take(events, (number, action, arguments))

    def _taking_plainly(self, action: str, per: tuple[str, ...], letter: frozenset[str]) -> Take:
        """The same where it is about one instance, and nothing is asked of the other parameters."""
        automaton, instances = self.rule.automaton, self.instances
        error = automaton.error
        moves = {
            source: after for (source, letters), after in automaton.transitions.items() if letters == letter
        }
        moves[error] = error
        first = per[0]
        single = len(per) == 1

        def take(number: int, arguments: Mapping[str, object]) -> None:
            key = (arguments[first],) if single else tuple([arguments[one] for one in per])
            known = instances.get(key) or self._known(key)
            state, steps = known
            following = moves[state]
            if following == error:
                self._broken(steps, (number, action, arguments))
            if following != state:
                self._keep(key, (following, (*steps[-MOST_STEPS:], (number, action, arguments))))

        return take

    def _take(self, events: Mapping[str, Event], event: Happened) -> None:
        """The events of the rule that an action is, instance by instance."""
        _, _, arguments = event
        found: dict[Key, set[str]] = {}
        for name, one in events.items():
            if all(arguments.get(k) == v for k, v in one.where):
                found.setdefault(tuple([arguments[parameter] for parameter in one.per]), set()).add(name)
        common = found.pop((), set())
        partial = {key: found.pop(key) for key in list(found) if len(key) < len(self.whole)}
        for key in self._touched(found, partial, common=bool(common)):
            letter = found.get(key, set()) | partial.get(self._part(key), set()) | common
            known = self._move(self._known(key), frozenset(letter), event)
            if known[0] == self.rule.automaton.error:
                self._broken(known[1][:-1], event)
            self._keep(key, known)
        parts = dict.fromkeys([*(self.begun if common else ()), *partial])
        for part in parts:
            letter = partial.get(part, set()) | common
            self.begun[part] = self._move(self.begun.get(part, self.start), frozenset(letter), event)
        self.start = self._move(self.start, frozenset(common), event)

    def _touched(
        self, found: Mapping[Key, object], partial: Mapping[Key, object], *, common: bool
    ) -> list[Key]:
        """The instances that an event is one of."""
        seen = self.instances if common else [key for part in partial for key in self.by_part.get(part, ())]
        return list(dict.fromkeys([*seen, *found]))

    def _keep(self, key: Key, known: Known) -> None:
        if self.some and key not in self.instances:
            self.by_part.setdefault(self._part(key), []).append(key)
        self.instances[key] = known

    def _part(self, key: Key) -> Key:
        return tuple([key[index] for index in self.some])

    def _known(self, key: Key) -> Known:
        """What is known of an instance, also of one that comes up now."""
        known = self.instances.get(key)
        return known or self.begun.get(self._part(key), self.start)

    def _move(self, known: Known, letter: frozenset[str], event: Happened) -> Known:
        """What is known after an event. Of instances that did not come up yet the rule may be broken too:
        that is said if they do."""
        state, steps = known
        error = self.rule.automaton.error
        following = error if state == error else self.rule.automaton.transitions[state, letter]
        return known if following == state != error else (following, (*steps[-MOST_STEPS:], event))

    def _broken(self, steps: Steps, event: Happened) -> NoReturn:
        number = event[0]
        shown = [(n, text_of(action, given)) for n, action, given in (*steps, event)]
        place = f" ({self.rule.place})" if self.rule.place else ""
        raise Broken(self.rule.name, number, f"{self.rule.name}{place} is broken by event {number}", shown)


class EventMonitor:
    """Watches events by their names; those that no rule knows are counted and cost next to nothing."""

    def __init__(self, rules: Iterable[OrderingRule]) -> None:
        self.events = 0
        self.watched: dict[str, list[Take]] = {}
        for rule in rules:
            watched = _Watched(rule)
            for action in dict.fromkeys(event.action for event in rule.events.values()):
                self.watched.setdefault(action, []).append(watched.taking(action))

    def step(self, action: str, **arguments: object) -> None:
        """An event. Raises `Broken`; `KeyError` where an argument is missing that tells instances apart."""
        self.events += 1
        for take in self.watched.get(action, ()):
            take(self.events, arguments)
