"""The engine: one walk after the other, until something is wrong or enough was walked."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Generator, Iterator

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete import Trace
from aioformal.concrete.naming import action_names
from aioformal.diagnostic import Diagnostic, Severity
from aioformal.engine.behaviour import trace_along
from aioformal.engine.explicit.preparation import RefusedError, safety_properties
from aioformal.engine.liveness.judging import is_temporal
from aioformal.engine.protocol import Budget, Event, Problem, Progress, Remark
from aioformal.engine.simulation.ground import Arrival, BrokenError, Ground, Move, Place
from aioformal.engine.simulation.interpreted import InterpretedGround
from aioformal.engine.simulation.judge import Judge
from aioformal.engine.simulation.machine import MachineGround
from aioformal.engine.simulation.shortening import shortened
from aioformal.evidence.verdict import Fault, Finding, Unknown, Vacuous, Verdict, Violated, Walks
from aioformal.value.values import State

NAME = "simulation"
DEADLOCK = "deadlock"
NO_LIVENESS = "a part of it is about whole behaviours, and a walk has an end: `aioformal prove` judges it"

DEFAULT_DEPTH = 100
DEFAULT_WALKS = 1_000

BETWEEN_LOOKS = 0.05
"""Seconds between two looks at whether it is enough. Not steps: a step may have a hundred thousand
successors, and then 64 of them take half a minute."""

BETWEEN_SIGNS = 0.25
"""Seconds between two signs of life."""


class Walking(Struct, frozen=True):
    """`depth`: steps of a walk at most. `walks`, `seconds`: when to stop, None for no limit."""

    seed: int
    depth: int = DEFAULT_DEPTH
    walks: int | None = DEFAULT_WALKS
    seconds: float | None = None


class Simulation:
    """See the package."""

    name = NAME

    def __init__(self, walking: Walking) -> None:
        self.walking = walking

    def check(self, problem: Problem, budget: Budget) -> Generator[Event, None, None]:
        """See `protocol.Engine`. The last event is `Walks`."""
        plain = _without_reductions(problem)
        judge = Judge(plain, safety_properties(plain))
        try:
            yield from _Run(plain, budget, self.walking, MachineGround(plain, judge)).events()
        except RefusedError as refusal:
            message = f"the walks go on without machine code, and slower: {refusal}"
            yield Remark(Diagnostic("run.reference", message, severity=Severity.NOTE))
            yield from _Run(plain, budget, self.walking, InterpretedGround(plain, judge)).events()


def _without_reductions(problem: Problem) -> Problem:
    """SYMMETRY and VIEW are about states that are kept, and a walk keeps none."""
    model = replace(problem.model, symmetry=None, view=None)
    plain = Problem(model, problem.properties, problem.deadlock)
    vars(plain)["program"] = problem.program
    return plain


class _End(Struct, frozen=True):
    """What a walk came to: what is wrong there."""

    way: list[Place]
    arrival: Arrival


class _Run:
    def __init__(self, problem: Problem, budget: Budget, walking: Walking, ground: Ground) -> None:
        self.problem = problem
        self.budget = budget
        self.walking = walking
        self.ground = ground
        self.random = random.Random(walking.seed)
        self.deadlock = problem.deadlock and problem.model.next is not None
        self.lengths: Counter[int] = Counter()
        self.taken: Counter[str] = Counter(dict.fromkeys(action_names(problem.program), 0))
        self.steps = 0
        self.end: _End | None = None
        self.started = self._signed = self._looked = time.monotonic()
        self.seconds = 0.0

    def events(self) -> Iterator[Event]:
        way: list[Place] = []
        try:
            yield from self._walks(way)
        except BrokenError as broken:
            self.seconds = time.monotonic() - self.started
            self.lengths[len(way) - 1] += bool(way)
            yield Fault(broken.diagnostic, self._trace_to(way, broken), NAME)
        except KeyboardInterrupt:
            yield from self._broken_off(way)
            raise
        finally:
            self.ground.close()
        yield self._summary()

    def _broken_off(self, way: list[Place]) -> Iterator[Event]:
        """What was done until somebody lost patience with a single step. Before the first walk nothing is
        known, not even whether there is an initial state. Of a walk that violated something, its end is."""
        self.seconds = time.monotonic() - self.started
        if self.end is not None:
            yield from self._say([self.ground.state(place) for place in self.end.way], self.end.arrival)
        elif way:
            self.lengths[len(way) - 1] += len(way) > 1
            yield from self._say([], Arrival())
        yield self._summary()

    def _walks(self, way: list[Place]) -> Generator[Event, None, None]:
        """Walks; where the specification cannot be evaluated, `way` says how that came about."""
        found = self.ground.begin()
        self.started = time.monotonic()
        if found is not None:
            yield from self._say([found[0]], found[1])
            return
        while self.ground.starts and not self._enough:
            self.end = end = yield from self._walk(way)
            self.lengths[len(way) - 1] += 1
            self.seconds = time.monotonic() - self.started
            if end is not None:
                fixed = end.arrival.by_step
                states = [self.ground.state(p) for p in shortened(self.ground, end.way, fixed_step=fixed)]
                yield from self._say(states, end.arrival)
                return
        yield from self._say([], Arrival())

    @property
    def _enough(self) -> bool:
        walks, seconds = self.walking.walks, self.walking.seconds
        if walks is not None and self.lengths.total() >= walks:
            return True
        return self._late or (seconds is not None and time.monotonic() - self.started >= seconds)

    @property
    def _late(self) -> bool:
        return self.budget.exhausted()

    def _walk(self, way: list[Place]) -> Generator[Event, None, _End | None]:
        """One walk, which `way` keeps up with."""
        way[:] = [self.ground.start(self.random.randrange(self.ground.starts))]
        while len(way) <= self.walking.depth:
            now = time.monotonic()
            if now - self._looked >= BETWEEN_LOOKS:
                self._looked = now
                yield from self._sign()
                if len(way) > 1 and self._enough:
                    return None
            moves = self.ground.moves(way)
            if not moves and self.deadlock:
                return _End(way, Arrival((DEADLOCK,)))
            if (arrival := self._step(way, moves)) is None:
                return None
            if arrival.violated:
                return _End(way, arrival)
        if self.deadlock and not self.ground.moves(way):
            return _End(way, Arrival((DEADLOCK,)))
        return None

    def _step(self, way: list[Place], moves: list[Move]) -> Arrival | None:
        """Takes a step that the constraints allow, or that violates something. None if there is none."""
        while moves:
            move = moves.pop(self.random.randrange(len(moves)))
            arrival = self.ground.arrive(way, move)
            self.taken[move.action] += 1
            self.steps += 1
            if arrival.inside or arrival.violated:
                way.append(move.place)
                return arrival
        return None

    # ------------------------------------------------------------ what is said

    def _trace_to(self, way: list[Place], broken: BrokenError) -> Trace | None:
        """The behaviour that leads to where something has no value."""
        states = [self.ground.state(place) for place in shortened(self.ground, way, fixed_step=False)]
        if broken.state is not None:
            states.append(broken.state)
        return trace_along(self.problem.program, states) if states else None

    def _say(self, states: list[State], arrival: Arrival) -> Iterator[Event]:
        """What was violated in the last of some states, and of everything else that it was not."""
        if arrival.violated:
            violated = Violated(trace_along(self.problem.program, states))
            for name in arrival.violated:
                yield Finding(name, violated, NAME, self.budget.elapsed())
        for prop in self.problem.properties:
            if prop.name not in arrival.violated:
                verdict = self._nothing_found(arrival)
                if is_temporal(prop):
                    verdict = Unknown(prop.unjudged or NO_LIVENESS)
                yield Finding(prop.name, verdict, NAME, self.budget.elapsed())
        if self.deadlock and DEADLOCK not in arrival.violated:
            yield Finding(DEADLOCK, self._nothing_found(arrival), NAME, self.budget.elapsed())

    def _nothing_found(self, arrival: Arrival) -> Verdict:
        if not self.ground.made:
            return Vacuous("no state satisfies the initial predicate, so there is no behaviour at all")
        if not self.ground.starts and not self.lengths:
            return Unknown("no initial state is inside CONSTRAINT, so there was nowhere to walk")
        walks = self.lengths.total()
        before = f" before that of {arrival.violated[0]}," if arrival.violated else ""
        return Unknown(
            f"no violation found{before} in {walks:,} walk{'' if walks == 1 else 's'} of up to "
            f"{self.walking.depth:,} steps, {self.steps:,} steps in all"
        )

    def _sign(self) -> Iterator[Event]:
        now = time.monotonic()
        if now - self._signed >= BETWEEN_SIGNS:
            self._signed = now
            yield Progress(
                NAME, self.walking.depth, now - self.started, walks=self.lengths.total(), generated=self.steps
            )

    def _summary(self) -> Walks:
        return Walks(
            seed=self.walking.seed,
            walks=self.lengths.total(),
            steps=self.steps,
            depth=self.walking.depth,
            seconds=self.seconds,
            runner=self.ground.runner,
            widened=self.ground.widened,
            lengths=tuple(sorted(self.lengths.items())),
            taken=tuple(self.taken.items()),
        )
