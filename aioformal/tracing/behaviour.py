"""The behaviour that explains a log, as far as it is settled: replayed, handed on, and forgotten.

What all worlds have come through is part of every explanation that is left. Only what comes after that is
kept, so that a log can be longer than the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias

from aioformal.audit.replay import replay_step
from aioformal.concrete import Program
from aioformal.concrete.behaviour import ActionLabel
from aioformal.evidence.join import EvidenceError
from aioformal.tracing.event import Event
from aioformal.tracing.ground import Place
from aioformal.tracing.result import LoggedStep
from aioformal.tracing.world import World, chain_to, common_ancestor
from aioformal.value.values import State

OFTEN = 1_000
"""Links that are kept before it is looked at whether some are settled."""

MOST_KNOWN = 50_000
TAIL = 5
"""Links at the end of a behaviour that are kept to be shown."""

Sink: TypeAlias = Callable[[LoggedStep], None]
"""Takes in a behaviour link by link; its initial state is a link with neither action nor event."""


class Replayer(Protocol):
    """Confirms a behaviour by both readings of the reference semantics."""

    def is_initial(self, state: State) -> bool: ...

    def confirm(self, before: State, action: ActionLabel, after: State, place: str) -> ActionLabel:
        """The step as the reference semantics calls it. Raises `EvidenceError`."""
        ...


class ProgramReplayer:
    """Confirms steps that can be enumerated."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def is_initial(self, state: State) -> bool:
        return self._program.is_initial(state)

    def confirm(self, before: State, action: ActionLabel, after: State, place: str) -> ActionLabel:
        return replay_step(self._program, before, after, action, place)


class Settler:
    """Replays what is settled on the reference semantics, by two readings. `steps` and `unlogged` count."""

    def __init__(self, replayer: Replayer, sink: Sink | None = None) -> None:
        self._replayer = replayer
        self._sink = sink
        self._known: set[tuple[State, ActionLabel, State]] = set()
        self._last: State | None = None
        self._patience = OFTEN
        self.tail: list[LoggedStep] = []
        self.steps = 0
        self.unlogged = 0

    def settle(self, worlds: Sequence[World], state: Callable[[Place], State]) -> None:
        """Hands on what all worlds came through; only looks now and then."""
        kept = worlds[0].depth
        if kept < self._patience:
            return
        ancestor = common_ancestor(worlds)
        if ancestor is not None and ancestor.parent is not None:
            self.finish(ancestor, state)
            _shorten(worlds, ancestor)
        self._patience = OFTEN + 2 * (worlds[0].depth if worlds else 0)

    def finish(self, world: World, state: Callable[[Place], State]) -> None:
        """Hands on everything up to a world, which is settled then."""
        for link in chain_to(world):
            if link.parent is None and self._last is not None:
                continue
            self._take(link.action, link.event, state(link.key.place))

    def links(self, world: World, state: Callable[[Place], State]) -> list[LoggedStep]:
        """The last links up to a world that is not settled."""
        chain = [LoggedStep(w.action, w.event, state(w.key.place)) for w in chain_to(world)]
        if self._last is not None:
            chain = [*self.tail, *chain[1:]]
        return chain[-TAIL - 1 :]

    def _take(self, action: ActionLabel | None, event: Event | None, state: State) -> None:
        if self._last is None:
            if not self._replayer.is_initial(state):
                raise EvidenceError("the explanation of the log does not begin in an initial state")
        elif action is not None:
            self._confirm(self._last, action, state)
            self.steps += 1
            self.unlogged += event is None
        elif state != self._last:
            raise EvidenceError("the explanation of the log changes the state without a step")
        self._last = state
        link = LoggedStep(action, event, state)
        self.tail = [*self.tail[-TAIL:], link]
        if self._sink is not None:
            self._sink(link)

    def _confirm(self, before: State, action: ActionLabel, after: State) -> None:
        step = before, action, after
        if step in self._known:
            return
        place = f"step {self.steps + 1} of the explanation of the log, {action.name},"
        label = self._replayer.confirm(before, action, after, place)
        if label.name != action.name or not set(action.arguments) <= set(label.arguments):
            raise EvidenceError(f"{place} is a step of {label.name}, with other arguments")
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known.add(step)


def _shorten(worlds: Iterable[World], ancestor: World) -> None:
    """Lets the behaviours of some worlds begin in what they have in common."""
    ancestor.parent = None
    ancestor.depth = 0
    seen = {ancestor}
    for world in worlds:
        chain: list[World] = []
        at: World | None = world
        while at is not None and at not in seen:
            chain.append(at)
            seen.add(at)
            at = at.parent
        depth = 0 if at is None else at.depth
        for link in reversed(chain):
            depth += 1
            link.depth = depth
