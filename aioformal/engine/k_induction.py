"""k-induction: all properties that are still open, together, for k = 1, 2, ...

The base is the bounded search; the step is `induction_step`. A counterexample to induction is no
violation: it begins in a state that may well be unreachable, and is reported as what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aioformal.engine.bounded import BoundedSearch
from aioformal.engine.clock import Clock, StoppedError
from aioformal.engine.induction_proof import certificate
from aioformal.engine.induction_step import InductionStep, Obstacle
from aioformal.engine.protocol import Budget, Event, Problem
from aioformal.evidence.verdict import Proved, Unknown

DEFAULT_K = 10
HINT = "strengthen the property until it follows from itself, or add an invariant that helps"


class KInduction:
    """Proves properties up to k = `Budget.depth`, or `DEFAULT_K`; finds shortest violations on the way."""

    @property
    def name(self) -> str:
        return "k-induction"

    def check(self, problem: Problem, budget: Budget) -> Iterator[Event]:
        """See `protocol.Engine`. Raises what `Bmc.check` raises."""
        run = _Run(problem, Clock(self.name, budget))
        last = DEFAULT_K if budget.depth is None else max(1, budget.depth)
        try:
            yield from run.search.start()
            for k in range(1, last + 1):
                if not run.unproved:
                    break
                yield from run.round(k)
        except StoppedError as stop:
            yield from run.close(stop.reason)
            if stop.fault is not None:
                yield stop.fault
        else:
            yield from run.close(f"it is not inductive over up to {last} steps")


class _Run:
    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.problem = problem
        self.search = BoundedSearch(problem, clock)
        self.proved: set[str] = set()
        self._clock = clock
        self._step = InductionStep(problem, clock)
        self._generation = 0

    @property
    def unproved(self) -> list[str]:
        return [name for name in self.search.open if name not in self.proved]

    def round(self, k: int) -> Iterator[Event]:
        """Base and step for one k. What is proved already goes on helping the others."""
        yield from self.search.look(k - 1)
        if k == 1:
            yield from self._prove(self._initial_claims(), 1)
        if self.search.generation != self._generation:
            self._generation = self.search.generation
            self._step = InductionStep(self.problem, self._clock)
        if self.unproved:
            left = yield from self._step.inductive(self.search.open, k)
            yield from self._prove(left, k)

    def close(self, reason: str) -> Iterator[Event]:
        """The claims that are neither proved nor violated, each with what was in its way."""
        for name in (*self.unproved, *self.search.undecided):
            obstacle = self._step.obstacles.get(name, Obstacle(reason))
            why = self.search.undecided.get(name, obstacle.reason)
            seen = self.search.seen.get(name, -1)
            bounded = f"; no behaviour of up to {seen} steps violates it" if seen >= 0 else ""
            yield self.search.finding(name, Unknown(why + bounded, HINT, obstacle.trace))

    def _initial_claims(self) -> list[str]:
        """Claims about the first state alone, which the base decides."""
        return [name for name, claim in self.search.open.items() if claim.initial]

    def _prove(self, names: Iterable[str], k: int) -> Iterator[Event]:
        """Findings for what is newly proved, all with the one certificate of the whole set."""
        together = {name: self.search.open[name] for name in names}
        new = [name for name in together if name not in self.proved]
        if not new:
            return
        proof = certificate(self.problem.model, self.search.unrolling, together, k)
        for name in new:
            self.proved.add(name)
            yield self.search.finding(name, Proved(proof))
