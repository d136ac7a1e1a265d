"""Which steps of a counterexample matter: the others are bystanders, and without them the same is wrong.

A set of steps *suffices* when the same actions with the same arguments, in the same order, and without the
others, are a behaviour from the same initial state at whose end the same is wrong. What an action leaves open
is resolved in whichever way keeps it so. The steps that matter are a sufficient set of which no single step
can be left out: 1-minimal, as by Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input"
(2002). It need not be the smallest set, nor the only one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from aioformal.audit.explanation import Wrong, closed_alike, stuck, violated_alike, without_value
from aioformal.audit.replay import is_expanded, replay_behaviour, replay_trace
from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.evidence.verdict import ActionLabel, Blame, Fault, Relevance, Trace
from aioformal.resolve.model import Property
from aioformal.value.fault import ValueFault
from aioformal.value.registers import REGISTERS
from aioformal.value.values import State

Path = tuple[State, ...]


class _TimeIsUp(Exception):  # noqa: N818
    """Ends the search for bystanders."""


def relevance(
    program: Program, prop: Property | None, trace: Trace, guilty: Blame | None, deadline: float
) -> Relevance:
    """The steps of `trace` that matter for what `guilty` says is false of `prop` at its end, or of a whole
    lasso, or (`prop` is None) for its being a deadlock.

    `trace` is a replayed counterexample; `deadline` is a time of `time.monotonic`, in seconds. What is left
    is replayed: raises `EvidenceError` (check.evidence) when it does not stand up.
    """
    if prop is not None and trace.loop is not None:
        return _relevance_to_lasso(program, prop, trace, guilty, deadline)
    wrong = stuck(program) if prop is None else violated_alike(program, prop, guilty)
    found = _searched(program, trace, wrong, deadline)
    replay_trace(program, prop, found.behaviour)
    return found


def _relevance_to_lasso(
    program: Program, prop: Property, trace: Trace, guilty: Blame | None, deadline: float
) -> Relevance:
    """A cycle of fewer steps, or none, is as good."""
    close = closed_alike(program, prop, guilty)
    found = _searched(program, trace, lambda shorter: close(shorter) is not None, deadline)
    if found.behaviour.loop is None:
        with REGISTERS.elsewhere():
            lasso = close(found.behaviour)
        assert lasso is not None
        found = replace(found, behaviour=lasso)
    replay_trace(program, prop, found.behaviour)
    return found


def relevance_to_fault(
    program: Program, prop: Property | None, fault: Fault, deadline: float
) -> Relevance | None:
    """The same of the evaluation error of `fault`, which is in `prop` or (None) in a step; None without a
    trace."""
    if fault.trace is None or not fault.trace.states:
        return None
    found = _searched(program, fault.trace, without_value(program, prop, fault.diagnostic), deadline)
    replay_behaviour(program, "evaluation", found.behaviour)
    return found


def _searched(program: Program, trace: Trace, wrong: Wrong, deadline: float) -> Relevance:
    search = _Search(program, trace, wrong, deadline)
    complete = True
    with REGISTERS.elsewhere():
        try:
            search.run()
        except _TimeIsUp:
            complete = False
    return Relevance(search.kept, search.behaviour, complete)


class _Search:
    """Leaves out ever smaller pieces, the last ones first, until no single step can be left out."""

    def __init__(self, program: Program, trace: Trace, wrong: Wrong, deadline: float) -> None:
        self.program = program
        self.trace = trace
        self.wrong = wrong
        self.deadline = deadline
        self.kept = tuple(range(trace.depth))
        self.behaviour = trace

    def run(self) -> None:
        size = max(len(self.kept) // 2, 1)
        while True:
            smaller = self._leave_out_pieces(size)
            if size == 1 and not smaller:
                return
            size = max(size // 2, 1)

    def _leave_out_pieces(self, size: int) -> bool:
        """Whether a piece of so many steps could be left out."""
        before = len(self.kept)
        for end in range(before, 0, -size):
            self._try(self.kept[: max(end - size, 0)] + self.kept[end:])
        return len(self.kept) < before

    def _try(self, steps: tuple[int, ...]) -> None:
        labels = [self.trace.actions[index] for index in steps]
        try:
            path = self._failing(labels)
        except (DiagnosticError, ValueFault):
            return
        if path is not None:
            self.kept = steps
            self.behaviour = Trace(self.trace.variables, path, tuple(labels))

    def _failing(self, labels: Sequence[ActionLabel]) -> Path | None:
        """A behaviour with these steps at whose end the same is wrong."""
        paths: list[Path] = [self.trace.states[:1]]
        for label in labels:
            # Constraints and properties look at two states at most: one path to each pair is enough.
            paths = list({path[-2:]: path for path in self._longer(paths, label)}.values())
        candidates = (Trace(self.trace.variables, path, tuple(labels)) for path in paths)
        return next((trace.states for trace in candidates if self._is_wrong(trace)), None)

    def _is_wrong(self, trace: Trace) -> bool:
        try:
            return self.wrong(trace)
        except (DiagnosticError, ValueFault):
            return False

    def _longer(self, paths: Sequence[Path], label: ActionLabel) -> Iterator[Path]:
        for path in paths:
            if time.monotonic() > self.deadline:
                raise _TimeIsUp
            if is_expanded(self.program, path):
                steps = self.program.successors(path[-1])
                yield from ((*path, step.state) for step in steps if step.label == label)
