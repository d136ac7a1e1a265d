"""Which variables keep a search from coming to an end, and where they grow."""

from __future__ import annotations

from collections.abc import Iterator

from aioformal.concrete import Program
from aioformal.diagnostic import Diagnostic, DiagnosticError, Note, Severity
from aioformal.encode.infer import QUICK, infer_shapes
from aioformal.encode.patterns import builtin_key
from aioformal.encode.shapes import FunShape, IntShape, SeqShape, Shape, Shapes, UnionShape
from aioformal.resolve.model import Model
from aioformal.resolve.traverse import walk
from aioformal.source import Span
from aioformal.syntax import ast

GROWING = frozenset({"+", "*", "Append", "\\o"})


def growing_variables(model: Model, program: Program) -> Iterator[Diagnostic]:
    """A remark for each variable that no sample and no formula bounds, and that a step makes larger. Other
    reasons for a long search are not found here."""
    try:
        shapes = infer_shapes(model, program, QUICK)
    except DiagnosticError:
        return
    for name in model.variables:
        places = list(_growths(model, name)) if _is_open(shapes, name) else []
        if places:
            message = f"{name} has no bound, so a search may never end: it becomes larger here"
            notes = tuple(Note("and here", place) for place in places[1:3])
            hint = f"bound it with a CONSTRAINT; what is proved then is proved of small {name} only"
            yield Diagnostic("check.unbounded", message, places[0], Severity.NOTE, notes, hint)


def _is_open(shapes: Shapes, name: str) -> bool:
    """Whether the sample alone says how far a variable goes."""
    return "hint" not in shapes.variable(name).origins and _has_open_part(shapes[name])


def _has_open_part(shape: Shape) -> bool:
    match shape:
        case IntShape(lo, hi):
            return lo is None or hi is None
        case SeqShape():
            return True
        case FunShape(entries):
            return any(_has_open_part(entry.shape) for entry in entries)
        case UnionShape(alternatives):
            return any(map(_has_open_part, alternatives))
        case _:
            return False


def _growths(model: Model, variable: str) -> Iterator[Span]:
    """Where `variable' = e` stands with an `e` that adds to what the variable was."""
    for definition in model.flat.definitions.values():
        for node in walk(definition.body):
            if isinstance(node, ast.Apply) and _grows(node, variable):
                yield node.span


def _grows(node: ast.Apply, variable: str) -> bool:
    if builtin_key(node) != "=" or not _is_next(node.args[0], variable):
        return False
    return any(_adds(part, variable) for part in walk(node.args[1]))


def _is_next(expr: ast.Node, variable: str) -> bool:
    return isinstance(expr, ast.Apply) and builtin_key(expr) == "'" and _is_variable(expr.args[0], variable)


def _adds(node: ast.Node, variable: str) -> bool:
    if not isinstance(node, ast.Apply) or builtin_key(node) not in GROWING:
        return False
    return any(
        isinstance(part, ast.At) or _is_variable(part, variable) for a in node.args for part in walk(a)
    )


def _is_variable(node: ast.Node, name: str) -> bool:
    return isinstance(node, ast.Name) and node.binding == ast.Binding(ast.BindingKind.VARIABLE, name)
