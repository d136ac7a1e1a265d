"""Shapes that are left, and a search that goes on in wider ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice

from aioformal.concrete.behaviour import Trace
from aioformal.diagnostic import DiagnosticError
from aioformal.encode.infer import Extent, states_ahead
from aioformal.encode.path import Path
from aioformal.encode.shapes import Shapes
from aioformal.encode.slots import read, write
from aioformal.engine.explicit.preparation import Prepared, RefusedError
from aioformal.engine.explicit.reduction import disagreement
from aioformal.ir import term as ir
from aioformal.native.kernel import Kernel
from aioformal.native.plan import TooMuchCodeError
from aioformal.value.values import State

AT_ONCE = 10_000
"""Initial states that are made room for together."""


FEW_WALKS, MOST_WALKS, STEPS = 2, 32, 60
"""Walks from a state that leaves its shape, and their steps. A shape that is left again and again holds
something that varies much, such as a bag of messages: then it pays to look far."""


class FailedStepError(Exception):
    """The reference semantics cannot make the initial states, or the steps out of the last state of a
    trace."""

    def __init__(self, failure: DiagnosticError, trace: Trace | None = None) -> None:
        super().__init__(str(failure))
        self.cause = failure
        self.diagnostic = failure.diagnostics[0]
        self.trace = trace


def after_initial_trouble(prepared: Prepared) -> Prepared:
    """Shapes with room for more initial states.

    Raises `FailedStepError`, `RefusedError`, and check.evidence where all have room already.
    """
    try:
        outside = (s for s in prepared.problem.program.initial_states() if not prepared.shapes.contains(s))
        strangers = list(islice(outside, AT_ONCE))
    except DiagnosticError as failure:
        raise FailedStepError(failure) from None
    wider = prepared.widened(strangers)
    if wider is None:
        _evaluate_view(prepared, prepared.problem.program.initial_states())
        raise disagreement("the initial states")
    return wider


def after_trouble(prepared: Prepared, traces: Iterable[Trace], times: int = 0) -> Prepared:
    """Shapes with room for the successors of a state, and for what is met on random walks from there: on the
    more, the more `times` shapes were widened before. All traces lead to the state, or to another one that it
    stands for: the first that shows what was noticed counts. Raises as `after_initial_trouble` does."""
    last: Trace | None = None
    for trace in traces:
        wider = _wider_after(prepared, trace, times)
        if wider is not None:
            return wider
        last = trace
    if prepared.group is not None:
        raise prepared.unlike("it matters to what can be evaluated")
    raise disagreement("the steps out of a state", last)


def _wider_after(prepared: Prepared, trace: Trace, times: int) -> Prepared | None:
    """None if there is room for all successors of the last state."""
    program = prepared.problem.program
    try:
        successors = [step.state for step in program.successors(trace.states[-1])]
        strangers = [state for state in successors if not prepared.shapes.contains(state)]
        if not strangers:
            _evaluate_view(prepared, successors)
            return None
        return _wider_for_more(prepared, strangers, times) or prepared.widened(strangers)
    except FailedStepError as failure:
        raise FailedStepError(failure.cause, trace) from None
    except DiagnosticError as failure:
        raise FailedStepError(failure, trace) from None


def _wider_for_more(prepared: Prepared, strangers: Sequence[State], times: int) -> Prepared | None:
    """None where what is met further on is nothing that machine code can hold: a search need not come to
    it."""
    extent = Extent(0, min(FEW_WALKS << times, MOST_WALKS), STEPS)
    with suppress(DiagnosticError, RefusedError):
        wider = prepared.widened([*strangers, *states_ahead(prepared.problem.program, strangers, extent)])
        if wider is not None:
            # It is refused only when it is made.
            _ = wider.plan
        return wider
    return None


def _evaluate_view(prepared: Prepared, states: Iterable[State]) -> None:
    """Raises `FailedStepError` where VIEW has no value."""
    program, view = prepared.problem.program, prepared.told_by
    if view is None:
        return
    try:
        for state in states:
            if program.satisfies_constraints(state):
                program.evaluate(view, state)
    except DiagnosticError as failure:
        raise FailedStepError(failure) from None


def moved(kernel: Kernel, old: Prepared, new: Prepared) -> Kernel:
    """The search in wider shapes: every kept state is read by the old ones and written by the new. Raises
    `RefusedError`."""
    try:
        return kernel.relaid(new.plan, translation(old.shapes, new.shapes))
    except TooMuchCodeError as refusal:
        raise RefusedError(str(refusal)) from None


def translation(old: Shapes, new: Shapes) -> dict[str, ir.Term]:
    """The slots of the new shapes in terms of those of the old ones, which they contain."""
    terms: dict[str, ir.Term] = {}
    for name, shape in new.items():
        terms.update(write(Path(), shape, name, read(old[name], name, ir.variable)).terms)
    return terms
