"""A mutant: the edits that make it, and what becomes of a model by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, cast

from msgspec import Struct
from msgspec.structs import replace

from aioformal.resolve.loading import LIBRARY_NAME
from aioformal.resolve.model import Definition, History, Model, Property, PropertyPart
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.unparse import unparse

Kind: TypeAlias = Literal[
    "drop-guard",
    "flip-guard",
    "drop-assignment",
    "drop-update",
    "drop-choice",
    "drop-condition",
    "flip-condition",
    "flip-comparison",
    "flip-truth",
    "swap-operator",
    "shift-number",
    "swap-steps",
]

KINDS: Mapping[Kind, str] = {
    "drop-guard": "a condition of an action is left out",
    "flip-guard": "a condition of an action is negated",
    "drop-assignment": "a variable keeps its value",
    "drop-update": "an update of EXCEPT is left out",
    "drop-choice": "an alternative of a disjunction is left out",
    "drop-condition": "a conjunct of a condition is left out",
    "flip-condition": "the condition of IF or CASE is negated, \\A and \\E change places",
    "flip-comparison": "= and #, \\in and \\notin, < and <=, > and >= change places",
    "flip-truth": "TRUE and FALSE change places",
    "swap-operator": "+ and -, \\cup and \\cap change places; S \\ T becomes S",
    "shift-number": "a number is one larger or smaller",
    "swap-steps": "two steps that follow each other change places",
}


class Edit(Struct, frozen=True):
    """In the definition `key`, the very node `old` becomes `new`."""

    key: str
    old: ast.Node
    new: ast.Node


class Mutant(Struct, frozen=True):
    """`number`: its place among those of equal `key`, `kind` and `before`, from 1. `after` is None where
    something is left out."""

    kind: Kind
    edits: tuple[Edit, ...]
    before: str
    after: str | None
    number: int = 1

    @property
    def key(self) -> str:
        """The definition that is changed, or the first one."""
        return self.edits[0].key

    @property
    def span(self) -> Span:
        return self.edits[0].old.span

    @property
    def in_library(self) -> bool:
        """Whether the mistake is made in a module of aioformal's library."""
        return self.span.source.name.startswith(LIBRARY_NAME)

    @property
    def name(self) -> str:
        """What identifies a mutant while lines come and go."""
        after = "" if self.after is None else f" -> {self.after}"
        again = "" if self.number == 1 else f" ({self.number})"
        return f"{self.key}: {self.kind}: {self.before}{after}{again}"


def on_one_line(node: ast.Node) -> str:
    """A node as it is written in its file."""
    return " ".join(node.span.text.split())


def replaced(kind: Kind, key: str, old: ast.Expr, new: ast.Expr) -> Mutant:
    """The mutant that has another expression in the place of one."""
    return Mutant(kind, (Edit(key, old, new),), on_one_line(old), unparse(new))


def left_out(kind: Kind, key: str, old: ast.Node, new: ast.Node, what: ast.Node) -> Mutant:
    """The mutant that lacks something."""
    return Mutant(kind, (Edit(key, old, new),), on_one_line(what), None)


def mutated(model: Model, mutant: Mutant) -> Model:
    """The model with the mistake in it."""
    definitions = dict(model.flat.definitions)
    for edit in mutant.edits:
        definition = definitions[edit.key]
        definitions[edit.key] = replace(definition, body=_edited(definition.body, edit))
    return replace(model, flat=replace(model.flat, definitions=definitions))


def _edited(node: Any, edit: Edit) -> Any:
    if node is edit.old:
        return edit.new
    if isinstance(node, tuple):
        old = cast("tuple[Any, ...]", node)
        new = tuple(_edited(item, edit) for item in old)
        return new if any(one is not other for one, other in zip(new, old, strict=True)) else old
    if isinstance(node, ast.Node):
        changes = {name: _edited(getattr(node, name), edit) for name in node.__struct_fields__}
        if any(new is not getattr(node, name) for name, new in changes.items()):
            return replace(node, **changes)
    return node


def separated(model: Model) -> Model:
    """The same model, whose properties and constraints, and what ordering rules remember, use copies of the
    definitions: a mistake in what happens is none in what is claimed."""
    definitions = model.flat.definitions
    return replace(
        model,
        flat=replace(model.flat, definitions={**definitions, **_copies(definitions)}),
        properties=_renamed(model.properties, definitions),
        constraints=_renamed(model.constraints, definitions),
        action_constraints=_renamed(model.action_constraints, definitions),
        view=_renamed(model.view, definitions),
        symmetry=_renamed(model.symmetry, definitions),
        history=_renamed(model.history, definitions),
    )


def _copy_of(key: str) -> str:
    return f"claimed!{key}"


def _copies(definitions: Mapping[str, Definition]) -> dict[str, Definition]:
    return {
        _copy_of(key): replace(d, key=_copy_of(key), body=_renamed(d.body, definitions))
        for key, d in definitions.items()
    }


def _renamed(node: Any, definitions: Mapping[str, Definition]) -> Any:
    """A node, a property, or several, that refer to the copies. What refers to none stays the same object."""
    if isinstance(node, tuple):
        old = cast("tuple[Any, ...]", node)
        new = tuple(_renamed(item, definitions) for item in old)
        return new if any(one is not other for one, other in zip(new, old, strict=True)) else old
    if isinstance(node, ast.Binding):
        named = node.kind is ast.BindingKind.DEFINITION and node.key in definitions
        return replace(node, key=_copy_of(node.key)) if named else node
    if isinstance(node, ast.Node | Property | PropertyPart | History):
        changes = {name: _renamed(getattr(node, name), definitions) for name in node.__struct_fields__}
        changed = any(new is not getattr(node, name) for name, new in changes.items())
        return replace(node, **changes) if changed else node
    return node
