"""From a temporal formula to an automaton that reads steps.

A state of the automaton is a set of formulas that must be true from here on. Unfolding `[]F` into `F /\\
O[]F` and `<>F` into `F \\/ O<>F` gives its transitions: what atoms must be true of the step that is read,
and what must be true after it. A transition that puts `<>F` off has `F` *promised*; no promise may be put
off for ever. (Gerth, Peled, Vardi, Wolper: Simple on-the-fly automatic verification of linear temporal
logic, PSTV 1995; promises on transitions: Couvreur, FM 1999.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec import Struct, field

from aioformal.engine.liveness.formula import Always, Both, Either, Eventually, Literal, Temporal

Demands: TypeAlias = frozenset[Temporal]

MOST_STATES = 1_000
MOST_UNFOLDED = 500_000
"""Formulas that are unfolded, on all ways: most lead to the same, or contradict themselves in the end."""


class TooLargeError(Exception):
    """The automaton of a formula has more than `MOST_STATES` states, or more than `MOST_UNFOLDED` formulas
    are unfolded for it."""


class Transition(Struct, frozen=True):
    """Reads a step on which the atoms in `true` (a mask) are true and those in `false` are not. `postponed`:
    the promises that it does not keep, as a mask."""

    true: int
    false: int
    target: int
    postponed: int

    def reads(self, letter: int) -> bool:
        """`letter`: the atoms that are true of a step, as a mask."""
        return letter & self.true == self.true and not letter & self.false


class Automaton(Struct):
    """States are numbered; the initial one is 0. `promises`: what `postponed` masks refer to, by bit."""

    formula: Temporal
    transitions: list[list[Transition]] = field(default_factory=list[list[Transition]])
    promises: list[Eventually] = field(default_factory=list[Eventually])
    _unfolded_so_far: int = 0

    def __post_init__(self) -> None:
        numbers: dict[Demands, int] = {frozenset((self.formula,)): 0}
        waiting = list(numbers)
        while waiting:
            demands = waiting.pop(0)
            found = list(dict.fromkeys(self._unfolded(demands, numbers, waiting)))
            self.transitions.append(_strongest(found))

    def _unfolded(
        self, demands: Demands, numbers: dict[Demands, int], waiting: list[Demands]
    ) -> Iterator[Transition]:
        for one in _unfold(tuple(demands), _Partly(), self._spend):
            target = frozenset(one.later)
            if target not in numbers:
                if len(numbers) >= MOST_STATES:
                    raise TooLargeError
                numbers[target] = len(numbers)
                waiting.append(target)
            postponed = sum(1 << self._promise(promise) for promise in one.postponed)
            yield Transition(one.true, one.false, numbers[target], postponed)

    def _spend(self) -> None:
        self._unfolded_so_far += 1
        if self._unfolded_so_far > MOST_UNFOLDED:
            raise TooLargeError

    def _promise(self, promise: Eventually) -> int:
        if promise not in self.promises:
            self.promises.append(promise)
        return self.promises.index(promise)

    @property
    def keeping(self) -> frozenset[int]:
        """The states in which a behaviour can stay for ever and keep all promises: the others are only passed
        through."""
        return frozenset(
            state
            for component in _components([[t.target for t in row] for row in self.transitions])
            if self._keeps(component)
            for state in component
        )

    def _keeps(self, component: frozenset[int]) -> bool:
        inside = [t for state in component for t in self.transitions[state] if t.target in component]
        put_off = (1 << len(self.promises)) - 1
        for transition in inside:
            put_off &= transition.postponed
        return bool(inside) and not put_off


class _Partly(Struct, frozen=True):
    """One way to unfold demands, as far as it has come."""

    true: int = 0
    false: int = 0
    later: frozenset[Temporal] = frozenset()
    postponed: frozenset[Eventually] = frozenset()


def _unfold(demands: tuple[Temporal, ...], so_far: _Partly, spend: Callable[[], None]) -> Iterator[_Partly]:
    spend()
    if not demands:
        yield so_far
        return
    first, *rest = demands
    for more, after in _ways(first, so_far):
        if not after.true & after.false:
            yield from _unfold((*more, *rest), after, spend)


def _ways(formula: Temporal, so_far: _Partly) -> Iterator[tuple[tuple[Temporal, ...], _Partly]]:
    """The ways to make a formula true: what must be true now besides, and what is known then."""
    true, false, later, postponed = so_far.true, so_far.false, so_far.later, so_far.postponed
    match formula:
        case Literal(atom, wanted):
            bit = 1 << atom
            yield (), _Partly(true | bit * wanted, false | bit * (not wanted), later, postponed)
        case Both(parts):
            yield parts, so_far
        case Either(parts):
            for part in parts:
                yield (part,), so_far
        case Always(body):
            yield (body,), _Partly(true, false, later | {formula}, postponed)
        case Eventually(body):
            yield (body,), so_far
            yield (), _Partly(true, false, later | {formula}, postponed | {formula})


def _strongest(transitions: list[Transition]) -> list[Transition]:
    """Without those that another one makes needless: it reads more, leads to the same, and postpones less."""
    return [
        one for one in transitions if not any(_serves(other, one) for other in transitions if other != one)
    ]


def _serves(other: Transition, one: Transition) -> bool:
    return (
        other.target == one.target
        and other.true & one.true == other.true
        and other.false & one.false == other.false
        and other.postponed & one.postponed == other.postponed
    )


def _components(targets: list[list[int]]) -> list[frozenset[int]]:
    """The strongly connected components of a small graph: by who reaches whom."""
    reached = [_reached(targets, start) for start in range(len(targets))]
    found = {
        frozenset(other for other in reached[state] | {state} if other == state or state in reached[other])
        for state in range(len(targets))
    }
    return sorted(found, key=min)


def _reached(targets: list[list[int]], start: int) -> set[int]:
    """The states that some steps, at least one, lead to."""
    reached: set[int] = set()
    waiting = [*targets[start]]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting.extend(targets[state])
    return reached
