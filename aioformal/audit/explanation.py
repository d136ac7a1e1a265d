"""What is wrong at the end of a behaviour, and whether the same is wrong at the end of another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from aioformal.audit.replay import confirmed_fair, evaluated, is_expanded, violates
from aioformal.concrete import Program
from aioformal.concrete.blame import blame
from aioformal.concrete.lasso import blame_lasso
from aioformal.concrete.ordering import blame_rule
from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.evidence.verdict import Blame, Trace
from aioformal.resolve.model import Property
from aioformal.value.values import Value

Wrong: TypeAlias = Callable[[Trace], bool]
"""Whether the same is wrong at the end of a behaviour. May raise where something has no value."""


def explained(program: Program, prop: Property, trace: Trace) -> Blame | None:
    """Why a property is false; of an ordering rule, which step was missing."""
    if trace.loop is not None:
        return blame_lasso(program, prop, trace)
    return blame(program, prop, trace) if prop.rule is None else blame_rule(program, prop, trace)


def violated_alike(program: Program, prop: Property, guilty: Blame | None) -> Wrong:
    """The same conjunct is false, for the same instance. Numbers may differ: those of positions and of
    rounds do when a step is left out."""

    def wrong(trace: Trace) -> bool:
        return violates(program, prop, trace) and _claim(explained(program, prop, trace)) == claim

    claim = _claim(guilty)
    return wrong


def closed_alike(program: Program, prop: Property, guilty: Blame | None) -> Callable[[Trace], Trace | None]:
    """Makes a fair lasso of a behaviour, on which the same conjunct is false for the same instance.
    None if it cannot. That nothing changes any more is tried first, then each way back."""

    def close(trace: Trace) -> Trace | None:
        for loop in (trace.depth, *range(trace.depth)):
            lasso = replace(trace, loop=loop)
            if not _goes_round(program, lasso) or not violates(program, prop, lasso):
                continue
            if _claim(explained(program, prop, lasso)) == claim and confirmed_fair(program, prop.name, lasso):
                return lasso
        return None

    claim = _claim(guilty)
    return close


def _goes_round(program: Program, lasso: Trace) -> bool:
    """Whether the last state of a lasso can be followed by the first of its cycle."""
    assert lasso.loop is not None
    if lasso.loop == lasso.depth:
        return True
    last, first = lasso.states[-1], lasso.states[lasso.loop]
    return is_expanded(program, lasso.states) and (
        program.is_step(last, first) and program.satisfies_action_constraints(last, first)
    )


def _claim(guilty: Blame | None) -> object:
    """What a violation has in common with others that are the same to a reader."""
    if guilty is None:
        return None
    place = guilty.span and (guilty.span.source.name, guilty.span.start, guilty.span.end)
    return guilty.text, place, tuple((name, _identity(value)) for name, value in guilty.instance)


def _identity(value: Value) -> Value | None:
    return None if isinstance(value, int) else value


def stuck(program: Program) -> Wrong:
    """No action is enabled."""

    def wrong(trace: Trace) -> bool:
        if not is_expanded(program, trace.states):
            return False
        return next(iter(program.successors(trace.states[-1])), None) is None

    return wrong


def without_value(program: Program, prop: Property | None, fault: Diagnostic) -> Wrong:
    """The same place cannot be evaluated, for the same kind of reason: in `prop`, or else in a step."""

    def wrong(trace: Trace) -> bool:
        try:
            evaluated(program, prop, trace)
        except DiagnosticError as failure:
            found = failure.diagnostics[0]
            return (found.code, found.span) == (fault.code, fault.span)
        return False

    return wrong
