"""The search, level by level: the kernel expands states, and this decides how it goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator

from aioformal.engine.explicit.counts import Counts
from aioformal.engine.explicit.judging import DEADLOCK, Interpreter
from aioformal.engine.explicit.preparation import prepare
from aioformal.engine.explicit.spot_check import spot_check
from aioformal.engine.explicit.widening import (
    FailedStepError,
    after_initial_trouble,
    after_trouble,
    moved,
)
from aioformal.engine.protocol import Budget, Event, Problem, Progress
from aioformal.engine.reference.search import NO_LIVENESS
from aioformal.evidence.verdict import (
    Exhaustive,
    Exploration,
    Fault,
    Finding,
    Holds,
    Proved,
    SearchDetails,
    Unknown,
    Verdict,
    Violated,
)
from aioformal.native.kernel import Kernel
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.memory import Status
from aioformal.native.runners import free_memory, make_kernel
from aioformal.resolve.model import PartKind

NAME = "explicit"

AT_FIRST = 4_096
"""States that are expanded before the first look at the clock."""

BETWEEN_LOOKS = 0.1
"""Seconds that the kernel should run between two looks at the clock."""

BETWEEN_SIGNS = 0.25
"""Seconds between two signs of life."""

WORTH_OPTIMIZING = 1.0
"""Seconds of searching after which better code is made: that takes about as long."""


class _Ended(Exception):  # noqa: N818
    """The search ends here; `fault` where the specification cannot be evaluated."""

    def __init__(self, fault: Fault | None = None, reason: str | None = None) -> None:
        super().__init__()
        self.fault = fault
        self.reason = reason


class Search:
    """One run. Raises `RefusedError` where the model is beyond packed words, also half-way."""

    def __init__(self, problem: Problem, budget: Budget, workers: int, memory: int | None) -> None:
        self.problem = problem
        self.budget = budget
        self.workers = workers
        self.memory = free_memory() if memory is None else memory
        self.kernel: Kernel | None = None
        self.counts = Counts()
        self._most = AT_FIRST
        self._signed = 0.0
        self._begun = time.monotonic()
        self._optimizer: threading.Thread | None = None

    def close(self) -> None:
        """Gives all memory back."""
        if self._optimizer is not None:
            self._optimizer.join()
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None

    def run(self) -> Iterator[Event]:
        self.prepared = prepare(self.problem)
        self.open = {prop.name for prop in self.prepared.properties}
        self._violated: set[str] = set()
        self.deadlock = self.problem.deadlock and self.problem.model.next is not None
        try:
            yield from self._levels()
        except _Ended as end:
            yield from self._close_early(end)

    # ------------------------------------------------------------ levels

    def _levels(self) -> Generator[Event, None, None]:
        self._begin()
        yield from self._read_notes()
        kernel, counts = self._kernel, self.counts
        counts.initial = kernel.tally().generated
        self._kept_initially = kernel.distinct
        first, end = 0, kernel.distinct
        while first < end and counts.depth != self.budget.depth and not self._settled:
            yield from self._expand(first, end)
            first, end = end, self._kernel.distinct
            counts.depth += first < end
        if first == end:
            yield from self._close_complete()
        else:
            seen = yield from self._deadlocks_between(first, end)
            yield from self._close(counts.depth if seen else counts.depth - 1)

    @property
    def _kernel(self) -> Kernel:
        assert self.kernel is not None
        return self.kernel

    def _begin(self) -> None:
        """The initial states, in shapes that hold them all."""
        while True:
            self.kernel = make_kernel(self.prepared.plan, self.workers)
            self._ask(self.kernel)
            if self.kernel.begin() is not Status.TROUBLE:
                return
            self.kernel.close()
            self.kernel = None
            self.counts.widened += 1
            try:
                self.prepared = after_initial_trouble(self.prepared)
            except FailedStepError as failure:
                raise _Ended(Fault(failure.diagnostic, None, NAME)) from None

    def _ask(self, kernel: Kernel) -> None:
        """Which properties the kernel is to look at."""
        every = (1 << len(self.prepared.properties)) - 1
        kernel.open_states = kernel.open_steps = every
        kernel.checks_deadlock = self.deadlock

    def _expand(self, first: int, end: int) -> Generator[Event, None, None]:
        """Expands the states of a level. Raises `_Ended` where that is not all done."""
        self._kernel.enter_level(first, end)
        while True:
            if self.budget.exhausted():
                raise _Ended
            started = time.monotonic()
            status = self._kernel.run(self._most)
            self._adapt(time.monotonic() - started)
            yield from self._read_notes()
            if self._settled:
                raise _Ended
            match status:
                case Status.LEVEL:
                    return
                case Status.FULL:
                    self._grow()
                case Status.TROUBLE:
                    self._widen()
                case _:
                    pass
            yield from self._sign()
            self._optimize()

    def _adapt(self, seconds: float) -> None:
        """How much the kernel is to do at a time."""
        if seconds < BETWEEN_LOOKS / 2:
            self._most = min(self._most * 2, 1 << 24)
        elif seconds > BETWEEN_LOOKS * 2:
            self._most = max(self._most // 2, 64)

    def _grow(self) -> None:
        kernel = self._kernel
        if kernel.bytes_used + kernel.growth > self.memory:
            left = kernel.distinct - self.counts.expanded(kernel.tally())
            raise _Ended(
                reason=f"the memory for states ({self.memory >> 20} MB) is used up at depth "
                f"{self.counts.depth}: {kernel.distinct:,} states are kept, {left:,} of them not expanded"
            )
        kernel.grow()

    def _widen(self) -> None:
        """Makes room for the successors of the state where the kernel stopped."""
        kernel = self._kernel
        trace = self._interpreter.trace_to(kernel.at, None)
        try:
            wider = after_trouble(self.prepared, trace.states[-1], trace)
        except FailedStepError as failure:
            raise _Ended(Fault(failure.diagnostic, trace, NAME)) from None
        self.counts.keep(kernel)
        self.counts.widened += 1
        self.kernel = moved(kernel, self.prepared, wider)
        self.prepared = wider

    def _optimize(self) -> None:
        """Makes better code beside the search, once it has gone on for a while."""
        kernel = self.kernel
        busy = self._optimizer is not None and self._optimizer.is_alive()
        if not isinstance(kernel, LlvmKernel) or kernel.optimizing or busy:
            return
        if time.monotonic() - self._begun > WORTH_OPTIMIZING:
            kernel.optimizing = True
            self._optimizer = threading.Thread(target=kernel.optimize, daemon=True)
            self._optimizer.start()

    def _deadlocks_between(self, first: int, end: int) -> Generator[Event, None, bool]:
        """Whether the states that are not expanded any more could all be looked at for a deadlock."""
        for number in range(first, end):
            if not self.deadlock:
                break
            if self.budget.exhausted():
                return False
            if self._kernel.successors(self._kernel.state(number)) == []:
                self.deadlock = False
                yield self._found(DEADLOCK, Violated(self._interpreter.trace_to(number, None)))
        return True

    # ------------------------------------------------------------ what is noticed

    @property
    def _interpreter(self) -> Interpreter:
        return Interpreter(self.prepared, self._kernel, NAME)

    @property
    def _settled(self) -> bool:
        """Whether nothing is left to find out."""
        asked = bool(self.problem.properties) or self.problem.deadlock
        return asked and not self.open and not self.deadlock

    def _read_notes(self) -> Generator[Event, None, None]:
        """Passes on what was noticed: violations first, since a fault ends the run."""
        interpreter = self._interpreter
        said = [what for note in self._kernel.notes() for what in interpreter.read(note)]
        for what in said:
            if not isinstance(what, Fault):
                yield from self._is_violated(*what)
        fault = next((what for what in said if isinstance(what, Fault)), None)
        if fault is not None:
            raise _Ended(fault)

    def _is_violated(self, name: str, violated: Violated) -> Iterator[Event]:
        """Two workers may notice the same; the first says it."""
        if name == DEADLOCK and self.deadlock:
            self.deadlock = False
            yield self._found(name, violated)
        elif name in self.open:
            self.open.discard(name)
            self._violated.add(name)
            self._close_bits(name)
            yield self._found(name, violated)

    def _close_bits(self, name: str) -> None:
        """A property that is violated by a state is not looked at in steps any more, and vice versa."""
        number = next(n for n, prop in enumerate(self.prepared.properties) if prop.name == name)
        self._kernel.open_states &= ~(1 << number)
        self._kernel.open_steps &= ~(1 << number)

    def _found(self, name: str, verdict: Verdict) -> Finding:
        return Finding(name, verdict, NAME, self.budget.elapsed())

    # ------------------------------------------------------------ what is said

    def _sign(self) -> Iterator[Event]:
        now = time.monotonic()
        if now - self._signed >= BETWEEN_SIGNS:
            self._signed = now
            tally = self._kernel.tally()
            yield Progress(
                NAME,
                self.counts.depth,
                self.budget.elapsed(),
                tally.distinct,
                self.counts.generated(tally),
                tally.distinct - self.counts.expanded(tally),
                memory=self._kernel.bytes_used,
            )

    def _close_complete(self) -> Iterator[Event]:
        kernel, counts = self._kernel, self.counts
        counts.confirmed = spot_check(self.prepared, kernel, self._kept_initially)
        tally = kernel.tally()
        proof = Proved(Exhaustive(tally.distinct, counts.generated(tally), counts.depth, kernel.digest()))
        yield from self._say_of_open(proof)
        if self.deadlock:
            yield self._found(DEADLOCK, proof)
        yield self._exploration(complete=True)

    def _close(self, deadlock_depth: int, reason: str | None = None) -> Iterator[Event]:
        """The end of a search that did not see everything."""
        depth = self.counts.depth
        hint = "--memory gives it more; smaller constants or SYMMETRY make fewer states"
        answer: Verdict = Holds(depth) if reason is None else Unknown(reason, hint)
        yield from self._say_of_open(answer)
        if self.deadlock and reason is not None:
            yield self._found(DEADLOCK, answer)
        elif self.deadlock and deadlock_depth >= 0:
            yield self._found(DEADLOCK, Holds(deadlock_depth))
        yield self._exploration(complete=False)

    def _close_early(self, end: _Ended) -> Iterator[Event]:
        if end.fault is not None:
            yield end.fault
            yield self._exploration(complete=False)
        else:
            yield from self._close(self.counts.depth - 1, end.reason)

    def _say_of_open(self, answer: Verdict) -> Iterator[Event]:
        """The answer for every property that no violation was found of, as far as states can tell."""
        for prop in self.problem.properties:
            temporal = any(part.kind is PartKind.TEMPORAL for part in prop.parts)
            if temporal and prop.name not in self._violated:
                yield self._found(prop.name, Unknown(NO_LIVENESS))
            elif prop.name in self.open:
                yield self._found(prop.name, answer)

    def _exploration(self, *, complete: bool) -> Exploration:
        counts = self.counts
        if self.kernel is None:
            return Exploration(0, 0, 0, 0, complete)
        tally = self.kernel.tally()
        details = SearchDetails(
            runner=self.kernel.name,
            workers=self.workers,
            state_bits=self.prepared.plan.layout.bits,
            memory=self.kernel.bytes_used,
            left=tally.distinct - counts.expanded(tally),
            coverage=counts.coverage(self.kernel, tally),
            out_degrees=counts.degrees(tally),
            confirmed=counts.confirmed,
            widened=counts.widened,
        )
        generated = counts.generated(tally)
        return Exploration(counts.initial, tally.distinct, generated, counts.depth, complete, details)
