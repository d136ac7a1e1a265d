"""Failures and escapes as obligations of the transition system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from aioformal.encode.path import Failure
from aioformal.encode.shapes import Shape, text
from aioformal.ir import term as ir
from aioformal.ir.system import Input, Obligation, ObligationKind
from aioformal.ir.term import Term
from aioformal.source import Span


def obligations_of(failures: Iterable[Failure]) -> tuple[Obligation, ...]:
    """One obligation for each place and message, whatever the ways that lead there."""
    found: dict[tuple[str, str, str, Span | None], list[Term]] = {}
    for f in failures:
        found.setdefault((f.kind, f.code, f.message, f.span), []).append(f.condition)
    return tuple(
        Obligation(cast(ObligationKind, kind), ir.or_(*conditions), message, code, span)
        for (kind, code, message, span), conditions in found.items()
    )


def escape_of(variable: str, shape: Shape, escapes: Sequence[Term]) -> Obligation | None:
    """The obligation that a variable's new value fits its shape, None if it always does."""
    condition = ir.or_(*escapes)
    if condition is ir.false:
        return None
    return Obligation("shape", condition, f"{variable} leaves its shape {text(shape)}", variable=variable)


def inputs_of(terms: Iterable[Term]) -> tuple[Input, ...]:
    """The inputs that terms speak of."""
    variables = ir.variables_of(*terms)
    return tuple(sorted({Input(v.name, v.sort) for v in variables if v.op == "input"}, key=lambda i: i.name))
