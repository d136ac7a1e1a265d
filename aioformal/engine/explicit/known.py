"""What a search knows: its numbers, what it has found, and how it says and saves them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

from msgspec.structs import replace

from aioformal.concrete.behaviour import Trace
from aioformal.concrete.naming import action_names
from aioformal.diagnostic import Diagnostic
from aioformal.engine.explicit.counts import Counts
from aioformal.engine.explicit.judging import DEADLOCK, Interpreter
from aioformal.engine.explicit.preparation import Prepared
from aioformal.engine.explicit.reduction import LIVENESS_HINT, NO_REDUCED_LIVENESS
from aioformal.engine.explicit.saving import Saver, Where
from aioformal.engine.liveness.judging import NOT_ALL_SEEN, is_temporal
from aioformal.engine.protocol import Budget, Event, Problem, Progress, Remark, Untriggered
from aioformal.evidence.verdict import (
    Exploration,
    Finding,
    Holds,
    Proved,
    SearchDetails,
    Unknown,
    Verdict,
    Violated,
)
from aioformal.native.kernel import Kernel, Note
from aioformal.native.memory import Event as Noticed
from aioformal.resolve.model import Property

NAME = "explicit"

BETWEEN_SIGNS = 0.25
"""Seconds between two signs of life."""


class Known:
    """The state of a search between two runs of its kernel."""

    prepared: Prepared

    def __init__(
        self, problem: Problem, budget: Budget, workers: int, memory: int, saver: Saver | None
    ) -> None:
        self.problem = problem
        self.budget = budget
        self.workers = workers
        self.memory = memory
        self.saver = saver
        self.kernel: Kernel | None = None
        self.counts = Counts()
        self.where: Where | None = None
        """None until there are all initial states."""
        self.open: set[str] = set()
        self.untriggered: set[str] = set()
        """Probes that nothing has triggered so far."""
        self.deadlock = False
        self._violated: dict[str, Trace] = {}
        self._torn = False
        """Whether something is being changed that must not be seen, or saved, half-way."""
        self._signed = 0.0

    @property
    def _kernel(self) -> Kernel:
        assert self.kernel is not None
        return self.kernel

    @property
    def _where(self) -> Where:
        assert self.where is not None
        return self.where

    @property
    def _interpreter(self) -> Interpreter:
        return Interpreter(self.prepared, self._kernel, NAME)

    @property
    def _settled(self) -> bool:
        """Whether nothing is left to find out."""
        asked = bool(self.problem.properties) or self.problem.deadlock
        return asked and not self.open and not self.deadlock and not self._temporal

    @property
    def _temporal(self) -> list[Property]:
        """The properties with a part about whole behaviours that nothing has violated yet."""
        return [
            prop for prop in self.problem.properties if is_temporal(prop) and prop.name not in self._violated
        ]

    # ------------------------------------------------------------ what is noticed

    def _is_violated(self, name: str, violated: Violated) -> Iterator[Event]:
        """Two workers may notice the same; the first says it."""
        if name == DEADLOCK and self.deadlock:
            self.deadlock = self._kernel.checks_deadlock = False
        elif name in self.open:
            self.open.discard(name)
            self._close_bits(name)
        else:
            return
        self._violated[name] = violated.trace
        yield self._found(name, violated)

    def _close_bits(self, name: str) -> None:
        """A property that is violated by a state is not looked at in steps any more, and vice versa."""
        number = next(n for n, prop in enumerate(self.prepared.properties) if prop.name == name)
        self._kernel.open_states &= ~(1 << number)
        self._kernel.open_steps &= ~(1 << number)

    def _without_probes(self, note: Note) -> Note | None:
        """What a note says of properties, None if that is nothing."""
        if note.event not in (Noticed.STATE, Noticed.STEP):
            return note
        mask = note.mask
        for name, number in self.prepared.probes.items():
            if mask >> number & 1:
                mask &= ~(1 << number)
                self.untriggered.discard(name)
                self._close_bits(name)
        return replace(note, mask=mask) if mask else None

    def _found(self, name: str, verdict: Verdict) -> Finding:
        return Finding(name, verdict, NAME, self.budget.elapsed())

    # ------------------------------------------------------------ checkpoints

    def _save(self, saver: Saver) -> Iterator[Event]:
        with self.budget.unhurried():
            failure = saver.save(self.prepared, self._kernel, self.counts, self._where, self._violated)
        yield from remarks(failure)

    def _save_at_last(self) -> Iterator[Event]:
        """What the search can go on from, at its end."""
        saver = self.saver
        if saver is None:
            return
        if self.where is not None and not self._torn:
            # Whoever asks twice for an end gets it at once: the checkpoint before has to do.
            with suppress(KeyboardInterrupt):
                yield from self._save(saver)
        yield from remarks(saver.note())

    def _finish(self) -> None:
        if self.saver is not None:
            self.saver.finish()

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

    def _say_of_open(self, answer: Verdict, deadlock: Verdict | None) -> Iterator[Event]:
        """The answer for every property that no violation was found of, as far as states and steps can
        tell."""
        said = set[Diagnostic]()
        temporal = self._temporal
        for prop in self.problem.properties:
            if prop.name in self.open and prop not in temporal:
                yield from self._answered(prop.name, answer, said)
        if self.deadlock and deadlock is not None:
            yield from self._answered(DEADLOCK, deadlock, said)

    def _say_nothing_of_temporal(self) -> Iterator[Event]:
        """Why there is no answer for what is about whole behaviours."""
        reason = Unknown(NOT_ALL_SEEN)
        if self.kernel is not None and self.prepared.reduced_by:
            reason = Unknown(NO_REDUCED_LIVENESS, LIVENESS_HINT)
        for prop in self._temporal:
            yield self._found(prop.name, Unknown(prop.unjudged) if prop.unjudged else reason)

    def _say_of_probes(self) -> Iterator[Event]:
        """Which probes no state and no step has triggered, nor one like it."""
        if not self.problem.probes:
            return
        doubts = self.prepared.doubts
        probes = [p for p in self.prepared.properties if p.name in self.untriggered]
        proved = frozenset(probe.name for probe in probes if doubts.of_probe(probe) is None)
        yield Untriggered(proved, self.prepared.unseen)

    def _answered(self, name: str, answer: Verdict, said: set[Diagnostic]) -> Iterator[Event]:
        """An answer that nothing bad happens needs every state to be looked at, or one like it."""
        doubt = self.prepared.doubts.of(name) if isinstance(answer, Proved | Holds) else None
        if doubt is None:
            yield self._found(name, answer)
            return
        if doubt not in said:
            said.add(doubt)
            yield Remark(doubt)
        yield self._found(name, Unknown(doubt.message, doubt.hint))

    def _state(self) -> str:
        """How far the search has come."""
        seen = self._exploration(complete=False)
        left = f", {seen.details.left:,} of them not expanded" if seen.details is not None else ""
        return f"at depth {seen.depth} {seen.distinct_states:,} states are kept{left}"

    def _exploration(self, *, complete: bool) -> Exploration:
        counts = self.counts
        if self.kernel is None:
            saved = self.saver.saved if self.saver is not None else None
            distinct = 0 if saved is None else saved.distinct
            return Exploration(counts.initial, distinct, counts.generated_before, counts.depth, complete)
        tally = self.kernel.tally()
        details = SearchDetails(
            runner=self.kernel.name,
            workers=self.workers,
            state_bits=self.prepared.plan.layout.bits,
            memory=self.kernel.bytes_used,
            left=tally.distinct - counts.expanded(tally),
            coverage=counts.coverage(self.kernel, tally, action_names(self.problem.program)),
            out_degrees=counts.degrees(tally),
            confirmed=counts.confirmed,
            widened=counts.widened,
            reduced_by=self.prepared.reduced_by,
        )
        generated = counts.generated(tally)
        return Exploration(counts.initial, tally.distinct, generated, counts.depth, complete, details)


def remarks(diagnostic: Diagnostic | None) -> Iterator[Event]:
    if diagnostic is not None:
        yield Remark(diagnostic)
