"""From a Python exception in generated code to a diagnostic with a place in the specification."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from aioformal.concrete.unit import Place, places
from aioformal.diagnostic import Diagnostic, DiagnosticError, Note
from aioformal.source import Span
from aioformal.value.fault import ValueFault

MOST_NOTES = 6

RETRIED: tuple[type[Exception], ...] = (ValueFault, AttributeError, KeyError, TypeError, RecursionError)
"""What the fast variant of a generated function may raise. The careful variant then says what is wrong."""


class EvaluationError(DiagnosticError):
    """An expression has no value. The span is the innermost expression that failed."""


def evaluation_error(
    fault: Exception, names: Mapping[str, str], default: Span | None = None
) -> EvaluationError | None:
    """The diagnostic of a fault in generated code; `names` maps generated functions to definitions.

    None for an exception that did not come from a specification.
    """
    found = places(fault.__traceback__)
    if isinstance(fault, RecursionError):
        return _too_deep(found, names, default)
    span = found[-1].span if found else default
    if isinstance(fault, ValueFault):
        code, message, hint = fault.code, fault.message, fault.hint
    elif found:
        code, message, hint = (
            "eval.kind",
            "the expression has no value: a part of it is of another kind",
            None,
        )
    else:
        return None
    return EvaluationError(Diagnostic(code, message, span, notes=_chain(found, names), hint=hint))


def _too_deep(found: list[Place], names: Mapping[str, str], default: Span | None) -> EvaluationError:
    called = [names[place.function] for place in found if place.function in names]
    culprit = max(set(called), key=lambda name: (called.count(name), name), default=None)
    message = (
        f"{culprit} calls itself too often, or without end"
        if culprit
        else "the expression is nested too deeply"
    )
    span = next((place.span for place in found if names.get(place.function) == culprit), default)
    hint = "a recursive definition needs a case that does not use it"
    return EvaluationError(Diagnostic("eval.recursion", message, span, hint=hint))


def _chain(found: list[Place], names: Mapping[str, str]) -> tuple[Note, ...]:
    """Who called the definition that failed, innermost first."""
    notes: list[Note] = []
    for caller, place in reversed(list(pairwise(found))):
        name = names.get(place.function)
        note = Note(f"in {name}, called here", caller.span) if name else None
        if note is not None and note not in notes and len(notes) < MOST_NOTES:
            notes.append(note)
    return tuple(notes)
