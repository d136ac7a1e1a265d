"""What is walked on: initial places, the moves from a place, and what is noticed on arrival."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any, NamedTuple, Protocol, TypeAlias

from aioformal.diagnostic import Diagnostic
from aioformal.value.values import State

Place: TypeAlias = "tuple[Any, ...]"
"""A state: as values, or as packed words."""


class Move(NamedTuple):
    """A step of an action to a place. `clean`: no property of steps fails in it. `permitted`: what
    ACTION_CONSTRAINT says; None where that has no value. Who does not know yet says so by both."""

    action: str
    place: Place
    clean: bool = False
    permitted: bool | None = None


class Arrival(NamedTuple):
    """What is seen of a state, and of the step to it. `by_step`: a step is what violates a property.
    `inside`: the walk may go on from here."""

    violated: tuple[str, ...] = ()
    by_step: bool = False
    inside: bool = True


class BrokenError(Exception):
    """The specification cannot be evaluated here: in `state`, or on the step to it; None: in the last
    place of the way."""

    def __init__(self, diagnostic: Diagnostic, state: State | None = None) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
        self.state = state


class Ground(Protocol):
    """A model to walk on. Methods raise `BrokenError`."""

    @property
    def runner(self) -> str: ...

    @property
    def widened(self) -> int: ...

    @property
    def made(self) -> int:
        """The initial states, before CONSTRAINT was asked."""
        ...

    @property
    def starts(self) -> int:
        """The initial states that a walk may begin in."""
        ...

    def begin(self) -> tuple[State, Arrival] | None:
        """Makes and judges the initial states. One that violates something, if there is one."""
        ...

    def start(self, number: int) -> Place: ...

    def moves(self, way: list[Place]) -> list[Move]:
        """The moves from the last place of a way. May write all its places anew."""
        ...

    def arrive(self, way: list[Place], move: Move) -> Arrival:
        """What is seen when the move is made at the end of the way."""
        ...

    def links(self, place: Place, among: Set[Place]) -> Iterable[Place]:
        """Those of some places inside CONSTRAINT that a walk may come to from a place that it has left."""
        ...

    def state(self, place: Place) -> State: ...

    def close(self) -> None: ...
