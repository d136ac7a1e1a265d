"""Ordering rules over the names of events alone: no state, one small automaton per instance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

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
    """An event of a rule: an action. `per`: the parameters whose values tell the instances of the rule apart,
    in the order of the rule's; none: it is an event of every instance. `where`: parameters that must have a
    value."""

    action: str
    per: tuple[str, ...] = ()
    where: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class OrderingRule:
    """A named rule: an automaton, and what each of its events is."""

    name: str
    automaton: Automaton
    events: Mapping[str, Event]
    place: str = ""


ALL = object()
"""Stands for every instance."""

Steps = tuple[tuple[int, str, Mapping[str, object]], ...]
Known = tuple[str, Steps]
"""What a rule knows of an instance: the automaton's state, and the events that led there."""


Take = Callable[[int, Mapping[str, object]], None]


class _Watched:
    """A rule under way."""

    def __init__(self, rule: OrderingRule) -> None:
        self.rule = rule
        self.start: Known = (rule.automaton.initial, ())
        self.instances: dict[object, Known] = {}
        automaton = rule.automaton
        for state in {source for source, _ in automaton.transitions}:
            if automaton.transitions[state, frozenset()] != state:
                raise ValueError(f"{rule.name}: the automaton moves where nothing happens")
        sizes = {len(event.per) for event in rule.events.values()} - {0}
        if len(sizes) > 1:
            raise ValueError(f"{rule.name}: events with different numbers of parameters in `per`")

    def taking(self, action: str) -> Take:
        """What is to be done when an action happens."""
        events = {name: event for name, event in self.rule.events.items() if event.action == action}
        ways = {(event.per, event.where) for event in events.values()}
        per, where = next(iter(ways))
        if len(ways) == 1 and len(per) == 1 and not where:
            return self._taking_plainly(action, per[0], frozenset(events))
        return lambda number, arguments: self._take(events, number, action, arguments)

    def _taking_plainly(self, action: str, parameter: str, letter: frozenset[str]) -> Take:
        """The same where one parameter tells instances apart and nothing is asked of the others."""
        transitions = self.rule.automaton.transitions
        moves = {source: after for (source, letters), after in transitions.items() if letters == letter}
        instances = self.instances

        def take(number: int, arguments: Mapping[str, object]) -> None:
            key = arguments[parameter]
            known = instances.get(key) or self.start
            if moves[known[0]] != known[0]:
                instances[key] = self._move(known, letter, number, action, arguments)

        return take

    def _take(
        self, events: Mapping[str, Event], number: int, action: str, arguments: Mapping[str, object]
    ) -> None:
        """The events of the rule that an action is, instance by instance."""
        letters: dict[object, set[str]] = {}
        for name, event in events.items():
            if all(arguments.get(k) == v for k, v in event.where):
                values = tuple([arguments[one] for one in event.per])
                key = ALL if not values else values[0] if len(values) == 1 else values
                letters.setdefault(key, set()).add(name)
        common = letters.pop(ALL, set())
        if common:
            letters = {**{key: set() for key in self.instances}, **letters}
        for key, letter in letters.items():
            known = self.instances.get(key, self.start)
            moved = self._move(known, frozenset(letter | common), number, action, arguments)
            if moved is not known:
                self.instances[key] = moved
        if common:
            self.start = self._move(self.start, frozenset(common), number, action, arguments)

    def _move(
        self, known: Known, letter: frozenset[str], number: int, action: str, arguments: Mapping[str, object]
    ) -> Known:
        state, steps = known
        following = self.rule.automaton.transitions[state, letter]
        if following == state:
            return known
        if following == self.rule.automaton.error:
            self._broken(steps, number, action, arguments)
        return following, (*steps[-MOST_STEPS:], (number, action, arguments))

    def _broken(self, steps: Steps, number: int, action: str, arguments: Mapping[str, object]) -> None:
        shown = [(n, text_of(a, given)) for n, a, given in (*steps, (number, action, arguments))]
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
