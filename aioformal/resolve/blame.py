"""Finds the prime (or the temporal operator) that makes an expression's level what it is."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from aioformal.diagnostic import Note
from aioformal.resolve.model import Definition, Level
from aioformal.resolve.signature import BUILTIN_SIGNATURES, Signature
from aioformal.resolve.traverse import walk
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

NAMES = {"'": "a prime", "UNCHANGED": "UNCHANGED", "ENABLED": "ENABLED"}


class Raised(Struct, frozen=True):
    """What raises a level: its place, its name, and the uses of definitions that lead to it."""

    span: Span
    what: str
    notes: tuple[Note, ...] = ()


def find_raised(
    expr: ast.Expr,
    limit: Level,
    definitions: Mapping[str, Definition],
    signatures: Mapping[str, Signature],
) -> Raised | None:
    """The first thing in `expr`, or in a definition that it uses, whose level is above `limit`."""
    waiting: list[tuple[ast.Expr, tuple[Note, ...]]] = [(expr, ())]
    seen: set[str] = set()
    for body, notes in waiting:
        for node in walk(body):
            raised = _raised_here(node, limit)
            if raised is not None:
                return Raised(raised.span, raised.what, notes)
            key = _high_definition(node, limit, signatures)
            if key is not None and key not in seen:
                seen.add(key)
                waiting.append((definitions[key].body, (*notes, Note(f"through `{key}`", node.span))))
    return None


def _raised_here(node: ast.Node, limit: Level) -> Raised | None:
    match node:
        case ast.Apply(operator=ast.Name(binding=ast.Binding(kind=BindingKind.BUILTIN, key=key)) as name):
            known = BUILTIN_SIGNATURES.get(key)
            if known is not None and known.level > limit:
                return Raised(name.span, NAMES.get(key, f"`{key}`"))
        case ast.ActionBox() | ast.ActionAngle() if limit < Level.ACTION:
            return Raised(node.span, "an action")
        case ast.Fairness() if limit < Level.TEMPORAL:
            return Raised(node.span, "a fairness condition")
        case ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE)) if limit < Level.STATE:
            return Raised(node.span, f"variable `{node.name}`")
        case _:
            pass
    return None


def _high_definition(node: ast.Node, limit: Level, signatures: Mapping[str, Signature]) -> str | None:
    match node:
        case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
            known = signatures.get(key)
            return key if known is not None and known.level > limit else None
        case _:
            return None
