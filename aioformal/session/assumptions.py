"""Judging ASSUME: a constant formula, evaluated once."""

from __future__ import annotations

import time
from collections.abc import Iterator

from aioformal.concrete import Program
from aioformal.diagnostic import Diagnostic, error
from aioformal.evidence.verdict import Blame, Evaluated, Proved, Trace, Violated
from aioformal.report.result import Judgement
from aioformal.resolve.model import Assumption, PropertyKind
from aioformal.source import Source
from aioformal.syntax import ast
from aioformal.value.values import FALSE, TRUE

ENGINE = "concrete"
NO_TRACE = Trace((), (), ())
SHOWN = 120
"""Characters of a formula that are quoted."""


def judge_assumption(program: Program, assumption: Assumption, root: Source) -> Judgement:
    """Evaluates an assumption. Raises `DiagnosticError` when it has no truth value."""
    started = time.monotonic()
    verdict = judge_formula(program, assumption.body)
    name = name_of(assumption, root)
    return Judgement(name, PropertyKind.ASSUMPTION, verdict, ENGINE, time.monotonic() - started)


def judge_formula(program: Program, formula: ast.Expr) -> Proved | Violated:
    """Evaluates a formula that is about no state. Raises `DiagnosticError` when it has no truth value."""
    guilty = next(false_conjuncts(program, formula), None)
    if guilty is None:
        return Proved(Evaluated(quoted(formula)))
    return Violated(NO_TRACE, Blame(quoted(guilty), 1, guilty.span))


def assumption_errors(judgements: tuple[Judgement, ...]) -> Iterator[Diagnostic]:
    """A diagnostic for each assumption that is false."""
    for judgement in judgements:
        if isinstance(judgement.verdict, Violated) and judgement.verdict.blame is not None:
            span = judgement.verdict.blame.span
            hint = "the constants of the configuration must satisfy every ASSUME"
            yield Diagnostic("check.assumption", f"{judgement.name} is false", span, hint=hint)


def name_of(assumption: Assumption, root: Source) -> str:
    """Its own name, or where it stands."""
    if assumption.name is not None:
        return assumption.name
    span = assumption.span
    module = "" if span.source.name == root.name else f"{span.source.name}:"
    return f"ASSUME {module}{span.line}"


def false_conjuncts(program: Program, formula: ast.Expr) -> Iterator[ast.Expr]:
    """The conjuncts of a formula that are false, in order, found without recursion."""
    waiting = [formula]
    while waiting:
        expr = waiting.pop()
        conjuncts = conjuncts_of(expr)
        if conjuncts:
            waiting.extend(reversed(conjuncts))
            continue
        value = program.evaluate(expr)
        if value is FALSE:
            yield expr
        elif value is not TRUE:
            raise error("eval.kind", "the value must be TRUE or FALSE", expr.span)


def conjuncts_of(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """The operands of a conjunction, empty for anything else."""
    match expr:
        case ast.Junction(kind="/\\", items=items):
            return items
        case ast.Apply(operator=ast.Name(name="/\\"), args=args) if len(args) == 2:
            return args
        case _:
            return ()


def quoted(expr: ast.Expr) -> str:
    """A formula as it stands in the source, on one line, cut where it is long."""
    text = " ".join(expr.span.text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
