"""The search, level by level: the kernel expands states, and this decides how it goes on."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from copy import deepcopy

from aioformal.encode.infer import Sample
from aioformal.engine.explicit.judging import DEADLOCK
from aioformal.engine.explicit.known import NAME, Known, remarks
from aioformal.engine.explicit.optimizing import Optimizer
from aioformal.engine.explicit.preparation import Prepared, prepare
from aioformal.engine.explicit.reduction import partly_used
from aioformal.engine.explicit.saving import Saver, Where
from aioformal.engine.explicit.spot_check import spot_check
from aioformal.engine.explicit.step_graph import Grounds
from aioformal.engine.explicit.view_check import remark_on_view
from aioformal.engine.explicit.widening import (
    FailedStepError,
    after_initial_trouble,
    after_trouble,
    moved,
)
from aioformal.engine.liveness.judging import Liveness
from aioformal.engine.protocol import Budget, Event, Problem
from aioformal.evidence.verdict import (
    Exhaustive,
    Fault,
    Holds,
    Proved,
    Unknown,
    Verdict,
    Violated,
)
from aioformal.native.kernel import Kernel
from aioformal.native.memory import CHUNK, Status
from aioformal.native.runners import Runner, free_memory, room_for

AT_FIRST = 4_096
"""States that are expanded before the first look at the clock."""

BETWEEN_LOOKS = 0.1
"""Seconds that the kernel should run between two looks at the clock."""


class _Ended(Exception):  # noqa: N818
    """The search ends here; `fault` where the specification cannot be evaluated, `reason` where there is
    no more memory, neither where the time is used up or nothing is left to find out."""

    def __init__(self, fault: Fault | None = None, reason: str | None = None) -> None:
        super().__init__()
        self.fault = fault
        self.reason = reason


class Search(Known):
    """One run, which begins with what is prepared already, if there is anything, or with a `sample` of the
    first states. Raises `RefusedError` where the model is beyond packed words, also half-way.

    An interrupt is passed on once the numbers so far have been said.
    """

    def __init__(
        self,
        problem: Problem,
        budget: Budget,
        workers: int = 1,
        memory: int | None = None,
        saver: Saver | None = None,
        runner: Runner = "auto",
        begin_with: Prepared | None = None,
        sample: Sample | None = None,
    ) -> None:
        self.runner: Runner = runner
        self._begin_with = begin_with
        self._sample = sample
        super().__init__(problem, budget, workers, free_memory() if memory is None else memory, saver)
        self._most = AT_FIRST
        self._optimizer = Optimizer(workers)
        self._complete = False
        """Whether all states are known, and what is looked at are behaviours."""

    def close(self) -> None:
        """Gives all memory back."""
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None

    def run(self) -> Iterator[Event]:
        try:
            if self.saver is not None and self.saver.saved is not None:
                yield from self._resume(self.saver)
            else:
                yield from self._begin()
            yield from self._remark_on_symmetry()
            yield from self._levels()
        except _Ended as end:
            yield from self._close_early(end)
        except MemoryError:
            yield from self._break_off(_Ended(reason=f"this machine has no more memory; {self._state()}"))
        except KeyboardInterrupt:
            yield from self._break_off(_Ended())
            raise

    # ------------------------------------------------------------ levels

    def _levels(self) -> Generator[Event, None, None]:
        where, counts, limit = self._where, self.counts, self.budget.depth
        while where.first < where.end and not self._settled and (limit is None or counts.depth < limit):
            yield from self._expand_level(where)
            self._torn = True
            counts.depth += where.go_on(self._kernel.distinct)
            self._torn = False
        if where.first == where.end:
            yield from self._close_complete()
        else:
            seen = yield from self._deadlocks_between(where.first, where.end)
            yield from self._save_at_last()
            yield from self._close(counts.depth if seen else counts.depth - 1)

    def _begin(self) -> Generator[Event, None, None]:
        """The initial states."""
        begun = self._begin_with
        if begun is None:
            begun = prepare(self.problem, sample=self._sample, runner=self.runner)
        self._prepare(begun)
        status = self._make_initial()
        yield from self._read_notes()
        kernel = self._kernel
        self.counts.initial = kernel.tally().generated
        if status is Status.FULL:
            raise _Ended(reason=f"{self._used_up()} before there were all initial states; {self._state()}")
        self.where = Where.beginning(kernel.distinct)

    def _remark_on_symmetry(self) -> Iterator[Event]:
        group, symmetry = self.prepared.group, self.prepared.symmetry
        if group is not None and symmetry is not None and symmetry.partial:
            yield from remarks(partly_used(self.problem.model, group))

    def _prepare(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.untriggered = set(prepared.probes)
        self.open = {prop.name for prop in prepared.properties} - self.untriggered
        self.deadlock = self.problem.deadlock and self.problem.model.next is not None

    def _make_initial(self) -> Status:
        """In shapes that hold them all. FULL where the memory does not."""
        while True:
            self._get_ready()
            self.kernel = self._new_kernel()
            status = self.kernel.begin()
            if status is not Status.TROUBLE:
                return status
            self.kernel.close()
            self.kernel = None
            self.counts.widened += 1
            try:
                self.prepared = after_initial_trouble(self.prepared)
            except FailedStepError as failure:
                raise _Ended(Fault(failure.diagnostic, None, NAME)) from None

    def _get_ready(self) -> None:
        """Makes what a kernel is made of, and looks at the clock in between: each takes a while."""
        self._in_time()
        self.prepared.begin_code(self.runner)
        _ = self.prepared.encoding
        self._in_time()
        self._need(room_for(self.prepared.plan, 0, self.workers))
        self._in_time()

    def _in_time(self) -> None:
        if self.budget.exhausted():
            raise _Ended

    def _new_kernel(self) -> Kernel:
        kernel = self.prepared.kernel(self.workers, self.runner)
        kernel.memory = self.memory
        every = (1 << len(self.prepared.properties)) - 1
        kernel.open_states = kernel.open_steps = every
        kernel.checks_deadlock = self.deadlock
        return kernel

    def _resume(self, saver: Saver) -> Generator[Event, None, None]:
        """The search as it was saved."""
        saved = saver.restored()
        self._prepare(saved.prepared)
        self.counts = saved.counts
        self._need(room_for(saved.prepared.plan, saved.distinct, self.workers))
        self.kernel = self._new_kernel()
        with self.budget.unhurried():
            self.kernel.refill(saver.blocks())
        for name, trace in saved.violated.items():
            yield from self._is_violated(name, Violated(trace))
        self.where = saved.where

    def _expand_level(self, where: Where) -> Generator[Event, None, None]:
        while where.ahead:
            self._torn = True
            self._kernel.enter_level(*where.ahead.pop(0))
            self._torn = False
            yield from self._expand()

    def _expand(self) -> Generator[Event, None, None]:
        """Expands a range of a level. Raises `_Ended` where that is not all done."""
        while True:
            if self.saver is not None and self.saver.due:
                yield from self._save(self.saver)
            self._in_time()
            self._optimizer.consider(self._kernel)
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
                    self._need(self._kernel.bytes_used)
            yield from self._sign()

    def _adapt(self, seconds: float) -> None:
        """How much the kernel is to do at a time."""
        if seconds < BETWEEN_LOOKS / 2:
            self._most = min(self._most * 2, 1 << 24)
        elif seconds > BETWEEN_LOOKS * 2:
            self._most = max(self._most // 2, 64)

    def _grow(self) -> None:
        kernel = self._kernel
        self._need(kernel.bytes_used + kernel.growth)
        kernel.grow()

    def _need(self, memory: int) -> None:
        """Ends the search where it would take more than it may."""
        if memory > self.memory:
            raise _Ended(reason=f"{self._used_up()}; {self._state()}")

    def _used_up(self) -> str:
        return f"the memory for states ({self.memory / (1 << 20):,.1f} MB) is used up"

    def _widen(self) -> None:
        """Makes room for the successors of the state where the kernel stopped."""
        kernel = self._kernel
        try:
            wider = after_trouble(self.prepared, self._interpreter.traces_at(kernel.at), self.counts.widened)
        except FailedStepError as failure:
            raise _Ended(Fault(failure.diagnostic, failure.trace, NAME)) from None
        words = self.prepared.plan.layout.words + wider.plan.layout.words
        self._need(room_for(wider.plan, kernel.distinct, self.workers) + CHUNK * 8 * words)
        before, self._torn = deepcopy(self.counts), True
        self.counts.keep(kernel)
        self.counts.widened += 1
        try:
            self.kernel = moved(kernel, self.prepared, wider)
        except BaseException:
            self.counts = before
            raise
        self.prepared, self._torn = wider, False

    def _deadlocks_between(self, first: int, end: int) -> Generator[Event, None, bool]:
        """Whether the states that are not expanded any more could all be looked at for a deadlock."""
        for number in range(first, end):
            if not self.deadlock:
                break
            if self.budget.exhausted():
                return False
            if self._kernel.successors(self._kernel.state(number)) == []:
                yield from self._is_violated(DEADLOCK, Violated(self._interpreter.deadlock_at(number)))
        return True

    # ------------------------------------------------------------ what is noticed

    def _read_notes(self) -> Generator[Event, None, None]:
        """Passes on what was noticed: violations first, since a fault ends the run."""
        interpreter, self._torn = self._interpreter, True
        notes = [self._without_probes(note) for note in self._kernel.notes()]
        said = [what for note in notes if note is not None for what in interpreter.read(note)]
        for what in said:
            if not isinstance(what, Fault):
                yield from self._is_violated(*what)
        fault = next((what for what in said if isinstance(what, Fault)), None)
        if fault is not None:
            raise _Ended(fault)
        self._torn = False

    # ------------------------------------------------------------ what is said

    def _close_complete(self) -> Iterator[Event]:
        kernel, counts = self._kernel, self.counts
        counts.confirmed = spot_check(self.prepared, kernel, self._where.initial, counts.initial, self.open)
        self._finish()
        yield from remarks(remark_on_view(self.prepared, kernel))
        tally = kernel.tally()
        proof = Proved(Exhaustive(tally.distinct, counts.generated(tally), counts.depth, kernel.digest()))
        yield from self._say_of_open(proof, proof)
        try:
            yield from self._judge_temporal(proof)
        except KeyboardInterrupt:
            self._complete = True
            raise
        yield from self._say_of_probes()
        yield self._exploration(complete=True)

    def _judge_temporal(self, proof: Proved) -> Iterator[Event]:
        """What is about whole behaviours, on the graph of all steps."""
        if not self._temporal or self.prepared.reduced_by:
            yield from self._say_nothing_of_temporal()
            return
        grounds = Grounds(
            self.prepared,
            self._kernel,
            self._where.initial,
            self.budget,
            self.runner,
            lambda: next(self._sign(), None),
        )
        yield from Liveness(self.problem, self.budget, NAME).judge(self._temporal, proof, grounds)

    def _close(
        self, deadlock_depth: int, reason: str | None = None, hint: str | None = None
    ) -> Iterator[Event]:
        """The end of a search that did not see everything."""
        depth = self.counts.depth
        answer: Verdict = Holds(depth) if reason is None else Unknown(reason, hint)
        halted: Verdict | None = Holds(deadlock_depth) if deadlock_depth >= 0 else None
        yield from self._say_of_open(answer, answer if reason is not None else halted)
        yield from self._say_nothing_of_temporal()
        yield self._exploration(complete=False)

    def _close_early(self, end: _Ended) -> Iterator[Event]:
        if end.fault is not None:
            self._finish()
            yield end.fault
            yield self._exploration(complete=False)
            return
        if self._settled:
            self._finish()
        else:
            yield from self._save_at_last()
        if end.reason is not None:
            hint = "--memory gives it more; smaller constants or SYMMETRY make fewer states"
            yield from self._close(self.counts.depth - 1, end.reason, hint)
        else:
            reason = "there are not all initial states yet" if self.where is None else None
            yield from self._close(self.counts.depth - 1, reason)

    def _break_off(self, end: _Ended) -> Iterator[Event]:
        """The end of a search that was stopped anywhere."""
        if self._complete:
            yield self._exploration(complete=True)
            return
        if self.where is not None and not self._torn:
            try:
                yield from self._read_notes()
            except _Ended as noticed:
                end = noticed
        yield from self._close_early(end)
