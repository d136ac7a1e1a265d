"""What comes out of holding a log against a specification."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from msgspec import Struct

from aioformal.concrete.behaviour import ActionLabel
from aioformal.diagnostic import Exit
from aioformal.tracing.event import Event
from aioformal.tracing.matching import Mismatch
from aioformal.value.values import State


class LoggedStep(NamedTuple):
    """A link of an explanation: a step of `action`, or none where an event only looks at the state; `event`
    is None for an unlogged step. `state` is the one after it."""

    action: ActionLabel | None
    event: Event | None
    state: State


class Explained(Struct, frozen=True):
    """Some behaviour explains the log. `events`: of the log; `steps`: of the behaviour that was replayed, the
    `unlogged` ones among them. `worlds`: ways to explain it at a time, at most. `ends`: at its end."""

    events: int
    steps: int
    unlogged: int
    worlds: int
    ends: int
    runner: str

    exit_code = Exit.OK


class Allowed(NamedTuple):
    """A step that the specification allows, in so many of the states that it can be in."""

    action: ActionLabel
    states: int
    unlogged: bool


class NearMiss(NamedTuple):
    """The step that comes nearest to an event, and what keeps it from being the event's."""

    event: Event
    action: ActionLabel | None
    mismatches: tuple[Mismatch, ...]


class Unexplained(Struct, frozen=True):
    """No behaviour explains more than the first events, `explained` of them.

    `events`: those that could be next. `states`: a few of the `count` in which the specification can then be;
    `certain` of these without unlogged steps. `last`: the end of one explanation of what can be explained.
    `cut`: why it is not certain that no behaviour does, and `hint`, what to do; None if it is. `more_states`,
    `more_steps`: there may be others than these.
    """

    explained: int
    events: tuple[Event, ...]
    variables: tuple[str, ...]
    states: tuple[State, ...]
    count: int
    certain: int
    allowed: tuple[Allowed, ...]
    nearest: NearMiss | None
    last: tuple[LoggedStep, ...]
    before_last: State | None
    runner: str
    cut: str | None = None
    hint: str | None = None
    more_states: bool = False
    more_steps: bool = False

    @property
    def exit_code(self) -> Exit:
        return Exit.SAFETY if self.cut is None else Exit.UNDECIDED


Outcome: TypeAlias = Explained | Unexplained
