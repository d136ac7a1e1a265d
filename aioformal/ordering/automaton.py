"""The deterministic automaton of a rule: pure data, derived from `operators`.

How to use it, in any language::

    automaton = automaton_of(OPERATORS["Between"])
    state = automaton.initial
    for happening in moments:            # frozenset of names out of automaton.events
        state = automaton.step(state, happening)
        if state == automaton.error:
            ...                          # violated, for good

There is a moment for the start of a behaviour, at which only state predicates can happen, and one for
every step that changes something. Several events may happen at one moment, so a letter of the alphabet is
a *set* of events; `transitions` has an entry for every state and every such set. The error state is never
left. A state is named after what is remembered in it: `none`, `once_A`, `open_A_M`; `once_A_twice_A` where
it is more than one thing.

Of a rule under `\\A c \\in S :` there is one automaton for each c, fed with the events of that c.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from msgspec import Struct

from aioformal.ordering.operators import Bit, Operator, following, holds

ERROR = "error"
NOTHING = "none"

Letter = frozenset[str]
"""The events of one moment."""


class Automaton(Struct, frozen=True):
    """`events`: the names of the rule's parameters. `states`: the initial one first, then in the order in
    which they are reached, `error` last if the rule can be violated at all."""

    name: str
    events: tuple[str, ...]
    states: tuple[str, ...]
    initial: str
    error: str
    transitions: Mapping[tuple[str, Letter], str]

    def step(self, state: str, happening: Letter) -> str:
        """The state after a moment. Raises `KeyError` for a state or an event that is not the automaton's."""
        return self.transitions[state, happening]

    @property
    def letters(self) -> tuple[Letter, ...]:
        """All sets of events, smaller ones first."""
        return tuple(_letters(self.events))

    def edges(self) -> Iterator[tuple[str, str, tuple[Letter, ...]]]:
        """From, to, and by which letters; loops as well, each pair of states once."""
        for source in self.states:
            for target in self.states:
                by = tuple(one for one in self.letters if self.transitions.get((source, one)) == target)
                if by:
                    yield source, target, by


def automaton_of(operator: Operator) -> Automaton:
    """The automaton of a rule: its states are the values of the rule's bits that can be reached."""
    letters = tuple(_letters(operator.params))
    start = frozenset[Bit]()
    names = {start: NOTHING}
    transitions: dict[tuple[str, Letter], str] = {}
    waiting = [start]
    while waiting:
        known = waiting.pop(0)
        for letter in letters:
            after = _after(operator, known, letter)
            if after is None:
                transitions[names[known], letter] = ERROR
                continue
            if after not in names:
                names[after] = _name(operator, after)
                waiting.append(after)
            transitions[names[known], letter] = names[after]
    transitions |= {(ERROR, letter): ERROR for letter in letters}
    states = (*names.values(), ERROR)
    return Automaton(operator.name, operator.params, states, NOTHING, ERROR, transitions)


def _after(operator: Operator, known: frozenset[Bit], letter: Letter) -> frozenset[Bit] | None:
    """What is remembered after a moment; None if the rule is violated at it."""

    def happens(index: int) -> bool:
        return operator.params[index] in letter

    if holds(operator.bad, happens, known.__contains__):
        return None
    return frozenset(b for b in operator.bits if holds(following(b), happens, known.__contains__))


def _name(operator: Operator, known: frozenset[Bit]) -> str:
    names = ["_".join((b.kind, *(operator.params[i] for i in b.events))) for b in operator.bits if b in known]
    return "_".join(names) or NOTHING


def _letters(events: tuple[str, ...]) -> Iterator[Letter]:
    for size in range(len(events) + 1):
        for chosen in combinations(events, size):
            yield frozenset(chosen)
