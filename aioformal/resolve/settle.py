"""Definitions in an order of use, with the levels that follow from their bodies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import Note
from aioformal.resolve.dependencies import in_order_of_use
from aioformal.resolve.levels import Levels, Report
from aioformal.resolve.model import Definition, FlatModule
from aioformal.resolve.traverse import walk
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind


class Leveled(Struct, frozen=True):
    """A flat module and what is known about the levels of its definitions."""

    flat: FlatModule
    levels: Levels


def settle(
    definitions: Mapping[str, Definition], uses: Mapping[str, Collection[str]], report: Report
) -> tuple[dict[str, Definition], Levels]:
    """The definitions, each after those that it uses, with `level` and `recursive` set."""
    components = in_order_of_use(uses)
    ordered: dict[str, Definition] = {}
    for component in components:
        for key in component:
            recursive = len(component) > 1 or key in uses[key]
            ordered[key] = replace(definitions[key], recursive=recursive)
    levels = Levels(report, ordered)
    for component in components:
        levels.add(component)
        for key in component:
            ordered[key] = replace(ordered[key], level=levels.signatures[key].level)
    return ordered, levels


def leveled(flat: FlatModule) -> Leveled:
    """Settle a module again, after its constants were bound: nothing is reported twice."""
    uses = {key: _used(definition.body) for key, definition in flat.definitions.items()}
    definitions, levels = settle(flat.definitions, uses, _keep_silent)
    return Leveled(replace(flat, definitions=definitions), levels)


def _used(body: ast.Expr) -> dict[str, None]:
    return {
        node.binding.key: None
        for node in walk(body)
        if isinstance(node, ast.Name) and node.binding and node.binding.kind is BindingKind.DEFINITION
    }


def _keep_silent(
    _code: str, _message: str, _span: Span | None, _notes: Sequence[Note], _hint: str | None
) -> None:
    pass
