"""What a solver is to an engine. Terms go in with the *frame* at which they are meant; truth comes out.

Frame i is the i-th state of a behaviour: at frame i a `state` variable x stands for x in state i, a
`next` variable for x in state i + 1, and an `input` for the choice made in the step from i to i + 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple, Protocol

from aioformal.ir.term import Term


class Answer(Enum):
    SAT = "sat"
    UNSAT = "unsat"
    UNKNOWN = "unknown"
    """Cancelled, out of time, or beyond the solver: says nothing about the formula."""


class At(NamedTuple):
    """A term at a frame. `following` is the frame that `next` variables belong to, where that is not
    the one after: so two far states can be compared."""

    term: Term
    frame: int
    following: int | None = None

    @property
    def next_frame(self) -> int:
        return self.frame + 1 if self.following is None else self.following


class Query(Protocol):
    """A question that is being worked on."""

    def wait(self, seconds: float) -> Answer | None:
        """The answer, or None if there is none after so many seconds."""
        ...

    def cancel(self) -> None:
        """Stop working. Returns when the solver is idle again; does nothing once there is an answer."""
        ...


class Solver(Protocol):
    """An incremental solver. It knows the variables' sorts and keeps them in their ranges."""

    def add(self, fact: At) -> None:
        """From now on the term holds at the frame."""
        ...

    def ask(self, assumptions: Iterable[At], seconds: float | None = None) -> Query:
        """Whether everything added and the assumptions can hold together. One question at a time."""
        ...

    def value(self, variable: At) -> bool | int:
        """A variable's value in the assignment of the last SAT answer. Variables that do not matter
        get some value of their sort. Raises `ValueError` when the last answer was another."""
        ...

    def why_unknown(self) -> str:
        """The reason of the last UNKNOWN answer, for people."""
        ...
