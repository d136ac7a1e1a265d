"""Flat modules and models as text that is the same for the same input, for people and golden tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aioformal.resolve.model import Definition, FlatModule, Model, Property, PropertyPart
from aioformal.syntax import ast, unparse
from aioformal.value.format import format_value


def dump_flat(flat: FlatModule) -> str:
    """Declarations, then every definition with its level and module, each after what it uses."""
    return _text(_flat_lines(flat))


def dump_model(model: Model) -> str:
    """Constants, behaviour, and what is checked, property by property and part by part."""
    return _text(_model_lines(model))


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _flat_lines(flat: FlatModule) -> Iterator[str]:
    yield f"module {flat.name}"
    for constant in flat.constants:
        yield f"constant {constant.name}{_places(constant.arity)}"
    for variable in flat.variables:
        yield f"variable {variable.name}"
    for definition in flat.definitions.values():
        yield ""
        yield from _definition_lines(definition)
    for assumption in flat.assumptions:
        yield ""
        yield f"assume {assumption.name or ''}".rstrip()
        yield from _indented(assumption.body)


def _places(arity: int) -> str:
    return f"({', '.join('_' * arity)})" if arity else ""


def _definition_lines(definition: Definition) -> Iterator[str]:
    words = [definition.level.name.lower(), definition.module]
    words += ["recursive"] if definition.recursive else []
    params = ", ".join(p.name + _places(p.arity) for p in definition.params)
    head = f"{definition.key}({params})" if params else definition.key
    yield f"{head}    \\* {', '.join(words)}"
    yield from _indented(definition.body)


def _model_lines(model: Model) -> Iterator[str]:
    yield f"model {model.flat.name}"
    for name, value in model.constants.items():
        yield f"constant {name} = {format_value(value)}"
    yield from _named("init", model.init)
    yield from _named("next", model.next)
    yield from _named("subscript", model.subscript)
    for formula in model.fairness:
        yield from _named("fairness", formula)
    for constraint in model.constraints:
        yield from _named("constraint", constraint)
    for constraint in model.action_constraints:
        yield from _named("action constraint", constraint)
    for keyword in ("symmetry", "view", "alias"):
        yield from _named(keyword, getattr(model, keyword))
    for formula in model.postconditions:
        yield from _named("postcondition", formula)
    yield f"check deadlock {str(model.check_deadlock).lower()}"
    for prop in model.properties:
        yield from _property_lines(prop)


def _property_lines(prop: Property) -> Iterator[str]:
    yield f"property {prop.name}: {prop.kind.value}"
    for part in prop.parts:
        yield from _part_lines(part)


def _part_lines(part: PropertyPart) -> Iterator[str]:
    under = "" if part.subscript is None else f" [..]_{' '.join(unparse(part.subscript).split())}"
    yield f"  {part.kind.value}{under}"
    yield from _indented(part.formula, 4)


def _named(keyword: str, formula: ast.Expr | None) -> Iterator[str]:
    if formula is not None:
        yield keyword
        yield from _indented(formula)


def _indented(formula: ast.Expr, width: int = 2) -> Iterator[str]:
    for line in unparse(formula).splitlines():
        yield " " * width + line
