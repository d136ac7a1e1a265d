"""What ordering rules remember is left out of what is shown."""

from __future__ import annotations

from msgspec.structs import replace

from aioformal.encode.shapes import Shapes
from aioformal.evidence.verdict import Fault, Proved, Reached, Trace, Unknown, Violated
from aioformal.report.result import Judgement
from aioformal.resolve.model import Model


def without_monitors(judgement: Judgement, model: Model) -> Judgement:
    """A judgement whose traces show the specification's own variables."""
    match judgement.verdict:
        case Violated(trace) as violated:
            return replace(judgement, verdict=replace(violated, trace=_visible(trace, model)))
        case Proved(Reached(trace)):
            return replace(judgement, verdict=Proved(Reached(_visible(trace, model))))
        case Unknown(counterexample_to_induction=Trace() as trace):
            shown = replace(judgement.verdict, counterexample_to_induction=_visible(trace, model))
            return replace(judgement, verdict=shown)
        case _:
            return judgement


def fault_without_monitors(fault: Fault | None, model: Model) -> Fault | None:
    """The same of what a run ended with."""
    if fault is None or fault.trace is None:
        return fault
    return replace(fault, trace=_visible(fault.trace, model))


def shapes_without_monitors(shapes: Shapes, model: Model) -> Shapes:
    """The shapes of the specification's own variables."""
    hidden = set(model.hidden_variables)
    return Shapes({name: shapes.variable(name) for name in shapes if name not in hidden})


def _visible(trace: Trace, model: Model) -> Trace:
    """What is remembered comes last in every state."""
    hidden = set(model.hidden_variables) & set(trace.variables)
    seen = len(trace.variables) - len(hidden)
    if not hidden:
        return trace
    return replace(trace, variables=trace.variables[:seen], states=tuple(s[:seen] for s in trace.states))
